import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { explainProofs } from './explain.ts';
import type { PlannedImage } from './plan.ts';
import { readImage, readImageId } from './proof.ts';
import { proveApplications } from './prove.ts';
import { app, createWorld, plan, type TestWorld } from './testing/world.fixture.ts';

const digest = (sign: string) => `sha256:${sign.repeat(64)}`;
const [index, platform, old, sidecar] = [digest('1'), digest('2'), digest('3'), digest('4')];
const repository = 'crcontosodev.azurecr.io/apps/api';
const image: PlannedImage = { name: 'api', repository, digest: index };

const resource = (kind: string, name = 'web', group = kind === 'Pod' ? '' : /Job/.test(kind) ? 'batch' : 'apps') => ({
  group,
  version: 'v1',
  kind,
  namespace: 'api',
  name,
  status: 'Synced',
});
const template = (containers: readonly object[], initContainers: readonly object[] = []) => ({
  spec: { containers, initContainers },
});
const main = { name: 'web', image: `${repository}:v1@${index}` };

function workload(kind: string, more: { spec?: object; status?: object; name?: string } = {}): KubernetesObject {
  return {
    apiVersion: /Job/.test(kind) ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: more.name ?? 'web', namespace: 'api', generation: 1 },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: more.name ?? 'web' } },
      template: template([main]),
      ...more.spec,
    },
    status: {
      observedGeneration: 1,
      replicas: 1,
      readyReplicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
      ...more.status,
    },
  };
}

function pod(
  name: string,
  ids: Readonly<Record<string, string>>,
  more: { init?: Readonly<Record<string, string>>; metadata?: object } = {},
): KubernetesObject {
  const statuses = (of: Readonly<Record<string, string>> = {}) =>
    Object.entries(of).map(([container, imageID]) => ({ name: container, imageID }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'api', labels: { app: 'web' }, ...more.metadata },
    spec: {},
    status: { containerStatuses: statuses(ids), initContainerStatuses: statuses(more.init) },
  };
}

const world = (
  objects: readonly KubernetesObject[],
  resources: readonly object[],
  more: Parameters<typeof createWorld>[1] = {},
) =>
  createWorld([app('api', { status: { resources } }), ...objects], {
    platformDigests: async reference =>
      reference.endsWith(index) ? [index, platform] : [reference.split('@')[1] ?? ''],
    ...more,
  });
const prove = async (given: TestWorld, images: readonly PlannedImage[] = [image]) => {
  const [result] = await given.settle(
    proveApplications(plan([], { applications: [{ name: 'api', images }] }), given.ports),
  );
  if (result === undefined) throw new Error('nothing was proven');
  return result;
};

describe('an application that runs what it should', () => {
  test.each<[string, string]>([
    ['the index', `${repository}@${index}`],
    ['a platform of it', `${repository}@${platform}`],
    ['pulled by another name', `mirror.example/api@${platform}`],
    ['as older runtimes say it', `docker-pullable://${repository}@${index}`],
  ])('%s', async (_name, id) => {
    const result = await prove(world([workload('Deployment'), pod('web-1', { web: id })], [resource('Deployment')]));
    expect(result).toMatchObject({ isProven: true, problems: [], running: { [repository]: index } });
    expect(result.workloads).toEqual([
      {
        workload: 'Deployment api/web',
        pods: 1,
        containers: [{ container: 'web', isInit: false, image: main.image, running: [readImageId(id)] }],
      },
    ]);
  });

  test('StatefulSets, DaemonSets on all nodes, Jobs, CronJobs and pods', async () => {
    const ids = { web: `${repository}@${index}` };
    const objects = [
      workload('StatefulSet', { name: 'set' }),
      workload('DaemonSet', { name: 'agent' }),
      workload('Job', { name: 'job' }),
      workload('CronJob', { name: 'cron', spec: { jobTemplate: { spec: { template: template([main]) } } } }),
      pod('set-0', ids, { metadata: { labels: { app: 'set' } } }),
      pod('agent-1', ids, { metadata: { labels: { app: 'agent' } } }),
      pod('agent-2', ids, { metadata: { labels: { app: 'agent' } } }),
      { ...pod('alone', ids), spec: template([main]).spec },
    ];
    const kinds = [
      ['StatefulSet', 'set'],
      ['DaemonSet', 'agent'],
      ['Job', 'job'],
      ['CronJob', 'cron'],
      ['Pod', 'alone'],
    ] as const;
    const result = await prove(
      world(
        objects,
        kinds.map(([kind, name]) => resource(kind, name)),
      ),
    );
    expect(result.problems).toEqual([]);
    expect(result.workloads.map(({ workload: title, pods }) => `${title} ${pods}`)).toEqual([
      'StatefulSet api/set 1',
      'DaemonSet api/agent 2',
      'Job api/job 0',
      'CronJob api/cron 0',
      'Pod api/alone 1',
    ]);
  });

  test('images of others count as they are named', async () => {
    const other = { name: 'proxy', image: `quay.io/proxy@${sidecar}` };
    const tagged = { name: 'log', image: 'quay.io/log:1' };
    const objects = [
      workload('Deployment', { spec: { template: template([main, other, tagged]) } }),
      pod('web-1', { web: `${repository}@${index}`, proxy: `quay.io/proxy@${sidecar}`, log: `quay.io/log@${old}` }),
    ];
    const result = await prove(world(objects, [resource('Deployment')]));
    expect(result).toMatchObject({ isProven: true, running: { [repository]: index, 'quay.io/proxy': sidecar } });
    expect(result.notes).toEqual([
      'Deployment api/web, container log names its image by tag (quay.io/log:1), which proves nothing',
    ]);
  });

  test('a registry of others that does not answer is no failure', async () => {
    const other = { name: 'proxy', image: `quay.io/proxy@${sidecar}` };
    const objects = [
      workload('Deployment', { spec: { template: template([main, other]) } }),
      pod('web-1', { web: `${repository}@${index}`, proxy: `quay.io/proxy@${platform}` }),
    ];
    const given = world(objects, [resource('Deployment')], {
      platformDigests: async reference => {
        if (reference.startsWith('quay.io')) throw new UserError({ message: 'sign in first' });
        return [index];
      },
    });
    const result = await prove(given);
    expect(result.isProven).toBe(true);
    expect(result.notes).toEqual([
      `Deployment api/web, container proxy runs ${platform}; whether that is of ${sidecar} could not be asked`,
    ]);
  });

  test('what is about to be right is given a moment', async () => {
    const given = world([workload('Deployment'), pod('web-1', { web: '' })], [resource('Deployment')]);
    given.clock.sleep(9000).then(() => given.cluster.write(pod('web-1', { web: `${repository}@${index}` })));
    expect((await prove(given)).isProven).toBe(true);
    expect(given.said.map(({ line }) => line)).toContain(
      'proof: api: Deployment api/web, container web has not started in pod web-1',
    );
  });

  test('through its children', async () => {
    const given = createWorld(
      [
        app('root', {
          status: { resources: [{ ...resource('Application', 'api', 'argoproj.io'), namespace: 'argocd' }] },
        }),
        app('api', { status: { resources: [resource('Deployment')] } }),
        workload('Deployment'),
        pod('web-1', { web: `${repository}@${index}` }),
      ],
      { platformDigests: async () => [index] },
    );
    const results = await given.settle(
      proveApplications(plan([], { applications: [{ name: 'root', images: [image] }] }), given.ports),
    );
    expect(results).toMatchObject([{ name: 'root', isProven: true, running: { [repository]: index } }]);
  });

  test('through the children of an ApplicationSet that it brings', async () => {
    const given = createWorld(
      [
        app('root', {
          status: { resources: [{ ...resource('ApplicationSet', 'all', 'argoproj.io'), namespace: 'argocd' }] },
        }),
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'ApplicationSet',
          metadata: { name: 'all', namespace: 'argocd' },
        },
        app('api', { set: 'all', status: { resources: [resource('Deployment')] } }),
        workload('Deployment'),
        pod('web-1', { web: `${repository}@${index}` }),
      ],
      { platformDigests: async () => [index] },
    );
    const results = await given.settle(
      proveApplications(plan([], { applications: [{ name: 'root', images: [image] }] }), given.ports),
    );
    expect(results).toMatchObject([{ name: 'root', isProven: true, running: { [repository]: index } }]);
  });
});

test('a chart in another version in the commit that is synced is told at once: no second look changes it', async () => {
  const chart = { name: 'redis', address: 'oci://ghcr.io/contoso/redis', version: '1.3.0', digest: index };
  let asked = 0;
  const given = createWorld([app('api')], {
    chartsAt: async () => {
      asked++;
      return [{ name: 'redis', version: '1.2.3', place: 'dev/api/Chart.yaml:7' }];
    },
  });
  const applications = [{ name: 'api', images: [], charts: [chart] }];
  const [result] = await given.settle(proveApplications(plan([], { applications }), given.ports));
  expect(result?.problems).toEqual([
    'the commit cccccccccccc, which is synced, has the chart redis in 1.2.3 (dev/api/Chart.yaml:7) instead of 1.3.0',
  ]);
  expect(asked).toBe(1);
});

describe('an application that does not', () => {
  const right = { web: `${repository}@${index}` };
  test.each<[string, readonly KubernetesObject[], readonly object[], readonly string[]]>([
    [
      'a pod of before is still there',
      [
        workload('Deployment', { status: { replicas: 2 } }),
        pod('web-1', right),
        pod('web-0', { web: `${repository}@${old}` }),
      ],
      [resource('Deployment')],
      [
        'Deployment api/web waits for 1 old pods to end',
        `Deployment api/web, container web runs ${old} in pod web-0, which is none of ${repository}@${index}`,
      ],
    ],
    [
      'an init container',
      [
        workload('Deployment', { spec: { template: template([main], [{ name: 'migrate', image: main.image }]) } }),
        pod('web-1', right, { init: { migrate: `${repository}@${old}` } }),
      ],
      [resource('Deployment')],
      [`Deployment api/web, init container migrate runs ${old} in pod web-1, which is none of ${repository}@${index}`],
    ],
    [
      'the specification names another digest',
      [
        workload('Deployment', { spec: { template: template([{ name: 'web', image: `${repository}@${old}` }]) } }),
        pod('web-1', { web: `${repository}@${old}` }),
      ],
      [resource('Deployment')],
      [`Deployment api/web, container web names ${repository}@${old} instead of ${index}`],
    ],
    [
      'an id of the runtime proves nothing',
      [workload('Deployment'), pod('web-1', { web: digest('9') })],
      [resource('Deployment')],
      [`Deployment api/web, container web runs ${digest('9')} in pod web-1, which is none of ${repository}@${index}`],
    ],
    [
      'a node without it',
      [workload('DaemonSet', { status: { numberAvailable: 1 } }), pod('web-1', right)],
      [resource('DaemonSet')],
      ['DaemonSet api/web waits for 1 of 2 pods to be available', 'DaemonSet api/web has 1 of 2 pods'],
    ],
    [
      'a workload that is not there',
      [],
      [resource('Deployment')],
      ['Deployment api/web is not there', `no container runs the image api (${repository})`],
    ],
    [
      'a kind that we do not know',
      [],
      [resource('Rollout', 'web', 'argoproj.io')],
      [`no container runs the image api (${repository}) (Rollout cannot be looked at)`],
    ],
  ])('%s', async (_name, objects, resources, problems) => {
    const given = world(objects, resources);
    const result = await prove(given);
    expect(result.isProven).toBe(false);
    expect([...result.problems].sort()).toEqual([...problems].sort());
    expect(explainProofs([result])?.problems[0]?.message).toMatch(/^api: /);
    const times = [0, ...given.said.map(({ at }) => at), 60];
    expect(Math.max(...times.slice(1).map((at, place) => at - (times[place] ?? 0)))).toBeLessThanOrEqual(15);
  });

  test('pods that end do not count, scaled down is said', async () => {
    const ending = pod(
      'web-0',
      { web: `${repository}@${old}` },
      { metadata: { deletionTimestamp: '2026-03-02T10:00:00Z' } },
    );
    const zero = workload('Deployment', {
      spec: { replicas: 0 },
      status: { replicas: 0, updatedReplicas: 0, availableReplicas: 0 },
    });
    const result = await prove(world([zero, ending], [resource('Deployment')]));
    expect(result).toMatchObject({ isProven: true, notes: ['Deployment api/web runs no pod: none is wanted'] });
  });

  test('a digest that is not in the registry is said at once', async () => {
    const given = world([workload('Deployment'), pod('web-1', right)], [resource('Deployment')], {
      platformDigests: async () => {
        throw new UserError({ message: 'crcontosodev.azurecr.io has no such manifest' });
      },
    });
    const result = await prove(given);
    expect(result.problems).toEqual([
      `the image ${repository}@${index} could not be read: crcontosodev.azurecr.io has no such manifest`,
    ]);
    expect(given.said).toEqual([]);
  });

  test('no such Application is said at once', async () => {
    const given = createWorld([]);
    expect(await prove(given)).toMatchObject({
      isLasting: true,
      seconds: 0,
      problems: [
        'no such Application in argocd',
        `the image ${repository}@${index} could not be read: ${repository}@${index} is not there`,
      ],
    });
  });

  test('what may come right is looked at for a minute, whatever its message begins with', async () => {
    const given = world([], [resource('Deployment', 'the image'), resource('Deployment', 'the commit')]);
    const result = await prove(given, []);
    expect(result).toMatchObject({
      isProven: false,
      isLasting: false,
      problems: ['Deployment api/the image is not there', 'Deployment api/the commit is not there'],
    });
    expect(result.seconds).toBeGreaterThanOrEqual(60);
  });
});

test.each<[string, string, string | undefined]>([
  ['crcontosodev.azurecr.io/apps/api:v1@sha256:1', 'crcontosodev.azurecr.io/apps/api', 'sha256:1'],
  ['localhost:5000/api', 'localhost:5000/api', undefined],
  ['localhost:5000/api:1', 'localhost:5000/api', undefined],
  ['nginx', 'nginx', undefined],
])('image %s', (text, repositoryName, named) => {
  expect(readImage(text)).toEqual({ repository: repositoryName, digest: named });
});
