import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import { withLiveMadeUp, withoutMadeUp } from './made-up.ts';
import type { MadeUp } from './release.ts';

const madeUp: readonly MadeUp[] = [
  { kind: 'Secret', name: 'hub', path: ['data', 'token'] },
  { kind: 'Deployment', name: 'hub', path: ['spec', 'template', 'metadata', 'annotations', 'checksum/secret'] },
];
const secret = (token: string, other = 'same'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'hub' },
  data: { token, other },
});
const deployment = (annotations: object): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hub' },
  spec: { replicas: 1, template: { metadata: { annotations } } },
});

test('what is made up makes no difference, and everything else does', () => {
  expect(withoutMadeUp(secret('a'), madeUp)).toEqual(withoutMadeUp(secret('b'), madeUp));
  expect(withoutMadeUp(secret('a'), madeUp)).not.toEqual(withoutMadeUp(secret('a', 'other'), madeUp));
  expect(withoutMadeUp(secret('a'), undefined)).toEqual(secret('a'));
  const other = { ...secret('a'), metadata: { name: 'proxy' } };
  expect(withoutMadeUp(other, madeUp)).toEqual(other);
  // A part of it that is not there is no reason to leave out more.
  expect(withoutMadeUp(deployment({ kept: '1' }), madeUp)).toEqual(deployment({ kept: '1' }));
});

test('what is there stays', () => {
  const live = deployment({ 'checksum/secret': 'live', kept: '1' });
  expect(withLiveMadeUp(deployment({ 'checksum/secret': 'rendered', kept: '2' }), live, madeUp)).toEqual(
    deployment({ 'checksum/secret': 'live', kept: '2' }),
  );
  // Neither what the chart does not render, nor what is not there yet.
  expect(withLiveMadeUp(deployment({ kept: '2' }), live, madeUp)).toEqual(deployment({ kept: '2' }));
  const first = deployment({ 'checksum/secret': 'rendered' });
  expect(withLiveMadeUp(first, undefined, madeUp)).toEqual(first);
  expect(withLiveMadeUp(first, deployment({}), madeUp)).toEqual(first);
});
