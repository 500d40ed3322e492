import type { Clock } from '@suite/foundation';

/** What a registry answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A registry, signed in to. */
export interface Client {
  /** `to`: below its address, or whole. `scopes`: repositories that the request needs to read and write. */
  call(
    method: string,
    to: string | URL,
    options?: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Uint8Array | string;
      readonly scopes?: readonly string[];
    },
  ): Promise<Answer>;
  /** Names and values of headers about limits, as they came in any answer. */
  readonly limits: ReadonlyMap<string, string>;
}

export interface ClientOptions {
  /** `https://crcontoso.azurecr.io` */
  readonly address: string;
  /** Value of `Authorization` for repositories; undefined where nobody signs in. */
  readonly authorize: (scopes: readonly string[]) => Promise<string | undefined>;
}

export function createClient({ address, authorize }: ClientOptions): Client {
  const limits = new Map<string, string>();
  return {
    limits,
    call: async (method, to, { headers = {}, body, scopes = [] } = {}) => {
      const authorization = await authorize(scopes);
      const response = await fetch(new URL(to, address), {
        method,
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> | string }),
      });
      for (const [name, value] of response.headers) {
        if (/ratelimit|rate-limit|retry-after|throttl/i.test(name)) limits.set(name, value);
      }
      return { status: response.status, headers: response.headers, body: await response.text() };
    },
  };
}

/** Access tokens of a registry of Azure for the refresh token of a login (Azure/acr, docs/AAD-OAuth.md). */
export function azureAuthorization(
  host: string,
  login: () => Promise<{ readonly password: string }>,
  clock: Clock,
): ClientOptions['authorize'] {
  const kept = new Map<string, { readonly token: string; readonly until: number }>();
  return async scopes => {
    const names = scopes.map(name => `repository:${name}:pull,push,delete,metadata_read,metadata_write`);
    const key = names.join(' ');
    const found = kept.get(key);
    if (found !== undefined && found.until > clock.now()) return `Bearer ${found.token}`;
    const form = new URLSearchParams({ grant_type: 'refresh_token', service: host });
    form.set('refresh_token', (await login()).password);
    for (const name of names) form.append('scope', name);
    const response = await fetch(`https://${host}/oauth2/token`, { method: 'POST', body: form });
    const said = (await response.json()) as { readonly access_token?: string };
    if (said.access_token === undefined) throw new Error(`${host} gave no token for ${key}: ${response.status}.`);
    // They live for an hour and more; half of that is enough for one proof.
    kept.set(key, { token: said.access_token, until: clock.now() + 30 * 60_000 });
    return `Bearer ${said.access_token}`;
  };
}
