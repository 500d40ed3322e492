import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KubernetesView, type RunResult, scheduleRequest } from '@suite/sandbox';
import { recordPromotions } from '../../packages/sandbox/src/platform/run-record.ts';
import { inRegistry, makeImage } from '../support/images.ts';
import {
  conclusions,
  currentStep,
  dispatch as dispatchWorkflow,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  summaryOf,
} from '../support/pipeline.ts';

const off = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack', 'argo-cd'];

/** NVIDIA's device plugin as a chart of its own, as small as it can be. */
const plugin = {
  'Chart.yaml': 'apiVersion: v2\nname: nvidia-device-plugin\nversion: 0.18.0\n',
  'templates/all.yaml': `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: nvidia-device-plugin }
spec:
  selector: { matchLabels: { app: nvidia-device-plugin } }
  template:
    metadata: { labels: { app: nvidia-device-plugin } }
    spec:
      nodeSelector: { node-type: ai }
      tolerations: [{ key: nvidia.com/gpu, operator: Exists, effect: NoSchedule }]
      containers: [{ name: plugin, image: "nvcr.io/nvidia/k8s-device-plugin:v0.18.0", resources: { requests: { cpu: 10m } } }]
`,
};

let sandbox: PipelineWorld;

beforeAll(async () => {
  sandbox = await openPipelineWorld({
    platform: text =>
      text.replace(
        /^environments:/m,
        `defaults:\n  gpu-smoke: { level: standard }\n  releases: { ${off.map(name => `${name}: false`).join(', ')} }\n\n$&`,
      ),
  });
  sandbox.world.settings.operationMs = 0;
});
afterAll(() => sandbox.close());

const clusterOf = (environment: string): KubernetesView => {
  const all = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  const found = all.find(({ name }) => name.includes(environment));
  if (found === undefined) throw new Error(`${environment} has no cluster.`);
  return sandbox.world.kubernetes.of(found.id);
};

/** Commits a release of the device plugin to main, and promotes it. */
async function promote(): Promise<RunResult> {
  const { repository, runner, push, world } = sandbox;
  const { version, digest, url } = world.charts.publish(world.charts.pack('nvidia-device-plugin', plugin));
  const release = `nvidia-device-plugin: { chart: nvidia-device-plugin, repository: "${url.replace(/\/$/, '')}", version: ${version}, digest: "${digest}", namespace: gpu, pod-security: privileged }`;
  const before = await repository.resolve('refs/heads/main');
  const file = 'platform.yaml';
  const text = (await repository.readFile(before, file)) ?? '';
  // The pinned image is not in this world.
  const { digest: python } = makeImage(inRegistry(world.registries.registry('ghcr.io'), 'contoso/python'), {
    name: 'python',
  });
  const image = `image: "ghcr.io/contoso/python@${python}"`;
  const changed = text
    .replace('  releases: { ', `  releases: { ${release}, `)
    .replace('level: standard', `level: standard, ${image}`);
  const files = { [file]: changed };
  const after = await repository.commit({ branch: 'main', message: 'Device plugin', author: 'mona', files });
  return runner.start(push(before, after)).result;
}

/** A person starts gpu-smoke.yml of the example. */
const dispatch = (inputs: Readonly<Record<string, string>>) => dispatchWorkflow(sandbox, 'gpu-smoke.yml', inputs);

/** Its schedule starts it. */
async function onSchedule(): Promise<RunResult> {
  const { repository, runner } = sandbox;
  return runner.start(await scheduleRequest(repository, 'gpu-smoke.yml', '17 5 * * 1', 'mona')).result;
}

/** What the jobs that failed say, by their names. */
const errorsIn = (run: RunResult) =>
  Object.fromEntries(
    run.jobs
      .filter(({ conclusion }) => conclusion === 'failure')
      .map(job => [job.name.replace(/^.* \/ /, ''), errorMessages(job)]),
  );

/** What tests of GPUs make. */
const leftIn = (environment: string) =>
  clusterOf(environment)
    .everything()
    .filter(({ kind, metadata: { name, namespace, labels = {} } }) => {
      const isOurs = [name, namespace ?? '', ...Object.keys(labels)].some(text => text.includes('gpu-smoke'));
      return isOurs && kind !== 'Event';
    })
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
const recorded = () => recordPromotions(sandbox.world.azure, sandbox.world.registries);

describe('GPU pools in a promotion', () => {
  test('dev passes from no node; a driver that does not fit stops staging, and prod is never begun', async () => {
    const step = currentStep(sandbox);
    let isBroken = false;
    sandbox.watchers.add(() => {
      if (isBroken || step() !== 'Apply staging: Apply the platform') return;
      isBroken = true;
      clusterOf('staging').gpu.script({ state: 'driver-mismatch' });
    });
    const run = await promote();
    expect(errorsIn(run)).toEqual({
      'Apply staging': [expect.stringMatching(/staging.*gpu: failed: driver\..*driver\/library version mismatch/s)],
    });
    expect(conclusions(run)).toMatchObject({
      'Apply shared': 'success',
      'Apply dev': 'success',
      'Apply staging': 'failure',
    });
    expect(Object.keys(conclusions(run))).not.toContain('Apply prod');
    expect(isBroken).toBe(true);
    expect(summaryOf(jobOf(run, 'Apply dev'))).toMatch(/passed/);
    // It came from no node in both.
    for (const environment of ['dev', 'staging']) {
      expect(
        clusterOf(environment)
          .events('kube-system')
          .map(({ reason }) => reason),
      ).toContain('ScaledUpGroup');
      expect([environment, leftIn(environment)]).toEqual([environment, []]);
    }
    expect(recorded()).toEqual([
      expect.objectContaining({ environment: 'dev', tests: { 'gpu-smoke-test': 'verified' } }),
    ]);
  });

  test('by hand, one environment is asked for, or all; each says for itself what is wrong', async () => {
    const one = await dispatch({ environment: 'dev', level: 'quick' });
    expect([errorsIn(one), conclusions(one)]).toEqual([{}, { Resolve: 'success', 'Test dev': 'success' }]);
    const all = await dispatch({});
    expect(errorsIn(all)).toEqual({
      'Test staging': [expect.stringMatching(/failed: driver/)],
      'Test prod': [expect.stringMatching(/There is no cluster/)],
    });
    expect(conclusions(all)).toMatchObject({
      'Test dev': 'success',
      'Test staging': 'failure',
      'Test prod': 'failure',
    });
    // Nothing was deployed.
    const filed = sandbox.repository.deployments().filter(({ environment }) => environment === 'dev');
    expect(filed).toHaveLength(1);
    for (const environment of ['dev', 'staging']) expect([environment, leftIn(environment)]).toEqual([environment, []]);
  });

  test('what was mended passes, and an environment without GPUs is refused', async () => {
    clusterOf('staging').gpu.script({ state: 'healthy' });
    expect(conclusions(await dispatch({ environment: 'staging' }))).toMatchObject({ 'Test staging': 'success' });
    const wrong = await dispatch({ environment: 'shared' });
    expect(errorMessages(jobOf(wrong, 'Resolve')).join('\n')).toContain('`shared`, which has no GPU pool');
  });

  test('by schedule everything is tested at the level that measures; a machine that Azure takes back fails nobody', async () => {
    const mend = clusterOf('staging').gpu.script({ state: 'evicted' });
    const run = await onSchedule();
    mend();
    expect(errorsIn(run)).toEqual({ 'Test prod': [expect.stringMatching(/There is no cluster/)] });
    expect(summaryOf(jobOf(run, 'Test dev'))).toMatch(/: passed[\s\S]*Host to device/);
    expect(summaryOf(jobOf(run, 'Test staging'))).toMatch(/: inconclusive: interrupted/);
    expect(conclusions(run)).toMatchObject({ 'Test dev': 'success', 'Test staging': 'success' });
    expect(leftIn('staging')).toEqual([]);
  });
});

test('every permission that a job of a GPU test asks for is used', async () => {
  expect(await sandbox.unusedPermissions('gpu-smoke.yml')).toEqual([]);
});
