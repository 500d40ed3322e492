import type { Cluster } from '../../cluster.ts';
import {
  at,
  copyOf,
  type Fields,
  isSame,
  type KubeObject,
  list,
  numberAt,
  objects,
  strings,
  text,
  timestamp,
} from '../../objects.ts';
import { mergePatch } from '../../patch/merge-patch.ts';
import { recordEvent } from '../../writes/event.ts';
import { change } from '../keep.ts';
import {
  type AppCondition,
  applicationKey,
  destinationOf,
  hasManySources,
  historyLimitOf,
  isCompleted,
  operationStateOf,
  type Phase,
  sourceOf,
  sourcesOf,
  statusOf,
  syncOptionsOf,
} from './application.ts';
import { type CompareOptions, type Comparison, compare } from './compare.ts';
import { judgeSpec } from './projects.ts';
import { syncStep } from './sync.ts';
import { groupOf } from './tracking.ts';
import { canSync, parseDuration } from './windows.ts';

export const manager = 'argocd-application-controller';

/** `status.operationState`, while it is worked on. */
interface State extends Fields {
  phase: Phase;
  message?: string;
}

export type Progress =
  /** Something in the cluster has to happen first. */
  | { readonly is: 'running' }
  | { readonly is: 'retry'; readonly afterMs: number }
  | { readonly is: 'done'; readonly wasDry: boolean };

/** Goes on with what `operation` asks for (argo-cd, controller/appcontroller.go, processRequestedAppOperation). */
export function processOperation(cluster: Cluster, application: KubeObject, argoNamespace: string): Progress {
  const now = cluster.clock.now();
  const before = operationStateOf(application);
  const isInProgress = before !== undefined && !isCompleted(before['phase']);
  const state: State = isInProgress
    ? (copyOf(before) as State)
    : { phase: 'Running', operation: filled(application), startedAt: timestamp(now) };
  let live = application;
  const isTerminating = state.phase === 'Terminating';
  if (isInProgress && state['finishedAt'] !== undefined && !isTerminating) {
    const afterMs = retryAt(state) - now;
    if (afterMs > 0) return { is: 'retry', afterMs };
    delete state['finishedAt'];
    live = setState(cluster, live, state);
    delete state['syncResult'];
  } else if (!isInProgress) {
    live = setState(cluster, live, state);
  }

  synchronize(cluster, live, state, argoNamespace);

  const limit = numberAt(at(state, 'operation', 'retry'), 'limit') ?? 0;
  const retries = numberAt(state, 'retryCount') ?? 0;
  if (state.phase === 'Failed' || state.phase === 'Error') {
    if (!isTerminating && (retries < limit || limit < 0)) {
      state['finishedAt'] = timestamp(now);
      const next = new Date(retryAt(state));
      state.phase = 'Running';
      state['retryCount'] = retries + 1;
      state.message = `${state.message ?? ''} due to application controller sync timeout. Retrying attempt #${retries + 1} at ${kitchen(next)}.`;
      setState(cluster, current(cluster, live), state);
      return { is: 'retry', afterMs: next.getTime() - now };
    }
    if (retries > 0) state.message = `${state.message ?? ''} (retried ${retries} times).`;
  }
  setState(cluster, current(cluster, live), state);
  const sync = at(state, 'operation', 'sync');
  return isCompleted(state.phase) ? { is: 'done', wasDry: sync['dryRun'] === true } : { is: 'running' };
}

/** Its empty parts are written too. */
function filled(application: KubeObject): Fields {
  return { initiatedBy: {}, retry: {}, ...copyOf(at(application, 'operation')) };
}

function current(cluster: Cluster, { metadata }: KubeObject): KubeObject {
  const found = cluster.store.get(applicationKey, metadata.namespace, metadata.name);
  if (found === undefined) throw new Error(`The application ${metadata.name} went while it was synchronized.`);
  return found;
}

/** `3:04PM`, as Go's time.Kitchen. */
function kitchen(time: Date): string {
  const [hours, minutes] = [time.getUTCHours(), time.getUTCMinutes()];
  return `${hours % 12 === 0 ? 12 : hours % 12}:${String(minutes).padStart(2, '0')}${hours < 12 ? 'AM' : 'PM'}`;
}

function retryAt(state: State): number {
  const backoff = at(state, 'operation', 'retry', 'backoff');
  const duration = (key: string, usual: string) => parseDuration(withUnit(text(backoff[key]) ?? usual));
  const factor = numberAt(backoff, 'factor') ?? 2;
  const wait = duration('duration', '5s') * factor ** (numberAt(state, 'retryCount') ?? 0);
  return Date.parse(text(state['finishedAt']) ?? '') + Math.min(wait, duration('maxDuration', '3m'));
}

/** A number alone is seconds. */
function withUnit(value: string): string {
  return /^\d+$/.test(value) ? `${value}s` : value;
}

/**
 * Writes the state as a merge patch, as Argo CD does: what the operation before had and this one does not name stays, which is how the
 * `resources` of a selective synchronization get into the next one.
 */
function setState(cluster: Cluster, live: KubeObject, state: State): KubeObject {
  const isOver = isCompleted(state.phase);
  if (isOver) state['finishedAt'] = timestamp(cluster.clock.now());
  if (isSame(operationStateOf(live), state) && !(isOver && 'operation' in live)) return live;
  const hadFinished = operationStateOf(live)?.['finishedAt'] !== undefined;
  const sent = { ...state, ...(hadFinished && state['finishedAt'] === undefined ? { finishedAt: null } : {}) };
  const patch = { status: { operationState: sent }, ...(isOver ? { operation: null } : {}) };
  const written = patched(cluster, live, patch);
  if (isOver) {
    const isPartial = list(at(state, 'operation', 'sync')['resources']).length > 0;
    const revision = text(at(state, 'syncResult')['revision']);
    const what = `${isPartial ? 'Partial sync' : 'Sync'} operation${revision === undefined ? '' : ` to ${revision}`}`;
    const isGood = state.phase === 'Succeeded';
    const words = `${what} ${isGood ? 'succeeded' : `failed: ${state.message ?? ''}`}`;
    recordEvent(cluster, written, isGood ? 'Normal' : 'Warning', 'OperationCompleted', words, manager);
  }
  return written;
}

/** Merge patch of an Application. */
export function patched(cluster: Cluster, live: KubeObject, patch: Readonly<Fields>): KubeObject {
  return change(
    cluster,
    applicationKey,
    live,
    object => {
      const next = mergePatch(object, patch) as KubeObject;
      for (const key of Object.keys(object)) delete object[key];
      Object.assign(object, next);
    },
    manager,
  );
}

/** One step of `operation.sync`; the state says how it went (argo-cd, controller/sync.go, SyncAppState). */
function synchronize(cluster: Cluster, application: KubeObject, state: State, argoNamespace: string): void {
  const end = (phase: Phase, message: string) => {
    state.phase = phase;
    state.message = message;
  };
  const operation = at(state, 'operation');
  if (operation['sync'] === undefined) return void end('Failed', 'Invalid operation request: no operation specified');
  const sync = at(operation, 'sync');
  if (list(sync['manifests']).length > 0)
    return void end('Error', "The sandbox's Argo CD does not play local manifests.");
  const { project, target, conditions } = judgeSpec(cluster, argoNamespace, application);
  if (project === undefined) return void end('Error', conditions[0]?.message ?? '');
  if (target === undefined || conditions.length > 0) return void end('Error', inWords(conditions));
  const isManual = at(operation, 'initiatedBy')['automated'] !== true;
  const older = objects(sync['sources']);
  const isMany = older.length > 0 || (sync['source'] === undefined && hasManySources(application));
  const sources =
    older.length > 0
      ? older.map(sourceOf)
      : sync['source'] === undefined
        ? sourcesOf(application)
        : [sourceOf(at(sync, 'source'))];
  const result = at(state, 'syncResult');
  state['syncResult'] ??= {
    revision: '',
    ...(isMany ? { sources: sources.map(({ raw }) => raw), source: { repoURL: '' } } : { source: sources[0]?.raw }),
  };
  const blocked = blockedBy(() => canSync(project, application, isManual, cluster.clock.now()));
  if (blocked !== undefined) {
    if (state.phase === 'Running') state.message = `Sync operation blocked by sync window${blocked}`;
    return;
  }

  const revisions = isMany
    ? strings(result['revisions'] ?? sync['revisions'])
    : [text(result['revision']) || text(sync['revision']) || ''];
  const comparison = compare(cluster, application, {
    argoNamespace,
    destination: target.cluster,
    project,
    sources,
    revisions,
  });
  const [revision = ''] = comparison.revisions;
  const shared = {
    ...(isMany ? { sources: sources.map(({ raw }) => raw), source: { repoURL: '' } } : { source: sources[0]?.raw }),
    ...(isMany ? { revisions: comparison.revisions } : {}),
    revision: isMany ? '' : revision,
  };
  const failed = comparison.conditions.filter(({ type }) => type === 'ComparisonError');
  if (failed.length > 0) {
    state['syncResult'] = shared;
    return void end('Error', inWords(failed));
  }
  const chosen = objects(sync['resources']);
  const step = syncStep({
    cluster: target.cluster,
    comparison,
    project,
    destination: target,
    options: syncOptionsOf(sync),
    prunes: sync['prune'] === true,
    isDry: sync['dryRun'] === true,
    tasks: {
      namespace: destinationOf(application).namespace,
      // Hooks run in whole synchronizations only, and not in those that only apply.
      skipsHooks: at(sync, 'syncStrategy')['apply'] !== undefined || chosen.length > 0,
      isSelected: object => chosen.length === 0 || chosen.some(one => isChosen(one, object)),
      startedAt: Date.parse(text(state['startedAt']) ?? ''),
      results: objects(result['resources']),
    },
    phase: state.phase,
    message: state.message ?? '',
  });
  end(step.phase, step.message);
  state['syncResult'] = { ...shared, ...(step.results.length === 0 ? {} : { resources: step.results }) };
  if (sync['dryRun'] !== true && chosen.length === 0 && step.phase === 'Succeeded') {
    addHistory(cluster, application, { state, comparison, sources: sources.map(({ raw }) => raw), isMany });
  }
}

function inWords(conditions: readonly AppCondition[]): string {
  return conditions.map(({ type, message }) => `${type}: ${message}`).join(';');
}

/** Undefined when windows allow it; else what is wrong with them, if something is. */
function blockedBy(ask: () => boolean): string | undefined {
  try {
    return ask() ? undefined : '';
  } catch (error) {
    return `: invalid sync windows: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isChosen(chosen: Readonly<Fields>, { apiVersion, kind, metadata }: KubeObject): boolean {
  const { group = '', namespace } = chosen;
  const isThere = namespace === undefined || namespace === '' || namespace === metadata.namespace;
  return chosen['kind'] === kind && chosen['name'] === metadata.name && group === groupOf(apiVersion) && isThere;
}

interface Deployed {
  readonly state: State;
  readonly comparison: Comparison;
  readonly sources: CompareOptions['sources'][number]['raw'][];
  readonly isMany: boolean;
}

function addHistory(cluster: Cluster, application: KubeObject, { state, comparison, sources, isMany }: Deployed): void {
  const live = current(cluster, application);
  const history = objects(statusOf(live)['history']);
  const last = history.at(-1);
  const entry = {
    id: last === undefined ? 0 : (numberAt(last, 'id') ?? 0) + 1,
    deployedAt: timestamp(cluster.clock.now()),
    deployStartedAt: state['startedAt'],
    initiatedBy: at(state, 'operation')['initiatedBy'] ?? {},
    ...(isMany
      ? { sources, revisions: comparison.revisions, source: { repoURL: '' } }
      : { source: sources[0], revision: comparison.revisions[0] }),
  };
  const limit = historyLimitOf(live);
  patched(cluster, live, { status: { history: [...history, entry].slice(-limit) } });
}
