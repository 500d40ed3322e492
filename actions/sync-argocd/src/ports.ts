import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { ChangeReport } from '@suite/change-report';
import type { Clock } from '@suite/foundation';
import type { GitOps } from '@suite/github';
import type { Cluster, Endpoint } from '@suite/kubernetes';
import type { EnvironmentLease, StateBlob } from '@suite/lease';
import type { Records } from './record.ts';
import type { HelmRenderer, Kustomize } from './render/index.ts';
import type { ArgoCd } from './sync/index.ts';
import type { Target } from './target.ts';

/** What the commands need from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly summary: Summary;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** `https://github.com` */
  readonly serverUrl: string;
  /** In [0, 1). */
  readonly random: () => number;
  /** A new GUID. */
  newId(): string;
  /** Name of this machine. */
  readonly host: string;
  setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void;
  signIn(target: Target): SignedIn;
  /** Writes the change report and gives its path. */
  writeReport(command: string, report: ChangeReport): Promise<string>;
}

/** An identity before it has asked anything of anybody. */
export interface SignedIn {
  readonly lease: EnvironmentLease;
  /** Whether Terraform's state is locked; nothing of its content is read. */
  readState(): Promise<StateBlob>;
  connect(): Promise<Connected>;
}

export type ArgoHome = Pick<Cluster, 'host' | 'discovery' | 'get' | 'list' | 'apply' | 'remove'>;

/** A cluster as far as this run reaches it: through its own API server, or through that of the Argo CD in it. */
export interface ReachedCluster
  extends Pick<Cluster, 'host' | 'version' | 'discovery' | 'get' | 'list' | 'logs' | 'apply' | 'remove'> {
  readonly argo: ArgoCd;
  /** The cluster that Argo CD's own objects are in: this one, or a hub. */
  readonly home: ArgoHome;
  /** Where a hub finds this cluster; undefined where Argo CD is in it. */
  readonly endpoint: Endpoint | undefined;
  readonly records: Records;
  /** Whether nothing but Applications and projects can be written: no namespace, and no Secret that names the cluster. */
  readonly isArgoAlone: boolean;
}

/** An environment as one identity sees it. */
export interface Connected {
  /** Undefined where there is no cluster yet. */
  readonly cluster: ReachedCluster | undefined;
  /** Lineage and outputs of the environment's state; undefined before its first apply. */
  readonly state: { readonly lineage: string; readonly outputs: Readonly<Record<string, unknown>> } | undefined;
  /** The repository of the applications. */
  readonly gitops: GitOps;
  readonly helm: HelmRenderer;
  /** Undefined where the runner has neither `kustomize` nor `kubectl`. */
  readonly kustomize: Kustomize | undefined;
  /** A folder of this run alone. */
  readonly folder: string;
  /** Digests under which a runtime may report an image (`host/repository@sha256:…`): its own, and those of each platform's manifest. */
  readonly platformDigests: (reference: string) => Promise<readonly string[]>;
  /** Takes every credential away that was made. */
  close(): Promise<void>;
}
