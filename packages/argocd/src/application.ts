import { asArray, asBoolean, asObject, asString, isObject, type JsonObject } from '@suite/foundation';

export const applicationKind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' } as const;
export const projectKind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject' } as const;
export const applicationSetKind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet' } as const;

/**
 * What is used of an Application (argo-cd, pkg/apis/application/v1alpha1/types.go). Times are milliseconds since 1970; lists of
 * revisions have one per source, also where Argo CD writes a single one.
 */
export interface Application {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly isDeleting: boolean;
  readonly annotations: JsonObject;
  /** Name of the ApplicationSet of its namespace that has made it. */
  readonly set: string | undefined;
  readonly project: string;
  readonly destination: Destination;
  readonly sources: readonly Source[];
  /** `spec.sources` instead of `spec.source`: revisions travel in other fields then. */
  readonly isMultiSource: boolean;
  /** `spec.sourceHydrator`: what is synced are commits that Argo CD itself writes. */
  readonly isHydrated: boolean;
  readonly policy: SyncPolicy;
  /** Asked for, and not yet taken away by the controller. */
  readonly operation: Operation | undefined;
  readonly status: ApplicationStatus;
}

export interface Destination {
  readonly server: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string;
}

export interface Source {
  readonly repository: string;
  /** A branch, a tag, a commit, or a chart's version; `HEAD` when it says none. */
  readonly target: string;
  readonly path: string | undefined;
  readonly chart: string | undefined;
}

export interface SyncPolicy {
  /** Argo CD syncs by itself (`automated`, unless `enabled: false`). */
  readonly isAutomated: boolean;
  readonly prune: boolean;
  readonly selfHeal: boolean;
  readonly options: readonly string[];
  /** As written. */
  readonly retry: JsonObject | undefined;
}

export interface Operation {
  readonly by: string;
  readonly isAutomated: boolean;
  readonly info: readonly Info[];
  /** Asked for: may be empty. */
  readonly revisions: readonly string[];
  /** Only some resources. */
  readonly isSelective: boolean;
  readonly isDryRun: boolean;
}

export interface Info {
  readonly name: string;
  readonly value: string;
}

export interface OperationState {
  readonly operation: Operation;
  /** `Running`, `Terminating`, `Failed`, `Error`, `Succeeded`. */
  readonly phase: string;
  readonly message: string;
  readonly startedAt: number | undefined;
  /** Of one that runs: it has failed and will be tried again. */
  readonly finishedAt: number | undefined;
  /** What it has worked with; empty before that. */
  readonly revisions: readonly string[];
  readonly resources: readonly ResourceResult[];
}

export interface ResourceKey {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface ResourceResult extends ResourceKey {
  /** `Synced`, `SyncFailed`, `Pruned`, `PruneSkipped`; empty for hooks. */
  readonly status: string;
  readonly message: string;
  /** `PreSync`, `Sync`, `PostSync`, `SyncFail`; empty for what is no hook. */
  readonly hook: string;
  readonly hookPhase: string;
}

export interface ManagedResource extends ResourceKey {
  readonly version: string;
  /** `Synced`, `OutOfSync`, `Unknown`. */
  readonly sync: string;
  /** Undefined since Argo CD 3.0, unless its controller is told to keep it. */
  readonly health: Health | undefined;
  readonly isHook: boolean;
  readonly needsPruning: boolean;
}

export interface Health {
  /** `Healthy`, `Suspended`, `Progressing`, `Missing`, `Degraded`, `Unknown`. */
  readonly status: string;
  readonly message: string;
}

export interface Condition {
  /** `ComparisonError`, `SyncError`, `InvalidSpecError`, …; those that end in `Warning` are no errors. */
  readonly type: string;
  readonly message: string;
}

export interface HistoryEntry {
  readonly id: number;
  readonly revisions: readonly string[];
  readonly deployedAt: number | undefined;
  /** As written, to sync to it again. */
  readonly source: JsonObject | undefined;
  readonly sources: readonly JsonObject[];
}

export interface ApplicationStatus {
  readonly sync: { readonly status: string; readonly revisions: readonly string[] };
  readonly health: Health;
  /** When the comparison began that this status is of, in whole seconds. */
  readonly reconciledAt: number | undefined;
  readonly state: OperationState | undefined;
  readonly resources: readonly ManagedResource[];
  readonly conditions: readonly Condition[];
  readonly history: readonly HistoryEntry[];
}

/** Reads what an API server or an Argo CD server gave. What is missing or of another shape counts as not there. */
export function readApplication(value: unknown): Application {
  const object = asObject(value);
  const [metadata, spec, status] = [asObject(object['metadata']), asObject(object['spec']), asObject(object['status'])];
  const several = asArray(spec['sources']);
  const isMultiSource = several.length > 0;
  const hydrator = spec['sourceHydrator'];
  return {
    name: text(metadata['name']),
    namespace: text(metadata['namespace']),
    uid: text(metadata['uid']),
    resourceVersion: text(metadata['resourceVersion']),
    isDeleting: asString(metadata['deletionTimestamp']) !== undefined,
    annotations: asObject(metadata['annotations']),
    set: readSet(metadata['ownerReferences']),
    // The empty project is `default` (types.go, ApplicationSpec).
    project: text(spec['project']) === '' ? 'default' : text(spec['project']),
    destination: readDestination(spec['destination']),
    sources: isMultiSource ? several.map(readSource) : isObject(spec['source']) ? [readSource(spec['source'])] : [],
    isMultiSource,
    isHydrated: isObject(hydrator),
    policy: readPolicy(spec['syncPolicy']),
    operation: isObject(object['operation']) ? readOperation(object['operation']) : undefined,
    status: readStatus(status),
  };
}

function readSet(owners: unknown): string | undefined {
  const owner = asArray(owners)
    .map(asObject)
    .find(({ kind, apiVersion }) => kind === 'ApplicationSet' && text(apiVersion).startsWith('argoproj.io/'));
  return owner === undefined ? undefined : asString(owner['name']);
}

function readStatus(status: JsonObject): ApplicationStatus {
  const [sync, health] = [asObject(status['sync']), status['health']];
  return {
    sync: { status: text(sync['status']) || 'Unknown', revisions: readRevisions(sync) },
    health: readHealth(health) ?? { status: 'Unknown', message: '' },
    reconciledAt: time(status['reconciledAt']),
    state: isObject(status['operationState']) ? readState(status['operationState']) : undefined,
    resources: asArray(status['resources']).map(readResource),
    conditions: asArray(status['conditions'])
      .map(asObject)
      .map(({ type, message }) => ({ type: text(type), message: text(message) })),
    history: asArray(status['history']).map(readHistory),
  };
}

function readDestination(value: unknown): Destination {
  const { server, name, namespace } = asObject(value);
  const filled = (one: unknown) => (text(one) === '' ? undefined : text(one));
  return { server: filled(server), name: filled(name), namespace: text(namespace) };
}

function readSource(value: unknown): Source {
  const source = asObject(value);
  return {
    repository: text(source['repoURL']),
    target: text(source['targetRevision']) || 'HEAD',
    path: asString(source['path']),
    chart: asString(source['chart']),
  };
}

function readPolicy(value: unknown): SyncPolicy {
  const policy = asObject(value);
  const automated = policy['automated'];
  const { enabled, prune, selfHeal } = asObject(automated);
  return {
    isAutomated: isObject(automated) && enabled !== false,
    prune: asBoolean(prune) ?? false,
    selfHeal: asBoolean(selfHeal) ?? false,
    options: texts(policy['syncOptions']),
    retry: isObject(policy['retry']) ? policy['retry'] : undefined,
  };
}

function readOperation(value: unknown): Operation {
  const { initiatedBy, info, sync } = asObject(value);
  const { username, automated } = asObject(initiatedBy);
  const asked = asObject(sync);
  const isAutomated = asBoolean(automated) ?? false;
  return {
    by: text(username) || (isAutomated ? 'Argo CD itself' : 'somebody'),
    isAutomated,
    info: asArray(info)
      .map(asObject)
      .map(({ name, value: said }) => ({ name: text(name), value: text(said) })),
    revisions: readRevisions(asked),
    isSelective: asArray(asked['resources']).length > 0,
    isDryRun: asBoolean(asked['dryRun']) ?? false,
  };
}

function readState(value: unknown): OperationState {
  const state = asObject(value);
  const result = asObject(state['syncResult']);
  return {
    operation: readOperation(state['operation']),
    phase: text(state['phase']),
    message: text(state['message']),
    startedAt: time(state['startedAt']),
    finishedAt: time(state['finishedAt']),
    revisions: readRevisions(result),
    resources: asArray(result['resources']).map(one => {
      const resource = asObject(one);
      return {
        ...readKey(resource),
        status: text(resource['status']),
        message: text(resource['message']),
        hook: text(resource['hookType']),
        hookPhase: text(resource['hookPhase']),
      };
    }),
  };
}

function readResource(value: unknown): ManagedResource {
  const resource = asObject(value);
  return {
    ...readKey(resource),
    version: text(resource['version']),
    sync: text(resource['status']),
    health: readHealth(resource['health']),
    isHook: asBoolean(resource['hook']) ?? false,
    needsPruning: asBoolean(resource['requiresPruning']) ?? false,
  };
}

function readKey(resource: JsonObject): ResourceKey {
  const namespace = text(resource['namespace']);
  return {
    group: text(resource['group']),
    kind: text(resource['kind']),
    namespace: namespace === '' ? undefined : namespace,
    name: text(resource['name']),
  };
}

function readHealth(value: unknown): Health | undefined {
  const { status, message } = asObject(value);
  return text(status) === '' ? undefined : { status: text(status), message: text(message) };
}

function readHistory(value: unknown): HistoryEntry {
  const entry = asObject(value);
  return {
    id: typeof entry['id'] === 'number' ? entry['id'] : 0,
    revisions: readRevisions(entry),
    deployedAt: time(entry['deployedAt']),
    source: isObject(entry['source']) && text(entry['source']['repoURL']) !== '' ? entry['source'] : undefined,
    sources: asArray(entry['sources']).filter(isObject),
  };
}

/** `revisions` of several sources, or the one `revision`. */
function readRevisions({ revision, revisions }: JsonObject): readonly string[] {
  const several = texts(revisions);
  if (several.length > 0) return several;
  return text(revision) === '' ? [] : [text(revision)];
}

/** `Deployment api/web`, `ClusterRole reader` */
export function resourceTitle({ kind, namespace, name }: Omit<ResourceKey, 'group'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function text(value: unknown): string {
  return asString(value) ?? '';
}

function texts(value: unknown): readonly string[] {
  return asArray(value).map(text);
}

function time(value: unknown): number | undefined {
  const at = Date.parse(text(value));
  return Number.isNaN(at) ? undefined : at;
}
