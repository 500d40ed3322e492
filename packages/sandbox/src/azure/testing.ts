import { type Clock, parseJson } from '@suite/foundation';
import { createFaults } from '../faults/faults.ts';
import { makeRequest, type WorldResponse } from '../network/http.ts';
import { createContents } from '../registry/content.ts';
import { createRegistryImages } from '../registry/images.ts';
import { createAccessControl } from './access.ts';
import { at, type Body } from './arm/body.ts';
import { createArmContext } from './arm/context.ts';
import { locationsOf } from './arm/locations.ts';
import { createArmService } from './arm/service.ts';
import type { StorageAccounts } from './blob-store.ts';
import { createBlobService } from './blobs.ts';
import { createDirectory, type Principal } from './directory.ts';
import { createTokenMint } from './tokens.ts';
import { createVaultService, vaultSuffix } from './vaults.ts';

export interface ManualClock extends Clock {
  advance(milliseconds: number): void;
}

/** Time that only moves when told to; nobody ever waits. */
export function manualClock(start = Date.UTC(2026, 10, 23, 5)): ManualClock {
  let now = start;
  return {
    now: () => now,
    sleep: async () => undefined,
    advance: milliseconds => {
      now += milliseconds;
    },
  };
}

export const tenant = '00000000-0000-0000-0000-000000000001';
export const subscription = '00000000-0000-0000-0000-000000000003';
export const scope = `/subscriptions/${subscription}`;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed body; empty when it is no JSON object. */
  readonly body: Readonly<Body>;
  /** Of an error, with or without the `error` around it. */
  readonly message: string;
}

/** Azure without a network: requests are made by hand, as whom one likes. */
export async function startAzure() {
  const clock = manualClock();
  const mint = await createTokenMint(clock);
  const directory = createDirectory();
  const access = createAccessControl();
  const accounts: StorageAccounts = new Map();
  const faults = createFaults();
  const quotas = new Map<string, number>();
  const contentOf = createContents();
  const arm = createArmContext({
    clock,
    directory,
    access,
    accounts,
    images: createRegistryImages({ clock, access, mint, contentOf }),
    faults,
    quotas,
    locations: locationsOf.public,
    subscriptions: new Map([[subscription, tenant]]),
    authorityCertificate: 'certificate',
    retryAfter: 0,
    duration: () => 1000,
    closing: new AbortController().signal,
  });
  const blobs = createBlobService({ clock, accounts, mint, access });
  const vaults = createVaultService({ clock, mint, access, store: arm.store, tenantOf: () => tenant });
  const manager = createArmService(arm, mint);
  const playerOf = (host: string) => {
    if (host === 'management.azure.com') return { service: manager, audience: 'https://management.azure.com' };
    return host.endsWith(vaultSuffix)
      ? { service: vaults, audience: 'https://vault.azure.net' }
      : { service: blobs, audience: 'https://storage.azure.com' };
  };
  directory.addTenant(tenant);

  const addPrincipal = (name: string, ...roles: readonly (readonly [role: string, scope: string])[]): Principal => {
    const principal = directory.add({ tenant, name });
    for (const [index, [role, over]] of roles.entries()) {
      const definition = access.roleByName(role)?.name ?? '';
      access.assign({ name: `${name}-${index}`, scope: over, principalId: principal.objectId, role: definition });
    }
    return principal;
  };

  const send = async (
    who: Principal | undefined,
    method: string,
    url: string,
    options: { body?: unknown; headers?: Record<string, string>; audience?: string; isExpired?: boolean } = {},
  ): Promise<Answer> => {
    const { hostname } = new URL(url);
    const player = playerOf(hostname);
    const audience = options.audience ?? player.audience;
    const token = who === undefined ? undefined : await mint.issue(who, audience, options.isExpired ? 0 : 3600);
    const request = makeRequest(method, url, {
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...options.headers },
      ...(options.body === undefined
        ? {}
        : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
    });
    return read(await player.service(request));
  };

  return {
    clock,
    mint,
    access,
    accounts,
    arm,
    contentOf,
    directory,
    faults,
    quotas,
    addPrincipal,
    send,
    /** A request to the resource manager, with an api-version. */
    call: (
      who: Principal | undefined,
      method: string,
      path: string,
      body?: unknown,
      headers?: Record<string, string>,
    ) =>
      send(who, method, `https://management.azure.com${path}${path.includes('?') ? '&' : '?'}api-version=2025-01-01`, {
        ...(body === undefined ? {} : { body }),
        ...(headers === undefined ? {} : { headers }),
      }),
  };
}

function read({ status, headers = {}, body }: WorldResponse): Answer {
  const text = body === undefined ? '' : Buffer.from(body as string).toString('utf8');
  const parsed = at(parseJson(text));
  return {
    status,
    headers,
    text,
    body: parsed,
    message: String(at(parsed, 'error')['message'] ?? parsed['message'] ?? ''),
  };
}
