import type { JsonObject } from '@suite/foundation';
import type { CloudName } from './cloud.ts';
import type { EdgeRelease, EdgeReleases } from './edge-releases.ts';
import type { EnvironmentGate } from './gate.ts';
import type { Taint } from './node-marks.ts';
import type { PodSecurityLevel } from './pod-security.ts';
import type { ReleaseSettings } from './release-settings.ts';

export type { ReleaseSettings } from './release-settings.ts';

import type {
  GpuRelease,
  JupyterHubRelease,
  Login,
  MlflowRelease,
  SecretNamespace,
  SecretsRelease,
} from './resolved-ai.ts';

/**
 * The resolved view: everything one state is made from, with every default filled in. It is what actions work with; no
 * action reads the platform file itself.
 */
export type ScopeView = SharedScope | EnvironmentScope;

interface Scope {
  /** `name` of the platform file. */
  readonly platform: string;
  /** `shared` or the environment's name. */
  readonly scope: string;
  /** What makes its infrastructure. */
  readonly engine: 'terraform' | 'opentofu';
  /** Azure location, e.g. `westeurope`; names the region of an environment. */
  readonly region: string;
  /** Entra tenant id. */
  readonly tenant: string;
  /** Azure's cloud that all of it is in. */
  readonly cloud: CloudName;
  readonly subscription: string;
  /** Label of the runner that jobs of this scope use. */
  readonly runner: string;
  readonly production: boolean;
  /** Client ids, from the platform lock. */
  readonly identities: { readonly plan: string; readonly apply: string };
  /** Where the state lives, from the platform lock; the key is derived. */
  readonly state: { readonly account: string; readonly container: string; readonly key: string };
  /** What a plan may delete, replace or rotate: `cluster`, `node-pool/gpu`, `registry`, `network`, … */
  readonly allow: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly resourceGroup: string;
  /** Terraform of the team's own; absent where the suite's own root stands alone. */
  readonly terraform?: OwnTerraform;
}

export interface OwnTerraform {
  /** `extension`: its files are laid beside the suite's root. `root`: it takes the place of that. */
  readonly kind: 'extension' | 'root';
  /** Seen from the platform file. */
  readonly folder: string;
  /** Files of variables in the folder, the later one over the earlier one. */
  readonly variables: readonly string[];
}

export interface SharedScope extends Scope {
  readonly kind: 'shared';
  readonly logs: Created<{ readonly name: string; readonly retentionDays: number }> | Existing;
  /** The zone of the platform's domain; undefined without one. */
  readonly dns: Created<{ readonly name: string }> | Existing | undefined;
  /** The vault of environments that have none of their own; undefined where all have. */
  readonly vault: Created<Vault> | Existing | undefined;
}

export interface EnvironmentScope extends Scope {
  readonly kind: 'environment';
  /** Place in the order of promotion, from 0. */
  readonly order: number;
  /** What has to hold before a bundle enters it. */
  readonly gate: EnvironmentGate;
  readonly rollout: Rollout;
  /** Entra group ids that administer the cluster. */
  readonly admins: readonly string[];
  /** The shared workspace: found by name as a data source, or used by id. */
  readonly logs: LogsReference;
  readonly network: Network;
  readonly registry: Registry;
  /** Whether charts and images of releases are brought into the registry and taken from there. */
  readonly mirror: boolean;
  readonly cluster: Cluster;
  /** Application Gateway for Containers; undefined where there is none. */
  readonly gateway: Gateway | undefined;
  readonly vault: EnvironmentVault;
  readonly storage: Storage | undefined;
  readonly database: Database | undefined;
  readonly cache: Cache | undefined;
  readonly backup: Backup | undefined;
  /** The environment's own DNS zone, delegated from the platform's; undefined without a domain. */
  readonly dns: EnvironmentDns | undefined;
  /** Private endpoints and where their names live; undefined where no subnet is for them. */
  readonly privateLink: PrivateLink | undefined;
  readonly budget: Budget | undefined;
  readonly alerts: Alerts | undefined;
  /** What Helm installs in the cluster. */
  readonly releases: Releases;
  /** What is promoted into its registry. */
  readonly images: readonly PlatformImage[];
  /** Those of applications; what releases are installed from is theirs. */
  readonly charts: readonly PlatformChart[];
  /** What Argo CD deploys; undefined where it deploys nothing. */
  readonly applications: Applications | undefined;
  /** What becomes of a release whose upgrade fails. */
  readonly rollback: 'on-failure' | 'never';
  /** How promotions test its GPU pools; undefined where they do not, or where it has none. */
  readonly gpuSmoke: GpuSmoke | undefined;
  /** Locks against deletion on what holds data. */
  readonly protect: boolean;
  /** Service accounts that sign in to Azure, with the names that the platform's charts give them. */
  readonly workloads: Readonly<Partial<Record<Workload, ServiceAccount>>>;
}

/** Made and owned by this state. */
export type Created<T> = { readonly existing: false } & T;
/** Used by id, never created or changed. */
export type Existing = { readonly existing: true; readonly id: string };

export type LogsReference =
  | Existing
  | { readonly existing: false; readonly name: string; readonly resourceGroup: string; readonly subscription: string };

export const zones = ['dmz', 'compute', 'data', 'management'] as const;
/** The guide's security zones: AGC, cluster nodes, private endpoints, bastion. */
export type Zone = (typeof zones)[number];

export type Network =
  | Created<{
      readonly name: string;
      /** CIDR. */
      readonly addressSpace: string;
      /** Subnet name and CIDR per zone. */
      readonly subnets: Readonly<Record<Zone, Subnet> & Partial<Record<OptionalZone, Subnet>>>;
      readonly egress: Egress;
      readonly flowLogs: { readonly retentionDays: number } | undefined;
    }>
  /** An existing VNet with existing subnets; only `compute` is needed by what this state makes. */
  | (Existing & {
      readonly subnets: Readonly<{ compute: string } & Partial<Record<Zone | 'apiServer', string>>>;
      /** Prepared by whoever owns the network. */
      readonly egress: { readonly kind: Egress['kind'] };
    });

export interface Subnet {
  readonly name: string;
  readonly cidr: string;
}

/** Subnets of options: Azure Bastion and the API server. */
export type OptionalZone = 'bastion' | 'apiServer';

/** How nodes reach the Internet. */
export type Egress =
  | { readonly kind: 'nat-gateway' }
  | { readonly kind: 'load-balancer' }
  /** `nextHop`: private address of a firewall. */
  | { readonly kind: 'user-defined'; readonly nextHop: string };

export type Registry =
  | Created<{
      readonly name: string;
      readonly publicAccess: boolean;
      readonly zoneRedundant: boolean;
      /** Further locations with a copy. */
      readonly replicas: readonly string[];
      /** Days after which untagged images are deleted; undefined keeps them. */
      readonly retentionDays: number | undefined;
    }>
  | Existing;

export interface Gateway {
  readonly name: string;
  /** Name of the one frontend. */
  readonly frontend: string;
  /** Web application firewall; undefined without one. */
  readonly waf: 'Detection' | 'Prevention' | undefined;
}

export interface Vault {
  readonly name: string;
  readonly publicAccess: boolean;
}

/** A vault of its own, the shared one (by its id, which its name gives), or one that exists. */
export type EnvironmentVault = Created<Vault> | (Existing & { readonly shared: boolean });

export interface Storage {
  readonly name: string;
  readonly publicAccess: boolean;
  readonly replication: 'LRS' | 'ZRS' | 'GRS' | 'GZRS';
  readonly softDeleteDays: number;
  /** Blob containers by what they are for. */
  readonly containers: Readonly<Record<'loki' | 'mlflow' | 'backup', string>>;
}

/** PostgreSQL Flexible Server. */
export interface Database {
  readonly name: string;
  /** `B_Standard_B2s`, `GP_Standard_D2ds_v5`. */
  readonly size: string;
  readonly storageGb: number;
  readonly version: '14' | '15' | '16' | '17';
  readonly highAvailability: boolean;
  readonly backupDays: number;
  readonly geoBackup: boolean;
  /** Databases on it. */
  readonly databases: readonly string[];
}

/** Azure Managed Redis. */
export interface Cache {
  readonly name: string;
  readonly size: string;
}

/** Backup of cluster state and volumes. */
export interface Backup {
  readonly vault: string;
  readonly retentionDays: number;
  readonly everyHours: number;
}

export type EnvironmentDns =
  | Created<{
      /** `dev.platform.contoso.com` */
      readonly name: string;
      /** The zone that delegates to it. */
      readonly parent: { readonly name: string; readonly resourceGroup: string; readonly subscription: string };
      /** Name of the delegating record: what `name` has in front of the parent's. */
      readonly label: string;
    }>
  /** The names live in the platform's own zone. */
  | { readonly existing: true; readonly id: string; readonly name: string };

const privateServices = ['registry', 'vault', 'storage', 'database', 'cache'] as const;
/** What is reached by a private endpoint. */
export type PrivateService = (typeof privateServices)[number];

export interface PrivateLink {
  /** Ids of zones that a hub has; the others are made. */
  readonly zones: Readonly<Partial<Record<PrivateService, string>>>;
}

export interface Budget {
  readonly name: string;
  readonly amount: number;
  readonly notify: readonly string[];
}

export interface Alerts {
  readonly emails: readonly string[];
  readonly webhooks: readonly string[];
}

/** Releases of the platform, whose charts and values are known here. */
export type KnownRelease =
  | 'prometheus-operator-crds'
  | 'cert-manager'
  | 'issuers'
  | 'kube-prometheus-stack'
  | 'argo-cd'
  | EdgeRelease
  | ObservabilityRelease
  | 'jupyterhub'
  | 'mlflow'
  | 'gpu'
  | 'secrets';

/** Logs, traces, alerts and dashboards: off until somebody asks for them. */
export type ObservabilityRelease = 'loki' | 'alloy' | 'jaeger' | 'alerts' | 'dashboards';

/** Undefined for what is off. */
export interface Releases extends EdgeReleases {
  readonly operatorCrds: ReleaseSettings | undefined;
  readonly certManager: CertManagerRelease | undefined;
  readonly issuers: IssuersRelease | undefined;
  /** kube-prometheus-stack. */
  readonly metrics: MetricsRelease | undefined;
  readonly argoCd: ArgoCdRelease | undefined;
  readonly loki: LokiRelease | undefined;
  readonly alloy: ReleaseSettings | undefined;
  readonly jaeger: JaegerRelease | undefined;
  readonly alerts: AlertsRelease | undefined;
  readonly dashboards: ReleaseSettings | undefined;
  readonly jupyterHub: JupyterHubRelease | undefined;
  readonly mlflow: MlflowRelease | undefined;
  readonly gpu: GpuRelease | undefined;
  /** Secrets of the key vault. */
  readonly secrets: SecretsRelease | undefined;
  readonly own: readonly OwnRelease[];
}

export interface CertManagerRelease extends ReleaseSettings {
  /** Contact of accounts at Let's Encrypt. */
  readonly email: string | undefined;
}

export interface IssuersRelease extends ReleaseSettings {
  /** How Let's Encrypt is shown that a name is ours. */
  readonly challenge: 'dns' | 'http';
}

export interface MetricsRelease extends ReleaseSettings {
  /** Prometheus' notation: `15d`. */
  readonly retention: string;
  /** A Kubernetes quantity: `50Gi`. */
  readonly storage: string;
  readonly grafana: boolean;
  /** Of Grafana. */
  readonly login: Login | undefined;
}

/** Nodes that a release wants for all of its copies, and those that the user pool has, which decided for fewer copies. */
export interface Scarcity {
  readonly wants: number;
  readonly has: number;
}

export interface ArgoCdRelease extends ReleaseSettings {
  /** Redis on three nodes. */
  readonly highAvailability: boolean;
  /** Undefined where the pool has enough, or the file decides. */
  readonly scarce: Scarcity | undefined;
  readonly login: Login | undefined;
}

export interface LokiRelease extends ReleaseSettings {
  readonly retentionHours: number;
  /** A Kubernetes quantity, for each replica. */
  readonly storage: string;
  readonly replicas: number;
  /** Undefined where the pool has enough, the file decides, or the environment wants one. */
  readonly scarce: Scarcity | undefined;
  /** Mi of a cache for what was read; undefined without one. */
  readonly cacheMebibytes: number | undefined;
}

export interface JaegerRelease extends ReleaseSettings {
  readonly storage:
    | { readonly kind: 'memory'; readonly maxTraces: number }
    | { readonly kind: 'disk'; readonly size: string; readonly retentionHours: number };
}

export interface AlertsRelease extends ReleaseSettings {
  readonly receivers: readonly AlertReceiver[];
  readonly objectives: readonly Objective[];
}

/** Whom alerts reach. What is secret of it is a key in a Secret of the cluster. */
export type AlertReceiver = {
  readonly name: string;
  /** The least that is told. */
  readonly severity: 'critical' | 'warning';
  readonly sendResolved: boolean;
} & (
  | { readonly type: 'webhook' | 'teams' | 'pagerduty'; readonly secret: SecretKey }
  | {
      readonly type: 'email';
      readonly to: readonly string[];
      readonly from: string;
      readonly smarthost: string;
      /** Undefined where the mail server wants no sign-in. */
      readonly login: { readonly username: string; readonly password: SecretKey } | undefined;
    }
);

export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** A service level objective over 30 days. */
export interface Objective {
  readonly name: string;
  /** Percentage of good events. */
  readonly target: number;
  /** Selectors of counters. */
  readonly errors: string;
  readonly total: string;
}

/** A chart that the platform file brings. */
export interface OwnRelease {
  readonly name: string;
  readonly chart: OwnChart;
  readonly namespace: string;
  readonly podSecurity: PodSecurityLevel;
  readonly needs: readonly string[];
  readonly values: JsonObject;
  readonly ready: ReadyWhen;
  readonly timeoutMinutes: number;
  readonly isStateful: boolean;
  readonly setting: string;
}

/** What says that a release is ready, besides what its chart renders. */
export interface ReadyWhen {
  readonly conditions: readonly {
    /** `postgresql.cnpg.io/v1` */
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    /** Has to be True. */
    readonly condition: string;
  }[];
  /** In the namespace of the release. */
  readonly http: readonly {
    readonly service: string;
    /** A number, as paths of the API server have it. */
    readonly port: string;
    readonly path: string;
    readonly scheme: 'http' | 'https';
  }[];
}

/** A chart of a registry, by its version and the digest that this stands for. */
export type RegistryChart =
  | { readonly kind: 'oci'; readonly url: string; readonly version: string; readonly digest: string }
  | {
      readonly kind: 'http';
      readonly repository: string;
      readonly name: string;
      readonly version: string;
      readonly digest: string;
    };

export type OwnChart =
  | RegistryChart
  /** Relative to the platform file: `./charts/ours`. */
  | { readonly kind: 'folder'; readonly path: string };

/** An image by its digest. */
export interface ImageReference {
  /** Registry, with its port where it has one. */
  readonly host: string;
  readonly repository: string;
  /** `sha256:` and 64 digits. */
  readonly digest: string;
}

/**
 * Where a region stands among those of its environment when these go one after another; both lists are empty where they go in parallel or
 * there is but one.
 */
export interface Rollout {
  /** Regions that are applied and verified before it begins, the first one first. */
  readonly before: readonly string[];
  /** Regions that wait for it. */
  readonly after: readonly string[];
  /** How long it has to stay healthy before the next one begins; 0 for not at all. */
  readonly pauseMs: number;
}

export interface GpuSmoke {
  readonly level: 'quick' | 'standard';
  /** `registry/repository@sha256:…`; undefined for the one that the action pins. */
  readonly image: string | undefined;
  /** Verdicts that stop a promotion. */
  readonly failOn: readonly ('failed' | 'blocked' | 'inconclusive')[];
}

export interface PlatformImage {
  readonly name: string;
  readonly source: ImageReference;
  /** In the registries of the platform. */
  readonly repository: string;
  readonly tags: readonly string[];
  /** `linux/amd64`: those that it has to have; none asks for none. */
  readonly platforms: readonly string[];
  /** Where the file decides it, below a layer: `images.web`. */
  readonly setting: string;
}

/** A chart that applications use; its version is delivered to their folders. */
export interface PlatformChart {
  readonly name: string;
  readonly source: RegistryChart;
  /** Where the file decides it, below a layer: `charts.redis`. */
  readonly setting: string;
}

export interface Applications {
  /** `contoso/gitops`, on the GitHub server of the run. */
  readonly repository: string;
  readonly branch: string;
  /** Folder of the environment in it. */
  readonly path: string;
  /** How digests get there: as a commit, or as an override in the Application. Versions of charts are committed. */
  readonly delivery: 'git' | 'application';
  /** Argo CD follows the branch by itself, removes what is gone and undoes changes by hand. */
  readonly isAutomatic: boolean;
  /** The folder holds Applications of the team's own; ours is the one over them. */
  readonly hasRoot: boolean;
  /** Its AppProject; on a hub, which has those of other environments too, with the name of environment and region. */
  readonly project: string;
  /** Namespace of Argo CD. */
  readonly argoNamespace: string;
  /** The cluster whose Argo CD deploys into this one; undefined for this one's own. */
  readonly hub: ArgoHub | undefined;
  /** The server that is worked through; undefined for the objects in the cluster. */
  readonly server: ArgoServer | undefined;
  readonly apps: readonly ApplicationSettings[];
  /** Where the file decides it, below a layer. */
  readonly setting: string;
}

export interface ArgoHub {
  /** Azure id of its cluster. */
  readonly id: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
  /** Which its Argo CD signs in to this cluster with; undefined: as its service accounts say. */
  readonly clientId: string | undefined;
  /** Of the identity that its Argo CD works as, for the role over this cluster; undefined where somebody else gives it. */
  readonly objectId: string | undefined;
}

export interface ArgoServer {
  readonly address: string;
  readonly audience: string | undefined;
  readonly connector: string | undefined;
}

export interface ApplicationSettings {
  readonly name: string;
  /** Name of its Application. */
  readonly application: string;
  readonly namespace: string;
  /** Folder in the repository. */
  readonly path: string;
  /** Names of the images that belong to it. */
  readonly images: readonly string[];
  /** Names of the charts that belong to it. */
  readonly charts: readonly string[];
  /** Keys in the values of a Helm chart, by image; without one it is found by the name of the repository. */
  readonly values: Readonly<Record<string, string>>;
  /** Where the file decides it, below a layer: `applications.apps[0]`. */
  readonly setting: string;
}

/** What runs in the cluster and signs in to Azure. */
export type Workload =
  | 'alb-controller'
  | 'cert-manager'
  | 'loki'
  | 'mlflow'
  | 'external-secrets'
  | `secrets-${SecretNamespace}`;

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

export interface Cluster {
  readonly name: string;
  readonly dnsPrefix: string;
  readonly nodeResourceGroup: string;
  /** Name of the control plane's managed identity. */
  readonly identity: string;
  /** Names of role assignments that another tool has made, by what they are for in the modules. */
  readonly roleAssignments: Readonly<Record<string, string>>;
  /** Kubernetes minor, e.g. `1.35`; patches follow the upgrade channel. */
  readonly version: string;
  readonly tier: 'Free' | 'Standard' | 'Premium';
  /** Private API server. Changing it replaces the cluster. */
  readonly private: boolean;
  /** `az aks command invoke`; off in production. */
  readonly runCommand: boolean;
  /** CIDRs that may reach a public API server; empty means any. */
  readonly authorizedRanges: readonly string[];
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly dnsServiceIp: string;
  readonly networkPolicy: 'cilium' | 'azure';
  /** Of a private API server: `System`, `None` or the id of a zone. */
  readonly privateDns: string;
  /** The API server has an address in the network. */
  readonly vnetIntegration: boolean;
  /** A key of the customer's for disks, with the id of its vault. */
  readonly diskEncryption: { readonly key: string; readonly vault: string } | undefined;
  /** When Azure upgrades by itself; undefined: at any time. */
  readonly maintenance: Maintenance | undefined;
  /** Whether this state switches Defender for Containers on for its subscription: the first environment in it does. */
  readonly defenderPlan: boolean;
  readonly upgrades: {
    readonly cluster: 'none' | 'patch' | 'stable' | 'rapid' | 'node-image';
    readonly nodes: 'None' | 'Unmanaged' | 'SecurityPatch' | 'NodeImage';
  };
  readonly pools: {
    readonly system: SystemPool;
    readonly user: WorkerPool | undefined;
    readonly gpu: GpuPool | undefined;
  };
  /** Names of pools that somebody else looks after. */
  readonly poolsLeftAlone: readonly string[];
  readonly features: Features;
}

export interface Pool {
  /** VM size, e.g. `Standard_D4ds_v5`. */
  readonly size: string;
  /** Nodes the autoscaler keeps at least and at most. */
  readonly min: number;
  readonly max: number;
  /** Availability zones; empty means regional. */
  readonly zones: readonly string[];
  readonly osDiskGb: number | undefined;
  readonly osDiskType: 'Managed' | 'Ephemeral';
  readonly hostEncryption: boolean;
  readonly maxPods: number;
  /** `33%` or `1`. */
  readonly surge: string;
  readonly drainMinutes: number;
  readonly soakMinutes: number;
  /** The team's own, beside those that the modules give it. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface SystemPool extends Pool {
  readonly name: string;
  /** Tainted, so that it takes critical add-ons only. */
  readonly dedicated: boolean;
}

/** A pool for workloads. */
export interface WorkerPool extends Pool {
  /** What its name in Azure begins with. */
  readonly name: string;
  /** The team's own, beside those that the modules and Azure give it. */
  readonly taints: readonly Taint[];
  readonly spot: boolean;
  /** One pool for each of `zones`. */
  readonly perZone: boolean;
  readonly color: 'blue' | 'green';
  /** A pool of the other color beside it, while it is replaced. */
  readonly replacement: WorkerPool | undefined;
}

export interface GpuPool extends WorkerPool {
  /** Who installs the driver: AKS (`Install`) or the GPU operator (`None`). Changing it replaces the pool. */
  readonly driver: 'Install' | 'None';
}

export interface Maintenance {
  readonly day: string;
  /** `02:00` */
  readonly start: string;
  readonly hours: number;
  /** `+01:00`, all year. */
  readonly utcOffset: string;
}

export interface Features {
  readonly monitoring: boolean;
  readonly defender: boolean;
  readonly policy: boolean;
  /** Logs of the control plane. */
  readonly diagnostics: boolean;
  /** Azure Monitor workspace for Prometheus metrics. */
  readonly prometheus: boolean;
  /** Standard whose violations Azure Policy reports. */
  readonly podSecurity: 'baseline' | 'restricted' | undefined;
  readonly safeguards: 'Warn' | 'Enforce' | undefined;
  readonly costAnalysis: boolean;
  /** Key Vault Secrets Provider; the interval is Azure's notation, e.g. `2m`. */
  readonly secretsProvider: { readonly rotationInterval: string } | undefined;
  readonly imageCleaner: { readonly intervalHours: number } | undefined;
  readonly csi: { readonly blob: boolean; readonly disk: boolean; readonly file: boolean; readonly snapshot: boolean };
  /** Workload identity with the OIDC issuer. */
  readonly workloadIdentity: boolean;
}
