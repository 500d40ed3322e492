/**
 * A managed cluster as it runs, in our words: flat, with every switch a boolean and every list present, so that it can be
 * compared with what the platform file asks for. Undefined means that Azure did not say.
 */
export interface LiveCluster {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly provisioningState: string | undefined;
  /** `Running` or `Stopped`. */
  readonly powerState: string | undefined;
  /** Full version that runs, e.g. `1.35.2`. */
  readonly version: string | undefined;
  readonly tier: string | undefined;
  readonly dnsPrefix: string | undefined;
  readonly nodeResourceGroup: string | undefined;
  /** Host of the API server that nodes and people use: the private one if there is one. */
  readonly host: string | undefined;
  readonly identity: 'SystemAssigned' | 'UserAssigned' | 'None';
  /** Ids of the identities of the control plane. */
  readonly identityIds: readonly string[];
  /** Object id of the identity of the nodes. */
  readonly kubelet: string | undefined;
  readonly private: boolean;
  /** The API server has a name in public DNS: always, unless it is private. */
  readonly publicName: boolean;
  /** Of a private API server: `system`, `none` or the id of a zone. */
  readonly privateDns: string | undefined;
  /** The API server has an address in this subnet; undefined without. */
  readonly vnetIntegration: { readonly subnet: string | undefined } | undefined;
  readonly runCommand: boolean;
  readonly authorizedRanges: readonly string[];
  /** Id of the disk encryption set; undefined where Azure's own keys encrypt. */
  readonly diskEncryptionSet: string | undefined;
  readonly localAccounts: boolean;
  readonly rbac: boolean;
  /** Kubernetes rights through Azure roles. */
  readonly azureRbac: boolean;
  readonly entra: boolean;
  /** Entra group ids. */
  readonly admins: readonly string[];
  readonly network: LiveNetwork;
  readonly upgrades: { readonly cluster: string; readonly nodes: string | undefined };
  readonly features: LiveFeatures;
  readonly pools: readonly LivePool[];
}

export interface LiveNetwork {
  readonly plugin: string | undefined;
  readonly pluginMode: string | undefined;
  readonly policy: string | undefined;
  readonly dataplane: string | undefined;
  readonly outboundType: string | undefined;
  readonly loadBalancerSku: string | undefined;
  readonly podCidr: string | undefined;
  readonly serviceCidr: string | undefined;
  readonly dnsServiceIp: string | undefined;
}

export interface LiveFeatures {
  /** Container Insights, the workspace it writes to, and whether it signs in by Entra instead of a key. */
  readonly monitoring: { readonly workspace: string | undefined; readonly entra: boolean } | undefined;
  /** Prometheus metrics to an Azure Monitor workspace. */
  readonly prometheus: boolean;
  readonly costAnalysis: boolean;
  readonly defender: { readonly workspace: string | undefined } | undefined;
  readonly policy: boolean;
  /** Key Vault Secrets Provider. */
  readonly secretsProvider:
    | {
        readonly rotation: boolean;
        readonly rotationInterval: string | undefined;
        /** Object id of its identity. */
        readonly principal: string | undefined;
      }
    | undefined;
  readonly imageCleaner: { readonly intervalHours: number | undefined } | undefined;
  readonly csi: { readonly blob: boolean; readonly disk: boolean; readonly file: boolean; readonly snapshot: boolean };
  readonly workloadIdentity: boolean;
  readonly oidcIssuer: { readonly url: string | undefined } | undefined;
  /** The predecessor of workload identity, which must be off. */
  readonly podIdentity: boolean;
  /** `Istio` or `Disabled`. */
  readonly serviceMesh: string | undefined;
  /** `Standard` where AKS installs the Gateway API, else `Disabled`. */
  readonly gatewayApi: string | undefined;
}

export interface LivePool {
  readonly name: string;
  /** `System` or `User`. */
  readonly mode: string | undefined;
  readonly size: string | undefined;
  readonly autoscaling: boolean;
  readonly count: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly zones: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
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
  /** Id of the subnet. */
  readonly subnet: string | undefined;
  /** Who installs GPU drivers: `Install` (AKS) or `None`. */
  readonly gpuDriver: string | undefined;
  /** What becomes of machines that the pool needs no longer: `Delete` or `Deallocate`. */
  readonly scaleDownMode: string | undefined;
  readonly version: string | undefined;
  readonly provisioningState: string | undefined;
  readonly powerState: string | undefined;
}
