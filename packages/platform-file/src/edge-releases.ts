import type { JsonObject } from '@suite/foundation';
import type { ReleaseSettings } from './release-settings.ts';

/** The way in from the Internet, and what every namespace stands on. */
export type EdgeRelease =
  | 'gateway-api-crds'
  | 'alb-controller'
  | 'gateway'
  | 'routes'
  | 'namespaces'
  | 'network-policies'
  | 'storage-classes';

/** Undefined for what is off. */
export interface EdgeReleases {
  readonly gatewayApi: GatewayApiRelease | undefined;
  readonly albController: ReleaseSettings | undefined;
  readonly gateway: GatewayRelease | undefined;
  readonly routes: RoutesRelease | undefined;
  readonly namespaces: NamespacesRelease | undefined;
  readonly networkPolicies: NetworkPoliciesRelease | undefined;
  readonly storageClasses: StorageClassesRelease | undefined;
}

/** A release whose chart comes with the action. */
export interface OwnChartSettings {
  readonly values: JsonObject;
  /** Where the file decides it, below a layer: `releases.gateway`. */
  readonly setting: string;
}

export interface GatewayApiRelease extends OwnChartSettings {
  /** Who brings the kinds of Gateway API. */
  readonly owner: 'platform' | 'aks';
}

export interface GatewayRelease extends OwnChartSettings {
  /** A ClusterIssuer of the release `issuers`. */
  readonly issuer: 'letsencrypt-prod' | 'letsencrypt-staging' | 'selfsigned';
  /** Further namespaces whose routes it takes. */
  readonly namespaces: readonly string[];
}

export interface RoutesRelease extends OwnChartSettings {
  readonly argoCd: boolean;
  readonly grafana: 'auto' | boolean;
  readonly prometheus: boolean;
  readonly jaeger: boolean;
}

export interface NamespaceQuota {
  readonly cores: number | undefined;
  /** Kubernetes quantities: `64Gi`. */
  readonly memory: string | undefined;
  readonly pods: number | undefined;
  readonly gpus: number | undefined;
  readonly storage: string | undefined;
  readonly claims: number | undefined;
}

export interface NamespaceLimit {
  /** What is asked for where a container says nothing: `10m`. */
  readonly cpu: string;
  readonly memory: string;
  readonly memoryLimit: string | undefined;
}

export interface NamespacesRelease extends OwnChartSettings {
  /** Of namespaces that are not among `limits`. */
  readonly usual: NamespaceLimit;
  /** By namespace. */
  readonly quotas: Readonly<Record<string, NamespaceQuota>>;
  readonly limits: Readonly<Record<string, NamespaceLimit>>;
}

export interface NetworkPoliciesRelease extends OwnChartSettings {
  /** Namespaces of own releases that are closed too. */
  readonly namespaces: readonly string[];
}

export interface StorageClassesRelease extends OwnChartSettings {
  /** Disks outlive their claims. */
  readonly retain: boolean;
}
