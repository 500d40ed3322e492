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
  /** Ids of the control plane's identities. */
  readonly identityIds: readonly string[];
  /** Object id of the identity of the nodes. */
  readonly kubelet: string | undefined;
  readonly private: boolean;
  /** The API server has a name in public DNS. */
  readonly publicName: boolean;
  /** Of a private API server: `system`, `none` or the id of a zone. */
  readonly privateDns: string | undefined;
  /** The API server has an address in this subnet; undefined without. */
  readonly vnetIntegration: { readonly subnet: string | undefined } | undefined;
  /** Id of the disk encryption set. */
  readonly diskEncryptionSet: string | undefined;
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
    readonly loadBalancerSku: string | undefined;
    readonly podCidr: string | undefined;
    readonly serviceCidr: string | undefined;
    readonly dnsServiceIp: string | undefined;
  };
  readonly upgrades: { readonly cluster: string | undefined; readonly nodes: string | undefined };
  readonly features: {
    /** Container Insights and Defender with the ids of their workspaces; `entra`: without a key. */
    readonly monitoring: { readonly workspace: string | undefined; readonly entra: boolean } | undefined;
    readonly prometheus: boolean;
    readonly costAnalysis: boolean;
    readonly defender: { readonly workspace: string | undefined } | undefined;
    readonly policy: boolean;
    readonly secretsProvider:
      | {
          readonly rotation: boolean;
          /** Azure's notation, e.g. `2m`. */
          readonly rotationInterval: string | undefined;
          /** Object id of its identity. */
          readonly principal: string | undefined;
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
    /** `Istio` or `Disabled`. */
    readonly serviceMesh: string | undefined;
    /** `Standard` where AKS installs the Gateway API, else `Disabled`. */
    readonly gatewayApi: string | undefined;
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
  /** `Spot` or `Regular`. */
  readonly priority: string | undefined;
  readonly osDiskGb: number | undefined;
  /** `Managed` or `Ephemeral`. */
  readonly osDiskType: string | undefined;
  readonly hostEncryption: boolean;
  readonly maxPods: number | undefined;
  readonly upgrade: {
    /** `33%` or `1`. */
    readonly surge: string | undefined;
    readonly drainMinutes: number | undefined;
    readonly soakMinutes: number | undefined;
  };
  /** Id of its subnet. */
  readonly subnet: string | undefined;
  /** The version that runs, e.g. `1.35.2`. */
  readonly version: string | undefined;
  readonly provisioningState: string | undefined;
  readonly powerState: string | undefined;
}
