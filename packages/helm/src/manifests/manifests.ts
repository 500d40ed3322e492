import type { JsonObject } from '@suite/foundation';

/** One object of a rendered chart. */
export interface ManifestObject {
  /** The template that it came from, `argo-cd/templates/redis/service.yaml`; empty for text without Helm's comments. */
  readonly source: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As the manifest says it; without one it goes to the namespace of the release, or to none. */
  readonly namespace?: string;
  /** Helm leaves it behind when the chart no longer has it, or is removed: `helm.sh/resource-policy: keep`, and all of `crds/`. */
  readonly keep: boolean;
  readonly object: JsonObject;
}

export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'test';

export type HookDeletePolicy = 'before-hook-creation' | 'hook-succeeded' | 'hook-failed';

/** An object that Helm creates at an event, and waits for, but does not keep as a part of the release. */
export interface Hook extends ManifestObject {
  readonly events: readonly HookEvent[];
  /** Hooks of one event go in the order of their weights. */
  readonly weight: number;
  readonly deletePolicies: readonly HookDeletePolicy[];
}

/** An object that a chart renders more than once: Helm would apply the one over the other. */
export interface Duplicate {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly sources: readonly string[];
}

/** A rendered chart, in the order in which Helm applies it. */
export interface Manifests {
  readonly objects: readonly ManifestObject[];
  readonly hooks: readonly Hook[];
  /** Hooks of `helm test` alone: nothing starts them otherwise. */
  readonly tests: readonly Hook[];
  readonly duplicates: readonly Duplicate[];
}
