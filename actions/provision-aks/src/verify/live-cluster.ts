/**
 * What verification needs to know of a cluster that runs, and nothing else. The values are Azure's own words
 * (`Succeeded`, `Running`, `overlay`, `Standard`), ids are kept as Azure writes them, and what Azure leaves out is
 * undefined or empty. Add-ons that are absent are `enabled: false`.
 */
export interface LiveCluster {
  readonly id: string;
  readonly monitoring: { readonly enabled: boolean; readonly workspaceId: string | undefined };
  readonly defender: { readonly enabled: boolean; readonly workspaceId: string | undefined };
  readonly policy: { readonly enabled: boolean };
  readonly secretsProvider: {
    readonly enabled: boolean;
    readonly rotation: boolean;
    /** Azure's notation, e.g. `2m`. */
    readonly rotationInterval: string | undefined;
  };
  readonly imageCleaner: { readonly enabled: boolean; readonly intervalHours: number | undefined };
  readonly workloadIdentity: boolean;
  readonly oidcIssuer: { readonly enabled: boolean; readonly url: string | undefined };
  readonly csi: { readonly blob: boolean; readonly disk: boolean; readonly file: boolean; readonly snapshot: boolean };
  readonly rbac: {
    readonly enabled: boolean;
    /** Entra is managed by AKS. */
    readonly managed: boolean;
    /** Azure RBAC authorises Kubernetes. */
    readonly azureRbac: boolean;
    /** Entra group ids. */
    readonly adminGroups: readonly string[];
  };
  readonly localAccountsDisabled: boolean;
  readonly api: {
    readonly private: boolean;
    readonly runCommandDisabled: boolean;
    /** CIDRs; empty means any address. */
    readonly authorizedRanges: readonly string[];
  };
  readonly network: {
    readonly plugin: string | undefined;
    readonly mode: string | undefined;
    readonly policy: string | undefined;
    readonly dataplane: string | undefined;
    readonly outbound: string | undefined;
  };
  /** Upgrade channels of the cluster and of the node images; Azure may leave out `none`. */
  readonly upgrades: { readonly cluster: string | undefined; readonly nodes: string | undefined };
  readonly tier: string | undefined;
  /** The version that runs, e.g. `1.35.2` (ARM's `currentKubernetesVersion`). */
  readonly version: string | undefined;
  /** The version that Azure was asked for or has moved itself to (ARM's `kubernetesVersion`), e.g. `1.35` or `1.35.2`. */
  readonly heldVersion: string | undefined;
  readonly provisioningState: string | undefined;
  readonly powerState: string | undefined;
  /** Type of the control plane's identity: `UserAssigned` or `SystemAssigned`. */
  readonly identityType: string | undefined;
  readonly nodeResourceGroup: string | undefined;
  /** Pod identity, which workload identity replaced. */
  readonly podIdentity: boolean;
  readonly pools: readonly LivePool[];
}

export interface LivePool {
  readonly name: string;
  /** `System` or `User`. */
  readonly mode: string | undefined;
  readonly size: string | undefined;
  readonly autoscaling: boolean;
  /** Bounds of the autoscaler; undefined when it is off. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** As Kubernetes writes them: `key=value:Effect`. */
  readonly taints: readonly string[];
  readonly zones: readonly string[];
  /** Who installs the GPU driver: `Install` or `None`; undefined where Azure says nothing. */
  readonly gpuDriver: string | undefined;
  /** The version that runs, e.g. `1.35.2` (ARM's `currentOrchestratorVersion`). */
  readonly version: string | undefined;
  /** The version that Azure was asked for or has moved itself to (ARM's `orchestratorVersion`). */
  readonly heldVersion: string | undefined;
  readonly provisioningState: string | undefined;
  readonly powerState: string | undefined;
}
