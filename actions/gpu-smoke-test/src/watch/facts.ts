/** What the cluster shows at one moment of one test, in our words: flat, and nothing besides what is judged. */
export interface Facts {
  readonly job: JobFacts;
  /** The newest pod of the Job. */
  readonly pod: PodFacts | undefined;
  /** Of the Job and its pods, oldest first. */
  readonly events: readonly EventFacts[];
  /** Nodes of the pool. */
  readonly nodes: readonly NodeFacts[];
  readonly scaler: ScalerFacts;
  /** Pods of others that hold GPUs of the pool's nodes; undefined as long as nobody looked, and the nodes are not known either. */
  readonly holders: readonly HolderFacts[] | undefined;
}

export interface JobFacts {
  /** False before it was seen, and when it is gone. */
  readonly exists: boolean;
  /** Its condition `Failed`: `DeadlineExceeded`, `BackoffLimitExceeded`, … */
  readonly failed: { readonly reason: string; readonly message: string } | undefined;
}

export interface PodFacts {
  readonly name: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed` */
  readonly phase: string;
  /** Undefined until it is scheduled. */
  readonly node: string | undefined;
  /** What the scheduler says while it fits nowhere. */
  readonly unschedulable: string | undefined;
  /** Why it is or was taken away: its condition DisruptionTarget. */
  readonly disruption: string | undefined;
  /** Whether somebody has deleted it, be it the Job's controller. */
  readonly isDeleted: boolean;
  /** Why the kubelet gave it up: `UnexpectedAdmissionError`, `Evicted`, … */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Why its container does not start. */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  readonly isRunning: boolean;
  readonly ended: { readonly exitCode: number; readonly reason: string; readonly message: string } | undefined;
}

export interface EventFacts {
  /** `TriggeredScaleUp`, `Pulled`, … */
  readonly reason: string;
  readonly message: string;
  readonly isWarning: boolean;
  /** Milliseconds since 1970, of its last occurrence; undefined where it does not say. */
  readonly at: number | undefined;
}

export interface NodeFacts {
  readonly name: string;
  readonly isReady: boolean;
  /** What its condition Ready says otherwise. */
  readonly readiness: string;
  readonly isCordoned: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** GPUs; 0 while no device plugin has told of any. */
  readonly capacity: number;
  readonly allocatable: number;
  /** Kinds of MIG slices that it offers under names of their own: `nvidia.com/mig-1g.10gb`. */
  readonly slices: readonly string[];
  /** `key=value:effect` */
  readonly taints: readonly string[];
  /** Conditions that hold, besides Ready: `XIDError`, `EgressBlocked`, … */
  readonly problems: readonly { readonly type: string; readonly message: string }[];
  /** All its conditions by type, whatever they say: who reports at all. */
  readonly reported: readonly string[];
}

/** What the autoscaler says of the pool's scale sets. */
export interface ScalerFacts {
  /** Undefined where it keeps no status. */
  readonly groups: readonly ScalerGroup[] | undefined;
  /** Failures that it tells as events, of this pool and since the test began. */
  readonly failures: readonly EventFacts[];
}

export interface ScalerGroup {
  /** `aks-gpu-12345678-vmss` */
  readonly name: string;
  /** `NoActivity`, `InProgress`, `Backoff` */
  readonly scaleUp: string;
  /** Why it waits before it tries again. */
  readonly backoff: { readonly code: string; readonly message: string } | undefined;
}

export interface HolderFacts {
  /** `namespace/name` */
  readonly pod: string;
  readonly node: string;
  readonly gpus: number;
}
