import { expect, test } from '@jest/globals';
import type { AttributeChange, Change, Row } from '@suite/change-report';
import { parsePlatform } from '@suite/platform-file';
import { annotate } from './annotations.ts';

const platform = parsePlatform(
  `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
defaults:
  cluster:
    pools:
      gpu:
        size: Standard_NC4as_T4_v3
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope }
  prod:
    subscription: 55555555-5555-5555-5555-555555555555
    location: westeurope
    runner: inside
`,
  'platform.yaml',
);

const size: AttributeChange = {
  path: 'vm_size',
  before: { is: 'shown', text: 'Standard_NC24s_v3' },
  after: { is: 'shown', text: 'Standard_NC4as_T4_v3' },
  setting: 'cluster.pools.gpu.size',
};
const rotation: Change = {
  address: 'a.b',
  type: 'b',
  title: 'node pool gpu',
  kind: 'rotate',
  reasons: [{ text: '', attribute: size }],
  attributes: [size],
  reach: 'node-pool',
  risk: 'high',
  allowKey: 'node-pool/gpu',
  effect: 'Its nodes are drained.',
};

function row(scope: string, changes: Change[], checks: Row['reports'][number]['checks'] = []): Row {
  return {
    scope,
    region: 'westeurope',
    title: scope,
    production: false,
    actions: ['provision-aks'],
    gate: { reviewers: 0, waitMinutes: 0 },
    reports: [{ verdict: 'blocked', changes, checks } as unknown as Row['reports'][number]],
  };
}

test('a finding stands on the line that decides it', () => {
  const checks = [
    {
      id: 'allow/node-pool/gpu',
      name: 'allow/node-pool/gpu',
      status: 'blocked',
      message: 'x',
      remedy: 'If it is meant, add `node-pool/gpu` to `allow:` of prod.',
    },
    { id: 'quota', name: 'Quota', status: 'failed', message: '8 of 16 vCPUs are free.', remedy: 'Raise it.' },
    { id: 'fine', name: 'Fine', status: 'passed', message: 'It is.' },
  ] as const;
  expect(annotate({ rows: [row('prod', [rotation], checks)] }, platform)).toEqual([
    {
      path: 'platform.yaml',
      line: 9,
      level: 'failure',
      title: 'prod rotates node pool gpu',
      message:
        'vm_size changes from Standard_NC24s_v3 to Standard_NC4as_T4_v3. Its nodes are drained. If it is meant, add node-pool/gpu to allow: of prod.',
    },
    {
      path: 'platform.yaml',
      line: 12,
      level: 'warning',
      title: 'prod: Quota',
      message: '8 of 16 vCPUs are free. Raise it.',
    },
  ]);
});

test('a check that a setting causes stands on its line; what is open or a warning without one stands nowhere', () => {
  const checks = [
    { id: 'preflight/a', name: 'A', status: 'blocked', message: 'x', setting: 'cluster.pools.gpu.size' },
    { id: 'preflight/b', name: 'B', status: 'warning', message: 'y', setting: 'cluster.pools.gpu.max' },
    { id: 'preflight/c', name: 'C', status: 'unknown', message: 'z', setting: 'cluster.pools.gpu.zones' },
    { id: 'preflight/d', name: 'D', status: 'warning', message: 'v' },
    { id: 'preflight/e', name: 'E', status: 'unknown', message: 'w' },
    { id: 'condition/f', name: 'F', status: 'later', message: 'u' },
  ] as const;
  const found = annotate({ rows: [row('prod', [], checks)] }, platform);
  expect(found.map(({ line, level, title }) => [line, level, title])).toEqual([
    [9, 'failure', 'prod: A'],
    [8, 'warning', 'prod: B'],
    [8, 'warning', 'prod: C'],
  ]);
});

test('routine changes are none, and hostile text is harmless', () => {
  const routine = { ...rotation, risk: 'low', allowKey: undefined } as unknown as Change;
  expect(annotate({ rows: [row('dev', [routine])] }, platform)).toEqual([]);
  const hostile = { ...rotation, title: 'node pool \u202e`::error::\u001b[31m', effect: 'a\nb' };
  const [annotation] = annotate({ rows: [row('dev', [hostile])] }, platform);
  expect(annotation?.title).toBe('dev rotates node pool \ufffd::error::');
  expect(annotation?.message).toMatch(/ a b$/);
});

test('without a platform file there is no line to speak of', () => {
  expect(annotate({ rows: [row('dev', [rotation])] }, undefined)).toEqual([]);
});

test('there are never more than a person reads', () => {
  const many = Array.from({ length: 500 }, (_, index) => ({ ...rotation, effect: `${index}` }));
  expect(annotate({ rows: [row('dev', many)] }, platform)).toHaveLength(200);
});
