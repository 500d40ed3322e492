import type { Clock } from '@suite/foundation';
import type { WorldRequest, WorldResponse } from '../../network/http.ts';
import type { AccessControl } from '../access.ts';
import type { StorageAccounts } from '../blob-store.ts';
import type { Directory } from '../directory.ts';
import type { AccessToken } from '../tokens.ts';
import type { Body } from './body.ts';
import type { Conditions } from './conditions.ts';
import type { Operations } from './operations.ts';
import type { RegistryImages } from './registry-images.ts';
import type { Resource, ResourceStore } from './store.ts';

/** What the parts of the resource manager share. */
export interface ArmContext {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly access: AccessControl;
  readonly accounts: StorageAccounts;
  readonly images: RegistryImages;
  readonly store: ResourceStore;
  readonly operations: Operations;
  /** Tenants by subscription id in lower case. */
  readonly subscriptions: ReadonlyMap<string, string>;
  /** Cores by `subscription/location/family` in lower case; what is not named has Azure's usual limit (compute/quota.ts). */
  readonly quotas: ReadonlyMap<string, number>;
  /** Regions that subscriptions see. */
  readonly locations: readonly string[];
  readonly conditions: Conditions;
  /** PEM of the authority that the world's servers are trusted by. */
  readonly authorityCertificate: string;
  /** Seconds that `Retry-After` asks for between polls. */
  readonly retryAfter: number;
  /** Creates or replaces on Azure's own account, at once: no rights asked, no operation started. */
  create(id: string, body: Body): Resource;
  /** Removes a resource with everything under it, at once. */
  remove(resource: Resource): void;
}

export interface PutCall {
  readonly context: ArmContext;
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  /** In lower case. */
  readonly subscription: string;
  /** Name of the resource group; empty for what stands outside of groups. */
  readonly group: string;
  readonly sent: Readonly<Body>;
  readonly existing?: Resource;
  /** Who asks; absent when Azure itself does. */
  readonly caller?: AccessToken;
}

export interface ActionCall {
  readonly context: ArmContext;
  readonly resource: Resource;
  readonly request: WorldRequest;
  readonly caller: AccessToken;
}

/** Another resource that a body names: it must exist, and the caller must hold the right to use it. */
export interface Link {
  readonly id: string;
  /** `Microsoft.Network/virtualNetworks/subnets/join/action` */
  readonly action: string;
}

/** What tells a type from a store that echoes. Everything is optional: without any of it a type just echoes. */
export interface TypeBehaviour {
  readonly type: string;
  /** What answers before it is done. */
  readonly longRunning?: readonly ('put' | 'patch' | 'delete')[];
  /** Status of a PUT that creates; 201 unless said otherwise. */
  readonly createdStatus?: 200 | 201;
  /** Status of a PUT that changes; 200 unless said otherwise. */
  readonly changedStatus?: 201;
  /** Status of every PUT and PATCH that goes on after its answer, where Azure says no more than "accepted". */
  readonly startedStatus?: 202;
  /** Errors without the `error` around them. */
  readonly isBare?: boolean;
  /** Has a location of its own. */
  readonly isTracked?: boolean;
  /** Shows no `provisioningState`. */
  readonly isStateless?: boolean;
  readonly links?: (sent: Readonly<Body>) => readonly Link[];
  /** Refuses a PUT by throwing. */
  readonly check?: (call: PutCall) => void;
  /** The body as Azure keeps it: what was sent, completed. */
  readonly fill?: (call: PutCall) => Body;
  /** Consequences of a PUT elsewhere. */
  readonly stored?: (resource: Resource, call: PutCall) => void;
  /** The body as it is shown; the stored one by default. */
  readonly view?: (resource: Resource, context: ArmContext) => Body;
  /** Refuses a DELETE by throwing. */
  readonly checkDelete?: (resource: Resource, context: ArmContext, caller: AccessToken) => void;
  /** Refuses while something else is under way, besides an operation on the resource itself. */
  readonly checkBusy?: (id: string, context: ArmContext) => void;
  readonly removed?: (resource: Resource, context: ArmContext) => void;
  /** POST actions by name in lower case. */
  readonly actions?: Readonly<Record<string, (call: ActionCall) => WorldResponse | Promise<WorldResponse>>>;
}

/** The body as it is shown, provisioning state included. */
export function show(resource: Resource, behaviour: TypeBehaviour | undefined, context: ArmContext): Body {
  const body = behaviour?.view?.(resource, context) ?? resource.body;
  return { id: resource.id, name: resource.name, type: resource.type, ...body };
}
