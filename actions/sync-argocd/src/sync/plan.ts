import type { Cause, OperationMark } from '@suite/argocd';

/** An image that an application has to run: `{ repository: 'crcontosodev.azurecr.io/apps/api', digest: 'sha256:…' }`. */
export interface PlannedImage {
  readonly name: string;
  readonly repository: string;
  readonly digest: string;
}

/** A chart that an application has to have: `{ address: 'oci://ghcr.io/contoso/charts/redis', version: '1.2.3' }`. */
export interface PlannedChart {
  readonly name: string;
  readonly address: string;
  readonly version: string;
  readonly digest: string;
}

export interface PlannedApplication {
  readonly name: string;
  /** Where its Application object is; Argo CD's own namespace by default. */
  readonly namespace?: string;
  /** What it has to run, also through its children; none is proven where this is empty. */
  readonly images: readonly PlannedImage[];
  /** In which versions it has to be synced; none is proven where this is left out. */
  readonly charts?: readonly PlannedChart[];
}

/** What is synced, waited for and proven. */
export interface SyncPlan {
  /** Argo CD's own. */
  readonly argoNamespace: string;
  readonly applications: readonly PlannedApplication[];
  /** The GitOps repository, whose sources are pinned. */
  readonly repository: string;
  readonly branch: string;
  /** A full commit; undefined leaves every source at what its specification says. */
  readonly revision: string | undefined;
  readonly mark: OperationMark;
  /** Where people open Argo CD: `https://argocd.dev.contoso.com`; undefined where they cannot, or nobody knows. */
  readonly argoUrl?: string | undefined;
  /** For all together. */
  readonly timeoutMs: number;
  /** Whether a sync of the same run that is under way is ended: what a rollback finds running is what has failed. */
  readonly endsOwn?: boolean;
}

export type SyncPhase =
  /** There, as it should be. */
  | 'done'
  | 'failed'
  /** Nothing was done to it: what is wrong was seen before. */
  | 'refused'
  /** Nothing was done to it, because others were refused. */
  | 'skipped'
  /** The run was cancelled; Argo CD goes on by itself. */
  | 'cancelled';

export interface ApplicationResult {
  readonly name: string;
  readonly namespace: string;
  /** The application or ApplicationSet that brought it, where it is not in the plan. */
  readonly parent?: string;
  readonly phase: SyncPhase;
  /** What it is at, one per source. */
  readonly revisions: readonly string[];
  readonly seconds: number;
  /** What people should know of one that is done. */
  readonly notes: readonly string[];
  readonly cause?: Cause;
  readonly evidence: Evidence;
  /** Its page in Argo CD, of one that has failed. */
  readonly link?: string;
}

/** What the cluster shows of a failure. */
export interface Evidence {
  /** Warnings, newest first: `Pod api/web-1: FailedScheduling: …`. */
  readonly events: readonly string[];
  /** The last lines of the container in trouble. */
  readonly log: readonly string[];
}

export const noEvidence: Evidence = { events: [], log: [] };

/** What runs of an application, and whether it is what should. */
export interface ProofResult {
  readonly name: string;
  readonly namespace: string;
  readonly isProven: boolean;
  /** It is not proven, and no second look changes that. */
  readonly isLasting: boolean;
  readonly seconds: number;
  /** Image without tag and digest (`host/repository`) → the digest that its containers name; address of a chart → its version. */
  readonly running: Readonly<Record<string, string>>;
  readonly workloads: readonly WorkloadProof[];
  /** One sentence each; none where it is proven. */
  readonly problems: readonly string[];
  /** What could not be looked at, and is no failure. */
  readonly notes: readonly string[];
}

export interface WorkloadProof {
  /** `Deployment api/web` */
  readonly workload: string;
  readonly pods: number;
  readonly containers: readonly ContainerProof[];
}

export interface ContainerProof {
  readonly container: string;
  readonly isInit: boolean;
  /** As the workload names it. */
  readonly image: string;
  /** Digests that run, of all pods. */
  readonly running: readonly string[];
}

export interface RollbackResult {
  readonly name: string;
  readonly namespace: string;
  readonly by: 'git' | 'history' | 'nothing';
  /** What it is at again. */
  readonly revisions: readonly string[];
  readonly isDone: boolean;
  readonly seconds: number;
  /** Why it is not, or cannot go, back. */
  readonly cause?: Cause;
}

export interface RollbackPlan extends SyncPlan {
  readonly revision: string | undefined;
  /** The GitOps commit that this environment proved last; undefined: the newest other one of each history. */
  readonly verified: string | undefined;
}
