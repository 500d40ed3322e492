import type { Answer, LivePool, Usage, VmSize } from '@suite/azure';
import type { JsonObject } from '@suite/foundation';
import type { NodeFacts, ScalerGroup } from '../watch/facts.ts';
import type { Level } from '../workload/index.ts';

/** What is known before anything is made. Whatever nobody could say is an unknown answer, never a good one. */
export interface PreflightFacts {
  /** Azure's name of the location: `westeurope`. */
  readonly location: string;
  readonly level: Level;
  readonly pool: PlannedPool;
  /** Every pool of the cluster as ARM shows it; undefined without the cluster. */
  readonly pools: Answer<readonly LivePool[] | undefined>;
  /** The pool's size as the location offers it; undefined where it does not. */
  readonly size: Answer<VmSize | undefined>;
  /** vCPU quotas of the location. */
  readonly usages: Answer<readonly Usage[]>;
  readonly image: ImageFacts;
  readonly namespace: NamespaceFacts;
  /** Every node of the cluster. */
  readonly nodes: Answer<readonly NodeFacts[]>;
  readonly plugins: Answer<readonly DaemonFacts[]>;
  /** What the autoscaler says of the pool's scale sets; undefined where it keeps no status. */
  readonly scaler: Answer<readonly ScalerGroup[] | undefined>;
  readonly test: TestFacts;
}

/** The pool as the platform file wants it. */
export interface PlannedPool {
  /** `gpu`, `gpugreen1` */
  readonly name: string;
  readonly size: string;
  readonly max: number;
  readonly spot: boolean;
  readonly driver: 'Install' | 'None';
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  /** `NoSchedule`, `NoExecute`, `PreferNoSchedule` */
  readonly effect: string;
}

export interface ImageFacts {
  /** As it will be written into the Job. */
  readonly reference: string;
  /** What its registry says of it; undefined where it has no such image. */
  readonly sight: Answer<ImageSight | undefined>;
  /** The environment takes its images from its own registry, which answers at this host; undefined where it takes them from anywhere. */
  readonly ownRegistry: string | undefined;
}

export interface ImageSight {
  /** The CUDA that it brings along: `12.5`. Undefined without. */
  readonly cuda: string | undefined;
}

export interface NamespaceFacts {
  readonly name: string;
  /** The test makes it, and takes it away. */
  readonly isOwn: boolean;
  /** Undefined: it is not there, or it is the test's own of earlier and on its way out; that is waited for. */
  readonly found: Answer<FoundNamespace | undefined>;
}

export interface FoundNamespace {
  /** Somebody has deleted it, and it is not gone yet: nothing can be made in it any more. */
  readonly isGoing: boolean;
  /** Pod security level that it enforces; undefined without one. */
  readonly enforces: string | undefined;
  readonly quotas: Answer<readonly QuotaFacts[]>;
  readonly limits: Answer<readonly LimitFacts[]>;
  /** What the API server says to the test's pod, without making it; undefined when it would take it. */
  readonly refusal: Answer<string | undefined>;
}

/** A ResourceQuota that counts the test's pods. */
export interface QuotaFacts {
  readonly name: string;
  /** By resource, `requests.nvidia.com/gpu`: numbers in base units (cores, bytes, pieces). */
  readonly hard: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
}

/** A line of a LimitRange. */
export interface LimitFacts {
  readonly name: string;
  readonly of: 'Container' | 'Pod';
  readonly min: Readonly<Record<string, number>>;
  readonly max: Readonly<Record<string, number>>;
}

/** A DaemonSet that offers GPUs, or installs their driver. */
export interface DaemonFacts {
  /** `namespace/name` */
  readonly name: string;
  readonly does: 'plugin' | 'driver' | 'operator';
  readonly tolerations: readonly JsonObject[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Its required node affinity: of the terms one has to hold, with all its parts. Undefined without. */
  readonly affinity: readonly (readonly NodeRequirement[])[] | undefined;
}

export interface NodeRequirement {
  /** Of a label, or `metadata.name`. */
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt`, `Lt` */
  readonly operator: string;
  readonly values: readonly string[];
}

/** What the test makes. */
export interface TestFacts {
  readonly tolerations: readonly JsonObject[];
  /** At most at once. */
  readonly pods: number;
  /** Of its largest container, and of all together. Cores and bytes. */
  readonly container: Demand;
  readonly total: Demand;
}

export interface Demand {
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
}
