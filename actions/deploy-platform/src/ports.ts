import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { ChangeReport } from '@suite/change-report';
import type { Clock, JsonObject } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import type { EnvironmentLease, StateBlob } from '@suite/lease';
import type { Mirror } from './mirror/port.ts';
import type { ChartSource } from './release.ts';
import type { Target } from './target.ts';
import type { Visit } from './visit.ts';

/** What the commands ask of Helm. */
export interface Helm {
  /** Brings a chart whose digest is what was asked for. */
  pull(chart: ChartSource): Promise<PulledChart>;
  render(request: RenderRequest): Promise<Manifests>;
  /** Installs or upgrades, and waits for hooks only. */
  upgrade(request: UpgradeRequest): Promise<void>;
  rollback(release: string, namespace: string, revision: number, timeoutSeconds: number): Promise<void>;
  /** What a revision is made of. Its hooks are not told. */
  manifests(release: string, namespace: string, revision: number): Promise<Manifests>;
  uninstall(release: string, namespace: string, timeoutSeconds: number): Promise<void>;
}

export interface PulledChart {
  /** Archive, or folder of a chart in the platform repository. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Of what it brings, as it says itself. */
  readonly appVersion?: string;
  /** `sha256:…`, whether it was asked for or found; of a folder's content where it is one. */
  readonly digest: string;
  /** The text of its values.yaml. */
  readonly defaults?: string;
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
  /** It is of the chart's folder `crds/`: Helm makes it with the first install, and never changes it. */
  readonly isMadeOnce?: boolean;
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
  readonly timeoutSeconds: number;
  /** What the release's history says of it. */
  readonly description: string;
  /** Aborted when it is to be left as it is. */
  readonly stop: AbortSignal;
}

/** What the commands need from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly summary: Summary;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Folder of charts that come with the action. */
  readonly chartsFolder: string;
  setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void;
  signIn(target: Target): SignedIn;
  /** Asks for a page as a browser would, without following where it is sent. Never rejects but when it is aborted. */
  visit(url: string, signal: AbortSignal): Promise<Visit>;
  /** A new GUID. */
  newId(): string;
  /** Name of this machine. */
  readonly host: string;
  /** Writes the change report and gives its path. */
  writeReport(command: string, report: ChangeReport): Promise<string>;
}

/** An identity before it has asked anything of anybody. */
export interface SignedIn {
  readonly lease: EnvironmentLease;
  /** Whether Terraform's state is locked; nothing of its content is read. */
  readState(): Promise<StateBlob>;
  /** Once `stop` is aborted, a command of Helm that runs gets its one SIGINT and none is begun any more. */
  connect(stop?: AbortSignal): Promise<Connected>;
}

/** An environment as one identity sees it. */
export interface Connected {
  /** Undefined where there is no cluster yet. */
  readonly cluster: Cluster | undefined;
  readonly helm: Helm;
  /** Lineage and outputs of the environment's state; undefined before its first apply. */
  readonly state: { readonly lineage: string; readonly outputs: Readonly<Record<string, unknown>> } | undefined;
  /** Where charts and images are mirrored; undefined where they are not. */
  readonly mirror: Mirror | undefined;
  /** The resource manager, for looking at single resources. */
  readonly resources: Resources;
  /** Entra's object id of the plan identity, to whom its rights in the cluster are given; undefined when it is not found. */
  planner(): Promise<string | undefined>;
  /** Takes every credential away that was written. */
  close(): Promise<void>;
}

/** Looks single resources up in the resource manager. */
export interface Resources {
  /** Undefined when there is none. */
  find(id: string, apiVersion: string): Promise<unknown>;
}
