import { type KubernetesVersions, offeredVersions } from './types/kubernetes-versions.ts';

export type RegistrationState = 'Registered' | 'Registering' | 'NotRegistered';

/** A VM size that a subscription cannot have in a region, or not in some of its zones. */
export interface SizeRestriction {
  readonly subscription: string;
  readonly location: string;
  readonly size: string;
  /** Absent for the whole region. */
  readonly zones?: readonly string[];
  readonly reason: 'NotAvailableForSubscription' | 'QuotaId';
}

/** A policy with effect deny: what it applies to, and what it then wants. */
export interface PolicyDenial {
  /** Where it is assigned: subscription or resource group id. */
  readonly scope: string;
  /** Names of assignment and definition. */
  readonly assignment: string;
  readonly definition: string;
  readonly displayName: string;
  /** Resource types that it looks at; all when absent. */
  readonly types?: readonly string[];
  /** The only locations that it allows. */
  readonly locations?: readonly string[];
  /** Tags that every resource must have. */
  readonly requiredTags?: readonly string[];
}

/** One entry of the activity log. */
export interface ActivityRecord {
  readonly resourceId: string;
  /** A person's name, or the object id of whatever else acted. */
  readonly caller: string;
  /** Of the application or identity that it was done with. */
  readonly clientId?: string;
  /** `Microsoft.ContainerService/managedClusters/write` */
  readonly operation: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `Succeeded` by default. */
  readonly status?: string;
}

/** What Azure's answers depend on besides resources and roles. Empty means a subscription where everything is allowed. */
export interface Conditions {
  readonly restrictions: SizeRestriction[];
  readonly denials: PolicyDenial[];
  readonly activity: ActivityRecord[];
  /** By `subscription/namespace` in lower case. */
  readonly providers: Map<string, RegistrationState>;
  /** By `subscription/namespace/feature` in lower case. */
  readonly features: Map<string, RegistrationState>;
  /** `type/name` in lower case: names that somebody elsewhere in the world has. */
  readonly takenNames: Set<string>;
  /** Kinds of resource that a region does not have yet: `location/type` in lower case. */
  readonly missingTypes: Set<string>;
  versions: KubernetesVersions;
}

export function createConditions(): Conditions {
  return {
    restrictions: [],
    denials: [],
    activity: [],
    providers: new Map(),
    features: new Map(),
    takenNames: new Set(),
    missingTypes: new Set(),
    versions: offeredVersions,
  };
}
