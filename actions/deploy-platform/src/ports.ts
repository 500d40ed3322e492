import type { JsonObject } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { ChartSource } from './release.ts';

/** What the commands ask of Helm. */
export interface Helm {
  /** Brings a chart whose digest is what was asked for. */
  pull(chart: ChartSource): Promise<PulledChart>;
  render(request: RenderRequest): Promise<Manifests>;
  /** Installs or upgrades, and waits for hooks only. */
  upgrade(request: UpgradeRequest): Promise<void>;
  history(release: string, namespace: string): Promise<readonly Revision[]>;
  rollback(release: string, namespace: string, revision: number, timeoutSeconds: number): Promise<void>;
  uninstall(release: string, namespace: string, timeoutSeconds: number): Promise<void>;
}

export interface PulledChart {
  /** Archive, or folder of a chart in the platform repository. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** `sha256:…`, whether it was asked for or found; of a folder's content where it is one. */
  readonly digest: string;
}

export interface RenderRequest {
  readonly chart: PulledChart;
  readonly release: string;
  readonly namespace: string;
  readonly values: JsonObject;
  /** `1.34.4` */
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly isUpgrade: boolean;
}

export interface RenderedObject {
  readonly object: KubernetesObject;
  /** Helm leaves it behind. */
  readonly keep: boolean;
}

export interface Manifests {
  readonly objects: readonly RenderedObject[];
  readonly hooks: readonly RenderedHook[];
}

export interface RenderedHook {
  readonly object: KubernetesObject;
  readonly events: readonly string[];
}

export interface UpgradeRequest {
  readonly chart: PulledChart;
  readonly release: string;
  readonly namespace: string;
  readonly values: JsonObject;
  readonly forceConflicts: boolean;
  /** Ask the API server about every object, and change nothing. */
  readonly dryRun: boolean;
  readonly timeoutSeconds: number;
  /** What the release's history says of it. */
  readonly description: string;
}

/** One revision in a release's history, oldest first. */
export interface Revision {
  readonly revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-install`, `pending-upgrade`, `pending-rollback`, `uninstalling`, … */
  readonly status: string;
  readonly chart: string;
}
