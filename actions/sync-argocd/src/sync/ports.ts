import type { Log } from '@suite/action-kit';
import type { Application, ApplicationSet, AppProject, SyncRequest } from '@suite/argocd';
import type { Clock } from '@suite/foundation';
import type { Cluster } from '@suite/kubernetes';
import type { PlannedChart } from './plan.ts';

export interface ApplicationRef {
  readonly namespace: string;
  readonly name: string;
}

/** Argo CD as this run may use it: through its objects, or through its server. All throw UserError. */
export interface ArgoCd {
  /** Reads on after "Argo CD": `in aks-contoso-dev`. */
  readonly where: string;
  get(ref: ApplicationRef): Promise<Application | undefined>;
  /** Of one namespace. `kept`: of each what a wait needs (see `readKept`). */
  list(namespace: string, what?: 'all' | 'kept'): Promise<readonly Application[]>;
  /** Projects live in Argo CD's own namespace. */
  project(name: string): Promise<AppProject | undefined>;
  set(name: string): Promise<ApplicationSet | undefined>;
  /** Begins a sync of this very version of an application. `changed`: somebody has written to it since. */
  sync(application: Application, request: SyncRequest): Promise<'begun' | 'changed'>;
  refresh(ref: ApplicationRef, stamp: string): Promise<void>;
  refreshSet(name: string): Promise<void>;
  /** Takes the operation away; with its state where it has done nothing yet. Not everybody can. */
  clear(application: Application, withState: boolean): Promise<'done' | 'changed' | 'impossible'>;
  /** Lets the controller end a sync that runs. */
  terminate(application: Application): Promise<'done' | 'changed'>;
  /**
   * Says whenever one of the Applications of these namespaces (or the one, where only one is named) has changed, and at first, and gives
   * what is kept of them then (see `readKept`). `changed`: which one it was (see `keyOf`); undefined where all were read anew. Ends when
   * the signal is aborted: rejects with its reason.
   */
  follow(
    scope: FollowedScope,
    onChange: (now: ApplicationLookup, changed: string | undefined) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface FollowedScope {
  readonly namespaces: readonly string[];
  readonly only?: string;
}

/** Gives the same object again as long as the application has not changed. */
export type ApplicationLookup = (ref: ApplicationRef) => Application | undefined;

/** Where the workloads run. */
export type WorkloadCluster = Pick<Cluster, 'list' | 'logs' | 'get'>;

export interface SyncPorts {
  readonly argo: ArgoCd;
  readonly workloads: WorkloadCluster;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warning'>;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** In [0, 1). */
  readonly random: () => number;
  /** Whether a commit or branch of the GitOps repository has another commit among its ancestors. */
  readonly contains: (newer: string, older: string) => Promise<boolean>;
}

export interface ProofPorts extends Pick<SyncPorts, 'argo' | 'workloads' | 'clock' | 'log' | 'signal'> {
  /**
   * The digests under which a runtime may report an image (`host/repository@sha256:…`): its own and those of each platform's manifest.
   * Throws UserError where the registry has no such image.
   */
  readonly platformDigests: (reference: string) => Promise<readonly string[]>;
  /** Every place where a commit of the GitOps repository says versions of these charts of an application. Throws UserError where it says none. */
  readonly chartsAt: (
    application: string,
    charts: readonly PlannedChart[],
    commit: string,
  ) => Promise<readonly { readonly name: string; readonly version: string; readonly place: string }[]>;
}

export interface RollbackPorts extends SyncPorts {
  /**
   * Brings Git (or the overrides that were delivered) back for these applications and gives the commit to sync to; undefined where
   * nobody can.
   */
  readonly revert: ((applications: readonly string[]) => Promise<{ readonly revision: string }>) | undefined;
}

export function keyOf({ namespace, name }: ApplicationRef): string {
  return `${namespace}/${name}`;
}

/** Unlike that of every other refresh: a time with nine digits, six of which are chance. */
export function stampOf({ clock, random }: Pick<SyncPorts, 'clock' | 'random'>): string {
  const chance = Math.floor(random() * 1_000_000)
    .toString()
    .padStart(6, '0');
  return new Date(clock.now()).toISOString().replace(/Z$/, `${chance}Z`);
}
