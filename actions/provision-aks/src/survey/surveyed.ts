import { asArray, asObject, asString, type JsonObject, UserError } from '@suite/foundation';
import type { Egress } from '@suite/platform-file';
import type { LiveCluster, LivePool } from '../verify/live-cluster.ts';
import type { Assignment, Reach, Sight } from './uses.ts';

/** Where a cluster is. */
export interface ClusterId {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** A cluster as it runs, whoever made it, and what belongs to it. */
export interface Surveyed {
  readonly id: ClusterId;
  readonly live: LiveCluster;
  /** What the resource manager says of it; `live` is read from that. */
  readonly body: JsonObject;
  readonly surroundings: Surroundings;
  /** Its maintenance configurations by name. */
  readonly maintenance: Readonly<Record<string, JsonObject>>;
}

/** What a cluster stands on, as far as it can be seen. */
export interface Surroundings {
  /** Roles of its control plane. */
  readonly controlPlane: readonly Assignment[];
  /** What its nodes pull from. */
  readonly registry: Reach;
  /** What its Secrets Provider reads. */
  readonly vault: Reach;
  /** Vaults that let the Secrets Provider in by a policy of their own instead of a role. */
  readonly policyVaults: readonly string[];
  /** Subnets of its network that are made ready for Application Gateway for Containers. */
  readonly gatewaySubnets: Sight<readonly string[]>;
}

const clusterIds =
  /^\/subscriptions\/([0-9a-f-]{36})\/resourceGroups\/([^/]{1,90})\/providers\/Microsoft\.ContainerService\/managedClusters\/([^/]{1,63})$/i;

/** Undefined for what is no cluster's id. */
export function parseClusterId(text: string): ClusterId | undefined {
  const [, subscription, resourceGroup, name] = clusterIds.exec(text) ?? [];
  if (subscription === undefined || resourceGroup === undefined || name === undefined) return undefined;
  return { subscription: subscription.toLowerCase(), resourceGroup, name };
}

/** Throws where the cluster and the scope that is to adopt it lie in different places. */
export function requirePlace(
  { name, subscription }: ClusterId,
  view: { readonly scope: string; readonly subscription: string },
): void {
  if (subscription === view.subscription) return;
  throw new UserError({
    message: `names ${name} in the subscription ${subscription}, but ${view.scope} is in ${view.subscription}. Nothing was touched.`,
    location: { kind: 'input', name: 'cluster' },
    remedy: `Name a cluster of that subscription, or write \`subscription: ${subscription}\` for the environment and bootstrap again.`,
  });
}

export function requireLocation(
  { name }: ClusterId,
  location: string | undefined,
  view: { readonly scope: string; readonly region: string },
): void {
  const is = location?.toLowerCase().replaceAll(' ', '');
  if (is === view.region) return;
  throw new UserError({
    message: `names ${name} in ${is}, but ${view.scope} is in ${view.region}. Nothing was touched.`,
    location: { kind: 'input', name: 'cluster' },
    remedy: `A resource stays where it was made: write \`location: ${is}\` for the environment and bootstrap again.`,
  });
}

const egresses: Readonly<Record<string, Egress['kind']>> = {
  loadBalancer: 'load-balancer',
  userAssignedNATGateway: 'nat-gateway',
  userDefinedRouting: 'user-defined',
};

/** Undefined for a way out that the modules do not know. */
export function egressOf(outboundType: string | undefined): Egress['kind'] | undefined {
  return egresses[outboundType ?? ''];
}

export function isLinux(properties: JsonObject, pool: string): boolean {
  const profile = profilesOf(properties).find(({ name }) => name === pool);
  return (asString(profile?.['osType']) ?? 'Linux') === 'Linux';
}

/** The one that azurerm takes for the cluster's own part: the first in Azure's order. */
export function systemPoolOf({ pools }: LiveCluster, properties: JsonObject): LivePool | undefined {
  const first = profilesOf(properties).find(
    ({ name, mode }) => mode === 'System' && typeof name === 'string' && isLinux(properties, name),
  );
  return pools.find(({ name }) => name === first?.['name']);
}

export function profilesOf(properties: JsonObject): readonly JsonObject[] {
  return asArray(properties['agentPoolProfiles']).map(asObject);
}
