import type { JsonObject } from '@suite/foundation';
import type { Application, Info, Operation } from './application.ts';

/** Whose operation one is, written into its `info`: found again by it, and shown to people. */
export interface OperationMark {
  /** One per step of an attempt of a run: `4711/1/apply/sync`. A step that is run again, in a later attempt, is another one. */
  readonly id: string;
  /** `gha:contoso/platform` */
  readonly by: string;
  /** The run's address. */
  readonly run: string;
  /** The digest of the promoted bundle, where there is one. */
  readonly bundle: string | undefined;
}

const idName = 'gha-run';

export function infoOf({ id, run, bundle }: OperationMark): readonly Info[] {
  return [
    { name: idName, value: id },
    { name: 'gha-run-url', value: run },
    ...(bundle === undefined ? [] : [{ name: 'bundle', value: bundle }]),
  ];
}

export function isMarked(operation: Operation | undefined, id: string): boolean {
  return operation?.info.some(({ name, value }) => name === idName && value === id) ?? false;
}

/** Of which bundle an operation was, if it says so. */
export function bundleOf(operation: Operation): string | undefined {
  return operation.info.find(({ name }) => name === 'bundle')?.value;
}

export interface SyncRequest {
  readonly mark: OperationMark;
  /** One per source (see `pinsOf`); undefined leaves a source at what its specification says. */
  readonly pins: readonly (string | undefined)[];
  readonly prune: boolean;
  /** Unlike that of every other refresh: `2026-03-01T10:00:00.000123456Z`. */
  readonly stamp: string;
  /** Sync to these sources instead of the specification's, as a rollback does. */
  readonly from?: { readonly source: JsonObject | undefined; readonly sources: readonly JsonObject[] };
}

/** Asks the controller to look at Git and the cluster again; it takes both away when it has (application_annotations.go). */
const refreshAnnotation = 'argocd.argoproj.io/refresh';
/** Since 3.6 the controller takes the refresh away only while this is the one that it began with; before, it means nothing. */
const stampAnnotation = 'argocd.argoproj.io/refresh-timestamp';

export function isRefreshing({ annotations }: Pick<Application, 'annotations'>): boolean {
  return annotations[refreshAnnotation] !== undefined;
}

export function refreshPatch(stamp: string, kind: 'normal' | 'hard' = 'normal'): JsonObject {
  return { metadata: { annotations: { [refreshAnnotation]: kind, [stampAnnotation]: stamp } } };
}

/** As many tries as Argo CD gives a sync of its own, where the specification says nothing of it (appcontroller.go, autoSync: 5). */
const usualRetry: JsonObject = { limit: 2, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } };

/**
 * The merge patch that begins a sync, for an application that has no operation. It holds only for the version that was read
 * (`resourceVersion`), so that no operation of somebody else is overwritten.
 *
 * `operationState` is cleared as Argo CD's own server does (util/argo, SetAppOperation): up to 3.5 the controller merges a new state
 * into what is there, and so takes over old revisions and resource lists (argo-cd#28701, #29332). It is only named where there is one:
 * before the first comparison there is no status to write into.
 *
 * Options and tries are the specification's, which only Argo CD's server would copy. `retry.refresh` is left out: it gives the pinned
 * revision up (appcontroller.go, `Retry.Refresh`).
 */
export function syncPatch(application: Application, { mark, pins, prune, stamp, from }: SyncRequest): JsonObject {
  const { policy, sources, isMultiSource, resourceVersion, status } = application;
  const { refresh: _, ...retry } = policy.retry ?? usualRetry;
  const revisions = sources.map(({ target }, index) => pins[index] ?? target);
  const isPinned = pins.some(pin => pin !== undefined);
  return {
    metadata: {
      resourceVersion,
      annotations: { ...(refreshPatch(stamp, 'hard')['metadata'] as { annotations: JsonObject }).annotations },
    },
    ...(status.state === undefined ? {} : { status: { operationState: null } }),
    operation: {
      initiatedBy: { username: mark.by, automated: false },
      info: infoOf(mark),
      retry,
      sync: {
        ...(isMultiSource ? { revisions } : isPinned ? { revision: pins[0] } : {}),
        ...(from === undefined ? {} : from.sources.length > 0 ? { sources: from.sources } : { source: from.source }),
        prune,
        syncStrategy: { hook: {} },
        ...(policy.options.length === 0 ? {} : { syncOptions: policy.options }),
      },
    },
  };
}

/**
 * Takes an operation away that is over, or that has never begun: what the controller does itself when one ends. Some of its versions
 * leave it there for good (argo-cd#29741), and then nothing can be synced any more.
 */
export function clearPatch({ resourceVersion }: Application, withState: boolean): JsonObject {
  return {
    metadata: { resourceVersion },
    operation: null,
    ...(withState ? { status: { operationState: null } } : {}),
  };
}

/** Whose operation is in the way, and since when (milliseconds since 1970); undefined when none is. */
export function operationInTheWay(
  { operation, status }: Application,
  id: string,
): { readonly by: string; readonly since: number | undefined; readonly says: string } | undefined {
  if (operation === undefined || isMarked(operation, id)) return undefined;
  const { state } = status;
  // A state of an earlier operation may still be there when one has only been asked for.
  const isIts = state !== undefined && (state.phase === 'Running' || state.phase === 'Terminating');
  return { by: operation.by, since: isIts ? state.startedAt : undefined, says: isIts ? state.message : '' };
}

/** Lets the controller end an operation that runs, and clean up after its hooks (server/application, TerminateOperation). */
export function terminatePatch({ resourceVersion }: Pick<Application, 'resourceVersion'>): JsonObject {
  return { metadata: { resourceVersion }, status: { operationState: { phase: 'Terminating' } } };
}
