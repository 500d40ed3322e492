import type { Principal } from '../azure/directory.ts';
import { scope, startAzure, tenant } from '../azure/testing.ts';
import { makeRequest } from '../network/http.ts';
import { createRegistries } from './back-door.ts';
import { createRegistryService } from './service.ts';

export const host = 'acrshop.azurecr.io';
export const registryId = `${scope}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/acrShop`;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly json: unknown;
  /** `status CODE` of an error. */
  readonly error: string;
}

/** One registry without a network: requests are made by hand, as whom one likes. */
export async function startRegistry() {
  const azure = await startAzure();
  const { clock, access, arm, contentOf, mint } = azure;
  azure.arm.create(`${scope}/resourceGroups/rg`, { location: 'westeurope' });
  azure.arm.create(registryId, { location: 'westeurope', sku: { name: 'Premium' } });
  const place = { isInside: false };
  const service = createRegistryService({
    clock,
    mint,
    access,
    resources: arm.store.all,
    contentOf,
    tenantOf: () => tenant,
    isInside: () => place.isInside,
  });

  const send = async (
    method: string,
    path: string,
    options: { headers?: Record<string, string>; body?: string | Buffer } = {},
  ): Promise<Reply> => {
    const {
      status,
      headers = {},
      body,
    } = await service.handler(makeRequest(method, `https://${host}${path}`, options));
    const bytes = Buffer.from((body ?? '') as string);
    const json = /json/.test(headers['Content-Type'] ?? '') ? JSON.parse(bytes.toString('utf8')) : undefined;
    return { status, headers, body: bytes, json, error: `${status} ${json?.errors?.[0]?.code}` };
  };
  const post = (path: string, form: Readonly<Record<string, string>> | readonly (readonly [string, string])[]) =>
    send('POST', path, { body: new URLSearchParams(form as Record<string, string>).toString() });

  const exchange = async (
    who: Principal,
    options: { audience?: string; fields?: Readonly<Record<string, string>>; lifeSeconds?: number } = {},
  ) => {
    const { audience = 'https://containerregistry.azure.net', lifeSeconds = 3600 } = options;
    const access_token = await mint.issue(who, audience, lifeSeconds);
    return post('/oauth2/exchange', {
      grant_type: 'access_token',
      service: host,
      tenant,
      access_token,
      ...options.fields,
    });
  };
  const refreshToken = async (who: Principal) =>
    String(((await exchange(who)).json as { refresh_token?: string }).refresh_token);
  const accessToken = async (who: Principal, ...scopes: readonly string[]) => {
    const reply = await post('/oauth2/token', [
      ['grant_type', 'refresh_token'],
      ['service', host],
      ['refresh_token', await refreshToken(who)],
      ...scopes.map(one => ['scope', one] as const),
    ]);
    return String((reply.json as { access_token?: string }).access_token);
  };
  /** Sends as somebody, with a token for exactly these scopes. */
  const as = async (who: Principal, ...scopes: readonly string[]) => {
    const authorization = `Bearer ${await accessToken(who, ...scopes)}`;
    return (
      method: string,
      path: string,
      { headers = {}, body }: { headers?: Record<string, string>; body?: string | Buffer } = {},
    ) => send(method, path, { headers: { authorization, ...headers }, ...(body === undefined ? {} : { body }) });
  };

  return {
    ...azure,
    service,
    place,
    send,
    post,
    exchange,
    refreshToken,
    accessToken,
    as,
    registries: createRegistries(arm.store.all, contentOf, () => undefined),
  };
}
