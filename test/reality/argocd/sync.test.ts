import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { membersOf, readApplication } from '@suite/argocd';
import { asArray, asObject, errorMessage, type JsonObject, systemClock } from '@suite/foundation';
import { type Cluster, createCluster } from '@suite/kubernetes';
import { lockDigest } from '../../../actions/sync-argocd/src/deliver/chart-lock.ts';
import { editsFor } from '../../../actions/sync-argocd/src/deliver/index.ts';
import { readMap } from '../../../actions/sync-argocd/src/deliver/testing.ts';
import {
  type ApplicationResult,
  checkApplications,
  createClusterArgo,
  createServerArgo,
  createServerClient,
  createServerCluster,
  createServerRecords,
  type ProofPorts,
  proveApplications,
  rollbackApplications,
  type SyncPlan,
  type SyncPorts,
  syncApplications,
  waitApplications,
} from '../../../actions/sync-argocd/src/sync/index.ts';
import { type ChartHost, openChartHost } from '../../support/argocd/chart-host.ts';
import { type Issuer, startIssuer } from '../../support/argocd/issuer.ts';
import {
  type ArgoServer,
  argoCdNeeds,
  argoNamespace,
  hasArgoCd,
  inCluster,
  type RunningArgoCd,
  startArgoCd,
} from '../../support/argocd.ts';
import { type RunningControlPlane, startControlPlane } from '../../support/control-plane.ts';

/** Syncing, waiting and proving against the real controller: what has fooled others is a case each. */
let control: RunningControlPlane;
let argo: RunningArgoCd;
let cluster: Cluster;
let issuer: Issuer;
let charts: ChartHost;

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}`;
const configMap = (value: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { value } });
const deployment = (image: string, spec: JsonObject = {}) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
      ...spec,
    },
  });
const hook = (image: string, outcome?: string) =>
  JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { annotations: outcome === undefined ? {} : { 'peers.example/outcome': outcome } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image }] },
      },
    },
  });

/** An ApplicationSet as a manifest of the case's root: each of its folders `apps/…` is an Application, with a namespace of its own. */
const applicationSet = ({ name, url }: World, generator: JsonObject, folder: string, syncPolicy: JsonObject = {}) =>
  JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name, namespace: argoNamespace },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [generator],
      template: {
        metadata: { name: `${name}-${folder}` },
        spec: {
          project: 'default',
          source: { repoURL: url, path: `${name}/apps/${folder}`, targetRevision: 'main' },
          destination: { server: inCluster, namespace: `${name}-${folder}` },
          syncPolicy: { syncOptions: ['CreateNamespace=true'], ...syncPolicy },
        },
      },
    },
  });

interface World {
  /** Name of the case's Application, folder and namespace. */
  readonly name: string;
  /** A repository of the case's own: others do not move its branch. */
  readonly url: string;
  commit(files: Readonly<Record<string, string | null>>): Promise<string>;
  application(spec?: JsonObject): Promise<void>;
  plan(revision: string | undefined, more?: Partial<SyncPlan>): SyncPlan;
  readonly ports: SyncPorts;
  readonly said: readonly string[];
  status(): Promise<JsonObject>;
}

async function worldOf(name: string, signal = new AbortController().signal): Promise<World> {
  const repository = await argo.createRepository(name);
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  return {
    name,
    url: repository.url,
    commit: files =>
      repository.commit(
        Object.fromEntries(Object.entries(files).map(([path, content]) => [`${name}/${path}`, content])),
      ),
    application: async (spec = {}) => {
      const source = { repoURL: repository.url, path: name, targetRevision: 'main' };
      await argo.application(name, 'sources' in spec ? spec : { source, ...spec });
      await argo.until(name, one => asObject(one['status'])['reconciledAt'] !== undefined);
    },
    plan: (revision, more = {}) => ({
      argoNamespace,
      applications: [{ name, images: [] }],
      repository: repository.url,
      branch: 'main',
      revision,
      mark: { id: `${name}/1`, by: 'gha:contoso/platform', run: `run of ${name}`, bundle: undefined },
      // Only ends what hangs: all cases run at the same time.
      timeoutMs: 300_000,
      ...more,
    }),
    ports: {
      argo: createClusterArgo(cluster, argoNamespace),
      workloads: cluster,
      clock: systemClock,
      log: { info: say, warning: say },
      signal,
      random: Math.random,
      contains: repository.contains,
    },
    said,
    status: async () => asObject((await argo.get(name))['status']),
  };
}

const automated = { syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] } };
const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));
const operationOf = (status: JsonObject) => asObject(status['operationState']);
const syncedTo = (status: JsonObject) => asObject(operationOf(status)['syncResult'])['revision'];
const only = (results: readonly ApplicationResult[]) => {
  expect(results).toHaveLength(1);
  return results[0] as ApplicationResult;
};

/** Each is played at the same time as the others, and looked at in its turn. */
const cases: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'syncs to the commit, and proves what runs': async world => {
    const image = `registry.example/web@${digestOf('1')}`;
    const revision = await world.commit({ 'web.yaml': deployment(image) });
    await world.application();
    const planned = [
      { name: world.name, images: [{ name: 'web', repository: 'registry.example/web', digest: digestOf('1') }] },
    ];
    const result = only(await syncApplications(world.plan(revision), world.ports));
    expect(result).toMatchObject({ phase: 'done', revisions: [revision] });
    const prove = (digest: string) =>
      proveApplications(
        world.plan(revision, {
          applications: planned.map(one => ({ ...one, images: one.images.map(each => ({ ...each, digest })) })),
        }),
        {
          ...world.ports,
          // What is wrong is given a minute to come right, which passes quickly here.
          clock: { ...systemClock, now: () => systemClock.now() * 20 },
          platformDigests: async reference => [reference.split('@')[1] ?? ''],
          chartsAt: async () => [],
        },
      );
    expect(await prove(digestOf('1'))).toMatchObject([
      { isProven: true, workloads: [{ containers: [{ running: [digestOf('1')] }] }] },
    ]);
    expect(await prove(digestOf('2'))).toMatchObject([
      { isProven: false, problems: expect.arrayContaining([expect.stringContaining(digestOf('2'))]) },
    ]);
  },
  'deploys into another cluster by the name of its Secret, as a project allows it that names nothing else':
    async world => {
      const { caCertificate, admin, url } = control;
      const spoke = `spoke-${world.name}`;
      const objects = `/apis/argoproj.io/v1alpha1/namespaces/${argoNamespace}`;
      // The same API server under another name is another cluster to Argo CD.
      await control.api.create(`/api/v1/namespaces/${argoNamespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: spoke, labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
        stringData: {
          name: spoke,
          server: url.replace('127.0.0.1', 'localhost'),
          config: JSON.stringify({
            bearerToken: admin.token,
            tlsClientConfig: { insecure: false, caData: Buffer.from(caCertificate).toString('base64') },
          }),
        },
      });
      const destination = { name: spoke, namespace: world.name };
      await control.api.create(`${objects}/appprojects`, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        metadata: { name: world.name },
        spec: { sourceRepos: [world.url], destinations: [destination] },
      });
      await control.api.create('/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: world.name },
      });
      const revision = await world.commit({ 'web.yaml': deployment(`registry.example/web@${digestOf('1')}`) });
      await world.application({ project: world.name, destination });
      expect(only(await syncApplications(world.plan(revision), world.ports))).toMatchObject({
        phase: 'done',
        revisions: [revision],
      });
      const images = [{ name: 'web', repository: 'registry.example/web', digest: digestOf('1') }];
      const platformDigests = async () => [digestOf('1')];
      expect(
        await proveApplications(world.plan(revision, { applications: [{ name: world.name, images }] }), {
          ...world.ports,
          platformDigests,
          chartsAt: async () => [],
        }),
      ).toMatchObject([{ isProven: true }]);
      // Elsewhere the project lets nothing go, which is known before anything is asked.
      await argo.patch(world.name, { spec: { destination: { name: null, server: inCluster } } });
      expect(await checkApplications(world.plan(revision), world.ports)).toMatchObject([
        { cause: { kind: 'project', message: expect.stringContaining(`${world.name} of ${spoke}`) } },
      ]);
    },
  'does not take the operation before for its own': async world => {
    const first = await world.commit({ 'settings.yaml': configMap('one') });
    await world.application();
    only(await syncApplications(world.plan(first), world.ports));
    const second = await world.commit({ 'settings.yaml': configMap('two') });
    const mark = { ...world.plan(second).mark, id: `${world.name}/2` };
    const result = only(await syncApplications(world.plan(second, { mark }), world.ports));
    expect(result).toMatchObject({ phase: 'done', revisions: [second] });
    const status = await world.status();
    expect(syncedTo(status)).toBe(second);
    expect(asArray(status['history']).map(one => asObject(one)['revision'])).toEqual([first, second]);
  },
  'asks again for a refresh that was lost': async world => {
    await world.commit({ 'settings.yaml': configMap('one') });
    await world.application(automated);
    await argo.until(world.name, one => asObject(asObject(one['status'])['sync'])['status'] === 'Synced');
    const revision = await world.commit({ 'settings.yaml': configMap('two') });
    const waiting = waitApplications(world.plan(revision), {
      ...world.ports,
      // The first one does not arrive.
      argo: { ...world.ports.argo, refresh: once(world.ports.argo.refresh) },
    });
    expect(only(await waiting)).toMatchObject({ phase: 'done', revisions: [revision] });
  },
  'is not done while another revision is synced and healthy': async world => {
    const first = await world.commit({ 'settings.yaml': configMap('one') });
    await world.application();
    only(await syncApplications(world.plan(first), world.ports));
    const second = await world.commit({ 'settings.yaml': configMap('two') });
    const result = only(await waitApplications(world.plan(second, { timeoutMs: 8000 }), world.ports));
    expect(result).toMatchObject({ phase: 'failed', cause: { kind: 'time' } });
    expect(syncedTo(await world.status())).toBe(first);
  },
  'says which window is closed, and leaves no operation': async world => {
    const revision = await world.commit({ 'settings.yaml': configMap('one') });
    const window = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] };
    await argo.project(world.name, { syncWindows: [window] });
    await world.application({ project: world.name });
    const result = only(await syncApplications(world.plan(revision), world.ports));
    expect(result).toMatchObject({ phase: 'refused', cause: { kind: 'window' } });
    expect(await checkApplications(world.plan(revision), world.ports)).toHaveLength(1);
    expect((await argo.get(world.name))['operation']).toBeUndefined();
  },
  'syncs everything after somebody has synced a part': async world => {
    const revision = await world.commit({
      'a.yaml': configMap('one').replace('settings', 'a'),
      'b.yaml': configMap('one').replace('settings', 'b'),
    });
    await world.application();
    const sync = { revision, resources: [{ kind: 'ConfigMap', name: 'a' }], syncOptions: ['CreateNamespace=true'] };
    await argo.patch(world.name, { operation: { initiatedBy: { username: 'mona' }, sync } });
    await argo.until(world.name, one => operationOf(asObject(one['status']))['phase'] === 'Succeeded');
    expect(only(await syncApplications(world.plan(revision), world.ports))).toMatchObject({ phase: 'done' });
    const status = await world.status();
    expect(asObject(asObject(operationOf(status)['operation'])['sync'])['resources']).toBeUndefined();
    expect(asArray(status['resources']).map(one => asObject(one)['status'])).toEqual(['Synced', 'Synced']);
  },
  'pins every source of several': async world => {
    const revision = await world.commit({
      'one/a.yaml': configMap('one').replace('settings', 'a'),
      'two/b.yaml': configMap('one').replace('settings', 'b'),
    });
    const sources = ['one', 'two'].map(part => ({
      repoURL: world.url,
      path: `${world.name}/${part}`,
      targetRevision: 'main',
    }));
    await world.application({ sources });
    expect(only(await syncApplications(world.plan(revision), world.ports))).toMatchObject({
      phase: 'done',
      revisions: [revision, revision],
    });
  },
  "waits for somebody else's operation to end": async world => {
    const first = await world.commit({
      'job.yaml': hook('registry.invalid/migrate:1'),
      'settings.yaml': configMap('one'),
    });
    await world.application();
    const sync = { revision: first, syncOptions: ['CreateNamespace=true'] };
    await argo.patch(world.name, { operation: { initiatedBy: { username: 'mona' }, sync } });
    await argo.until(world.name, one => String(operationOf(asObject(one['status']))['message']).includes('hook'));
    const second = await world.commit({ 'job.yaml': null });
    const syncing = syncApplications(world.plan(second), world.ports);
    while (!world.said.some(line => line.includes('mona'))) await pause(100);
    // The controller may write over it once.
    for (;;) {
      await argo.patch(world.name, { status: { operationState: { phase: 'Terminating' } } });
      await pause(1000);
      if (operationOf(await world.status())['phase'] !== 'Running') break;
    }
    expect(only(await syncing)).toMatchObject({ phase: 'done', revisions: [second] });
  },
  'gives up on an operation that does not end, and says whose it is': async world => {
    const revision = await world.commit({ 'job.yaml': hook('registry.invalid/migrate:1') });
    await world.application();
    const sync = { revision, syncOptions: ['CreateNamespace=true'] };
    await argo.patch(world.name, { operation: { initiatedBy: { username: 'mona' }, sync } });
    await argo.until(world.name, one => operationOf(asObject(one['status']))['phase'] === 'Running');
    const result = only(await syncApplications(world.plan(revision, { timeoutMs: 5000 }), world.ports));
    expect(result).toMatchObject({
      phase: 'failed',
      cause: { kind: 'taken', message: expect.stringContaining('mona') },
    });
  },
  'names the hook that failed, with its log': async world => {
    const revision = await world.commit({
      'job.yaml': hook('registry.example/migrate:1', 'fail'),
      'settings.yaml': configMap('one'),
    });
    await world.application();
    const result = only(await syncApplications(world.plan(revision), world.ports));
    expect(result).toMatchObject({
      phase: 'failed',
      cause: { kind: 'hook', message: expect.stringContaining('migrate') },
    });
    expect(result.evidence.log).toEqual(expect.arrayContaining([expect.stringContaining('column does not exist')]));
  },
  'names the image that cannot be pulled': async world => {
    const revision = await world.commit({ 'web.yaml': deployment(`registry.invalid/web@${digestOf('1')}`) });
    await world.application();
    const result = only(await syncApplications(world.plan(revision), world.ports));
    expect(result).toMatchObject({
      phase: 'failed',
      cause: { message: expect.stringContaining('registry.invalid/web') },
    });
  },
  'says that a rollout is late': async world => {
    const revision = await world.commit({
      'web.yaml': deployment(`registry.invalid/web@${digestOf('1')}`, { progressDeadlineSeconds: 1 }),
    });
    await world.application();
    const result = only(await syncApplications(world.plan(revision), world.ports));
    expect(result).toMatchObject({ phase: 'failed' });
    expect(['health', 'pods']).toContain(result.cause?.kind);
  },
  'is content with a later commit that Argo CD went on to by itself': async world => {
    const first = await world.commit({ 'settings.yaml': configMap('one') });
    await world.application(automated);
    await argo.until(world.name, one => asObject(asObject(one['status'])['sync'])['status'] === 'Synced');
    const second = await world.commit({ 'settings.yaml': configMap('two') });
    const third = await world.commit({ 'settings.yaml': configMap('three') });
    const result = only(await waitApplications(world.plan(second), world.ports));
    expect(result).toMatchObject({ phase: 'done', revisions: [third] });
    expect(third).not.toBe(first);
  },
  'says that Argo CD does not see a commit': async world => {
    await world.commit({ 'settings.yaml': configMap('one') });
    await world.application();
    const result = only(await syncApplications(world.plan('f'.repeat(40), { timeoutMs: 20_000 }), world.ports));
    expect(result.phase).toBe('failed');
    expect(result.cause?.message).toContain('see the commit');
  },
  'says which rule of a project forbids it': async world => {
    const revision = await world.commit({ 'settings.yaml': configMap('one') });
    await argo.project(world.name, { destinations: [{ server: '*', namespace: 'other' }] });
    await argo.application(world.name, {
      project: world.name,
      source: { repoURL: world.url, path: world.name, targetRevision: 'main' },
    });
    const result = only(await syncApplications(world.plan(revision), world.ports));
    expect(result).toMatchObject({ phase: 'refused', cause: { message: expect.stringContaining(world.name) } });
  },
  'brings another version of a chart that the one in Git depends on, and the lock beside it': async world => {
    const [before, after] = ['1.2.3', '1.3.0'];
    const redis = (version: string) => ({
      name: 'redis',
      address: `${charts.url}/redis`,
      version,
      digest: charts.publish('redis', version, { 'settings.yaml': configMap(version) }),
    });
    const chartFile = (version: string) =>
      `apiVersion: v2\nname: shop\nversion: 0.1.0\ndependencies:\n  - { name: redis, version: ${version}, repository: "${charts.url}" }\n`;
    const dependency = { name: 'redis', version: before, repository: charts.url };
    const files = {
      'Chart.yaml': chartFile(before),
      'Chart.lock': JSON.stringify({ dependencies: [dependency], digest: lockDigest([dependency], [dependency]) }),
    };
    const app = { name: world.name, path: '', images: [], charts: ['redis'], values: {} };
    const old = redis(before);
    const value = async () =>
      asObject((await control.api.get(`/api/v1/namespaces/${world.name}/configmaps/settings`))['data'])['value'];
    const first = await world.commit(files);
    await world.application({ syncPolicy: { syncOptions: ['CreateNamespace=true'], retry: { limit: 0 } } });
    expect(only(await syncApplications(world.plan(first), world.ports))).toMatchObject({ phase: 'done' });
    expect(await value()).toBe(before);

    const chart = redis(after);
    const edits = await editsFor(readMap(files), [app], { images: [], charts: [chart] });
    expect(edits.files.map(({ path }) => path)).toEqual(['Chart.yaml', 'Chart.lock']);
    const second = await world.commit(Object.fromEntries(edits.files.map(one => [one.path, one.after])));
    const plan = world.plan(second, {
      mark: { ...world.plan(second).mark, id: `${world.name}/2` },
      applications: [{ name: world.name, images: [], charts: [chart] }],
    });
    expect(only(await syncApplications(plan, world.ports))).toMatchObject({ phase: 'done', revisions: [second] });
    expect(await value()).toBe(after);
    const proof = {
      ...world.ports,
      platformDigests: async () => [],
      chartsAt: async () =>
        edits.places.map(({ item, after: version, file }) => ({ name: item, version, place: file })),
    };
    expect(await proveApplications(plan, proof)).toMatchObject([
      { isProven: true, running: { [chart.address]: after } },
    ]);

    // A lock that belongs to another Chart.yaml: the delivery refuses it, and Argo CD's Helm builds nothing from it.
    const spoiled = { ...files, 'Chart.yaml': chartFile(after) };
    await expect(editsFor(readMap(spoiled), [app], { images: [], charts: [old] })).rejects.toThrow(
      'Chart.lock does not belong to the Chart.yaml beside it',
    );
    const third = await world.commit(spoiled);
    const mark = { ...world.plan(third).mark, id: `${world.name}/3` };
    const result = only(await syncApplications(world.plan(third, { mark }), world.ports));
    expect(result).toMatchObject({ phase: 'failed', cause: { message: expect.stringContaining('Chart.lock') } });
    expect(await value()).toBe(after);
  },
  'goes back by its history': async world => {
    const first = await world.commit({ 'settings.yaml': configMap('one') });
    await world.application();
    only(await syncApplications(world.plan(first), world.ports));
    const second = await world.commit({ 'settings.yaml': configMap('two') });
    const mark = { ...world.plan(second).mark, id: `${world.name}/2` };
    only(await syncApplications(world.plan(second, { mark }), world.ports));
    const results = await rollbackApplications(
      { ...world.plan(second, { mark }), verified: first },
      { ...world.ports, revert: undefined },
    );
    expect(results).toMatchObject([{ by: 'history', isDone: true, revisions: [first] }]);
    const map = await control.api.get(`/api/v1/namespaces/${world.name}/configmaps/settings`);
    expect(map['data']).toEqual({ value: 'one' });
  },
  'follows what an ApplicationSet makes of a list, and proves what runs of it': async world => {
    const image = (folder: string) => ({
      name: folder,
      repository: `registry.example/${folder}`,
      digest: digestOf(folder === 'web' ? '3' : '4'),
    });
    const folders = ['web', 'worker'];
    const manifest = (folder: string) => deployment(`registry.example/${folder}@${image(folder).digest}`);
    const list = (...names: readonly string[]) =>
      applicationSet(world, { list: { elements: names.map(folder => ({ folder })) } }, '{{ .folder }}');
    const first = await world.commit({
      'set.yaml': list('web'),
      ...Object.fromEntries(folders.map(folder => [`apps/${folder}/app.yaml`, manifest(folder)])),
    });
    await world.application();
    const synced = await syncApplications(world.plan(first), world.ports);
    expect(stands(synced)).toEqual({ '': ['done', first], '-web': ['done', first] });

    // The root brings another list: what it adds was no Application a moment ago.
    const second = await world.commit({ 'set.yaml': list('web', 'worker') });
    const mark = { ...world.plan(second).mark, id: `${world.name}/2` };
    const applications = [{ name: world.name, images: folders.map(image) }];
    const plan = world.plan(second, { mark, applications });
    const more = await syncApplications(plan, world.ports);
    expect(stands(more)).toEqual({ '': ['done', second], '-web': ['done', second], '-worker': ['done', second] });
    expect(more.map(({ parent }) => parent)).toEqual([undefined, world.name, world.name]);
    const proofs = await proveApplications(plan, {
      ...world.ports,
      platformDigests: async reference => [reference.split('@')[1] ?? ''],
      chartsAt: async () => [],
    });
    expect(proofs).toMatchObject([
      { isProven: true, running: Object.fromEntries(folders.map(image).map(one => [one.repository, one.digest])) },
    ]);
    function stands(results: readonly ApplicationResult[]) {
      return Object.fromEntries(
        results.map(({ name, phase, revisions }) => [name.slice(world.name.length), [phase, ...revisions]]),
      );
    }
  },
  'lets an ApplicationSet read the folders of Git again, which it would do after three minutes': async world => {
    const folders = { git: { repoURL: world.url, revision: 'main', directories: [{ path: `${world.name}/apps/*` }] } };
    const automatic = { automated: { prune: true } };
    await world.commit({
      'set.yaml': applicationSet(world, folders, '{{ .path.basename }}', automatic),
      'apps/one/settings.yaml': configMap('one'),
    });
    await world.application();
    only((await syncApplications(world.plan(undefined), world.ports)).filter(({ parent }) => parent === world.name));
    // The set itself stays as it is, and so does the root: what is new is a folder.
    const revision = await world.commit({ 'apps/two/settings.yaml': configMap('two') });
    const mark = { ...world.plan(revision).mark, id: `${world.name}/2` };
    const results = await syncApplications(world.plan(revision, { mark }), world.ports);
    expect(results.map(({ name, phase, revisions }) => [name, phase, ...revisions])).toEqual(
      ['', '-one', '-two'].map(suffix => [`${world.name}${suffix}`, 'done', revision]),
    );
    const map = await control.api.get(`/api/v1/namespaces/${world.name}-two/configmaps/settings`);
    expect(map['data']).toEqual({ value: 'two' });
  },
  'says what an ApplicationSet fails with': async world => {
    const generator = { git: { repoURL: world.url, revision: 'nowhere', directories: [{ path: '*' }] } };
    const revision = await world.commit({ 'set.yaml': applicationSet(world, generator, '{{ .path.basename }}') });
    await world.application();
    // Argo CD calls the root degraded, and says no more of it.
    expect(only(await syncApplications(world.plan(revision), world.ports))).toMatchObject({
      phase: 'failed',
      cause: { kind: 'health', message: expect.stringMatching(/the ApplicationSet \S+ fails: .*nowhere/s) },
    });
  },
  'is run again after it was cut off, and finds its own operation': async world => {
    const revision = await world.commit({ 'settings.yaml': configMap('one') });
    await world.application();
    const cut = new AbortController();
    const { argo: through } = world.ports;
    const first = syncApplications(world.plan(revision), {
      ...world.ports,
      signal: cut.signal,
      argo: {
        ...through,
        sync: async (...args) => {
          const done = await through.sync(...args);
          cut.abort(new Error('the machine is lost'));
          return done;
        },
      },
    });
    await first.catch(() => undefined);
    const result = only(await syncApplications(world.plan(revision), world.ports));
    expect(result).toMatchObject({ phase: 'done', revisions: [revision] });
    expect(asArray((await world.status())['history'])).toHaveLength(1);
  },
  'through its server: syncs, proves what runs, and goes back': async world => {
    const server = await through();
    const ports = { ...world.ports, ...server };
    const image = (digit: string) => `registry.example/web@${digestOf(digit)}`;
    const planned = (digit: string) => ({
      applications: [
        { name: world.name, images: [{ name: 'web', repository: 'registry.example/web', digest: digestOf(digit) }] },
      ],
    });
    const prove = (revision: string, digit: string, more: Partial<ProofPorts> = {}) =>
      proveApplications(world.plan(revision, planned(digit)), {
        ...ports,
        platformDigests: async reference => [reference.split('@')[1] ?? ''],
        chartsAt: async () => [],
        ...more,
      });
    const first = await world.commit({ 'web.yaml': deployment(image('1')) });
    await world.application();
    expect(only(await syncApplications(world.plan(first), ports))).toMatchObject({ phase: 'done', revisions: [first] });
    const operation = asObject(operationOf(await world.status())['operation']);
    expect(asObject(operation['sync'])['revision']).toBe(first);
    expect(operation['info']).toContainEqual({ name: 'gha-run', value: `${world.name}/1` });
    expect(asObject(operation['initiatedBy'])['username']).toBe('ci');
    expect(await prove(first, '1')).toMatchObject([
      { isProven: true, workloads: [{ pods: 2, containers: [{ running: [digestOf('1')] }] }] },
    ]);
    const quick = { clock: { ...systemClock, now: () => systemClock.now() * 20 } };
    expect(await prove(first, '2', quick)).toMatchObject([
      { isProven: false, problems: expect.arrayContaining([expect.stringContaining(digestOf('2'))]) },
    ]);
    const second = await world.commit({ 'web.yaml': deployment(image('2')) });
    const mark = { ...world.plan(second).mark, id: `${world.name}/2` };
    expect(only(await syncApplications(world.plan(second, { mark }), ports))).toMatchObject({ phase: 'done' });
    expect(await prove(second, '2')).toMatchObject([{ isProven: true }]);
    expect(
      await rollbackApplications({ ...world.plan(second, { mark }), verified: first }, { ...ports, revert: undefined }),
    ).toMatchObject([{ by: 'history', isDone: true, revisions: [first] }]);
    expect(await prove(first, '1')).toMatchObject([{ isProven: true }]);
  },
  'through its server: waits for what Argo CD does by itself': async world => {
    const ports = { ...world.ports, ...(await through()) };
    await world.commit({ 'settings.yaml': configMap('one') });
    await world.application(automated);
    await argo.until(world.name, one => asObject(asObject(one['status'])['sync'])['status'] === 'Synced');
    const second = await world.commit({ 'settings.yaml': configMap('two') });
    const result = only(await waitApplications(world.plan(second), ports));
    expect(result).toMatchObject({ phase: 'done', revisions: [second] });
  },
  'through its server: says whose operation is in the way, and which window is closed': async world => {
    const ports = { ...world.ports, ...(await through()) };
    const revision = await world.commit({ 'job.yaml': hook('registry.invalid/migrate:1') });
    await argo.project(world.name);
    await world.application({ project: world.name });
    const sync = { revision, syncOptions: ['CreateNamespace=true'] };
    await argo.patch(world.name, { operation: { initiatedBy: { username: 'mona' }, sync } });
    await argo.until(world.name, one => operationOf(asObject(one['status']))['phase'] === 'Running');
    expect(only(await syncApplications(world.plan(revision, { timeoutMs: 5000 }), ports))).toMatchObject({
      phase: 'failed',
      cause: { kind: 'taken', message: expect.stringContaining('mona') },
    });
    const running = await ports.argo.get({ namespace: argoNamespace, name: world.name });
    if (running === undefined) throw new Error('The server does not show it.');
    // `changed` where the controller writes to it in between.
    while ((await ports.argo.terminate(running)) !== 'done') await pause(200);
    await argo.until(world.name, one => operationOf(asObject(one['status']))['phase'] !== 'Running');
    await control.api.call(
      'PATCH',
      `/apis/argoproj.io/v1alpha1/namespaces/${argoNamespace}/appprojects/${world.name}`,
      {
        spec: { syncWindows: [{ kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }] },
      },
    );
    expect(await checkApplications(world.plan(revision), ports)).toMatchObject([{ cause: { kind: 'window' } }]);
  },
  'through its server: names the hook that failed, with its log': async world => {
    const ports = { ...world.ports, ...(await through()) };
    const revision = await world.commit({
      'job.yaml': hook('registry.example/migrate:1', 'fail'),
      'settings.yaml': configMap('one'),
    });
    await world.application();
    const result = only(await syncApplications(world.plan(revision), ports));
    expect(result).toMatchObject({ phase: 'failed', cause: { kind: 'hook' } });
    expect(result.evidence.log).toEqual(expect.arrayContaining([expect.stringContaining('column does not exist')]));
  },
  'through its server: writes project, Application and record, and takes the Application away': async world => {
    const { argo: server, workloads, recordsOf } = await through();
    const records = recordsOf(world.name);
    const labels = { 'aks-platform.io/platform': 'contoso' };
    const apiVersion = 'argoproj.io/v1alpha1';
    const metadata = { name: world.name, namespace: argoNamespace, labels };
    const options = { manager: 'aks-platform' };
    const project = (namespace: string) => ({
      apiVersion,
      kind: 'AppProject',
      metadata,
      spec: { sourceRepos: [world.url], destinations: [{ server: inCluster, namespace }] },
    });
    const application = {
      apiVersion,
      kind: 'Application',
      metadata: { ...metadata, finalizers: ['resources-finalizer.argocd.argoproj.io'] },
      spec: {
        project: world.name,
        source: { repoURL: world.url, path: world.name, targetRevision: 'main' },
        destination: { server: inCluster, namespace: world.name },
        syncPolicy: {
          syncOptions: ['ServerSideApply=true'],
        },
      },
    };
    const revision = await world.commit({ 'settings.yaml': configMap('one') });
    await control.api.create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: world.name },
    });
    expect(await records.read()).toEqual({ proven: [], clusterFingerprint: undefined });
    await workloads.apply(project('elsewhere'), options);
    await workloads.apply(project(world.name), options);
    const record = { proven: [], clusterFingerprint: 'f' };
    await records.write(record);
    expect(await records.read()).toEqual(record);
    // Nothing of ours is lost, or shown as another's.
    const [seen] = (await workloads.list({ apiVersion, kind: 'AppProject', namespace: argoNamespace })).filter(
      one => one.metadata.name === world.name,
    );
    expect(seen?.metadata).toMatchObject({ labels });
    expect(seen?.metadata.annotations).toEqual({});
    expect((await server.project(world.name))?.destinations).toMatchObject([{ namespace: world.name }]);

    await workloads.apply(application, options);
    // What others set beside it stays.
    await argo.patch(world.name, { spec: { revisionHistoryLimit: 3 } });
    const ref = { apiVersion, kind: 'Application', namespace: argoNamespace, name: world.name };
    // The server reads from a cache that learns of it a moment later.
    while (asObject((await workloads.get(ref))?.['spec'])['revisionHistoryLimit'] !== 3) await pause(50);
    await workloads.apply(application, options);
    expect(asObject((await argo.get(world.name))['spec'])['revisionHistoryLimit']).toBe(3);
    const ports = { ...world.ports, argo: server, workloads };
    expect(only(await syncApplications(world.plan(revision), ports))).toMatchObject({ phase: 'done' });
    const map = { apiVersion: 'v1', kind: 'ConfigMap', namespace: world.name, name: 'settings' };
    expect(await workloads.get(map)).toMatchObject({ data: { value: 'one' } });
    expect(await workloads.get({ ...map, name: 'kube-root-ca.crt' })).toBeUndefined();
    // Argo CD tells of the cluster once it has looked; until then the oldest version that it may be is taken. Who has asked keeps the answer.
    let looked = workloads;
    while (!/^1\.34\./.test(await looked.version())) {
      await pause(200);
      looked = (await through()).workloads;
    }
    expect((await looked.discovery()).apiVersions).toContain('apps/v1/Deployment');

    expect(await workloads.remove(ref)).toBe(true);
    while ((await workloads.get(ref)) !== undefined) await pause(200);
    expect(await workloads.remove(ref)).toBe(false);
    expect(await control.api.call('GET', `/api/v1/namespaces/${world.name}/configmaps/settings`)).toMatchObject({
      status: 404,
    });
  },
  'through its server: an account that may only read is told what it lacks': async world => {
    const ports = { ...world.ports, ...(await through('reader')) };
    const revision = await world.commit({ 'settings.yaml': configMap('one') });
    await world.application();
    expect(only(await syncApplications(world.plan(revision), ports))).toMatchObject({
      phase: 'failed',
      cause: { remedy: expect.stringContaining(`applications, sync, default/${world.name}`) },
    });
    expect((await world.status())['operationState']).toBeUndefined();
  },
  'through its server: a token of Entra is taken for its audience alone': async world => {
    const revision = await world.commit({ 'settings.yaml': configMap('one') });
    await world.application();
    const token = issuer.token(deployer, argoRegistration);
    expect(
      only(await syncApplications(world.plan(revision), { ...world.ports, ...(await through({ token })) })),
    ).toMatchObject({ phase: 'done', revisions: [revision] });
    const { argo: other } = await through({ token: issuer.token(deployer, 'https://management.azure.com') });
    await expect(other.list(argoNamespace)).rejects.toThrow(/HTTP 401.*`oidc\.config`/s);
    const { argo: stranger } = await through({ token: issuer.token(argoRegistration, argoRegistration) });
    expect(await stranger.list(argoNamespace)).toEqual([]);
  },
  'through its server: has the generators of an ApplicationSet read again': async world => {
    const { argo: server } = await through();
    const sets = `/apis/argoproj.io/v1alpha1/namespaces/${argoNamespace}/applicationsets`;
    await world.commit({ 'settings.yaml': configMap('one') });
    await control.api.create(sets, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name: world.name, annotations: { 'example.org/note': 'theirs' } },
      spec: {
        generators: [{ list: { elements: [{ name: `${world.name}-one` }] } }],
        template: {
          metadata: { name: '{{name}}' },
          spec: {
            project: 'default',
            source: { repoURL: world.url, path: world.name, targetRevision: 'main' },
            destination: { server: inCluster, namespace: world.name },
          },
        },
      },
    });
    const isReady = (set: JsonObject) =>
      asArray(asObject(set['status'])['conditions']).some(one => asObject(one)['type'] === 'ResourcesUpToDate');
    const before = await control.api.until(`${sets}/${world.name}`, isReady);
    await server.refreshSet(world.name);
    // Its controller takes the wish away when it has looked.
    const after = await control.api.until(`${sets}/${world.name}`, set => {
      const { annotations, resourceVersion } = asObject(set['metadata']);
      return (
        resourceVersion !== asObject(before['metadata'])['resourceVersion'] &&
        asObject(annotations)['argocd.argoproj.io/application-set-refresh'] === undefined
      );
    });
    expect(asObject(asObject(after['metadata'])['annotations'])['example.org/note']).toBe('theirs');
    // Its controller writes empty templates into generators when it takes the wish away, whoever had it.
    expect(asObject(after['spec'])['template']).toEqual(asObject(before['spec'])['template']);
    const [set, all] = await Promise.all([server.set(world.name), server.list(argoNamespace)]);
    expect(set && membersOf(set, all).map(({ name }) => name)).toEqual([`${world.name}-one`]);
  },
};

/** Argo CD's registration in Entra, and the service principal of who deploys. */
const [argoRegistration, deployer] = ['0f6a1c1e-1111-4222-8333-444455556666', '7b1d0c55-aaaa-4bbb-8ccc-ddddeeeeffff'];
const policy = [
  ...['ci', deployer].flatMap(who => [
    ...['get', 'create', 'update'].map(verb => `p, ${who}, projects, ${verb}, *, allow`),
    ...['get', 'create', 'update', 'sync', 'delete'].map(verb => `p, ${who}, applications, ${verb}, */*, allow`),
    ...['get', 'create', 'update'].map(verb => `p, ${who}, applicationsets, ${verb}, */*, allow`),
    `p, ${who}, logs, get, */*, allow`,
    `p, ${who}, clusters, get, ${inCluster}, allow`,
  ]),
  'p, reader, applications, get, */*, allow',
  'p, reader, projects, get, *, allow',
].join('\n');

let opening: Promise<ArgoServer> | undefined;
const tokens = new Map<string, Promise<string>>();
/** Argo CD and what runs, through its API server alone. */
async function through(account: string | { readonly token: string } = 'ci') {
  opening ??= argo.server();
  const { address, fetch: go, tokenOf } = await opening;
  const token =
    typeof account === 'string' ? (tokens.get(account) ?? tokenOf(account)) : Promise.resolve(account.token);
  if (typeof account === 'string') tokens.set(account, token);
  const client = createServerClient({ server: address, token: () => token, fetch: go, clock: systemClock });
  return {
    argo: createServerArgo(client, systemClock, argoNamespace),
    workloads: createServerCluster({
      client,
      clock: systemClock,
      argoNamespace,
      ownCluster: inCluster,
      cluster: { name: 'aks-contoso-dev', version: '1.30' },
    }),
    recordsOf: (project: string) => createServerRecords(client, project),
  };
}

/** The first call is lost on its way. */
function once<T extends unknown[]>(call: (...args: T) => Promise<void>): (...args: T) => Promise<void> {
  let isFirst = true;
  return async (...args) => {
    if (!isFirst) return call(...args);
    isFirst = false;
  };
}

const played = new Map<string, Promise<Error | undefined>>();

(hasArgoCd ? describe : describe.skip)(`sync against ${argoCdNeeds}`, () => {
  beforeAll(async () => {
    control = await startControlPlane();
    control.serveLogs(() => 'migrating\ncolumn does not exist\n');
    [issuer, charts] = await Promise.all([startIssuer(), openChartHost()]);
    argo = await startArgoCd(control, {
      trusts: charts.certificate,
      settings: {
        'accounts.ci': 'apiKey',
        'accounts.reader': 'apiKey',
        'oidc.config': `name: Entra\nissuer: ${issuer.url}\nclientID: ${argoRegistration}\n`,
      },
      server: { policy },
    });
    cluster = createCluster({
      server: control.url,
      ca: control.caCertificate,
      token: async () => control.admin.token,
      identity: 'apply identity of dev',
      env: {},
      clock: systemClock,
    });
    for (const [index, [title, play]] of Object.entries(cases).entries()) {
      const playing = worldOf(`case-${index}`).then(async world => {
        try {
          await play(world);
          return undefined;
        } catch (error) {
          return new Error(`${errorMessage(error)}\n${world.said.join('\n')}`, { cause: error });
        }
      });
      played.set(title, playing);
    }
  });
  afterAll(async () => {
    await Promise.all(played.values());
    cluster?.close();
    await argo?.stop();
    await control?.stop();
    issuer?.close();
    charts?.close();
  });

  test.each(Object.keys(cases))('%s', async title => {
    const failure = await played.get(title);
    if (failure !== undefined) throw failure;
  });

  test('500 syncs while others write to the same objects: none is lost', async () => {
    await Promise.all(played.values());
    const [apps, rounds] = [50, 10];
    const world = await worldOf('many');
    const names = Array.from({ length: apps }, (_, index) => `many-${index}`);
    for (const name of names) {
      await argo.application(name, {
        source: { repoURL: world.url, path: 'many', targetRevision: 'main' },
        revisionHistoryLimit: rounds,
      });
    }
    const over = new AbortController();
    let writes = 0;
    const write = async (writer: number) => {
      for (let at = 0; !over.signal.aborted; at += 1) {
        const annotations = { [`example.org/writer-${writer}`]: String(at) };
        const { status } = await argo.patch(names[(at * 7 + writer) % apps] ?? '', { metadata: { annotations } });
        expect(status).toBe(200);
        writes += 1;
        await pause(250);
      }
    };
    const writers = [1, 2].map(write);
    const revisions: string[] = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        const revision = await world.commit({ 'settings.yaml': configMap(String(round)) });
        revisions.push(revision);
        const mark = { id: `many/${round}`, by: 'gha:contoso/platform', run: 'run of many', bundle: undefined };
        const applications = names.map(name => ({ name, images: [] }));
        const results = await syncApplications(world.plan(revision, { applications, mark }), world.ports);
        expect(results.map(({ phase, revisions: at }) => [phase, ...at])).toEqual(names.map(() => ['done', revision]));
      }
    } finally {
      over.abort();
      await Promise.all(writers);
    }
    for (const name of names) {
      const { history } = asObject((await argo.get(name))['status']);
      expect(asArray(history).map(one => asObject(one)['revision'])).toEqual(revisions);
      expect(readApplication((await argo.get(name)) as never).operation).toBeUndefined();
    }
    expect(writes).toBeGreaterThan(100);
  }, 900_000);
});
