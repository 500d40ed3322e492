import { at, type Fields, objects } from '../../../objects.ts';

/** An Argo CD that a case is put to: the sandbox's, or the real one. */
export interface ArgoDriver {
  /** URL of its repository. */
  readonly repository: string;
  /** Writes files to `main`; null removes one. Gives the commit. */
  commit(files: Readonly<Record<string, string | null>>): Promise<string>;
  /** Makes an object of `argoproj.io/v1alpha1` in Argo CD's namespace. */
  create(kind: 'Application' | 'AppProject', name: string, spec: Fields, metadata?: Fields): Promise<void>;
  /** Merge patch. */
  patch(application: string, patch: Fields): Promise<void>;
  /** Reads an Application until the test holds. */
  until(application: string, test: (application: Fields) => boolean): Promise<Fields>;
  /** Reads an object until the test holds; undefined while there is none. */
  untilObject(path: string, test: (object: Fields | undefined) => boolean): Promise<Fields | undefined>;
  remove(path: string): Promise<void>;
}

export interface ArgoCase {
  readonly name: string;
  /** Gives the Applications that are looked at, as they stood. */
  play(driver: ArgoDriver, name: string): Promise<readonly Fields[]>;
}

const digest = `sha256:${'1'.repeat(64)}`;

export const deployment = (name: string, image: string, more: Fields = {}) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } },
      ...more,
    },
  });
export const configMap = (name: string, value: string, annotations: Fields = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data: { value } });
/** A job that fails by its image in the sandbox, and by its annotation where kwok plays kubelets. */
const job = (name: string, hook: string, fails = false) =>
  JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations: { 'argocd.argoproj.io/hook': hook } },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { annotations: fails ? { 'peers.example/outcome': 'fail' } : {} },
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'job', image: `registry.example/${fails ? 'failing' : 'job'}:1` }],
        },
      },
    },
  });

export const status = (application: Fields) => at(application, 'status');
const stateOf = (application: Fields) => at(status(application), 'operationState');
export const isReconciled = (application: Fields) => status(application)['reconciledAt'] !== undefined;
const is = (sync: string, health: string) => (application: Fields) =>
  at(status(application), 'sync')['status'] === sync && at(status(application), 'health')['status'] === health;
const isDone = (application: Fields) =>
  stateOf(application)['finishedAt'] !== undefined && !('operation' in application);
/** The operation is over, and the comparison after it was made. */
const isSettled = (phase: string, sync: string, health: string) => (application: Fields) =>
  isDone(application) &&
  stateOf(application)['phase'] === phase &&
  is(sync, health)(application) &&
  Date.parse(String(status(application)['reconciledAt'])) >= Date.parse(String(stateOf(application)['finishedAt']));
const isUnknown = (application: Fields) => at(status(application), 'sync')['status'] === 'Unknown';
const hasCondition = (type: string) => (application: Fields) =>
  objects(status(application)['conditions']).some(one => one['type'] === type);

/** So many objects are there, and pods of some of them. */
const isShown = (resources: number) => (application: Fields) =>
  objects(status(application)['resources']).length === resources &&
  at(status(application), 'summary')['images'] !== undefined;

const spec = (driver: ArgoDriver, name: string, more: Fields = {}): Fields => ({
  project: 'default',
  source: { repoURL: driver.repository, path: name, targetRevision: 'main' },
  destination: { server: 'https://kubernetes.default.svc', namespace: name },
  syncPolicy: { syncOptions: ['CreateNamespace=true'] },
  ...more,
});
const automated = (more: Fields = {}): Fields => ({
  syncPolicy: { automated: { prune: true, selfHeal: true, ...more }, syncOptions: ['CreateNamespace=true'] },
});
const refresh = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } };
const operation = (revision: string, sync: Fields = {}, more: Fields = {}): Fields => ({
  ...refresh,
  operation: {
    initiatedBy: { username: 'gha:contoso/platform' },
    sync: { revision, prune: true, syncStrategy: { hook: {} }, syncOptions: ['CreateNamespace=true'], ...sync },
    ...more,
  },
});

export const argoCases: readonly ArgoCase[] = [
  {
    name: 'a directory is synchronized by an operation',
    play: async (driver, name) => {
      const revision = await driver.commit({
        [`${name}/web.yaml`]: deployment('web', `registry.example/web:1@${digest}`),
        [`${name}/settings.json`]: configMap('settings', 'one'),
        [`${name}/notes.md`]: 'nothing',
        [`${name}/values.yaml`]: 'replicas: 1\n',
      });
      await driver.create('Application', name, spec(driver, name));
      const found = await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision, {}, { info: [{ name: 'gha-run', value: '1/1' }] }));
      return [found, await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'))];
    },
  },
  {
    name: 'what is as it should be stays so',
    play: async (driver, name) => {
      const revision = await driver.commit({ [`${name}/settings.yaml`]: configMap('settings', 'one') });
      await driver.create('Application', name, spec(driver, name));
      await driver.patch(name, operation(revision));
      await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'));
      await driver.patch(name, { ...operation(revision), status: { operationState: null } });
      return [await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'))];
    },
  },
  {
    name: 'automatic synchronization follows the branch, prunes and heals',
    play: async (driver, name) => {
      await driver.commit({
        [`${name}/a.yaml`]: configMap('a', 'one'),
        [`${name}/b.yaml`]: configMap('b', 'one'),
      });
      await driver.create('Application', name, spec(driver, name, automated()));
      const first = await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'));
      const revision = await driver.commit({ [`${name}/a.yaml`]: configMap('a', 'two'), [`${name}/b.yaml`]: null });
      await driver.patch(name, refresh);
      const second = await driver.until(
        name,
        one =>
          at(stateOf(one), 'syncResult')['revision'] === revision && isSettled('Succeeded', 'Synced', 'Healthy')(one),
      );
      const path = `/api/v1/namespaces/${name}/configmaps/a`;
      await driver.remove(path);
      await driver.untilObject(path, object => object !== undefined);
      const third = await driver.until(
        name,
        one =>
          Number(at(stateOf(one), 'operation', 'sync')['autoHealAttemptsCount']) >= 1 &&
          isSettled('Succeeded', 'Synced', 'Healthy')(one),
      );
      return [first, second, third];
    },
  },
  {
    name: 'what is no longer wanted waits for somebody to prune it',
    play: async (driver, name) => {
      await driver.commit({ [`${name}/a.yaml`]: configMap('a', 'one'), [`${name}/b.yaml`]: configMap('b', 'one') });
      await driver.create(
        'Application',
        name,
        spec(driver, name, { syncPolicy: { automated: {}, syncOptions: ['CreateNamespace=true'] } }),
      );
      await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'));
      const revision = await driver.commit({ [`${name}/b.yaml`]: null });
      await driver.patch(name, operation(revision, { prune: undefined }));
      return [
        await driver.until(
          name,
          one =>
            at(stateOf(one), 'syncResult')['revision'] === revision &&
            isSettled('Succeeded', 'OutOfSync', 'Healthy')(one),
        ),
      ];
    },
  },
  {
    name: 'a kustomization with images, and images of the Application over it',
    play: async (driver, name) => {
      await driver.commit({
        [`${name}/base/web.yaml`]: deployment('web', 'web:1'),
        [`${name}/base/kustomization.yaml`]: 'resources: [web.yaml]\n',
        [`${name}/kustomization.yaml`]: `resources: [base, settings.yaml]\nimages:\n  - { name: web, newName: registry.example/apps/web, digest: "${digest}" }\n`,
        [`${name}/settings.yaml`]: configMap('settings', 'one'),
      });
      await driver.create('Application', name, spec(driver, name, automated()));
      const first = await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'));
      const other = `registry.example/apps/web@sha256:${'2'.repeat(64)}`;
      await driver.patch(name, { spec: { source: { kustomize: { images: [`web=${other}`] } } } });
      const hasOther = (one: Fields) => JSON.stringify(at(status(one), 'summary')).includes(other);
      const isAlone = (one: Fields) =>
        objects([at(status(one), 'summary')]).every(
          summary => JSON.stringify(summary['images']) === JSON.stringify([other]),
        );
      const second = await driver.until(
        name,
        one => hasOther(one) && isAlone(one) && isSettled('Succeeded', 'Synced', 'Healthy')(one),
      );
      return [first, second];
    },
  },
  ...[
    { name: 'a folder that is not there', source: { path: 'nowhere' } },
    { name: 'a branch that is not there', source: { targetRevision: 'nowhere' } },
  ].map(
    ({ name, source }): ArgoCase => ({
      name,
      play: async (driver, application) => {
        await driver.commit({ [`${application}/a.yaml`]: configMap('a', 'one') });
        const wanted = spec(driver, application);
        await driver.create('Application', application, { ...wanted, source: { ...at(wanted, 'source'), ...source } });
        return [await driver.until(application, one => isUnknown(one) && hasCondition('ComparisonError')(one))];
      },
    }),
  ),
  {
    name: 'an operation to a commit that is not there',
    play: async (driver, name) => {
      await driver.commit({ [`${name}/a.yaml`]: configMap('a', 'one') });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation('f'.repeat(40)));
      return [await driver.until(name, isDone)];
    },
  },
  ...[
    { name: 'a project that is not there', project: undefined },
    {
      name: 'a project that forbids the repository',
      project: { sourceRepos: ['https://example.com/*'], destinations: [{ server: '*', namespace: '*' }] },
    },
    {
      name: 'a project that forbids the namespace',
      project: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: 'other-*' }] },
    },
  ].map(
    ({ name, project }): ArgoCase => ({
      name,
      play: async (driver, application) => {
        await driver.commit({ [`${application}/a.yaml`]: configMap('a', 'one') });
        if (project !== undefined) await driver.create('AppProject', application, project);
        await driver.create('Application', application, spec(driver, application, { project: application }));
        return [await driver.until(application, one => isUnknown(one) && hasCondition('InvalidSpecError')(one))];
      },
    }),
  ),
  {
    name: 'a project that forbids a kind',
    play: async (driver, name) => {
      const project = {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
        namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }],
      };
      const revision = await driver.commit({ [`${name}/a.yaml`]: configMap('a', 'one') });
      await driver.create('AppProject', name, project);
      await driver.create('Application', name, spec(driver, name, { project: name }));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      return [await driver.until(name, isDone)];
    },
  },
  {
    name: 'a window that is closed',
    play: async (driver, name) => {
      const window = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] };
      const project = {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      };
      const revision = await driver.commit({ [`${name}/a.yaml`]: configMap('a', 'one') });
      await driver.create('AppProject', name, { ...project, syncWindows: [window] });
      await driver.create('Application', name, spec(driver, name, { project: name }));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      return [await driver.until(name, one => stateOf(one)['message'] !== undefined)];
    },
  },
  {
    name: 'hooks before and after',
    play: async (driver, name) => {
      const revision = await driver.commit({
        [`${name}/before.yaml`]: job('before', 'PreSync'),
        [`${name}/settings.yaml`]: configMap('settings', 'one'),
        [`${name}/after.yaml`]: job('after', 'PostSync'),
      });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      return [await driver.until(name, one => isShown(3)(one) && isSettled('Succeeded', 'Synced', 'Healthy')(one))];
    },
  },
  {
    name: 'a hook that fails',
    play: async (driver, name) => {
      const revision = await driver.commit({
        [`${name}/before.yaml`]: job('before', 'PreSync', true),
        [`${name}/settings.yaml`]: configMap('settings', 'one'),
      });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      return [await driver.until(name, one => isShown(2)(one) && isSettled('Failed', 'OutOfSync', 'Healthy')(one))];
    },
  },
  {
    name: 'a hook that fails again',
    play: async (driver, name) => {
      const revision = await driver.commit({ [`${name}/before.yaml`]: job('before', 'PreSync', true) });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      const retry = { limit: 1, backoff: { duration: '2s', factor: 1, maxDuration: '5s' } };
      await driver.patch(name, operation(revision, {}, { retry }));
      const found = await driver.until(name, isSettled('Failed', 'Synced', 'Healthy'));
      // Whether the comparison finds the second job yet is chance.
      const { resources: _, summary: __, ...rest } = status(found);
      return [{ ...found, status: rest }];
    },
  },
  {
    name: 'waves, one after the other',
    play: async (driver, name) => {
      const wave = (number: number) => ({ 'argocd.argoproj.io/sync-wave': String(number) });
      const revision = await driver.commit({
        [`${name}/a.yaml`]: configMap('a', 'one', wave(1)),
        [`${name}/web.yaml`]: deployment('web', `registry.example/web@${digest}`),
      });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      return [await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'))];
    },
  },
  {
    name: 'a selective operation, and a whole one after it',
    play: async (driver, name) => {
      const revision = await driver.commit({
        [`${name}/a.yaml`]: configMap('a', 'one'),
        [`${name}/b.yaml`]: configMap('b', 'one'),
      });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision, { resources: [{ kind: 'ConfigMap', name: 'a' }] }));
      const hasA = (one: Fields) => objects(status(one)['resources'])[0]?.['status'] === 'Synced';
      const partial = await driver.until(name, one => hasA(one) && isSettled('Succeeded', 'OutOfSync', 'Healthy')(one));
      await driver.patch(name, { ...operation(revision), status: { operationState: null } });
      return [partial, await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'))];
    },
  },
  {
    name: 'several sources',
    play: async (driver, name) => {
      const revision = await driver.commit({
        [`${name}/one/a.yaml`]: configMap('a', 'one'),
        [`${name}/two/b.yaml`]: configMap('b', 'one'),
      });
      const sources = ['one', 'two'].map(part => ({
        repoURL: driver.repository,
        path: `${name}/${part}`,
        targetRevision: 'main',
      }));
      const { source: _, ...rest } = spec(driver, name);
      await driver.create('Application', name, { ...rest, sources });
      await driver.until(name, isReconciled);
      const { revision: __, ...sync } = at(operation(revision), 'operation', 'sync');
      await driver.patch(name, { ...refresh, operation: { sync: { ...sync, revisions: [revision, revision] } } });
      return [await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'))];
    },
  },
  {
    name: 'an image that cannot be pulled',
    play: async (driver, name) => {
      const revision = await driver.commit({
        [`${name}/web.yaml`]: deployment('web', `registry.invalid/web@${digest}`),
      });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      return [
        await driver.until(
          name,
          one =>
            isSettled('Succeeded', 'Synced', 'Progressing')(one) &&
            JSON.stringify(at(status(one), 'summary')).includes('registry.invalid'),
        ),
      ];
    },
  },
  {
    name: 'a deployment that is late',
    play: async (driver, name) => {
      const revision = await driver.commit({
        [`${name}/web.yaml`]: deployment('web', `registry.invalid/web@${digest}`, { progressDeadlineSeconds: 2 }),
      });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      return [await driver.until(name, isSettled('Succeeded', 'Synced', 'Degraded'))];
    },
  },
  {
    name: 'a kind that nobody has defined',
    play: async (driver, name) => {
      const widget = JSON.stringify({ apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'a' } });
      const revision = await driver.commit({ [`${name}/a.yaml`]: widget });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      return [await driver.until(name, isDone)];
    },
  },
  {
    name: 'an operation that is ended',
    play: async (driver, name) => {
      const revision = await driver.commit({
        [`${name}/web.yaml`]: deployment('web', `registry.invalid/web@${digest}`),
        [`${name}/z.yaml`]: configMap('z', 'one', { 'argocd.argoproj.io/sync-wave': '1' }),
      });
      await driver.create('Application', name, spec(driver, name));
      await driver.until(name, isReconciled);
      await driver.patch(name, operation(revision));
      const running = await driver.until(
        name,
        one => stateOf(one)['message'] === 'waiting for healthy state of apps/Deployment/web',
      );
      await driver.patch(name, { status: { operationState: { phase: 'Terminating' } } });
      return [running, await driver.until(name, isDone)];
    },
  },
  {
    name: 'an Application that goes takes its objects along',
    play: async (driver, name) => {
      await driver.commit({ [`${name}/a.yaml`]: configMap('a', 'one') });
      await driver.create('Application', name, spec(driver, name, automated()), {
        finalizers: ['resources-finalizer.argocd.argoproj.io'],
      });
      await driver.until(name, isSettled('Succeeded', 'Synced', 'Healthy'));
      await driver.remove(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`);
      await driver.untilObject(`/api/v1/namespaces/${name}/configmaps/a`, object => object === undefined);
      await driver.untilObject(
        `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`,
        object => object === undefined,
      );
      return [];
    },
  },
];

/** What of an Application is the same wherever it is played: commits by their order, the repository, no times. */
export function comparable(
  applications: readonly Fields[],
  commits: readonly string[],
  repository: string,
  name: string,
): unknown {
  const text = commits.reduce(
    (all, commit, index) => all.replaceAll(commit, `commit-${index}`),
    JSON.stringify(
      applications.map(one => ({ spec: one['spec'], operation: one['operation'], status: one['status'] })),
    ).replaceAll(repository, 'REPOSITORY'),
  );
  const plain = text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), 'APPLICATION');
  return JSON.parse(plain, (key, value) => {
    if (/(At|Time)$/.test(key) && typeof value === 'string') return undefined;
    // A controller whose cache is late heals again what it has healed.
    if (key === 'autoHealAttemptsCount') return Math.min(value, 1);
    // What git adds for a repository in a folder.
    // What is done at the same time has no order.
    if (key === 'syncResult') return { ...value, ...(value.resources && { resources: sorted(value.resources) }) };
    if (key === 'message')
      return String(value)
        .replace(/fatal: git upload-pack: [^\n]*\n?/, '')
        .trimEnd();
    return value;
  });
}

function sorted(resources: readonly Fields[]): readonly Fields[] {
  const keyOf = (one: Fields) => ['syncPhase', 'kind', 'name'].map(field => one[field]).join('|');
  return [...resources].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}
