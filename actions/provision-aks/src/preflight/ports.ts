/** What preflight needs to know, and of whom it asks it. The answers are those of one subscription. */
export type Answer<T> =
  | { readonly known: true; readonly value: T }
  /** Nobody could say: `why` is a sentence. Never taken for a good answer. */
  | { readonly known: false; readonly why: string; readonly remedy?: string };

/** Asks Azure without changing anything. Each question is bounded in time and never throws for what Azure does. */
export interface PreflightReader {
  sizes(location: string, names: readonly string[]): Promise<Answer<readonly VmSize[]>>;
  usages(location: string): Promise<Answer<readonly Usage[]>>;
  minors(location: string): Promise<Answer<readonly OfferedMinor[]>>;
  /** Undefined when there is no such cluster. */
  upgrades(clusterId: string): Promise<Answer<Upgrades | undefined>>;
  provider(namespace: string): Promise<Answer<ResourceProvider>>;
  /** State of a feature flag: `Registered`, … */
  feature(feature: { readonly namespace: string; readonly name: string }): Promise<Answer<string>>;
  name(service: NamedService, name: string): Promise<Answer<NameAnswer>>;
  deletedVault(location: string, name: string): Promise<Answer<DeletedVault | undefined>>;
  /** `scope`: a group that exists, or the subscription. */
  restrictions(scope: string, resource: PartialResource): Promise<Answer<PolicyRestrictions>>;
  /** Object id of a user-assigned identity; undefined when the subscription has none with this client id. */
  principal(clientId: string): Promise<Answer<string | undefined>>;
  /** Its roles in a subscription, above it and below it. */
  grants(principal: string, subscription: string): Promise<Answer<readonly Grant[]>>;
  denials(subscription: string): Promise<Answer<readonly Denial[]>>;
  /** What the caller itself may do; undefined when there is no such scope. */
  ownPermissions(scope: string): Promise<Answer<readonly Permission[] | undefined>>;
  /** The body of a resource; undefined when there is none. */
  resource(id: string, apiVersion: string): Promise<Answer<unknown>>;
}

/** Connects to the host as the runner does, proxy and all. Undefined when it is reached, else why not, as a clause. */
export type Reach = (host: string) => Promise<string | undefined>;

export interface VmSize {
  readonly name: string;
  /** What quotas count by. */
  readonly family: string;
  readonly cores: number | undefined;
  readonly gpus: number;
  /** Restricted ones included. */
  readonly zones: readonly string[];
  readonly restrictions: readonly {
    readonly of: 'location' | 'zones';
    readonly zones: readonly string[];
    readonly reason: string;
  }[];
  readonly encryptionAtHost: boolean;
  /** Largest system disk on the host in GiB; undefined where the size takes none. */
  readonly ephemeralGb: number | undefined;
}

export interface Usage {
  /** `cores`, `lowPriorityCores` or a family. */
  readonly name: string;
  readonly title: string;
  readonly current: number;
  readonly limit: number;
}

export interface OfferedMinor {
  readonly minor: string;
  readonly preview: boolean;
  readonly supportPlans: readonly string[];
  readonly patches: readonly string[];
}

export interface Upgrades {
  /** Full version of the control plane. */
  readonly version: string;
  readonly to: readonly string[];
}

export interface ResourceProvider {
  readonly namespace: string;
  readonly state: string;
  /** Short locations by resource type in lower case. */
  readonly locations: Readonly<Record<string, readonly string[]>>;
}

export type NamedService = 'registry' | 'vault' | 'storage';

export interface NameAnswer {
  readonly available: boolean;
  readonly reason: string;
  readonly message: string;
}

export interface DeletedVault {
  readonly id: string;
  readonly purgeProtection: boolean;
  /** ISO 8601 */
  readonly purgedAt: string | undefined;
}

export interface PartialResource {
  readonly type: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface PolicyRestrictions {
  readonly violations: readonly {
    readonly policy: PolicyName;
    /** In lower case; empty when Azure does not say. */
    readonly effect: string;
    /** Fields that the policy looked at. */
    readonly fields: readonly string[];
    readonly reason: string;
  }[];
  readonly fields: readonly {
    readonly field: string;
    readonly policy: PolicyName;
    readonly effect: string;
    readonly result: 'required' | 'denied' | 'other';
    /** Empty: any value. */
    readonly values: readonly string[];
    /** What the policy itself puts there. */
    readonly fallback: string | undefined;
    readonly reason: string;
  }[];
}

export interface PolicyName {
  readonly assignment: string;
  readonly definition: string;
}

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

export interface Grant {
  readonly scope: string;
  readonly role: string;
  readonly permissions: readonly Permission[];
  readonly condition: string | undefined;
}

export interface Denial {
  readonly name: string;
  readonly scope: string;
  readonly permissions: readonly Permission[];
  /** Object ids in lower case; all zeros is everybody. */
  readonly principals: readonly string[];
  readonly excluded: readonly string[];
  /** It concerns groups, whose members are not known here. */
  readonly groups: boolean;
  readonly condition: string | undefined;
}
