import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import { type Pool, poolInstances, type ScopeView } from '@suite/platform-file';
import { type BundleWorld, openBundleWorld, reportOf, succeeded } from '../../support/bundle.ts';
import { attachControlPlane } from '../../support/control-plane/behind-azure.ts';
import {
  type ApiClient,
  type ControlPlaneNode,
  changesBetween,
  controlPlaneNeeds,
  drain,
  hasControlPlane,
  poolNodes,
  type RunningControlPlane,
  snapshotOf,
  startControlPlane,
  uncordon,
} from '../../support/control-plane.ts';
import { playAiPlatform } from '../../support/played-ai.ts';
import { playAlbController } from '../../support/played-alb.ts';
import { announced, type Planned, type RealPlatform, realPlatform } from '../../support/real-platform.ts';

/**
 * The three environments of `everything.yaml`, each with every release on a real control plane whose nodes are its pools: what is small,
 * with its stores in the cluster; what the guide has; production. Real kinds judge our objects, the real scheduler finds room, the real
 * disruption controller guards budgets. Each test goes on from the one before it.
 */
const suite = hasControlPlane ? describe : describe.skip;

interface Class {
  readonly name: string;
  readonly scope: string;
  /** So many nodes of the user pool hold all of it, and one more, which AKS brings before it takes one away. */
  readonly users: number;
  /** What is looked at in this class alone. */
  readonly more: (real: () => RealPlatform) => void;
}

const classes: readonly Class[] = [
  { name: 'a small dev', scope: 'dev', users: 1 + 1, more: waysIn },
  { name: 'what the guide has', scope: 'staging', users: 1 + 1, more: () => undefined },
  // Each of Loki's three servers wants a node for itself.
  { name: 'production', scope: 'prod', users: 3 + 1, more: changes },
];

type Environment = Extract<ScopeView, { readonly kind: 'environment' }>;

suite(`every release in every class of environment on the real API server (${controlPlaneNeeds})`, () => {
  let sandbox: BundleWorld;

  beforeAll(async () => {
    const file = new URL('../../../examples/platform-files/everything.yaml', import.meta.url);
    const text = await readFile(file, 'utf8');
    sandbox = await openBundleWorld(undefined, { 'platform.yaml': () => text });
    Object.assign(sandbox.world.settings, { operationMs: 0, isInPrivateNetwork: true });
    await sandbox.deploy('shared');
  });
  afterAll(() => sandbox?.close());

  describe.each(classes)('$name', ({ scope, users, more }) => {
    let real: RealPlatform;
    let control: RunningControlPlane;
    let nodes: readonly ControlPlaneNode[];

    beforeAll(async () => {
      const view = environmentOf(sandbox, scope);
      nodes = nodesOf(view, users);
      const starting = startControlPlane({ nodes });
      await sandbox.deploy(scope);
      control = await starting;
      await attachControlPlane(sandbox.world, control, clusterIdOf(view));
      real = realPlatform({ sandbox, control, scope, machine: scope });
      playAlbController(control);
      await playAiPlatform(control);
      for (const name of ['loki', 'jaeger']) {
        control.serve({ namespace: 'monitoring', name, answer: (_, response) => void response.writeHead(200).end('') });
      }
    });
    afterAll(() => real?.close());

    test('what was planned is created, nothing else, and all of it is ready', async () => {
      const { report, log } = await applyAsAnnounced(real);
      expect(releasesIn(report)).toEqual(expect.arrayContaining(['argo-cd', 'gateway', 'mlflow', 'network-policies']));
      // There is a node with a GPU, so nothing is left to be seen.
      expect(log).not.toContain('there are no nodes with');
      await becomeReady(control.api);
    });

    test('planned and applied again, nothing changes: what the API server fills in is no difference', async () => {
      const report = await planNothing(real);
      const before = await snapshotOf(control.api, 'helm');
      succeeded(await real.apply(report));
      expect(changesBetween(before, await snapshotOf(control.api, 'helm'))).toEqual([]);
    });

    test('a drain of any one node breaks no budget, and everything is ready elsewhere', async () => {
      const { api } = control;
      for (const { name } of nodes) {
        const gone = await drain(api, name);
        // What the platform brings runs on the user pool; the others hold DaemonSets alone.
        expect([name, gone.length > 0]).toEqual([name, name.includes('-user-')]);
        await becomeReady(api).finally(() => uncordon(api, name));
      }
    });

    more(() => real);
  });
});

/** The way in from the Internet. */
function waysIn(real: () => RealPlatform): void {
  test('the gateway takes the names of the environment, over HTTP to lead on to HTTPS', async () => {
    const { api } = real().control;
    const { spec } = await api.get('/apis/gateway.networking.k8s.io/v1/namespaces/gateway/gateways/platform');
    expect(asObject(spec)).toMatchObject({
      gatewayClassName: 'azure-alb-external',
      listeners: [{ name: 'http' }, { name: 'https', hostname: '*.dev.platform.contoso.com' }],
    });
  });

  test('interfaces that cannot be asked from here are unknown, and not healthy', async () => {
    const { checks } = await reportOf(succeeded(await real().run({ command: 'verify' })));
    const ofRoutes = checks.filter(({ id }) => id.startsWith('release/routes/'));
    expect(ofRoutes.map(({ status }) => status)).toEqual(ofRoutes.map(() => 'unknown'));
    expect(ofRoutes.length).toBeGreaterThan(1);
  });

  test('a load balancer beside the gateway is refused by the quota', async () => {
    const { status, body } = await real().control.api.call('POST', '/api/v1/namespaces/argocd/services', {
      metadata: { name: 'second-way-in' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: 'x' } },
    });
    expect(status).toBe(403);
    expect(asObject(body)['message']).toMatch(/exceeded quota: platform.*services\.loadbalancers/);
  });

  test('kinds stay when everything is switched off, and the gateway goes', async () => {
    await real().sandbox.edit('platform.yaml', text =>
      text.replace(/^ {2}releases:[\s\S]*?(?=^ {2}admins:)/m, '  releases: { kube-prometheus-stack: false }\n'),
    );
    const report = await real().plan();
    await real().sandbox.restore();
    const gone = report.changes.filter(({ kind }) => kind === 'delete').map(({ title }) => title);
    expect(gone).toContain('Gateway gateway/platform');
    expect(gone.filter(title => title.startsWith('CustomResourceDefinition'))).toEqual([]);
  });
}

/** Secrets of the vault, and another owner of the GPUs. */
function changes(real: () => RealPlatform): void {
  test('client secrets come from the vault', async () => {
    const { data } = await real().control.api.get('/api/v1/namespaces/ai-tools/secrets/jupyterhub-entra');
    const secret = Buffer.from(String(asObject(data)['client-secret']), 'base64').toString();
    expect(secret).toMatch(/^jupyterhub-entra of kv/);
  });

  test('another owner of the GPUs: the operator goes, and the device plugin runs on the nodes that have some', async () => {
    await real().sandbox.edit('platform.yaml', text => text.replace('gpu: true', 'gpu: { stack: device-plugin }'));
    const { report } = await applyAsAnnounced(real());
    expect(releasesIn(report)).toEqual(
      expect.arrayContaining(['dcgm-exporter', 'gpu-operator', 'nvidia-device-plugin']),
    );
    for (const name of ['nvidia-device-plugin', 'dcgm-exporter']) {
      const { status } = await real().control.api.get(`/apis/apps/v1/namespaces/gpu-operator/daemonsets/${name}`);
      expect(asObject(status)).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1 });
    }
    await planNothing(real());
  });
}

/** Plans and applies, and holds the one to the other. */
async function applyAsAnnounced(real: RealPlatform): Promise<{ readonly report: Planned; readonly log: string }> {
  const report = await real.plan();
  expect(report.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
  const before = await snapshotOf(real.control.api, 'helm');
  const { log } = succeeded(await real.apply(report));
  expect(changesBetween(before, await snapshotOf(real.control.api, 'helm'))).toEqual(announced(report));
  return { report, log: log.join('\n') };
}

async function planNothing(real: RealPlatform): Promise<Planned> {
  const report = await real.plan();
  expect([report.verdict, announced(report)]).toEqual(['no-changes', []]);
  return report;
}

function releasesIn({ changes }: Planned): readonly (string | undefined)[] {
  return [...new Set(changes.map(({ address }) => address.split('/')[0]))].sort();
}

/** Waits until every pod that somebody wants is ready, and every budget has room for the next one to go. */
async function becomeReady(api: ApiClient): Promise<void> {
  const each = async (group: string, plural: string, isSo: (object: JsonObject) => boolean) => {
    for (const object of await api.list(`/apis/${group}/${plural}`)) {
      const { namespace, name } = asObject(asObject(object)['metadata']);
      await api.until(`/apis/${group}/namespaces/${namespace}/${plural}/${name}`, isSo);
    }
  };
  // An autoscaler may still have to bring the second one.
  for (const object of await api.list('/apis/autoscaling/v2/horizontalpodautoscalers')) {
    const { metadata, spec } = asObject(object);
    const { scaleTargetRef, minReplicas } = asObject(spec);
    const target = `deployments/${asObject(scaleTargetRef)['name']}`;
    await api.until(
      `/apis/apps/v1/namespaces/${asObject(metadata)['namespace']}/${target}`,
      deployment => Number(asObject(deployment['spec'])['replicas']) >= Number(minReplicas),
    );
  }
  for (const plural of ['deployments', 'statefulsets']) {
    await each('apps/v1', plural, ({ spec, status }) => {
      const wanted = asObject(spec)['replicas'];
      return wanted === 0 || asObject(status)['readyReplicas'] === wanted;
    });
  }
  await each('apps/v1', 'daemonsets', ({ status }) => {
    const { desiredNumberScheduled, numberReady } = asObject(status);
    return numberReady === desiredNumberScheduled;
  });
  await each('policy/v1', 'poddisruptionbudgets', ({ status }) => Number(asObject(status)['disruptionsAllowed']) > 0);
}

function environmentOf({ views }: BundleWorld, scope: string): Environment {
  const view = views.find((each): each is Environment => each.kind === 'environment' && each.scope === scope);
  if (view === undefined) throw new Error(`The platform file has no ${scope}.`);
  return view;
}

function clusterIdOf({ subscription, resourceGroup, cluster }: Environment): string {
  const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  return `${group}/providers/Microsoft.ContainerService/managedClusters/${cluster.name}`;
}

/** What AKS leaves pods of a machine, and its own agents of that (600m and 1000 Mi). */
const machines: Readonly<Record<string, Pick<ControlPlaneNode, 'cpu' | 'memory' | 'resources'>>> = {
  Standard_D2s_v3: { cpu: '1300m', memory: '5044Mi' },
  Standard_D4ds_v5: { cpu: '3260m', memory: '12934Mi' },
  Standard_NC4as_T4_v3: { cpu: '3260m', memory: '25222Mi', resources: { 'nvidia.com/gpu': '1' } },
};

/** The pools as Terraform makes them; of the pool with GPUs one node has come. */
function nodesOf({ cluster }: Environment, users: number): readonly ControlPlaneNode[] {
  const nodes = (
    name: string,
    { size, zones }: Pool,
    pool: Omit<Parameters<typeof poolNodes>[0], 'name' | 'size' | 'cpu' | 'memory'>,
  ) => {
    const machine = machines[size];
    if (machine === undefined) throw new Error(`Say what a ${size} has.`);
    return poolNodes({ ...machine, name, size, zones: zones.length === 0 ? [1] : zones.map(Number), ...pool });
  };
  return [
    ...nodes('system', cluster.pools.system, {
      mode: 'System',
      count: cluster.pools.system.min,
      labels: { 'node-type': 'system' },
      taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }],
    }),
    ...poolInstances(cluster).flatMap(({ name, kind, pool }) =>
      nodes(
        name,
        pool,
        kind === 'user'
          ? { mode: 'User', count: users, labels: { 'node-type': 'user' } }
          : {
              mode: 'User',
              count: 1,
              labels: { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
              taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
            },
      ),
    ),
  ];
}
