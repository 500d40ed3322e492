/**
 * What verification needs to know of a cluster that runs, and nothing else. Values are Azure's own words (`Succeeded`,
 * `Running`, `overlay`, `Standard`), ids are kept as Azure writes them, a feature that is off is undefined or false, and
 * undefined otherwise means that Azure did not say.
 */
export interface LiveCluster {
  readonly provisioningState: string | undefined;
  readonly powerState: string | undefined;
  /** The version that runs, e.g. `1.35.2`. */
  readonly version: string | undefined;
  readonly tier: string | undefined;
  readonly nodeResourceGroup: string | undefined;
  /** Type of the control plane's identity: `UserAssigned` or `SystemAssigned`. */
  readonly identity: string | undefined;
  readonly private: boolean;
  readonly runCommand: boolean;
  /** CIDRs; empty means any address. */
  readonly authorizedRanges: readonly string[];
  readonly localAccounts: boolean;
  readonly rbac: boolean;
  /** Azure RBAC authorises Kubernetes. */
  readonly azureRbac: boolean;
  /** Entra is managed by AKS. */
  readonly entra: boolean;
  /** Entra group ids. */
  readonly admins: readonly string[];
  readonly network: {
    readonly plugin: string | undefined;
    readonly pluginMode: string | undefined;
    readonly policy: string | undefined;
    readonly dataplane: string | undefined;
    readonly outboundType: string | undefined;
  };
  readonly upgrades: { readonly cluster: string | undefined; readonly nodes: string | undefined };
  readonly features: {
    /** Container Insights and Defender with the ids of their workspaces. */
    readonly monitoring: { readonly workspace: string | undefined } | undefined;
    readonly defender: { readonly workspace: string | undefined } | undefined;
    readonly policy: boolean;
    readonly secretsProvider:
      | {
          readonly rotation: boolean;
          /** Azure's notation, e.g. `2m`. */
          readonly rotationInterval: string | undefined;
        }
      | undefined;
    readonly imageCleaner: { readonly intervalHours: number | undefined } | undefined;
    readonly csi: {
      readonly blob: boolean;
      readonly disk: boolean;
      readonly file: boolean;
      readonly snapshot: boolean;
    };
    readonly workloadIdentity: boolean;
    readonly oidcIssuer: { readonly url: string | undefined } | undefined;
    /** Pod identity, which workload identity replaced. */
    readonly podIdentity: boolean;
  };
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
  readonly zones: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** As Kubernetes writes them: `key=value:Effect`. */
  readonly taints: readonly string[];
  /** Who installs the GPU driver: `Install` or `None`. */
  readonly gpuDriver: string | undefined;
  /** The version that runs, e.g. `1.35.2`. */
  readonly version: string | undefined;
  readonly provisioningState: string | undefined;
  readonly powerState: string | undefined;
}
