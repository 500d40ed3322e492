import { at, type Body, list, properties, text } from '../body.ts';
import { sameId } from '../ids.ts';
import type { Link, PutCall } from '../type.ts';
import { aksRefusal, longTermOnly, propertyFixed, unsupportedVersion, upgradeRefused } from './aks-refusals.ts';
import { defaultVersion, minorOf, resolveVersion, upgradesFrom } from './kubernetes-versions.ts';
import { judgeSkew } from './pool-rules.ts';

const joinSubnet = 'Microsoft.Network/virtualNetworks/subnets/join/action';

/** What a cluster names besides the subnets of its pools. */
export function clusterLinks(cluster: Readonly<Body>): readonly Link[] {
  const named = (id: unknown, action: string): Link[] => {
    const found = text(id);
    return found?.startsWith('/') ? [{ id: found, action }] : [];
  };
  const access = at(cluster, 'apiServerAccessProfile');
  return [
    ...named(access['subnetId'], joinSubnet),
    ...named(access['privateDNSZone'], 'Microsoft.Network/privateDnsZones/read'),
    ...named(cluster['diskEncryptionSetID'], 'Microsoft.Compute/diskEncryptionSets/read'),
  ];
}

/** Refuses by throwing what AKS refuses of a cluster as a whole. */
export function judgeCluster(call: PutCall, pools: readonly Readonly<Body>[]): void {
  judgeVersion(call);
  judgeApiServer(call);
  judgePrivateZone(call);
  judgeOutbound(call, pools);
}

function judgeVersion({ context, id, name, existing, sent }: PutCall): void {
  const { versions } = context.conditions;
  const before = properties(existing?.body);
  const version = text(properties(sent)['kubernetesVersion']) ?? text(before['kubernetesVersion']) ?? defaultVersion;
  const current = text(before['currentKubernetesVersion']);
  // What runs goes on, though nobody could have it any more.
  if (current !== undefined && [current, minorOf(current)].includes(version)) return;
  const wanted = resolveVersion(versions, version);
  if (wanted === undefined) throw unsupportedVersion(version);
  const tier = at(sent, 'sku')['tier'] ?? at(existing?.body, 'sku')['tier'];
  const plan = properties(sent)['supportPlan'] ?? before['supportPlan'];
  if (versions[minorOf(wanted)]?.isLongTerm && !(tier === 'Premium' && plan === 'AKSLongTermSupport')) {
    throw longTermOnly(name, wanted);
  }
  if (current === undefined) return;
  const available = upgradesFrom(versions, current).map(upgrade => upgrade.version);
  if (!available.includes(wanted)) throw upgradeRefused(current, wanted, available);
  for (const pool of context.store.children(id, 'agentPools')) {
    judgeSkew(String(properties(pool.body)['currentOrchestratorVersion']), wanted);
  }
}

/** A server in the user's network stands in a subnet that is handed over to AKS, and stays there. */
function judgeApiServer({ context, existing, sent }: PutCall): void {
  const access = at(sent, 'properties', 'apiServerAccessProfile');
  const before = at(existing?.body, 'properties', 'apiServerAccessProfile');
  if (before['enableVnetIntegration'] === true && access['enableVnetIntegration'] === false) {
    throw propertyFixed('properties.apiServerAccessProfile.enableVnetIntegration');
  }
  const subnetId = text(access['subnetId']);
  if (access['enableVnetIntegration'] !== true || subnetId === undefined) return;
  const delegations = list(properties(context.store.get(subnetId)?.body)['delegations']);
  const service = 'Microsoft.ContainerService/managedClusters';
  if (delegations.some(one => sameId(String(at(one, 'properties')['serviceName']), service))) return;
  throw aksRefusal(
    400,
    'InvalidParameter',
    `The value of parameter apiServerAccessProfile.subnetId is invalid. Error details: subnet ${subnetId} is not delegated to ${service}.`,
  );
}

/** It is the cluster's own identity that writes into a private zone of the user's. */
function judgePrivateZone({ context, sent }: PutCall): void {
  const zone = text(at(sent, 'properties', 'apiServerAccessProfile')['privateDNSZone']);
  if (!zone?.startsWith('/')) return;
  const missing = ['Microsoft.Network/privateDnsZones/read', 'Microsoft.Network/privateDnsZones/write'].find(
    action => !identitiesOf(sent, context).some(principal => context.access.permits(principal, action, zone)),
  );
  if (missing === undefined) return;
  throw aksRefusal(
    400,
    'CustomPrivateDNSZoneMissingPermissionError',
    `Service principal or user identity must be given permission to read and write to custom private dns zone ${zone}. Check access result not allowed for action ${missing}.`,
  );
}

function identitiesOf(sent: Readonly<Body>, { store }: PutCall['context']): readonly string[] {
  return Object.keys(at(sent, 'identity', 'userAssignedIdentities')).flatMap(id => {
    const principal = text(properties(store.get(id)?.body)['principalId']);
    return principal === undefined ? [] : [principal];
  });
}

/** The way out has to be there before the cluster is. */
function judgeOutbound({ context, existing, sent }: PutCall, pools: readonly Readonly<Body>[]): void {
  const outbound = at(sent, 'properties', 'networkProfile')['outboundType'];
  if (outbound === at(existing?.body, 'properties', 'networkProfile')['outboundType']) return;
  const wanted = needed[String(outbound)];
  if (wanted === undefined) return;
  for (const pool of pools) {
    const subnetId = text(pool['vnetSubnetID']);
    if (subnetId === undefined) {
      throw aksRefusal(
        400,
        'InvalidParameter',
        `The value of parameter networkProfile.outboundType is invalid. Error details: ${String(outbound)} can only be used with a custom subnet.`,
      );
    }
    const subnet = properties(context.store.get(subnetId)?.body);
    if (text(at(subnet, wanted.property)['id']) === undefined)
      throw aksRefusal(400, wanted.code, wanted.message(subnetId));
  }
}

const needed: Readonly<Record<string, { property: string; code: string; message: (subnet: string) => string }>> = {
  userDefinedRouting: {
    property: 'routeTable',
    code: 'ExistingRouteTableNotAssociatedWithSubnet',
    message: subnet =>
      `An existing route table has not been associated with subnet ${subnet}. Please update the route table association.`,
  },
  userAssignedNATGateway: {
    property: 'natGateway',
    code: 'NoNATGatewayAssociatedWithSubnet',
    message: subnet =>
      `No NAT gateway is associated with subnet ${subnet}. Please associate a NAT gateway with it first.`,
  },
};
