import { describe, expect, test } from '@jest/globals';
import { KubernetesFailure, type KubernetesObject, type ObjectRef } from '@suite/kubernetes';
import { gatewayOwnerChecks, observeGatewayOwners } from './gateway-owners.ts';
import { viewOf } from './releases/examples.fixture.ts';

const definition = (metadata: Partial<KubernetesObject['metadata']>): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gateways.gateway.networking.k8s.io', ...metadata },
});
const addOn: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'alb-controller', namespace: 'kube-system' },
};
const version = { 'gateway.networking.k8s.io/bundle-version': 'v1.4.1' };
const blocked = (
  releases: string,
  owners: Parameters<typeof gatewayOwnerChecks>[1],
  installed: readonly string[] = [],
) =>
  gatewayOwnerChecks(viewOf('guide', 'dev', `  releases: ${releases}`), owners, new Set(installed)).map(
    ({ status, setting, message }) => `${status} ${setting}: ${message}`,
  );

describe('one owner of Gateway API', () => {
  const none = { definition: undefined, addOn: undefined };
  test.each<[string, string, Parameters<typeof gatewayOwnerChecks>[1], readonly string[], readonly string[]]>([
    ['a cluster that has nothing', '{ gateway: true }', none, [], []],
    ['a cluster that nobody could look at', '{ gateway: true }', undefined, [], []],
    [
      'kinds of AKS',
      '{ gateway: true }',
      { ...none, definition: definition({ annotations: { ...version, 'app.kubernetes.io/managed-by': 'aks' } }) },
      [],
      ['blocked releases.gateway-api-crds: The cluster has the kinds of Gateway API already (v1.4.1), from `aks`.'],
    ],
    [
      "kinds of somebody's chart",
      '{ gateway-api-crds: true }',
      { ...none, definition: definition({ annotations: { 'meta.helm.sh/release-name': 'eg' } }) },
      [],
      [
        'blocked releases.gateway-api-crds: The cluster has the kinds of Gateway API already (of an unknown version), from the Helm release `eg`.',
      ],
    ],
    [
      'kinds of somebody with kubectl',
      '{ gateway-api-crds: true }',
      { ...none, definition: definition({ managedFields: [{ manager: 'kubectl' }] as never }) },
      [],
      [
        'blocked releases.gateway-api-crds: The cluster has the kinds of Gateway API already (of an unknown version), from `kubectl`.',
      ],
    ],
    [
      'kinds that the release left behind',
      '{ gateway-api-crds: true }',
      { ...none, definition: definition({ annotations: { 'meta.helm.sh/release-name': 'gateway-api-crds' } }) },
      [],
      [],
    ],
    [
      'kinds of the release',
      '{ gateway-api-crds: true }',
      { ...none, definition: definition({}) },
      ['gateway-api-crds'],
      [],
    ],
    [
      'AKS that does not bring them',
      '{ gateway-api-crds: { owner: aks } }',
      none,
      [],
      [
        'blocked releases.gateway-api-crds: The cluster has no kinds of Gateway API, and `owner: aks` says that AKS brings them.',
      ],
    ],
    ['AKS that brings them', '{ gateway-api-crds: { owner: aks } }', { ...none, definition: definition({}) }, [], []],
    [
      'the add-on beside the chart',
      '{ gateway-api-crds: { owner: aks }, alb-controller: true }',
      { definition: definition({}), addOn },
      [],
      [
        'blocked releases.alb-controller: The add-on of AKS runs an ALB controller in `kube-system` already, on the same objects.',
      ],
    ],
    ['neither of them asked for', '{}', { definition: definition({}), addOn }, [], []],
  ])('%s', (_case, releases, owners, installed, expected) => {
    expect(blocked(releases, owners, installed)).toEqual(expected);
  });
});

test('only what matters is looked at, and what may not be read is not known', async () => {
  const asked: string[] = [];
  const get = async ({ kind, namespace, name }: ObjectRef) => {
    asked.push(`${kind} ${namespace ?? ''} ${name}`);
    if (kind === 'Deployment') throw new KubernetesFailure('forbidden', { message: 'no' });
    return definition({});
  };
  const view = (releases: string) => viewOf('guide', 'dev', `  releases: ${releases}`);
  expect(await observeGatewayOwners(view('{}'), { get })).toEqual({ definition: undefined, addOn: undefined });
  expect(asked).toEqual([]);
  expect(await observeGatewayOwners(view('{ alb-controller: true }'), { get })).toEqual({
    definition: definition({}),
    addOn: undefined,
  });
  expect(asked).toEqual([
    'CustomResourceDefinition  gateways.gateway.networking.k8s.io',
    'Deployment kube-system alb-controller',
  ]);
});
