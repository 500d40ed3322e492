import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope, PodSecurityLevel } from '@suite/platform-file';
import type { ImagePlace } from './mirror/place.ts';

/** Where a chart comes from. The digest is that of the OCI manifest, or of the archive in an HTTP repository. */
export type ChartSource =
  | { readonly kind: 'oci'; readonly url: string; readonly version: string; readonly digest: string | undefined }
  | {
      readonly kind: 'http';
      readonly repository: string;
      readonly name: string;
      readonly version: string;
      readonly digest: string | undefined;
    }
  /** A chart in the platform repository, or one that comes with the action. Absolute. */
  | { readonly kind: 'folder'; readonly path: string };

/** One Helm release, resolved for an environment and region: what is to run. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly podSecurity: PodSecurityLevel;
  readonly chart: ChartSource;
  /** Names of releases that have to be ready before this one is applied. Only such as are on. */
  readonly needs: readonly string[];
  readonly values: JsonObject;
  /** Where the values name the chart's images; undefined for a chart that nobody here knows. */
  readonly images?: readonly ImagePlace[];
  /** Paths of values that hang on outputs of Terraform that are not known yet: `podLabels.azure…`. */
  readonly unknownValues: readonly string[];
  readonly readiness: readonly Probe[];
  /** What the chart makes up at random where Helm cannot ask the cluster. Absent: nothing. */
  readonly madeUp?: readonly MadeUp[];
  /** DaemonSets for nodes with a label that nobody but a person gives them: one without a node is no fault. Absent: none. */
  readonly onDemand?: readonly string[];
  /** Holds data: never rolled back or uninstalled by itself. */
  readonly isStateful: boolean;
  readonly apply: ApplyMethod;
  /** How long it may take to be ready, in seconds. */
  readonly timeoutSeconds: number;
  /** Where the platform file decides it: `releases.cert-manager`. */
  readonly setting: string;
}

/**
 * Something that a chart makes at random on its first installation and looks up in the cluster ever after. A plan renders
 * without the cluster, so that it is another one each time; the one that is there stays.
 */
export interface MadeUp {
  readonly kind: string;
  readonly name: string;
  readonly path: readonly string[];
}

/** How an upgrade treats fields that somebody else wrote. */
export interface ApplyMethod {
  readonly forceConflicts: boolean;
  /** Why, one sentence for people. */
  readonly reason: string;
}

/** What says that a release is ready. All that hold for it have to pass. */
export type Probe =
  /** Every Deployment, StatefulSet, DaemonSet and Job that it renders has rolled out. */
  | { readonly kind: 'rollouts' }
  /** Every CustomResourceDefinition that it renders is Established. */
  | { readonly kind: 'crds' }
  /** A custom resource has this condition with status True. */
  | {
      readonly kind: 'condition';
      readonly apiVersion: string;
      readonly objectKind: string;
      readonly namespace?: string;
      readonly name: string;
      readonly condition: string;
    }
  /** Every Gateway that an HTTPRoute names takes it, and it finds what it sends to. */
  | { readonly kind: 'route'; readonly namespace: string; readonly name: string }
  /** A dry run of creating this object is let through: its webhook answers. */
  | { readonly kind: 'dry-run'; readonly object: JsonObject }
  /** A service answers with 200 through the API server's proxy. */
  | {
      readonly kind: 'http';
      readonly namespace: string;
      readonly service: string;
      /** Name or number. */
      readonly port: string;
      readonly scheme: 'http' | 'https';
      readonly path: string;
    }
  /** Every node with these labels offers some of the resource. Where there is no node, that is noted. */
  | {
      readonly kind: 'allocatable';
      readonly resource: string;
      readonly labels: Readonly<Record<string, string>>;
    };

/** Outputs of Terraform that the state holds, by name. Undefined before the first apply. */
export type TerraformOutputs = Readonly<Record<string, unknown>> | undefined;

/** What a release is made of. */
export interface ReleaseInput {
  readonly view: EnvironmentScope;
  readonly outputs: TerraformOutputs;
  /** Charts that come with the action. Absolute. */
  readonly chartsFolder: string;
  /** Where the platform file lies: charts of its own are relative to it. Absolute. */
  readonly platformFolder: string;
}

/** What becomes of a release. `none`: nothing differs, and its last apply came to its end. */
export type Action = 'install' | 'upgrade' | 'none' | 'uninstall';
