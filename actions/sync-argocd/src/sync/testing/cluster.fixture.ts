import { asObject, type Clock, isObject, type JsonObject } from '@suite/foundation';
import { type Cluster, KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';

type Changed = (object: KubernetesObject) => void;

/** What a cluster does of what is used here: objects with versions, merge patches that may name one, and watches. */
export interface FakeCluster extends Pick<Cluster, 'host' | 'get' | 'list' | 'listAs' | 'patch' | 'followAs' | 'logs'> {
  /** Each patch that was let through: `Application argocd/api` and its body. */
  readonly patches: readonly { readonly object: string; readonly body: JsonObject }[];
  object(kind: string, name: string, namespace?: string): KubernetesObject;
  write(object: KubernetesObject): void;
  /** Merges into an object, as its controller would. */
  change(kind: string, name: string, body: JsonObject, namespace?: string): void;
  remove(kind: string, name: string, namespace?: string): void;
  onChange(listener: Changed): void;
  /** Called before a patch is looked at; what it throws is the answer. */
  beforePatch: ((object: KubernetesObject, body: JsonObject) => void) | undefined;
  /** Called after a patch was written; what it throws takes the answer's place. */
  afterPatch: ((object: KubernetesObject, body: JsonObject) => void) | undefined;
  readonly logTexts: Map<string, string>;
  /** Ends every watch with this error. */
  breakWatches(error: Error): void;
}

export function createFakeCluster(objects: readonly KubernetesObject[]): FakeCluster {
  const stored = new Map<string, KubernetesObject>();
  const patches: { object: string; body: JsonObject }[] = [];
  const listeners: Changed[] = [];
  const broken: ((error: Error) => void)[] = [];
  const logTexts = new Map<string, string>();
  let version = 100;
  const keyOf = (kind: string, namespace: string | undefined, name: string) => `${kind} ${namespace ?? ''}/${name}`;
  const write = (object: KubernetesObject) => {
    version++;
    const { kind, metadata } = object;
    const written = { ...object, metadata: { ...metadata, resourceVersion: String(version) } };
    stored.set(keyOf(kind, metadata.namespace, metadata.name), written);
    for (const listener of [...listeners]) listener(written);
  };
  const find = (kind: string, name: string, namespace = 'argocd') => {
    const found = stored.get(keyOf(kind, namespace, name));
    if (found === undefined) throw new Error(`no ${kind} ${namespace}/${name}`);
    return found;
  };
  for (const object of objects) write(object);

  const cluster: FakeCluster = {
    host: 'aks-contoso-dev',
    patches,
    logTexts,
    beforePatch: undefined,
    afterPatch: undefined,
    object: find,
    write,
    change: (kind, name, body, namespace) =>
      write(merge(find(kind, name, namespace), body) as unknown as KubernetesObject),
    remove: (kind, name, namespace = 'argocd') => {
      const gone = find(kind, name, namespace);
      stored.delete(keyOf(kind, namespace, name));
      for (const listener of [...listeners]) listener(gone);
    },
    onChange: listener => {
      listeners.push(listener);
    },
    breakWatches: error => {
      for (const end of broken.splice(0)) end(error);
    },
    get: async ({ kind, namespace, name }) => stored.get(keyOf(kind, namespace, name)),
    list: async ({ kind, namespace }) => select(kind, namespace),
    listAs: async ({ kind, namespace }, read) => select(kind, namespace).map(read),
    patch: async (ref, body) => {
      const before = find(ref.kind, ref.name, ref.namespace);
      cluster.beforePatch?.(before, asObject(body));
      const now = find(ref.kind, ref.name, ref.namespace);
      const wanted = asObject(asObject(body)['metadata'])['resourceVersion'];
      if (wanted !== undefined && wanted !== now.metadata.resourceVersion) throw conflict();
      patches.push({ object: `${ref.kind} ${ref.namespace}/${ref.name}`, body: asObject(body) });
      write(merge(now, asObject(body)) as unknown as KubernetesObject);
      const written = find(ref.kind, ref.name, ref.namespace);
      cluster.afterPatch?.(written, asObject(body));
    },
    followAs: ({ kind, namespace, fields }, read, onChange, signal) =>
      new Promise((resolve, reject) => {
        const known = new Map<KubernetesObject, ReturnType<typeof read>>();
        const reading = (object: KubernetesObject) => {
          const made = known.get(object) ?? read(object);
          known.set(object, made);
          return made;
        };
        const only = fields?.replace('metadata.name=', '');
        const tell = (changed?: KubernetesObject) => {
          const objects = select(kind, namespace).filter(
            ({ metadata }) => only === undefined || metadata.name === only,
          );
          const nameOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;
          const all = new Map(objects.map(one => [nameOf(one), reading(one)]));
          if (onChange(all, changed && nameOf(changed))) resolve();
        };
        listeners.push(object => {
          if (object.kind === kind && !signal.aborted) tell(object);
        });
        broken.push(reject);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        tell();
      }),
    logs: async ({ namespace, pod, container }) => logTexts.get(`${namespace}/${pod}/${container}`),
  };
  return cluster;

  function select(kind: string, namespace: string | undefined): KubernetesObject[] {
    return [...stored.values()].filter(
      object => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace),
    );
  }
}

export function conflict(): KubernetesFailure {
  return new KubernetesFailure('conflict', { message: 'the object has been modified' });
}

/** RFC 7396. */
function merge(target: unknown, patch: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...asObject(target) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = isObject(value) ? merge(merged[key], value) : value;
  }
  return merged;
}

/** What comes of an operation in a test. */
export interface Outcome {
  readonly phase?: 'Succeeded' | 'Failed' | 'Error';
  readonly message?: string;
  readonly results?: readonly JsonObject[];
  /** Instead of what was asked for. */
  readonly revision?: string;
  readonly resources?: readonly JsonObject[];
  /** Stays running with this message. */
  readonly running?: string;
  /** The operation stays in the object. */
  readonly isLeft?: boolean;
}

export interface PlayedArgo {
  /** What the branch is at. */
  head: string;
  outcome: (name: string, attempt: number) => Outcome;
  /** What the comparison after it says. */
  status: (name: string) => JsonObject;
  /** What generators of ApplicationSets fail with. */
  generatorError?: string;
  /** Called when an ApplicationSet looks at its generators: what it makes of them. */
  generate?: (name: string) => void;
}

/** A small controller: takes operations up, ends them, compares, each a moment after what causes it. */
export function playArgo(cluster: FakeCluster, clock: Clock, played: PlayedArgo): void {
  const attempts = new Map<string, number>();
  const busy = new Set<string>();
  const later = (milliseconds: number, work: () => void) => {
    clock
      .sleep(milliseconds)
      .then(work)
      .catch(() => undefined);
  };
  const now = () => new Date(clock.now()).toISOString().replace(/\.\d+Z/, 'Z');
  const compare = (namespace: string, name: string) => {
    const { spec, metadata } = cluster.object('Application', name, namespace);
    const sources = asObject(spec)['sources'];
    const revisions = Array.isArray(sources)
      ? { revisions: sources.map(one => (asObject(one)['chart'] === undefined ? played.head : '1.0.0')) }
      : { revision: played.head };
    const { sync = {}, ...status } = played.status(name);
    const annotations = { 'argocd.argoproj.io/refresh': null, 'argocd.argoproj.io/refresh-timestamp': null };
    cluster.change(
      'Application',
      name,
      {
        ...(metadata.annotations === undefined ? {} : { metadata: { annotations } }),
        status: {
          sync: { status: 'Synced', ...revisions, ...asObject(sync) },
          health: { status: 'Healthy' },
          reconciledAt: now(),
          ...status,
        },
      },
      namespace,
    );
  };
  const run = (namespace: string, name: string, operation: JsonObject) => {
    const attempt = (attempts.get(name) ?? 0) + 1;
    attempts.set(name, attempt);
    const outcome = played.outcome(name, attempt);
    const state = { operation, phase: 'Running', message: outcome.running ?? '', startedAt: now() };
    cluster.change('Application', name, { status: { operationState: state } }, namespace);
    if (outcome.running !== undefined) return;
    later(1000, () => {
      const { phase = 'Succeeded', message = '', results = [], resources, isLeft = false } = outcome;
      const asked = asObject(operation['sync']);
      const revision = outcome.revision ?? asked['revision'] ?? played.head;
      cluster.change(
        'Application',
        name,
        {
          status: {
            operationState: {
              operation: resources === undefined ? operation : { ...operation, sync: { ...asked, resources } },
              phase,
              message,
              finishedAt: now(),
              syncResult: {
                revision,
                ...(asked['revisions'] === undefined ? {} : { revisions: asked['revisions'] }),
                resources: results,
              },
            },
          },
          ...(isLeft ? {} : { operation: null }),
        },
        namespace,
      );
      later(1500, () => compare(namespace, name));
    });
  };
  const look = ({ kind, metadata, ...object }: KubernetesObject) => {
    const { name, namespace = 'argocd', annotations = {} } = metadata;
    if (kind === 'ApplicationSet' && annotations['argocd.argoproj.io/application-set-refresh'] !== undefined) {
      const { generatorError } = played;
      later(500, () => {
        if (generatorError !== undefined) {
          const failing = { type: 'ErrorOccurred', status: 'True', message: generatorError };
          cluster.change('ApplicationSet', name, { status: { conditions: [failing] } });
          return;
        }
        played.generate?.(name);
        cluster.change('ApplicationSet', name, {
          metadata: { annotations: { 'argocd.argoproj.io/application-set-refresh': null } },
          status: {
            conditions: [
              { type: 'ResourcesUpToDate', status: 'True', message: 'All applications have been generated' },
            ],
          },
        });
      });
    }
    if (kind !== 'Application' || busy.has(`${namespace}/${name}`)) return;
    const operation = object['operation'];
    const phase = asObject(asObject(object['status'])['operationState'])['phase'];
    if (isObject(operation) && phase === undefined) {
      busy.add(`${namespace}/${name}`);
      later(500, () => {
        run(namespace, name, operation);
        busy.delete(`${namespace}/${name}`);
      });
    } else if (operation === undefined && annotations['argocd.argoproj.io/refresh'] !== undefined) {
      busy.add(`${namespace}/${name}`);
      later(1500, () => {
        compare(namespace, name);
        busy.delete(`${namespace}/${name}`);
      });
    }
  };
  cluster.onChange(look);
  cluster.list({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }).then(all => all.forEach(look));
}
