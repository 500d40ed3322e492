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
  /** Azure location, e.g. `westeurope`; names the region of an environment. */
  readonly region: string;
  /** Entra tenant id. */
  readonly tenant: string;
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
}

export interface SharedScope extends Scope {
  readonly kind: 'shared';
  readonly logs: Created<{ readonly name: string; readonly retentionDays: number }> | Existing;
}

export interface EnvironmentScope extends Scope {
  readonly kind: 'environment';
  /** Place in the order of promotion, from 0. */
  readonly order: number;
  /** Why nothing may be promoted into it now; absent when it is open. */
  readonly hold?: string;
  /** Entra group ids that administer the cluster. */
  readonly admins: readonly string[];
  /** The shared workspace: found by name as a data source, or used by id. */
  readonly logs: LogsReference;
  readonly network: Network;
  readonly registry: Registry;
  readonly cluster: Cluster;
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
      readonly subnets: Readonly<Record<Zone, { readonly name: string; readonly cidr: string }>>;
    }>
  /** An existing VNet with existing subnets; only `compute` is needed by what this state makes. */
  | (Existing & { readonly subnets: Readonly<{ compute: string } & Partial<Record<Zone, string>>> });

export type Registry =
  | Created<{ readonly name: string; readonly publicAccess: boolean; readonly zoneRedundant: boolean }>
  | Existing;

export interface Cluster {
  readonly name: string;
  readonly dnsPrefix: string;
  readonly nodeResourceGroup: string;
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
  readonly upgrades: {
    readonly cluster: 'none' | 'patch' | 'stable' | 'rapid' | 'node-image';
    readonly nodes: 'None' | 'Unmanaged' | 'SecurityPatch' | 'NodeImage';
  };
  readonly pools: { readonly system: Pool; readonly user: Pool | undefined; readonly gpu: GpuPool | undefined };
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
}

export interface GpuPool extends Pool {
  /** Who installs the driver: AKS (`Install`) or the GPU operator (`None`). Changing it replaces the pool. */
  readonly driver: 'Install' | 'None';
}

export interface Features {
  readonly monitoring: boolean;
  readonly defender: boolean;
  readonly policy: boolean;
  /** Key Vault Secrets Provider; the interval is Azure's notation, e.g. `2m`. */
  readonly secretsProvider: { readonly rotationInterval: string } | undefined;
  readonly imageCleaner: { readonly intervalHours: number } | undefined;
  readonly csi: { readonly blob: boolean; readonly disk: boolean; readonly file: boolean; readonly snapshot: boolean };
  /** Workload identity with the OIDC issuer. */
  readonly workloadIdentity: boolean;
}
