import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Command, Exit } from '@suite/action-kit';
import type { JsonObject } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { helmEnvironment } from './environment.ts';
import { createHelm } from './helm.ts';
import { readRecording } from './testing/recordings.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helm-'));
});
afterAll(() => rm(folder, { recursive: true }));

const chart = {
  name: 'tiny',
  version: '1.2.3',
  dependencies: [],
  values: 'replicas: 1\n',
  crds: [],
  path: '/charts/tiny.tgz',
  source: { kind: 'folder', path: '/charts/tiny' },
  digest: undefined,
} as const;
const release = { release: 's', namespace: 't1', kubeconfig: '/kube/config' };

/** Helm with a process that answers with the given output. */
function start(answer: Partial<Exit> = {}) {
  const commands: Command[] = [];
  const values: JsonObject[] = [];
  const modes: number[] = [];
  const helm = createHelm({
    file: '/tools/helm',
    env: { PATH: '/bin' },
    folder,
    log: { info: () => {} },
    clock: manualClock(),
    processes: {
      run: async command => {
        commands.push(command);
        const file = command.args.findLast(one => one.startsWith('--values='))?.slice('--values='.length);
        if (file !== undefined) {
          values.push(JSON.parse(await readFile(file, 'utf8')));
          modes.push((await stat(file)).mode & 0o777);
        }
        return { code: 0, signal: null, stdout: '', stderr: '', interrupted: false, ...answer };
      },
    },
  });
  return { helm, commands, values, modes };
}

const withoutValues = (command: Command | undefined) =>
  (command?.args ?? []).map(one => one.replace(/^--values=.*/, '--values=FILE'));

describe('commands', () => {
  test('what the cluster serves is kept by each command for itself: those beside it would write over it', async () => {
    const { helm, commands } = start({ stdout: 'NAME: s\nSTATUS: deployed\nREVISION: 7\n' });
    const upgrade = () => helm.upgrade({ ...release, chart, values: {}, serverSide: true, timeoutSeconds: 300 });
    await Promise.all([upgrade(), upgrade()]);
    const caches = commands.map(({ env }) => env['KUBECACHEDIR'] ?? '');
    expect(caches.map(cache => cache.startsWith(join(folder, '')))).toEqual([true, true]);
    expect(new Set(caches).size).toBe(2);
  });

  test('upgrade: values travel in a file that only we can read and that is gone afterwards', async () => {
    const { helm, commands, values, modes } = start({ stdout: 'NAME: s\nSTATUS: deployed\nREVISION: 7\n' });
    const result = await helm.upgrade({
      ...release,
      chart,
      values: { password: '5ecret' },
      serverSide: true,
      timeoutSeconds: 300,
    });
    expect(result).toEqual({ revision: 7, warnings: [] });
    expect(commands[0]).toMatchObject({ file: '/tools/helm', cwd: folder, env: { PATH: '/bin' } });
    expect(withoutValues(commands[0])).toEqual([
      'upgrade',
      's',
      '/charts/tiny.tgz',
      '--install',
      '--values=FILE',
      '--reset-values',
      '--server-side=true',
      '--wait=hookOnly',
      '--timeout=300s',
      '--history-max=10',
      '--hide-notes',
      '--disable-openapi-validation',
      '--namespace=t1',
      '--kubeconfig=/kube/config',
    ]);
    expect(commands[0]?.args.join(' ')).not.toContain('5ecret');
    expect(values).toEqual([{ password: '5ecret' }]);
    expect(modes).toEqual([0o600]);
    const file = commands[0]?.args.find(one => one.startsWith('--values='))?.slice('--values='.length) ?? '';
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  test('upgrade with everything that may be chosen', async () => {
    const { helm, commands } = start();
    await helm.upgrade({
      ...release,
      chart,
      values: {},
      serverSide: 'auto',
      forceConflicts: true,
      takeOwnership: true,
      skipCrds: true,
      dryRun: 'server',
      wait: 'legacy',
      timeoutSeconds: 60,
      description: 'run 4711, --force',
      labels: { bundle: 'abc', by: 'suite' },
      historyMax: 3,
    });
    expect(withoutValues(commands[0]).slice(6)).toEqual([
      '--server-side=auto',
      '--force-conflicts',
      '--take-ownership',
      '--skip-crds',
      '--wait=legacy',
      '--timeout=60s',
      '--history-max=3',
      '--hide-notes',
      '--description=run 4711, --force',
      '--labels=bundle=abc,by=suite',
      '--dry-run=server',
      '--hide-secret',
      '--namespace=t1',
      '--kubeconfig=/kube/config',
    ]);
  });

  test('a dry run makes no revision', async () => {
    const { helm } = start({ stdout: 'STATUS: pending-upgrade\nREVISION: 2\n' });
    const options = { ...release, chart, values: {}, serverSide: true, timeoutSeconds: 1, dryRun: 'server' } as const;
    expect(await helm.upgrade(options)).toEqual({ warnings: [] });
  });

  test('taking over fields without server-side apply is refused before anything starts', async () => {
    const { helm, commands } = start();
    const options = { ...release, chart, values: {}, serverSide: false, forceConflicts: true, timeoutSeconds: 1 };
    await expect(helm.upgrade(options)).rejects.toThrow('`forceConflicts` needs server-side apply.');
    expect(commands).toEqual([]);
  });

  test('template asks no cluster', async () => {
    const { helm, commands } = start({ stdout: '---\n' });
    const text = await helm.template({
      release: 's',
      namespace: 't1',
      chart,
      values: {},
      kubeVersion: '1.34.4',
      apiVersions: ['monitoring.coreos.com/v1', 'monitoring.coreos.com/v1/ServiceMonitor'],
      includeCrds: true,
      isUpgrade: true,
    });
    expect(text).toBe('---\n');
    expect(commands[0]?.captureStdout).toBe(true);
    expect(withoutValues(commands[0])).toEqual([
      'template',
      's',
      '/charts/tiny.tgz',
      '--namespace=t1',
      '--values=FILE',
      '--kube-version=1.34.4',
      '--api-versions=monitoring.coreos.com/v1',
      '--api-versions=monitoring.coreos.com/v1/ServiceMonitor',
      '--include-crds',
      '--is-upgrade',
    ]);
  });

  test('template with value files first and parameters last', async () => {
    const { helm, commands } = start();
    await helm.template({
      release: 's',
      namespace: 't1',
      chart,
      values: {},
      valueFiles: ['/values/a.yaml', '/values/b.yaml'],
      parameters: [
        { as: 'value', name: 'a.b', value: '1' },
        { as: 'string', name: 'c', value: '2' },
        { as: 'file', name: 'd', value: '/d' },
      ],
      kubeVersion: '1.34.4',
      skipTests: true,
      skipSchemaValidation: true,
    });
    expect(withoutValues(commands[0])).toEqual([
      'template',
      's',
      '/charts/tiny.tgz',
      '--namespace=t1',
      '--values=FILE',
      '--values=FILE',
      '--values=FILE',
      '--set=a.b=1',
      '--set-string=c=2',
      '--set-file=d=/d',
      '--kube-version=1.34.4',
      '--skip-tests',
      '--skip-schema-validation',
    ]);
    expect(commands[0]?.args.slice(4, 6)).toEqual(['--values=/values/a.yaml', '--values=/values/b.yaml']);
  });

  test('rollback always names its revision', async () => {
    const { helm, commands } = start();
    await helm.rollback({ ...release, revision: 4, timeoutSeconds: 60 });
    expect(commands[0]?.args).toEqual([
      'rollback',
      's',
      '4',
      '--server-side=auto',
      '--wait=hookOnly',
      '--timeout=60s',
      '--history-max=10',
      '--namespace=t1',
      '--kubeconfig=/kube/config',
    ]);
  });

  test('the manifest of a revision is what Helm printed', async () => {
    const { helm, commands } = start({ stdout: '---\nkind: ConfigMap\n' });
    expect(await helm.manifest({ ...release, revision: 4 })).toBe('---\nkind: ConfigMap\n');
    expect(commands[0]?.args).toEqual([
      'get',
      'manifest',
      's',
      '--revision=4',
      '--namespace=t1',
      '--kubeconfig=/kube/config',
    ]);
  });

  test('uninstall gives what the chart wants to be kept', async () => {
    const stdout = 'These resources were kept due to the resource policy:\n[ConfigMap] w\n\nrelease "w" uninstalled\n';
    const { helm, commands } = start({ stdout });
    expect(await helm.uninstall({ ...release, timeoutSeconds: 60 })).toEqual({
      kept: [{ kind: 'ConfigMap', name: 'w' }],
    });
    expect(commands[0]?.args.slice(0, 4)).toEqual(['uninstall', 's', '--ignore-not-found', '--cascade=background']);
  });

  test('history, status, metadata and list of what Helm 4.1.4 printed', async () => {
    const history = start({ stdout: readRecording('history.json') });
    expect((await history.helm.history(release)).map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'deployed'],
      [3, 'failed'],
    ]);
    const status = start({
      stdout: '[{"revision":2,"status":"deployed","chart":"tiny-1.2.3","app_version":"4.5","description":"x"}]',
    });
    expect(await status.helm.status(release)).toMatchObject({ revision: 2, status: 'deployed' });
    expect(status.commands[0]?.args).toContain('--max=1');
    const metadata = start({ stdout: readRecording('metadata.json') });
    expect(await metadata.helm.metadata(release)).toEqual({
      revision: 1,
      status: 'deployed',
      chart: 'tiny',
      version: '1.2.3',
      appVersion: '4.5',
      applyMethod: 'server-side',
      labels: { a: 'b', c: 'd' },
    });
    const list = start({ stdout: readRecording('list.json') });
    expect(await list.helm.list({ kubeconfig: '/kube/config' })).toEqual([
      { release: 's', namespace: 't1', revision: 1, status: 'deployed', chart: 'tiny-1.2.3', appVersion: '4.5' },
    ]);
    expect(list.commands[0]?.args.slice(0, 3)).toEqual(['list', '--all-namespaces', '--max=0']);
  });

  test('a release that is not there is none, not a failure', async () => {
    const { helm } = start({ code: 1, stderr: readRecording('missing.txt') });
    expect(await helm.history(release)).toEqual([]);
    expect(await helm.status(release)).toBeUndefined();
    expect(await helm.metadata(release)).toBeUndefined();
  });

  test('an API server that does not answer is a failure', async () => {
    const { helm } = start({ code: 1, stderr: readRecording('unreachable.txt') });
    await expect(helm.history(release)).rejects.toThrow(
      /^Release s in t1: the API server cannot be reached: .* use a runner that stands there\.$/,
    );
  });

  test('logins of registries stand in a file that only we can read', async () => {
    const own = join(folder, 'private');
    const helm = createHelm({
      file: 'helm',
      env: {},
      folder: own,
      log: { info: () => {} },
      clock: manualClock(),
      registries: { 'acr.azurecr.io': { username: '0000', password: 'refresh' } },
      processes: { run: async () => ({ code: 0, signal: null, stdout: '[]', stderr: '', interrupted: false }) },
    });
    await helm.list({ kubeconfig: '/kube/config' });
    const file = join(own, 'registry.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      auths: { 'acr.azurecr.io': { auth: Buffer.from('0000:refresh').toString('base64') } },
    });
    expect([(await stat(file)).mode & 0o777, (await stat(own)).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(helmEnvironment({}, own)['HELM_REGISTRY_CONFIG']).toBe(file);
  });

  test('an answer that is no JSON is a defect', async () => {
    await expect(start({ stdout: 'x' }).helm.history(release)).rejects.toThrow('`helm history` printed no JSON.');
  });
});
