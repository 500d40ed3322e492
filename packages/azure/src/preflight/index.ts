import type { TokenCredential } from '@azure/core-auth';
import { type ArmOptions, readAction } from '../resource-reader.ts';
import type { Answer } from './answer.ts';
import { createArm } from './arm.ts';
import { readSizes, readUsages, type Usage, type VmSize } from './compute.ts';
import { type OfferedMinor, readMinors, readUpgrades, type Upgrades } from './kubernetes.ts';
import { checkName, type DeletedVault, findDeletedVault, type NameAnswer, type NamedService } from './names.ts';
import { type PartialResource, type PolicyRestrictions, readRestrictions } from './policy.ts';
import { type ResourceProvider, readFeature, readProvider } from './providers.ts';
import {
  type Denial,
  findPrincipal,
  type Grant,
  type Permission,
  readDenials,
  readGrants,
  readOwnPermissions,
} from './rights.ts';

export type { Answer } from './answer.ts';
export type { Restriction, Usage, VmSize } from './compute.ts';
export type { OfferedMinor, Upgrades } from './kubernetes.ts';
export type { DeletedVault, NameAnswer, NamedService } from './names.ts';
export type { PartialResource, PolicyName, PolicyRestrictions } from './policy.ts';
export type { ResourceProvider } from './providers.ts';
export type { Denial, Grant, Permission } from './rights.ts';

/**
 * What the resource manager knows before anything is made. Every question is a read for which the role Reader is enough,
 * takes at most some seconds, and is answered by "not known, because …" rather than by an error.
 */
export interface PreflightReader {
  sizes(location: string, names: readonly string[]): Promise<Answer<readonly VmSize[]>>;
  usages(location: string): Promise<Answer<readonly Usage[]>>;
  minors(location: string): Promise<Answer<readonly OfferedMinor[]>>;
  /** Undefined when there is no such cluster. */
  upgrades(clusterId: string): Promise<Answer<Upgrades | undefined>>;
  provider(namespace: string): Promise<Answer<ResourceProvider>>;
  feature(feature: { readonly namespace: string; readonly name: string }): Promise<Answer<string>>;
  name(service: NamedService, name: string): Promise<Answer<NameAnswer>>;
  deletedVault(location: string, name: string): Promise<Answer<DeletedVault | undefined>>;
  /** `scope`: a group that exists, or the subscription. */
  restrictions(scope: string, resource: PartialResource): Promise<Answer<PolicyRestrictions>>;
  /** Object id of the user-assigned identity with this client id; undefined when the subscription has none. */
  principal(clientId: string): Promise<Answer<string | undefined>>;
  /** Its roles in a subscription, above it and below it. */
  grants(principal: string, subscription: string): Promise<Answer<readonly Grant[]>>;
  denials(subscription: string): Promise<Answer<readonly Denial[]>>;
  /** What the caller itself may do; undefined when there is no such scope. */
  ownPermissions(scope: string): Promise<Answer<readonly Permission[] | undefined>>;
  /** The body of a resource; undefined when there is none. */
  resource(id: string, apiVersion: string): Promise<Answer<unknown>>;
}

export function createPreflightReader(
  credential: TokenCredential,
  options: ArmOptions & { readonly subscription: string },
): PreflightReader {
  const { subscription } = options;
  const arm = createArm(credential, options);
  return {
    sizes: (location, names) => readSizes(arm, subscription, location, names),
    usages: location => readUsages(arm, subscription, location),
    minors: location => readMinors(arm, subscription, location),
    upgrades: clusterId => readUpgrades(arm, clusterId),
    provider: namespace => readProvider(arm, subscription, namespace),
    feature: feature => readFeature(arm, subscription, feature),
    name: (service, name) => checkName(arm, subscription, service, name),
    deletedVault: (location, name) => findDeletedVault(arm, subscription, location, name),
    restrictions: (scope, resource) => readRestrictions(arm, scope, resource),
    principal: clientId => findPrincipal(arm, subscription, clientId),
    grants: (principal, where) => readGrants(arm, where, principal),
    denials: where => readDenials(arm, where),
    ownPermissions: scope => readOwnPermissions(arm, scope),
    resource: (id, apiVersion) =>
      arm.find(
        { path: id, apiVersion, doing: `looking for ${id}`, right: { action: readAction(id), scope: id } },
        body => body,
      ),
  };
}
