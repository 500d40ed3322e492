import type { Check } from '@suite/change-report';
import type { ExistingCluster } from './existing.ts';
import type { Planned } from './planned.ts';
import type { Answer, Usage, VmSize } from './ports.ts';
import type { CountedPool } from './quota.ts';
import type { SizedPool } from './sizes.ts';

export const subscription = '33333333-3333-3333-3333-333333333333';
export const group = `/subscriptions/${subscription}/resourceGroups/rg-dev`;

export const known = <T>(value: T): Answer<T> => ({ known: true, value });
export const refused: Answer<never> = {
  known: false,
  why: 'The plan identity of dev may not perform `x/read` on /s.',
  remedy: 'Give it a role with this action.',
};

export const pool = (changes: Partial<SizedPool & CountedPool> = {}): SizedPool & CountedPool => ({
  name: 'user',
  setting: 'cluster.pools.user',
  size: 'Standard_D4ds_v5',
  zones: [],
  gpu: false,
  hostEncryption: false,
  ephemeral: false,
  osDiskGb: undefined,
  min: 1,
  max: 3,
  spot: false,
  surge: '33%',
  ...changes,
});

export const size = (changes: Partial<VmSize> = {}): VmSize => ({
  name: 'Standard_D4ds_v5',
  family: 'standardDDSv5Family',
  cores: 4,
  gpus: 0,
  zones: ['1', '2', '3'],
  restrictions: [],
  encryptionAtHost: true,
  ephemeralGb: 150,
  ...changes,
});

export const t4 = size({
  name: 'Standard_NC4as_T4_v3',
  family: 'Standard NCASv3_T4 Family',
  gpus: 1,
  zones: ['1'],
  ephemeralGb: undefined,
});

export const usage = (name: string, current: number, limit: number): Usage => ({
  name,
  title: `${name} vCPUs`,
  current,
  limit,
});

export const cluster = (changes: Partial<ExistingCluster> = {}): ExistingCluster => ({
  version: '1.34.4',
  privateHost: undefined,
  pools: [{ name: 'user', size: 'Standard_D4ds_v5', nodes: 2, version: '1.34.4' }],
  ...changes,
});

/** A plan that makes one of each of these types, with what is known of their values. */
export const making = (...types: (string | readonly [type: string, values: unknown])[]): Planned => {
  const made = types.map((type, index) => {
    const [name, values] = typeof type === 'string' ? [type, {}] : type;
    return { type: name, kind: 'create' as const, address: `${name}.x${index}`, values };
  });
  return { changes: made, creates: made };
};

/** What tests compare: id without its beginning, status, setting. */
export const brief = (checks: readonly Check[]) =>
  checks.map(({ id, status, setting }) => [
    id.replace('preflight/', ''),
    status,
    ...(setting === undefined ? [] : [setting]),
  ]);

export const text = (checks: readonly Check[]) =>
  checks.map(({ message, remedy }) => `${message} ${remedy ?? ''}`).join('\n');
