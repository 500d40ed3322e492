import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { at, type Fields, objects } from '../../objects.ts';
import { node, startTestCluster } from '../../testing/cluster.ts';

let cluster: ReturnType<typeof startTestCluster>;
beforeEach(() => {
  cluster = startTestCluster();
});
afterEach(() => cluster.close());

const pod = (name: string, spec: Fields = {}, labels: Fields = { app: 'web' }) =>
  cluster.view.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'main', image: 'web:1', ...at(spec, 'container') }], ...at(spec, 'pod') },
  });
const find = (name: string) => cluster.view.get({ resource: 'pods', namespace: 'default', name });
const nodeOf = (name: string) => at(find(name), 'spec')['nodeName'];
const why = (name: string) =>
  objects(at(find(name), 'status')['conditions']).find(one => one['type'] === 'PodScheduled')?.['message'];
const critical = [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }];

describe('a pod gets a node', () => {
  test.each<[string, Fields, string]>([
    ['that it selects', { pod: { nodeSelector: { pool: 'ai' } } }, 'ai'],
    [
      'that its affinity requires',
      {
        pod: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['ai'] }] }],
              },
            },
          },
        },
      },
      'ai',
    ],
    [
      'whose taint it tolerates',
      { pod: { nodeSelector: { pool: 'system' }, tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }] } },
      'system',
    ],
    ['with room for it', { container: { resources: { requests: { memory: '20Gi' } } } }, 'ai'],
    ['with the most room', {}, 'ai'],
  ])('%s', async (_name, spec, expected) => {
    cluster.setNodes([
      node('user'),
      node('system', { labels: { 'kubernetes.azure.com/agentpool': 'system', pool: 'system' }, taints: critical }),
      node('ai', {
        labels: { 'kubernetes.azure.com/agentpool': 'ai', pool: 'ai' },
        allocatable: { cpu: '8', memory: '30Gi', pods: '30' },
      }),
    ]);
    pod('web', spec);
    await cluster.pass();
    expect(nodeOf('web')).toBe(expected);
  });

  test.each<[string, Fields, string]>([
    [
      'too much',
      { container: { resources: { requests: { cpu: '4' } } } },
      '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    ],
    [
      'a limit without a request',
      { container: { resources: { limits: { memory: '9Gi' } } } },
      '0/2 nodes are available: 2 Insufficient memory. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    ],
    [
      'a device that no node has',
      { container: { resources: { limits: { 'nvidia.com/gpu': 1 } } } },
      '0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    ],
    [
      'a label that no node has',
      { pod: { nodeSelector: { pool: 'ai' } } },
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    ],
    [
      'a claim that is not there',
      { pod: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }] } },
      '0/2 nodes are available: persistentvolumeclaim "none" not found.',
    ],
  ])('or waits, and says why: %s', async (_name, spec, message) => {
    pod('web', spec);
    await cluster.pass();
    expect([nodeOf('web'), why('web')]).toEqual([undefined, message]);
    expect(cluster.view.events('default')).toContainEqual(
      expect.objectContaining({
        type: 'Warning',
        reason: 'FailedScheduling',
        message,
        involvedObject: expect.objectContaining({ kind: 'Pod', name: 'web' }),
      }),
    );
  });

  test('as soon as there is one', async () => {
    cluster.setNodes([node('system', { taints: critical })]);
    pod('web');
    await cluster.pass();
    expect(why('web')).toBe(
      '0/1 nodes are available: 1 node(s) had untolerated taint {CriticalAddonsOnly: true}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    );
    cluster.setNodes([node('system', { taints: critical }), node('user')]);
    await cluster.pass();
    expect(nodeOf('web')).toBe('user');
  });

  test('when others make room', async () => {
    cluster.setNodes([node('a')]);
    const half = { container: { resources: { requests: { cpu: '1' } } } };
    pod('one', half);
    await cluster.pass();
    pod('two', half);
    await cluster.pass();
    expect(nodeOf('two')).toBeUndefined();
    cluster.view.delete({ resource: 'pods', namespace: 'default', name: 'one' });
    await cluster.pass();
    expect(nodeOf('two')).toBe('a');
  });

  test('apart from others of its kind, when it must', async () => {
    const rule = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } };
    const apart = {
      pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule] } } },
    };
    for (const name of ['one', 'two', 'three']) pod(name, apart);
    await cluster.pass();
    expect(new Set([nodeOf('one'), nodeOf('two'), nodeOf('three')])).toEqual(new Set(['a', 'b', undefined]));
    const left = ['one', 'two', 'three'].find(name => nodeOf(name) === undefined) ?? '';
    expect(why(left)).toContain("2 node(s) didn't match pod anti-affinity rules");
  });
});

describe('a pod on its node', () => {
  const state = (name: string) => at(objects(at(find(name), 'status')['containerStatuses'])[0], 'state');
  const warnings = () =>
    cluster.view
      .events('default')
      .filter(({ type }) => type === 'Warning')
      .map(({ reason, message }) => `${reason}: ${message}`);
  const secret = (name: string, data: Fields = {}) =>
    cluster.view.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' }, data });

  test('becomes ready after a while', async () => {
    pod('web');
    await cluster.pass(200);
    expect(state('web')).toEqual({ waiting: { reason: 'ContainerCreating' } });
    await cluster.pass(200);
    expect(find('web')).toMatchObject({ status: { phase: 'Running', podIP: expect.stringMatching(/^10\.244\./) } });
  });

  test('whose image cannot be pulled says so, and starts once it can', async () => {
    const mend = cluster.view.unpullable('web:*');
    pod('web');
    await cluster.pass();
    expect(state('web')).toMatchObject({ waiting: { reason: 'ImagePullBackOff' } });
    expect(warnings()).toEqual(
      expect.arrayContaining([
        'Failed: Error: ErrImagePull',
        'Failed: Error: ImagePullBackOff',
        expect.stringMatching(/^Failed: Failed to pull image "web:1": .*not found$/),
      ]),
    );
    mend();
    await cluster.pass();
    expect(find('web')).toMatchObject({ status: { phase: 'Running' } });
  });

  test('that crashes goes on doing so until somebody mends it', async () => {
    pod('web');
    await cluster.pass();
    const mend = cluster.view.crashing('web:1');
    await cluster.pass();
    expect(find('web')).toMatchObject({
      status: {
        phase: 'Running',
        containerStatuses: [
          {
            ready: false,
            restartCount: 1,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1 } },
          },
        ],
      },
    });
    expect(warnings()).toContainEqual(
      expect.stringMatching(/^BackOff: Back-off restarting failed container main in pod web_default/),
    );
    mend();
    await cluster.pass();
    expect(state('web')).toMatchObject({ running: {} });
  });

  test.each<[string, Fields, string, string]>([
    [
      'a volume of a secret',
      { pod: { volumes: [{ name: 'v', secret: { secretName: 'later' } }] } },
      'ContainerCreating',
      'FailedMount: MountVolume.SetUp failed for volume "v" : secret "later" not found',
    ],
    [
      'a variable of a secret',
      { container: { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'later', key: 'a' } } }] } },
      'CreateContainerConfigError',
      'Failed: Error: secret "later" not found',
    ],
    [
      'variables of a secret',
      { container: { envFrom: [{ secretRef: { name: 'later' } }] } },
      'CreateContainerConfigError',
      'Failed: Error: secret "later" not found',
    ],
    [
      'a projected secret',
      { pod: { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'later' } }] } }] } },
      'ContainerCreating',
      'FailedMount: MountVolume.SetUp failed for volume "v" : secret "later" not found',
    ],
  ])('waits for %s', async (_name, spec, reason, warning) => {
    pod('web', spec);
    await cluster.pass();
    expect(state('web')).toMatchObject({ waiting: { reason } });
    expect(warnings()).toEqual([warning]);
    secret('later', { a: 'eA==' });
    await cluster.pass();
    expect(find('web')).toMatchObject({ status: { phase: 'Running' } });
  });

  test('does not wait for what it can do without', async () => {
    pod('web', { pod: { volumes: [{ name: 'v', configMap: { name: 'none', optional: true } }] } });
    await cluster.pass();
    expect(find('web')).toMatchObject({ status: { phase: 'Running' } });
  });

  test('a key that a secret lacks is named', async () => {
    secret('some', { b: 'eA==' });
    pod('web', { container: { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'some', key: 'a' } } }] } });
    await cluster.pass();
    expect(warnings()).toEqual(["Failed: Error: couldn't find key a in Secret default/some"]);
  });

  test('that never becomes ready runs all the same', async () => {
    cluster.view.unready('web:*');
    pod('web');
    await cluster.pass();
    expect(find('web')).toMatchObject({
      status: { phase: 'Running', containerStatuses: [{ ready: false, state: { running: {} } }] },
    });
    expect(warnings()).toContainEqual(expect.stringMatching(/^Unhealthy: Readiness probe failed/));
  });

  test('takes a moment to stop', async () => {
    pod('web');
    await cluster.pass();
    cluster.view.delete({ resource: 'pods', namespace: 'default', name: 'web' });
    await cluster.pass(50);
    expect(find('web')?.metadata.deletionTimestamp).toBeDefined();
    await cluster.pass(100);
    expect(find('web')).toBeUndefined();
  });

  test('goes with its node', async () => {
    cluster.setNodes([node('a')]);
    pod('web');
    await cluster.pass();
    cluster.setNodes([node('b')]);
    await cluster.pass();
    expect(find('web')).toBeUndefined();
  });
});
