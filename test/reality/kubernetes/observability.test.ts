import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import { succeeded } from '../../support/bundle.ts';
import {
  changesBetween,
  controlPlaneNeeds,
  drain,
  hasControlPlane,
  poolNodes,
  type RunningControlPlane,
  snapshotOf,
  uncordon,
} from '../../support/control-plane.ts';
import { playAiPlatform } from '../../support/played-ai.ts';
import { announced, openRealPlatform, type RealPlatform } from '../../support/real-platform.ts';

/**
 * Logs, traces, alerts and dashboards, and beside them the tools for machine learning, GPUs and secrets of the vault, with the settings
 * of production on a real control plane, whose scheduler finds room for them. Each test goes on from the one before it.
 */
const suite = hasControlPlane ? describe : describe.skip;

const client = '99999999-9999-9999-9999-999999999999';
const group = '66666666-6666-6666-6666-666666666666';
const observability = {
  loki: true,
  alloy: true,
  jaeger: { storage: 'disk' },
  alerts: true,
  dashboards: true,
};
const machineLearning = {
  jupyterhub: { login: { 'client-id': client, 'vault-secret': 'hub-secret' } },
  mlflow: { login: { 'client-id': client, 'vault-secret': 'tracking-secret' } },
};
const node = { cpu: '3860m', memory: '13Gi', zones: [1, 2, 3] } as const;
const nodes = [
  ...poolNodes({
    ...node,
    name: 'system',
    mode: 'System',
    count: 1,
    size: 'Standard_D4ds_v5',
    taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }],
  }),
  ...poolNodes({
    ...node,
    name: 'user',
    mode: 'User',
    count: 3,
    size: 'Standard_D4ds_v5',
    labels: { 'node-type': 'user' },
  }),
  ...poolNodes({
    ...node,
    name: 'gpu',
    mode: 'User',
    count: 1,
    size: 'Standard_NC4as_T4_v3',
    labels: { 'node-type': 'ai' },
    taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
    resources: { 'nvidia.com/gpu': '1' },
  }),
];

suite(`logs, traces, alerts, dashboards and machine learning on the real API server (${controlPlaneNeeds})`, () => {
  let real: RealPlatform;
  let control: RunningControlPlane;

  beforeAll(async () => {
    real = await openRealPlatform({
      releases: JSON.stringify({ 'argo-cd': false, ...observability }),
      machine: 'observability',
      nodes,
      prepare: ({ edit }) =>
        edit('platform.yaml', text =>
          text
            .replace('tier: free', 'private: false')
            .replace(
              / {2}dev:\n/,
              `$&    production: true\n    runner: dev-runners\n    database: true\n    admins: [${group}]\n`,
            ),
        ),
    });
    control = real.control;
    for (const name of ['loki', 'jaeger']) {
      control.serve({ namespace: 'monitoring', name, answer: (_, response) => void response.writeHead(200).end('') });
    }
    await playAiPlatform(control);
  }, 240_000);
  afterAll(() => real?.close());

  const plan = () => real.plan();
  /** Plans and applies, and holds the one to the other. */
  const applyAsAnnounced = async () => {
    const report = await plan();
    expect(report.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
    const before = await snapshotOf(control.api, 'helm');
    const applied = succeeded(await real.apply(report));
    const after = await snapshotOf(control.api, 'helm');
    expect(changesBetween(before, after)).toEqual(announced(report));
    return { report, log: applied.log.join('\n') };
  };
  const expectNothingToDo = async () => {
    const report = await plan();
    expect([report.verdict, announced(report)]).toEqual(['no-changes', []]);
  };
  const configure = (releases: JsonObject) =>
    real.sandbox.edit('platform.yaml', text =>
      text.replace(/^ {4}releases: .*$/m, `    releases: ${JSON.stringify(releases)}`),
    );
  const releasesIn = ({ changes }: Awaited<ReturnType<typeof plan>>) =>
    [...new Set(changes.map(({ address }) => address.split('/')[0]))].sort();

  test('what was planned is created, nothing else, and all of it is ready', async () => {
    await applyAsAnnounced();
  }, 240_000);

  test('then nothing is to do: what the API server fills in is no difference', async () => {
    await expectNothingToDo();
    const { status } = await control.api.get('/apis/apps/v1/namespaces/monitoring/daemonsets/alloy');
    const { desiredNumberScheduled, numberReady } = asObject(status);
    expect([Number(desiredNumberScheduled) > 1, numberReady]).toEqual([true, desiredNumberScheduled]);
  }, 120_000);

  test('machine learning, GPUs by the operator and secrets of the vault come as planned, and then nothing is to do', async () => {
    await configure({ ...observability, ...machineLearning, gpu: true });
    // Whoever signs in to Azure gets an identity for it first.
    await real.sandbox.deploy('dev');
    const { report, log } = await applyAsAnnounced();
    expect(releasesIn(report)).toEqual(
      expect.arrayContaining(['argo-cd', 'gpu-operator', 'jupyterhub', 'mlflow', 'mlflow-support', 'secrets']),
    );
    // There is a node with a GPU, so nothing is left to be seen.
    expect(log).not.toContain('there are no nodes with');
    const { data } = await control.api.get('/api/v1/namespaces/ai-tools/secrets/jupyterhub-entra');
    expect(Buffer.from(String(asObject(data)['client-secret']), 'base64').toString()).toMatch(/^hub-secret of kv/);
    await expectNothingToDo();
  }, 300_000);

  test('another owner of the GPUs: the operator goes, and the device plugin runs on the nodes that have some', async () => {
    await configure({ ...observability, ...machineLearning, gpu: { stack: 'device-plugin' } });
    const { report } = await applyAsAnnounced();
    expect(releasesIn(report)).toEqual(['dcgm-exporter', 'gpu-operator', 'nvidia-device-plugin']);
    for (const name of ['nvidia-device-plugin', 'dcgm-exporter']) {
      const { status } = await control.api.get(`/apis/apps/v1/namespaces/gpu-operator/daemonsets/${name}`);
      expect(asObject(status)).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1 });
    }
    await expectNothingToDo();
  }, 240_000);

  test.each(nodes.map(({ name }) => name))(
    'a drain of %s ends, and everything comes back',
    async name => {
      const { api } = control;
      const budgets = await api.list('/apis/policy/v1/poddisruptionbudgets');
      expect(budgets.length).toBeGreaterThan(8);
      const gone = await drain(api, name);
      // What the platform brings runs on the user pool; the others hold DaemonSets alone.
      expect(gone.length > 0).toBe(name.includes('-user-'));
      await uncordon(api, name);
      for (const kind of ['deployments', 'statefulsets']) {
        for (const object of await api.list(`/apis/apps/v1/${kind}`)) {
          const { namespace, name: workload } = asObject(asObject(object)['metadata']);
          await api.until(`/apis/apps/v1/namespaces/${namespace}/${kind}/${workload}`, ({ spec, status }) => {
            const wanted = asObject(spec)['replicas'];
            return wanted === 0 || asObject(status)['readyReplicas'] === wanted;
          });
        }
      }
      for (const object of budgets) {
        const { namespace, name: budget } = asObject(asObject(object)['metadata']);
        await api.until(
          `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${budget}`,
          ({ status }) => Number(asObject(status)['disruptionsAllowed']) > 0,
        );
      }
    },
    120_000,
  );
});
