import type { KubernetesObject } from '@suite/kubernetes';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Release, TerraformOutputs } from '../release.ts';
import type { Machine } from './machines.ts';

/** What is judged before anything is applied. */
export interface CheckInput {
  readonly releases: readonly CheckedRelease[];
  readonly view: EnvironmentScope;
  /** Of the cluster: `1.34.4` or `1.34`. */
  readonly kubernetesVersion: string;
  readonly outputs: TerraformOutputs;
  /** `2026-11-28` */
  readonly today: string;
  /** What Azure says of VM sizes, by lower-case name; what is not there is taken from the size's name. */
  readonly machines?: ReadonlyMap<string, Machine>;
}

export interface CheckedRelease {
  readonly release: Release;
  /** Rendered, with the namespace that each goes to. */
  readonly objects: readonly KubernetesObject[];
  /** What Helm makes on the way, and waits for. */
  readonly hooks?: readonly KubernetesObject[];
  /** Of what the chart brings, as it says itself. */
  readonly appVersion?: string;
  /** The text of the chart's own values.yaml. */
  readonly defaults?: string;
}

/** All that an install or an upgrade makes. */
export function madeBy({ objects, hooks = [] }: CheckedRelease): readonly KubernetesObject[] {
  return hooks.length === 0 ? objects : [...objects, ...hooks];
}

/** The minor of a version such as `1.34.4`, `v1.35.0` or `1.36`; undefined for what is none. */
export function minorOf(version: string): number | undefined {
  const [, minor] = /^v?1\.(\d{1,4})(?:\D|$)/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}
