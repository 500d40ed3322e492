import type { JsonObject } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';

/** A Git repository at one commit, as it lies on this machine. */
export interface Checkout {
  /** Full path. */
  readonly folder: string;
  /** As Applications name it: `https://github.com/contoso/gitops`. */
  readonly repository: string;
  /** SHA of its commit. */
  readonly commit: string;
  /** What a `targetRevision` may say for it, beside its SHA, `HEAD` and nothing: `main`. */
  readonly names: readonly string[];
}

/** What a cluster Secret of Argo CD says; no Secret is read for it. */
export interface ClusterFacts {
  readonly name: string;
  /** `https://kubernetes.default.svc` */
  readonly server: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly project?: string;
}

/** What the target cluster serves. */
export interface Capabilities {
  /** `1.34.4` */
  readonly kubeVersion: string;
  /** `apps/v1`, `apps/v1/Deployment` */
  readonly apiVersions: readonly string[];
  /** Undefined when the kind is not served. */
  readonly isNamespaced: (apiVersion: string, kind: string) => boolean | undefined;
}

export interface Destination {
  readonly server?: string;
  readonly name?: string;
  /** Empty where the Application names none. */
  readonly namespace: string;
}

/** One entry of `spec.ignoreDifferences`. */
export interface IgnoreRule {
  /** Empty: the core group; may hold `*`. */
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly jsonPointers: readonly string[];
  readonly jqPathExpressions: readonly string[];
  readonly managers: readonly string[];
}

/** An Argo CD Application, read once. */
export interface Application {
  readonly name: string;
  /** Where the object lives; empty where it does not say. */
  readonly namespace: string;
  readonly project: string;
  readonly destination: Destination;
  /** As they stand in the spec; `readSource` types them once `.argocd-source.yaml` was merged. */
  readonly sources: readonly JsonObject[];
  readonly syncOptions: readonly string[];
  /** Whether a sync that Argo CD starts by itself deletes what is rendered no more. */
  readonly prunes: boolean;
  /** Whether its objects go with it (`resources-finalizer.argocd.argoproj.io`). */
  readonly isCascading: boolean;
  readonly ignoreDifferences: readonly IgnoreRule[];
  readonly object: KubernetesObject;
}

export type HookPhase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail' | 'PreDelete' | 'PostDelete';

export interface RenderedHook {
  readonly object: KubernetesObject;
  readonly phases: readonly HookPhase[];
}

/** Where an Application comes from. */
export type Origin =
  | { readonly is: 'given' }
  /** Rendered by another Application. */
  | { readonly is: 'application'; readonly name: string }
  | { readonly is: 'set'; readonly name: string };

export interface RenderedApplication {
  readonly application: Application;
  readonly origin: Origin;
  /** What is applied and kept, each with the namespace that it goes to. Empty where `problem` is set. */
  readonly objects: readonly KubernetesObject[];
  readonly hooks: readonly RenderedHook[];
  /** The namespace that Argo CD makes where it is not there (`CreateNamespace=true`), and never takes away. */
  readonly namespace?: KubernetesObject;
  /** Why it could not be rendered. */
  readonly problem?: string;
  /** Sentences worth knowing that prevent nothing. */
  readonly warnings: readonly string[];
}

/** What Argo CD would make of some Applications at one commit. */
export interface Rendering {
  /** Parents before their children. */
  readonly applications: readonly RenderedApplication[];
  /** ApplicationSets, and what else brings Applications, that could not be looked into. */
  readonly problems: readonly { readonly subject: string; readonly reason: string }[];
}
