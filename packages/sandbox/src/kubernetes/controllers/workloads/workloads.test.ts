import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { at, type Fields, type KubeObject, objects } from '../../objects.ts';
import { node, startTestCluster } from '../../testing/cluster.ts';
import { isReady } from '../kubelet.ts';

let cluster: ReturnType<typeof startTestCluster>;
beforeEach(() => {
  cluster = startTestCluster();
});
afterEach(() => cluster.close());

const labels = { app: 'web' };
const podSpec = (more: Fields = {}) => ({ containers: [{ name: 'web', image: 'web:1' }], ...more });
const template = (more: Fields = {}) => ({ metadata: { labels }, spec: podSpec(more) });
const workload = (kind: string, spec: Fields, name = 'web') => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name, namespace: 'default' },
  spec: { ...(kind === 'Job' ? {} : { selector: { matchLabels: labels } }), template: template(), ...spec },
});
const get = (resource: string, name = 'web') => cluster.view.get({ resource, namespace: 'default', name });
const patch = (resource: string, change: Fields, name = 'web') =>
  cluster.view.patch({ resource, namespace: 'default', name }, change);
const image = (to: string) => ({ spec: { template: { spec: { containers: [{ name: 'web', image: to }] } } } });
const pods = () => cluster.view.list('pods', 'default');
const images = () => pods().map(pod => objects(at(pod, 'spec')['containers'])[0]?.['image']);
const names = () => pods().map(({ metadata }) => metadata.name);
const condition = (object: KubeObject | undefined, type: string) =>
  objects(at(object, 'status')['conditions']).find(one => one['type'] === type);
const reasons = () => cluster.view.events('default').map(({ reason }) => reason);

describe('deployments', () => {
  test('come up: replica set, pods, status, generation', async () => {
    cluster.view.put(workload('Deployment', { replicas: 2 }));
    await cluster.pass(0);
    expect(condition(get('deployments'), 'Available')).toMatchObject({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
    });
    await cluster.pass();
    expect(get('deployments')).toMatchObject({
      metadata: { generation: 1, annotations: { 'deployment.kubernetes.io/revision': '1' } },
      status: { observedGeneration: 1, replicas: 2, readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2 },
    });
    expect(condition(get('deployments'), 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
    });
    expect(pods()).toHaveLength(2);
  });

  test('roll over without falling below what has to be available', async () => {
    cluster.view.put(
      workload('Deployment', { replicas: 4, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } }),
    );
    await cluster.pass();
    patch('deployments', image('web:2'));
    let least = 4;
    let most = 4;
    cluster.cluster.store.subscribe(() => {
      const ready = cluster.view
        .list('pods')
        .filter(pod => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
      const wanted = cluster.view.list('replicasets').map(set => Number(at(set, 'spec')['replicas']));
      least = Math.min(least, ready.length);
      most = Math.max(
        most,
        wanted.reduce((sum, one) => sum + one, 0),
      );
    });
    await cluster.pass(10_000);
    expect(images()).toEqual(Array.from({ length: 4 }, () => 'web:2'));
    expect([least, most]).toEqual([3, 5]);
    expect(get('deployments')).toMatchObject({
      metadata: { generation: 2 },
      status: { observedGeneration: 2, updatedReplicas: 4 },
    });
    expect(
      cluster.view
        .list('replicasets')
        .map(set => at(set, 'spec')['replicas'])
        .sort(),
    ).toEqual([0, 4]);
  });

  test('go back to a template that was there before, with a new revision', async () => {
    cluster.view.put(workload('Deployment', { replicas: 1 }));
    await cluster.pass();
    patch('deployments', image('web:2'));
    await cluster.pass();
    patch('deployments', image('web:1'));
    await cluster.pass();
    expect(cluster.view.list('replicasets')).toHaveLength(2);
    expect(get('deployments')?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3' });
  });

  test('that recreate stop the old pods first', async () => {
    cluster.view.put(workload('Deployment', { replicas: 2, strategy: { type: 'Recreate' } }));
    await cluster.pass();
    patch('deployments', image('web:2'));
    const together = new Set<string>();
    cluster.cluster.store.subscribe(() => void together.add([...new Set(images())].sort().join()));
    await cluster.pass();
    expect([...together]).not.toContain('web:1,web:2');
    expect(images()).toEqual(['web:2', 'web:2']);
  });

  test('keep some old replica sets', async () => {
    cluster.view.put(workload('Deployment', { replicas: 1, revisionHistoryLimit: 1 }));
    for (const version of ['2', '3', '4']) {
      await cluster.pass();
      patch('deployments', image(`web:${version}`));
    }
    await cluster.pass();
    expect(cluster.view.list('replicasets')).toHaveLength(2);
  });

  test('that cannot go on say so when their time is over', async () => {
    cluster.view.unready('web:*');
    cluster.view.put(workload('Deployment', { replicas: 1, progressDeadlineSeconds: 60 }));
    await cluster.pass(59_000);
    expect(condition(get('deployments'), 'Progressing')).toMatchObject({ status: 'True' });
    await cluster.pass(2000);
    expect(condition(get('deployments'), 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    });
    patch('deployments', image('other:1'));
    await cluster.pass();
    expect(condition(get('deployments'), 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
    });
  });

  test('that are paused make nothing', async () => {
    cluster.view.put(workload('Deployment', { paused: true }));
    await cluster.pass();
    expect(cluster.view.list('replicasets')).toEqual([]);
  });

  test('replace pods that somebody deletes', async () => {
    cluster.view.put(workload('Deployment', { replicas: 1 }));
    await cluster.pass();
    const [first = ''] = names();
    cluster.view.delete({ resource: 'pods', namespace: 'default', name: first });
    await cluster.pass();
    expect(names()).not.toContain(first);
    expect(pods()).toHaveLength(1);
  });
});

describe('stateful sets', () => {
  const claim = {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'managed-csi',
      resources: { requests: { storage: '1Gi' } },
    },
  };

  test('come up one after the other, each with its claim', async () => {
    cluster.view.put(workload('StatefulSet', { replicas: 2, serviceName: 'web', volumeClaimTemplates: [claim] }));
    await cluster.pass(350);
    expect(names()).toEqual(['web-0', 'web-1']);
    expect(pods().map(pod => condition(pod, 'Ready')?.['status'])).toEqual(['True', 'False']);
    await cluster.pass();
    expect(get('statefulsets')).toMatchObject({
      status: { replicas: 2, readyReplicas: 2, updatedReplicas: 2, observedGeneration: 1 },
    });
    expect(
      cluster.view.list('persistentvolumeclaims').map(one => [one.metadata.name, at(one, 'status')['phase']]),
    ).toEqual([
      ['data-web-0', 'Bound'],
      ['data-web-1', 'Bound'],
    ]);
    expect(cluster.view.list('persistentvolumes')).toHaveLength(2);
  });

  test('roll from the last to the first, one at a time', async () => {
    cluster.view.put(workload('StatefulSet', { replicas: 3, podManagementPolicy: 'Parallel' }));
    await cluster.pass();
    const gone: string[] = [];
    cluster.cluster.store.subscribe(({ kind, key, object }) => {
      if (kind === 'DELETED' && key === 'pods') gone.push(object.metadata.name);
    });
    patch('statefulsets', image('web:2'));
    await cluster.pass(5000);
    expect(gone).toEqual(['web-2', 'web-1', 'web-0']);
    const status = at(get('statefulsets'), 'status');
    expect(status['currentRevision']).toBe(status['updateRevision']);
  });

  test('shrink from the end, and keep their claims', async () => {
    cluster.view.put(workload('StatefulSet', { replicas: 2, volumeClaimTemplates: [claim] }));
    await cluster.pass();
    patch('statefulsets', { spec: { replicas: 1 } });
    await cluster.pass();
    expect(names()).toEqual(['web-0']);
    expect(cluster.view.list('persistentvolumeclaims')).toHaveLength(2);
  });
});

describe('daemon sets', () => {
  test('run where they tolerate and select', async () => {
    cluster.setNodes([
      node('a'),
      node('b', { taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }] }),
      node('c', { labels: { 'kubernetes.azure.com/agentpool': 'ai', gpu: 'yes' } }),
    ]);
    cluster.view.put(workload('DaemonSet', {}));
    await cluster.pass();
    expect(
      pods()
        .map(pod => at(pod, 'spec')['nodeName'])
        .sort(),
    ).toEqual(['a', 'c']);
    expect(get('daemonsets')).toMatchObject({
      status: { desiredNumberScheduled: 2, numberReady: 2, numberAvailable: 2 },
    });
    patch('daemonsets', { spec: { template: { spec: { tolerations: [{ operator: 'Exists' }] } } } });
    await cluster.pass(10_000);
    expect(get('daemonsets')).toMatchObject({
      status: { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 3, observedGeneration: 2 },
    });
  });

  test('that want no node are done with nothing: a false green', async () => {
    cluster.view.put(workload('DaemonSet', { template: template({ nodeSelector: { gpu: 'yes' } }) }));
    await cluster.pass();
    expect(get('daemonsets')).toMatchObject({ status: { desiredNumberScheduled: 0, numberReady: 0 } });
  });

  test('follow nodes that come and go', async () => {
    cluster.view.put(workload('DaemonSet', {}));
    await cluster.pass();
    cluster.setNodes([node('b'), node('c'), node('d')]);
    await cluster.pass();
    expect(
      pods()
        .map(pod => at(pod, 'spec')['nodeName'])
        .sort(),
    ).toEqual(['b', 'c', 'd']);
  });
});

describe('jobs', () => {
  const job = (spec: Fields = {}, pod: Fields = {}) =>
    workload('Job', { template: { spec: podSpec({ restartPolicy: 'Never', ...pod }) }, ...spec });

  test('are complete when their pods have succeeded', async () => {
    cluster.view.put(job({ completions: 3, parallelism: 2 }));
    await cluster.pass(100);
    expect(get('jobs')).toMatchObject({ status: { active: 2 } });
    await cluster.pass();
    expect(get('jobs')).toMatchObject({ status: { succeeded: 3, completionTime: expect.any(String) } });
    expect(condition(get('jobs'), 'Complete')).toMatchObject({ status: 'True', reason: 'CompletionsReached' });
    expect(pods().map(pod => at(pod, 'status')['phase'])).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
  });

  test.each(['Never', 'OnFailure'])('fail after as many tries as they may have: %s', async restartPolicy => {
    cluster.view.crashing('web:*');
    cluster.view.put(job({ backoffLimit: 0 }, { restartPolicy }));
    await cluster.pass();
    expect(condition(get('jobs'), 'Failed')).toMatchObject({ status: 'True', reason: 'BackoffLimitExceeded' });
    expect(reasons()).toContain('BackoffLimitExceeded');
  });

  test('fail when they take too long', async () => {
    cluster.view.unpullable('web:*');
    cluster.view.put(job({ activeDeadlineSeconds: 30 }));
    await cluster.pass(29_000);
    expect(condition(get('jobs'), 'Failed')).toBeUndefined();
    await cluster.pass(2000);
    expect(condition(get('jobs'), 'Failed')).toMatchObject({ reason: 'DeadlineExceeded' });
    expect(pods()).toEqual([]);
  });

  test('go when their time is over, with their pods', async () => {
    cluster.view.put(job({ ttlSecondsAfterFinished: 10 }));
    await cluster.pass();
    expect(get('jobs')).toBeDefined();
    await cluster.pass(11_000);
    expect(get('jobs')).toBeUndefined();
    expect(pods()).toEqual([]);
  });
});

describe('what belongs to somebody', () => {
  const owners = () => [...cluster.view.list('deployments', 'default'), ...cluster.view.list('replicasets'), ...pods()];

  test('goes with its owner', async () => {
    cluster.view.put(workload('Deployment', { replicas: 2 }));
    await cluster.pass();
    await cluster.call('DELETE', '/apis/apps/v1/namespaces/default/deployments/web');
    await cluster.pass();
    expect(owners()).toEqual([]);
  });

  test('goes before its owner, in the foreground', async () => {
    cluster.view.put(workload('Deployment', { replicas: 1 }));
    await cluster.pass();
    const { body } = await cluster.call('DELETE', '/apis/apps/v1/namespaces/default/deployments/web', {
      propagationPolicy: 'Foreground',
    });
    expect(at(body, 'metadata')['finalizers']).toEqual(['foregroundDeletion']);
    expect(get('deployments')).toBeDefined();
    await cluster.pass();
    expect(owners()).toEqual([]);
  });

  test('stays without its owner, as an orphan', async () => {
    cluster.view.put(workload('Deployment', { replicas: 1 }));
    await cluster.pass();
    await cluster.call('DELETE', '/apis/apps/v1/namespaces/default/deployments/web', { propagationPolicy: 'Orphan' });
    await cluster.pass();
    expect(get('deployments')).toBeUndefined();
    const [set] = cluster.view.list('replicasets');
    expect(set?.metadata.ownerReferences).toBeUndefined();
    expect(pods()).toHaveLength(1);
  });

  test('goes when its owner was never there', async () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'none', uid: 'nobody' }];
    cluster.view.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'lost', namespace: 'default', ownerReferences },
    });
    await cluster.pass();
    expect(get('configmaps', 'lost')).toBeUndefined();
  });
});

describe('disruption budgets', () => {
  test.each<[string, Fields, Fields]>([
    ['at least', { minAvailable: 1 }, { desiredHealthy: 1, disruptionsAllowed: 1 }],
    ['a share', { minAvailable: '100%' }, { desiredHealthy: 2, disruptionsAllowed: 0 }],
    ['at most', { maxUnavailable: 1 }, { desiredHealthy: 1, disruptionsAllowed: 1 }],
  ])('%s', async (_name, spec, status) => {
    cluster.view.put(workload('Deployment', { replicas: 2 }));
    const metadata = { name: 'web', namespace: 'default' };
    cluster.view.put({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { ...spec, selector: { matchLabels: labels } },
    });
    await cluster.pass();
    expect(get('poddisruptionbudgets')).toMatchObject({
      status: { ...status, expectedPods: 2, currentHealthy: 2, observedGeneration: 1 },
    });
  });
});
