import type { JsonObject } from '@suite/foundation';
import type { PulledChart } from './charts/pull.ts';
import type { ChartSource, RepositoryChart } from './charts/source.ts';
import type { Revision, RevisionStatus } from './release-state.ts';

/** How one signs in to a registry that does not give its charts to everybody, by its host. */
export type RegistryLogins = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

/** How a cluster is reached. */
export interface ClusterAccess {
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
}

export interface ReleaseRef extends ClusterAccess {
  readonly release: string;
  readonly namespace: string;
}

export interface RenderOptions {
  readonly chart: PulledChart;
  readonly release: string;
  readonly namespace: string;
  readonly values: JsonObject;
  /** Files that come before `values`, later ones over earlier ones. */
  readonly valueFiles?: readonly string[];
  /** What comes over all values, in Helm's own notation: `--set`, `--set-string`, `--set-file`. */
  readonly parameters?: readonly {
    readonly as: 'value' | 'string' | 'file';
    readonly name: string;
    readonly value: string;
  }[];
  /** `1.34.4` or `v1.34.4` */
  readonly kubeVersion: string;
  /** What the cluster serves, or will serve: `monitoring.coreos.com/v1`, `monitoring.coreos.com/v1/ServiceMonitor`. Charts ask for both. */
  readonly apiVersions?: readonly string[];
  /** Render `crds/` as well. */
  readonly includeCrds?: boolean;
  /** Leave out what only `helm test` runs. */
  readonly skipTests?: boolean;
  /** Do not hold the values to the chart's schema. */
  readonly skipSchemaValidation?: boolean;
  /** What `.Release.IsUpgrade` is. */
  readonly isUpgrade?: boolean;
}

export interface Wait {
  /**
   * What is waited for besides hooks: nothing by default; `watcher` watches each object, `legacy` polls as Helm 3 did. Helm calls a
   * release failed that is not ready in time.
   */
  readonly wait?: 'hookOnly' | 'watcher' | 'legacy';
  /** For every single step, as a hook is one. */
  readonly timeoutSeconds: number;
  /** For all of it: Helm is stopped then. Without one Helm may hang as long as it likes. */
  readonly deadlineSeconds?: number;
  /** Stops Helm before that. What it was at fails with a CancelledError, and the release is marked as failed. */
  readonly stop?: AbortSignal;
}

export interface UpgradeOptions extends ReleaseRef, Wait {
  readonly chart: PulledChart;
  /** All values: nothing is taken over from an earlier revision. */
  readonly values: JsonObject;
  /** `auto`: as the revision before was applied; server-side for the first one. */
  readonly serverSide: boolean | 'auto';
  /** Take fields from other managers. Server-side only. */
  readonly forceConflicts?: boolean;
  /** Take over objects that are there and belong to no release. */
  readonly takeOwnership?: boolean;
  /**
   * Renders with the cluster's facts, and checks kinds and ownership. Helm asks the API server for no dry run of the objects: neither
   * admission nor conflicts are seen.
   */
  readonly dryRun?: 'server';
  /** Leave `crds/` out. */
  readonly skipCrds?: boolean;
  /** Of the revision, when it succeeds. */
  readonly description?: string;
  /** Of the release's record. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Revisions that are kept; 10 by default. */
  readonly historyMax?: number;
}

export interface RollbackOptions extends ReleaseRef, Wait {
  /** From `releaseState`: the newest good one. */
  readonly revision: number;
  readonly serverSide?: boolean | 'auto';
  readonly forceConflicts?: boolean;
  readonly historyMax?: number;
}

export type ApplyMethod = 'server-side' | 'client-side';

export interface ReleaseMetadata {
  readonly revision: number;
  readonly status: RevisionStatus;
  /** `argo-cd` and `10.1.1` */
  readonly chart: string;
  readonly version: string;
  readonly appVersion: string;
  readonly applyMethod: ApplyMethod;
  /** Those that were given. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ListedRelease {
  readonly release: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: RevisionStatus;
  /** `argo-cd-10.1.1` */
  readonly chart: string;
  readonly appVersion: string;
}

/**
 * The Helm commands that the suite uses. What fails throws a UserError, a CancelledError or, for a fault of ours, an Error; with
 * `helmFailureOf` code sees which failure it is.
 */
export interface Helm {
  pull(source: ChartSource): Promise<PulledChart>;
  /**
   * The newest version of a chart that its repository has within a range, as Helm understands ranges: `>=1.2.3`, `^1.2.3`. One that was
   * made before a release counts only where the range names one. The version of the source plays no part. Of OCI registries Helm
   * sees no tag that begins with a `v`, so those are not asked this way.
   */
  newest(source: RepositoryChart, range: string): Promise<string>;
  /** The manifest text, for `parseManifests`. No cluster is asked. */
  template(options: RenderOptions): Promise<string>;
  /** Installs or upgrades. `revision` is the new one; there is none of a dry run. */
  upgrade(options: UpgradeOptions): Promise<{ readonly revision?: number; readonly warnings: readonly string[] }>;
  rollback(options: RollbackOptions): Promise<{ readonly warnings: readonly string[] }>;
  /** Removes it with its history; one that is not there counts as removed. Gives what the chart wants to be kept. */
  uninstall(
    options: ReleaseRef & Wait,
  ): Promise<{ readonly kept: readonly { readonly kind: string; readonly name: string }[] }>;
  /** What a revision is made of, hooks aside: manifest text, for `parseManifests`. Secrets stand in it in clear. */
  manifest(options: ReleaseRef & { readonly revision: number }): Promise<string>;
  /** Oldest first; empty when there is no such release. */
  history(release: ReleaseRef): Promise<readonly Revision[]>;
  /** The last revision; undefined when there is no such release. */
  status(release: ReleaseRef): Promise<Revision | undefined>;
  /** Undefined when there is no such release. */
  metadata(release: ReleaseRef): Promise<ReleaseMetadata | undefined>;
  /** Of one namespace, or of all. */
  list(options: ClusterAccess & { readonly namespace?: string }): Promise<readonly ListedRelease[]>;
}
