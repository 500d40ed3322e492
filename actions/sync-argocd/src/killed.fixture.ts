import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readContext } from '@suite/action-kit';
import { asArray, asObject, asString, UserError } from '@suite/foundation';
import { type ManualClock, manualClock } from '@suite/foundation/testing';
import type { KubernetesObject } from '@suite/kubernetes';
import type { Connected, ReachedCluster, Services } from './ports.ts';
import { createClusterRecords } from './record.ts';
import { createClusterArgo } from './sync/index.ts';
import { createFakeCluster, type FakeCluster, playArgo } from './sync/testing/cluster.fixture.ts';
import type { Target } from './target.ts';
import { viewWith } from './view.fixture.ts';

/** Where a machine is lost: at the n-th thing that it changes outside of itself, before that arrives or before its answer does. */
export interface Cell {
  readonly nth: number;
  readonly when: 'before' | 'after';
}

/** A run on a machine that may be lost: from then on it hears of nothing, and nobody hears of it. */
export interface Machine {
  readonly services: Services;
  readonly connected: Connected;
  /** What it has changed, in order. */
  readonly effects: readonly string[];
  readonly lost: Promise<'lost'>;
}

/** An environment with one application, `web`, in a repository, a cluster and an Argo CD that are held in memory. */
export interface PlayedWorld {
  readonly target: Target;
  readonly head: () => string;
  /** Somebody else commits. */
  commit(files: Readonly<Record<string, string>>): void;
  /** Digits of images that never come up. */
  readonly broken: Set<string>;
  machine(attempt: number, cell?: Cell): Machine;
  /** Lets time pass until it is over, as far as nobody waits for a file. */
  settle<T>(work: Promise<T>): Promise<T>;
  /** What all of it has come to: nothing that is another in every run, such as a time. */
  look(): Promise<object>;
  remove(): Promise<void>;
}

export const registry = 'crdev.azurecr.io';
const folder = 'environments/dev/web';
const began = Date.parse('2026-03-02T10:00:00Z');
const never = new Promise<never>(() => {});

/** With `deliver: application` it is a chart, whose values an Application may override; else a manifest. */
export async function playWorld(applications: string): Promise<PlayedWorld> {
  const view = viewWith(applications);
  const own = view.applications;
  if (own === undefined) throw new TypeError('no applications');
  const identity = { role: 'apply', name: 'apply identity of dev', clientId: 'a' } as const;
  const target = { view, applications: own, chosen: own.apps, server: undefined, identity } as unknown as Target;
  const clock = manualClock(began);
  const cluster = createFakeCluster([]);
  const repository = createRepository(
    own.delivery === 'git'
      ? { [`${folder}/web.yaml`]: manifestOf('ghcr.io/contoso/web:1') }
      : {
          [`${folder}/Chart.yaml`]: 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
          [`${folder}/values.yaml`]: 'image: { repository: ghcr.io/contoso/web, digest: "" }\n',
        },
  );
  const broken = new Set<string>();
  controlArgo(cluster, clock, repository, broken);
  const work = await mkdtemp(join(tmpdir(), 'killed-'));
  let machines = 0;
  return {
    target,
    head: repository.head,
    commit: repository.add,
    broken,
    machine: (attempt, cell) => {
      machines += 1;
      const machine = createMachine(cell);
      const { effect, read } = machine;
      const reached = reachedCluster(cluster);
      const { argo, records, home } = reached;
      return {
        effects: machine.effects,
        lost: machine.lost,
        services: servicesOf(clock, attempt),
        connected: {
          cluster: {
            ...read(reached),
            ...effect(reached, { apply: titled('apply'), remove: titled('remove') }),
            home: { ...read(home), ...effect(home, { apply: titled('apply'), remove: titled('remove') }) },
            argo: {
              ...read(argo),
              where: argo.where,
              ...effect(argo, {
                sync: ({ name }) => `sync ${name}`,
                refresh: ({ name }) => `refresh ${name}`,
                refreshSet: name => `refresh ${name}`,
                clear: ({ name }) => `clear ${name}`,
                terminate: ({ name }) => `terminate ${name}`,
              }),
            },
            records: { ...read(records), ...effect(records, { write: () => 'write the record' }) },
            endpoint: undefined,
            host: cluster.host,
            isArgoAlone: false,
          },
          state: { lineage: 'lineage', outputs: { registry_login_server: registry } },
          gitops: {
            ...read(repository.gitops),
            repository: 'contoso/gitops',
            ...effect(repository.gitops, {
              commit: ({ headline }) => `commit: ${headline.replace(/ back to \S+$/, ' back')}`,
            }),
          },
          helm: playedHelm,
          kustomize: undefined,
          folder: join(work, String(machines)),
          platformDigests: read({ ask: async (reference: string) => [reference.split('@')[1] ?? ''] }).ask,
          close: async () => undefined,
        },
      };
    },
    settle: async work => {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      work.then(over, over);
      for (let step = 0; !isOver && step < 100_000; step += 1) {
        await filesAreRead();
        if (!isOver) await clock.advance(500);
      }
      return work;
    },
    look: async () => {
      const record = await createClusterRecords(cluster as unknown as ReachedCluster).read();
      const web = cluster.object('Application', 'web');
      return {
        files: repository.filesAt(repository.head()),
        runs: imageOf(cluster),
        isHeld: web['operation'] !== undefined,
        source: asObject(web['spec'])['source'],
        project: cluster.object('AppProject', 'contoso')['spec'],
        proven: record.proven.map(({ images }) => images),
        isOnTheWay: record.wayBack !== undefined,
      };
    },
    remove: () => rm(work, { recursive: true, force: true }),
  };
}

/** Time that passes while somebody waits for a file would end what no run would end. */
async function filesAreRead(): Promise<void> {
  do await new Promise(resolve => setImmediate(resolve));
  while (process.getActiveResourcesInfo().some(resource => resource.startsWith('FSReq')));
}

type Calls = Readonly<Record<string, unknown>>;
type Call<P, K extends keyof P> = P[K] extends (...args: infer A) => Promise<infer R>
  ? (...args: A) => Promise<R>
  : never;
type Titles<P> = {
  readonly [K in keyof P]?: P[K] extends (...args: infer A) => unknown ? (...args: A) => string : never;
};

function createMachine(cell: Cell | undefined) {
  const effects: string[] = [];
  const lost = Promise.withResolvers<'lost'>();
  let isLost = false;
  const lose = () => {
    isLost = true;
    lost.resolve('lost');
  };
  const heard = async <T>(answer: Promise<T>): Promise<T> => {
    // An answer, and a refusal, are for whoever is there.
    await answer.catch(() => undefined);
    return isLost ? never : answer;
  };
  const changing = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    if (isLost) return never;
    const isHere = cell?.nth === effects.push(what) - 1;
    if (isHere && cell?.when === 'before') lose();
    if (isLost) return never;
    const answer = act();
    await answer.catch(() => undefined);
    if (isHere) lose();
    return heard(answer);
  };
  return {
    effects,
    lost: lost.promise,
    /** All calls of a port, as who is lost hears them. */
    read: <P extends object>(port: P): P =>
      Object.fromEntries(
        Object.entries(port as Calls).map(([name, call]) => [
          name,
          typeof call === 'function'
            ? (...args: unknown[]) => (isLost ? never : heard(Promise.resolve(call.apply(port, args))))
            : call,
        ]),
      ) as P,
    /** Those that change something. */
    effect: <P extends object, K extends keyof P & string>(port: P, titles: Pick<Titles<P>, K>): Pick<P, K> =>
      Object.fromEntries(
        (Object.entries(titles) as [K, (...args: unknown[]) => string][]).map(([name, title]) => {
          const call = port[name] as Call<P, K>;
          return [
            name,
            (...args: never[]) => changing(title(...args), () => call.apply(port, args) as Promise<unknown>),
          ];
        }),
      ) as unknown as Pick<P, K>,
  };
}

function titled(verb: string) {
  return ({
    kind,
    ...object
  }: {
    readonly kind: string;
    readonly name?: string;
    readonly metadata?: { readonly name: string };
  }) => `${verb} ${kind} ${object.metadata?.name ?? object.name}`;
}

function servicesOf(clock: ManualClock, attempt: number): Services {
  const quiet = () => undefined;
  const env = {
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: String(attempt),
    GITHUB_JOB: 'apply',
    GITHUB_ACTION: 'sync',
  };
  const log = { info: quiet, warning: quiet, error: quiet, debug: quiet, notice: quiet };
  return {
    context: readContext(env, { cwd: '/', temp: '/' }),
    log,
    clock,
    signal: new AbortController().signal,
    serverUrl: 'https://github.com',
    random: () => 0.5,
  } as unknown as Services;
}

function reachedCluster(cluster: FakeCluster): ReachedCluster {
  const kinds = ['Application', 'AppProject', 'ApplicationSet'];
  const served = (apiVersion: string, kind: string) => ({
    apiVersion,
    kind,
    resource: kind,
    isNamespaced: kind !== 'Namespace',
  });
  const port = {
    host: cluster.host,
    version: async () => '1.34.4',
    discovery: async () => ({
      find: served,
      apiVersions: ['apps/v1', ...kinds.map(kind => `argoproj.io/v1alpha1/${kind}`)],
    }),
    get: cluster.get,
    list: cluster.list,
    logs: cluster.logs,
    apply: async (object: KubernetesObject) => {
      const ref = { ...object.metadata, apiVersion: object.apiVersion, kind: object.kind };
      const before = (await cluster.get({ ...ref, namespace: object.metadata.namespace })) ?? {};
      // What is applied stands there as it is applied; status and operation are others'.
      cluster.write({
        ...before,
        ...object,
        metadata: { ...asObject(asObject(before)['metadata']), ...object.metadata },
      });
      return object;
    },
    remove: async ({ kind, name, namespace }: { kind: string; name: string; namespace?: string | undefined }) => {
      cluster.remove(kind, name, namespace);
      return true;
    },
  };
  const home = port as unknown as ReachedCluster['home'];
  return {
    ...port,
    home,
    endpoint: undefined,
    argo: createClusterArgo(cluster, 'argocd'),
    records: createClusterRecords(home),
    isArgoAlone: false,
  } as unknown as ReachedCluster;
}

const imagePattern = /image: "?([^\s"]+)/;

function manifestOf(image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: ${image}
`;
}

/** Renders the one chart there is, whose values say the image. */
const playedHelm: Connected['helm'] = {
  pull: async source => ({
    source,
    path: source.kind === 'folder' ? source.path : '',
    digest: undefined,
    name: 'web',
    version: '1.0.0',
    dependencies: [],
    values: '',
    crds: [],
  }),
  template: async ({ parameters = [] }) => {
    const said = (name: string) => parameters.find(one => one.name === `image.${name}`)?.value;
    return manifestOf(`${said('repository')}@${said('digest')}`);
  },
};

/** A branch in memory. */
function createRepository(first: Readonly<Record<string, string>>) {
  const shaOf = (count: number) => count.toString(16).padStart(40, 'c');
  const commits = [{ sha: shaOf(0), parents: [] as string[], message: 'first', files: first }];
  const find = (sha: string) => {
    const found = commits.find(one => one.sha === sha);
    if (found === undefined) throw new UserError({ message: `There is no ${sha}.` });
    return found;
  };
  const head = () => shaOf(commits.length - 1);
  const add = (files: Readonly<Record<string, string>>, message = 'others') => {
    commits.push({
      sha: shaOf(commits.length),
      parents: [head()],
      message,
      files: { ...find(head()).files, ...files },
    });
  };
  const gitops = {
    head: async () => head(),
    commitOf: async (revision: string) => find(revision),
    compare: async (base: string, other: string) => {
      const [from, to] = [base, other].map(sha => (sha === 'main' ? head() : sha));
      return from === to ? 'identical' : (from ?? '') < (to ?? '') ? 'ahead' : 'behind';
    },
    fileAt: async (sha: string, path: string) => {
      const text = find(sha).files[path];
      return text === undefined ? undefined : Buffer.from(text);
    },
    bring: async (sha: string, to: string) => {
      await rm(to, { recursive: true, force: true });
      for (const [path, text] of Object.entries(find(sha).files)) {
        await mkdir(dirname(join(to, path)), { recursive: true });
        await writeFile(join(to, path), text);
      }
    },
    commit: async ({ parent, headline, body, additions }: Parameters<Connected['gitops']['commit']>[0]) => {
      if (parent !== head()) return { kind: 'moved' };
      add(Object.fromEntries(additions.map(({ path, content }) => [path, String(content)])), `${headline}\n\n${body}`);
      return { kind: 'committed', commit: head() };
    },
  } as unknown as Connected['gitops'];
  return { head, add, gitops, filesAt: (sha: string) => find(sha).files };
}

/** Syncs put the image of their commit, or of the Application, into a Deployment with one pod. */
function controlArgo(
  cluster: FakeCluster,
  clock: ManualClock,
  { head, filesAt }: ReturnType<typeof createRepository>,
  broken: ReadonlySet<string>,
): void {
  const imageFor = (revision: string): string => {
    const { source } = asObject(cluster.object('Application', 'web')['spec']);
    const said = asArray(asObject(asObject(source)['helm'])['parameters']).map(asObject);
    const parameter = (name: string) => asString(said.find(one => one['name'] === `image.${name}`)?.['value']);
    const text = filesAt(revision)[`${folder}/web.yaml`];
    return text === undefined
      ? `${parameter('repository')}@${parameter('digest')}`
      : (imagePattern.exec(text)?.[1] ?? '');
  };
  const history: object[] = [];
  playArgo(cluster, clock, {
    get head() {
      return head();
    },
    set head(_) {},
    outcome: () => {
      const { operation, spec } = cluster.object('Application', 'web') as KubernetesObject & {
        operation: { sync: { revision?: string } };
        spec: { source: object };
      };
      const revision = operation.sync.revision ?? head();
      const image = imageFor(revision);
      if ([...broken].some(digit => image.endsWith(digit.repeat(64)))) return { running: 'waiting for the pod' };
      deploy(cluster, image);
      history.push({ id: history.length, revision, source: spec.source });
      return {};
    },
    status: () => ({
      history: [...history],
      sync: { status: imageOf(cluster) === imageFor(head()) ? 'Synced' : 'OutOfSync' },
      resources: [
        { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'web', name: 'web', status: 'Synced' },
      ],
    }),
  });
  cluster.onChange(({ kind, metadata: { name }, ...object }) => {
    const { operationState } = asObject(object['status']);
    if (kind !== 'Application' || asObject(operationState)['phase'] !== 'Terminating') return;
    cluster.change(kind, name, {
      operation: null,
      status: {
        operationState: { phase: 'Failed', message: 'terminated', finishedAt: new Date(clock.now()).toISOString() },
      },
    });
  });
}

function imageOf(cluster: FakeCluster): string | undefined {
  return imagePattern.exec(
    JSON.stringify(cluster.object('Deployment', 'web', 'web')).replaceAll('"image":', 'image: '),
  )?.[1];
}

function deploy(cluster: FakeCluster, image: string): void {
  const containers = [{ name: 'web', image }];
  cluster.write({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'web', generation: 1 },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
    status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 },
  });
  cluster.write({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'web', labels: { app: 'web' } },
    spec: { containers },
    status: { containerStatuses: [{ name: 'web', imageID: image }] },
  });
}
