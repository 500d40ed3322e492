import type { Clock } from '@suite/foundation';
import { createFaults } from '../faults/faults.ts';
import { makeRequest, type WorldResponse } from '../network/http.ts';
import { createAccessControl } from './access.ts';
import { createArmContext } from './arm/context.ts';
import { createArmService } from './arm/service.ts';
import type { StorageAccounts } from './blob-store.ts';
import { createBlobService } from './blobs.ts';
import { createDirectory, type Principal } from './directory.ts';
import { createTokenMint } from './tokens.ts';

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
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any;
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
  const arm = createArmContext({
    clock,
    directory,
    access,
    accounts,
    faults,
    quotas,
    subscriptions: new Map([[subscription, tenant]]),
    authorityCertificate: 'certificate',
    retryAfter: 0,
    duration: () => 1000,
    closing: new AbortController().signal,
  });
  const services = {
    'management.azure.com': createArmService(arm, mint),
    blob: createBlobService({ clock, accounts, mint, access }),
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
    const isArm = hostname === 'management.azure.com';
    const audience = options.audience ?? (isArm ? 'https://management.azure.com' : 'https://storage.azure.com');
    const token = who === undefined ? undefined : await mint.issue(who, audience, options.isExpired ? 0 : 3600);
    const request = makeRequest(method, url, {
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...options.headers },
      ...(options.body === undefined
        ? {}
        : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
    });
    return read(await services[isArm ? 'management.azure.com' : 'blob'](request));
  };

  return {
    clock,
    access,
    accounts,
    arm,
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
  return { status, headers, text, body: text.startsWith('{') ? JSON.parse(text) : undefined };
}
