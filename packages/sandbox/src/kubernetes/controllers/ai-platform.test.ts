import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { at, type Fields, type KubeObject, objects } from '../objects.ts';
import { startTestCluster } from '../testing/cluster.ts';
import { secretProviderClasses } from './secrets-store.ts';

let cluster: ReturnType<typeof startTestCluster>;
beforeEach(() => {
  cluster = startTestCluster();
});
afterEach(() => cluster.close());

const put = (apiVersion: string, kind: string, name: string, more: Fields, namespace?: string) =>
  cluster.view.put({
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    ...more,
  });
const get = (resource: string, name: string, namespace?: string) =>
  cluster.view.get({ resource, name, ...(namespace === undefined ? {} : { namespace }) });
const condition = (object: KubeObject | undefined, type: string) =>
  objects(at(object, 'status')['conditions']).find(one => one['type'] === type);

test("the policy of NVIDIA's operator is ready once the operator works", async () => {
  put('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'clusterpolicies.nvidia.com', {
    spec: {
      group: 'nvidia.com',
      scope: 'Cluster',
      names: { plural: 'clusterpolicies', kind: 'ClusterPolicy' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  });
  await cluster.pass();
  put('nvidia.com/v1', 'ClusterPolicy', 'cluster-policy', { spec: {} });
  await cluster.pass();
  expect(condition(get('clusterpolicies.nvidia.com', 'cluster-policy'), 'Ready')).toBeUndefined();
  const template = {
    metadata: { labels: { app: 'gpu-operator' } },
    spec: { containers: [{ name: 'gpu-operator', image: 'nvcr.io/nvidia/gpu-operator:v26.7.0' }] },
  };
  put(
    'apps/v1',
    'Deployment',
    'gpu-operator',
    { spec: { selector: { matchLabels: { app: 'gpu-operator' } }, template } },
    'default',
  );
  // Its pod starts first.
  for (let step = 0; step < 3; step += 1) await cluster.pass();
  const policy = get('clusterpolicies.nvidia.com', 'cluster-policy');
  expect(condition(policy, 'Ready')).toMatchObject({ status: 'True', reason: 'Reconciled' });
  expect(at(policy, 'status')['state']).toBe('ready');
});

/** A pod that mounts the class `vault`. */
const mount = (name: string) =>
  put(
    'v1',
    'Pod',
    name,
    {
      spec: {
        containers: [{ name: 'hold', image: 'registry.k8s.io/pause:3.10.2' }],
        volumes: [
          {
            name: 'vault',
            csi: { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'vault' } },
          },
        ],
      },
    },
    'default',
  );
const classOf = (parameters: object) =>
  put(
    'secrets-store.csi.x-k8s.io/v1',
    'SecretProviderClass',
    'vault',
    {
      spec: {
        provider: 'azure',
        parameters,
        secretObjects: [
          { secretName: 'login', labels: { part: 'of' }, data: [{ objectName: 'from-vault', key: 'client-secret' }] },
        ],
      },
    },
    'default',
  );

test('a pod that mounts secrets of the vault brings them as a Secret', async () => {
  cluster.view.put(secretProviderClasses);
  await cluster.pass();
  // Helm writes what it does not know last: the pod waits for its class.
  mount('holder');
  await cluster.pass();
  classOf({ keyvaultName: 'kv', clientID: 'somebody' });
  for (let step = 0; step < 2; step += 1) await cluster.pass();
  expect(at(get('pods', 'holder', 'default'), 'status')['phase']).toBe('Running');
  const secret = get('secrets', 'login', 'default');
  expect(secret?.metadata.labels).toEqual({ part: 'of', 'secrets-store.csi.k8s.io/managed': 'true' });
  expect(Buffer.from(String(at(secret, 'data')['client-secret']), 'base64').toString()).toBe('from-vault of kv');
});

test.each([
  ['without its class', undefined, 'SecretProviderClass "vault" not found'],
  ['without somebody to sign in as', { keyvaultName: 'kv' }, 'nobody to sign in as'],
])('it waits %s, and says why', async (_name, parameters, why) => {
  cluster.view.put(secretProviderClasses);
  await cluster.pass();
  if (parameters !== undefined) classOf(parameters);
  mount('holder');
  await cluster.pass();
  const pod = get('pods', 'holder', 'default');
  expect(at(pod, 'status')['phase']).toBe('Pending');
  expect(JSON.stringify(at(pod, 'status'))).toContain(JSON.stringify(why).slice(1, -1));
  expect(get('secrets', 'login', 'default')).toBeUndefined();
});
