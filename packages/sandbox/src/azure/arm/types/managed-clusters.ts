import { createHash, randomUUID } from 'node:crypto';
import { isObject } from '@suite/foundation';
import { json, type WorldResponse } from '../../../network/http.ts';
import { at, type Body, list, merge, properties, text } from '../body.ts';
import { groupId, groupOf, nameOf, subscriptionOf } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, PutCall, TypeBehaviour } from '../type.ts';
import { checkPool, clusterFacts, poolLinks } from './agent-pools.ts';
import { aksRefusal, busyWith, propertyFixed } from './aks-refusals.ts';
import { clusterLinks, judgeCluster } from './cluster-rules.ts';
import { identityLinks, identityOf } from './identity.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { defaultVersion, minorOf, resolveVersion } from './kubernetes-versions.ts';

export const managedClusters: TypeBehaviour = {
  type: 'Microsoft.ContainerService/managedClusters',
  longRunning: ['put', 'delete'],
  isBare: true,
  isTracked: true,
  links: sent => [...profilesOf(sent).flatMap(poolLinks), ...clusterLinks(properties(sent)), ...identityLinks(sent)],
  checkBusy: (id, context) => {
    const busy = context.store.children(id, 'agentPools').find(pool => pool.operation !== undefined);
    if (busy !== undefined) throw busyWith(busy, 'agentpool');
  },
  check: checkCluster,
  fill: fillCluster,
  stored: storeCluster,
  view: (resource, { store }) => {
    const pools = store.children(resource.id, 'agentPools').map(({ name, body }) => ({ name, ...properties(body) }));
    return { ...resource.body, properties: { ...properties(resource.body), agentPoolProfiles: pools } };
  },
  removed: (resource, context) => {
    const principal = context.directory.byResourceId(resource.id);
    if (principal !== undefined) context.directory.remove(principal);
    const nodes = context.store.get(nodeGroupId(resource));
    if (nodes !== undefined) context.remove(nodes);
  },
  actions: {
    listclusterusercredential: ({ resource, context }) => credential('clusterUser', resource, context),
    listclusteradmincredential: ({ resource, context }) => {
      if (properties(resource.body)['disableLocalAccounts'] === true) {
        throw aksRefusal(
          400,
          'BadRequest',
          'Getting static credential is not allowed because this cluster is set to disable local accounts.',
        );
      }
      return credential('clusterAdmin', resource, context);
    },
  },
};

function credential(name: 'clusterUser' | 'clusterAdmin', resource: Resource, context: ArmContext): WorldResponse {
  const value = Buffer.from(kubeconfigOf(name, resource, context.authorityCertificate)).toString('base64');
  return json(200, { kubeconfigs: [{ name, value }] });
}

function profilesOf(sent: Readonly<Body>): readonly Readonly<Body>[] {
  return list(properties(sent)['agentPoolProfiles']).filter(isObject) as readonly Readonly<Body>[];
}

function checkCluster(call: PutCall): void {
  const { context, id, existing, sent } = call;
  judgeCluster(call, profilesOf(sent));
  if (existing === undefined && !profilesOf(sent).some(pool => pool['mode'] === 'System')) {
    throw aksRefusal(400, 'InvalidParameter', 'Required parameter agentPoolProfiles is missing a pool of mode System.');
  }
  for (const path of existing === undefined ? [] : immutable) {
    const [was, wanted] = [dig(existing?.body, path), dig(sent, path)];
    const isNamed = wanted !== undefined && wanted !== null && wanted !== '';
    if (isNamed && JSON.stringify(was ?? false).toLowerCase() !== JSON.stringify(wanted).toLowerCase()) {
      throw propertyFixed(path.join('.'));
    }
  }
  for (const { name, ...pool } of profilesOf(sent)) {
    const poolId = `${id}/agentPools/${String(name)}`;
    const before = context.store.get(poolId);
    checkPool(
      { ...withExisting(call, before), id: poolId, name: String(name), sent: { properties: pool } },
      { ...clusterFacts(sent), location: locationOf(call) },
    );
  }
}

/** What AKS never changes on a cluster that exists. */
const immutable: readonly (readonly string[])[] = [
  ['properties', 'dnsPrefix'],
  ['properties', 'nodeResourceGroup'],
  ['properties', 'apiServerAccessProfile', 'enablePrivateCluster'],
  ['properties', 'apiServerAccessProfile', 'privateDNSZone'],
  ['properties', 'diskEncryptionSetID'],
  ['properties', 'networkProfile', 'serviceCidr'],
  ['properties', 'networkProfile', 'dnsServiceIP'],
];

function dig(body: unknown, path: readonly string[]): unknown {
  return at(body, ...path.slice(0, -1))[path.at(-1) ?? ''];
}

function fillCluster(call: PutCall): Body {
  const { sent, existing, id, name, tenant, group } = call;
  const asked = properties(sent);
  const before = properties(existing?.body);
  const location = locationOf(call);
  const version = text(asked['kubernetesVersion']) ?? text(before['kubernetesVersion']) ?? defaultVersion;
  const nodeGroup =
    text(before['nodeResourceGroup']) ?? text(asked['nodeResourceGroup']) ?? `MC_${group}_${name}_${location}`;
  const dnsPrefix = text(asked['dnsPrefix']) ?? text(asked['fqdnSubdomain']) ?? text(before['dnsPrefix']) ?? name;
  const { agentPoolProfiles: _, ...withoutPools } = asked;
  return merge(
    {
      kind: 'Base',
      sku: { name: 'Base', tier: 'Free' },
      properties: {
        enableRBAC: true,
        disableLocalAccounts: false,
        supportPlan: 'KubernetesOfficial',
        maxAgentPools: 100,
        autoUpgradeProfile: { nodeOSUpgradeChannel: 'NodeImage' },
        bootstrapProfile: { artifactSource: 'Direct' },
        metricsProfile: { costAnalysis: { enabled: false } },
        nodeProvisioningProfile: { mode: 'Manual', defaultNodePools: 'Auto' },
        oidcIssuerProfile: { enabled: false },
        securityProfile: {},
        storageProfile: {
          diskCSIDriver: { enabled: true },
          fileCSIDriver: { enabled: true },
          snapshotController: { enabled: true },
        },
        windowsProfile: { adminUsername: 'azureuser', enableCSIProxy: true },
        workloadAutoScalerProfile: {},
      },
    },
    { ...sent, properties: { ...withoutPools, nodeResourceGroup: null, dnsPrefix: null } },
    identityOf(call),
    {
      properties: {
        kubernetesVersion: version,
        currentKubernetesVersion: currentVersion(call, version),
        // A private cluster with a zone of the user's has a name in that zone instead.
        ...(text(asked['fqdnSubdomain']) === undefined ? { dnsPrefix } : {}),
        nodeResourceGroup: nodeGroup,
        nodeResourceGroupProfile: { restrictionLevel: 'Unrestricted', ...at(asked, 'nodeResourceGroupProfile') },
        powerState: { code: 'Running' },
        resourceUID: before['resourceUID'] ?? hashOf(id, 24),
        networkProfile: networkProfile(call, nodeGroup),
        oidcIssuerProfile: oidcIssuer(call, location, tenant),
        identityProfile: before['identityProfile'] ?? kubeletProfile(call, nodeGroup),
        addonProfiles: addonProfiles(call, nodeGroup),
        ...(at(asked, 'aadProfile')['managed'] === true ? { aadProfile: { tenantID: tenant } } : {}),
        ...addresses(asked, `${dnsPrefix}-${hashOf(id, 8)}`, location, id),
      },
    },
    privateZone(call),
  );
}

function locationOf({ sent, existing }: PutCall): string {
  return String(sent['location'] ?? existing?.body['location'])
    .toLowerCase()
    .replaceAll(' ', '');
}

/** A minor that is asked for again means no newer patch. */
function currentVersion({ existing, context }: PutCall, version: string): string {
  const current = text(properties(existing?.body)['currentKubernetesVersion']);
  if (current !== undefined && [current, minorOf(current)].includes(version)) return current;
  return resolveVersion(context.conditions.versions, version) ?? version;
}

/** Where a private cluster's name stands; what an update leaves out stays. */
function privateZone({ sent, existing }: PutCall): Body {
  const access = at(sent, 'properties', 'apiServerAccessProfile');
  if (access['enablePrivateCluster'] !== true) return {};
  const before = at(existing?.body, 'properties', 'apiServerAccessProfile')['privateDNSZone'];
  const asked = text(access['privateDNSZone']) ?? text(before) ?? 'system';
  const privateDNSZone = /^(?:system|none)$/i.test(asked) ? asked.toLowerCase() : asked;
  return { properties: { apiServerAccessProfile: { privateDNSZone } } };
}

/**
 * A private cluster keeps its public name only if asked to, or if there is no private zone to have a name in. A zone of the
 * user's own gives its name to the private one.
 */
function addresses(asked: Readonly<Body>, host: string, location: string, id: string): Body {
  const access = at(asked, 'apiServerAccessProfile');
  const isPrivate = access['enablePrivateCluster'] === true;
  const zone = text(access['privateDNSZone']) ?? 'system';
  const isNone = zone.toLowerCase() === 'none';
  const hasPublicName = !isPrivate || access['enablePrivateClusterPublicFQDN'] !== false || isNone;
  const suffix = access['enableVnetIntegration'] === true ? 'private' : 'privatelink';
  const privateName = zone.startsWith('/')
    ? `${text(asked['fqdnSubdomain']) ?? host}.${nameOf(zone)}`
    : `${host}.${hashOf(id, 32)}.${suffix}.${location}.azmk8s.io`;
  return {
    azurePortalFQDN: isPrivate
      ? `${hashOf(id, 32)}-priv.portal.hcp.${location}.azmk8s.io`
      : `${host}.portal.hcp.${location}.azmk8s.io`,
    ...(hasPublicName ? { fqdn: `${host}.hcp.${location}.azmk8s.io` } : {}),
    ...(isPrivate && !isNone ? { privateFQDN: privateName } : {}),
  };
}

function networkProfile({ sent, id }: PutCall, nodeGroup: string): Body {
  const asked = at(sent, 'properties', 'networkProfile');
  const outboundType = text(asked['outboundType']) ?? 'loadBalancer';
  const hasPodCidr = asked['networkPlugin'] === 'kubenet' || asked['networkPluginMode'] === 'overlay';
  const podCidr = text(asked['podCidr']) ?? '10.244.0.0/16';
  const serviceCidr = text(asked['serviceCidr']) ?? '10.0.0.0/16';
  const address = `${groupId(subscriptionOf(id) ?? '', nodeGroup)}/providers/Microsoft.Network/publicIPAddresses/${uuidOf(id)}`;
  return merge(
    {
      networkPlugin: 'azure',
      networkDataplane: asked['networkPolicy'] === 'cilium' ? 'cilium' : 'azure',
      loadBalancerSku: 'standard',
      outboundType,
      serviceCidr,
      serviceCidrs: [serviceCidr],
      dnsServiceIP: '10.0.0.10',
      ipFamilies: ['IPv4'],
      ...(hasPodCidr ? { podCidr, podCidrs: [podCidr] } : {}),
      ...(outboundType === 'loadBalancer'
        ? {
            loadBalancerProfile: {
              managedOutboundIPs: { count: 1 },
              effectiveOutboundIPs: [{ id: address }],
              backendPoolType: 'nodeIPConfiguration',
            },
          }
        : {}),
    },
    asked,
  );
}

function oidcIssuer({ existing, sent }: PutCall, location: string, tenant: string): Body {
  if (at(sent, 'properties', 'oidcIssuerProfile')['enabled'] !== true) return {};
  const known = at(existing?.body, 'properties', 'oidcIssuerProfile')['issuerURL'];
  return { issuerURL: known ?? `https://${location}.oic.prod-aks.azure.com/${tenant}/${randomUUID()}/` };
}

/** The identity that the nodes pull images with: a resource in the node group unless one was brought along. */
function kubeletProfile({ sent, id, name, context }: PutCall, nodeGroup: string): Body {
  const brought = text(at(sent, 'properties', 'identityProfile', 'kubeletidentity')['resourceId']);
  return { kubeletidentity: identityReference(context, brought ?? nodeIdentityId(id, nodeGroup, `${name}-agentpool`)) };
}

const addonsWithIdentity = new Map([
  ['omsagent', 'omsagent'],
  ['azurepolicy', 'azurepolicy'],
  ['azurekeyvaultsecretsprovider', 'azurekeyvaultsecretsprovider'],
  ['ingressapplicationgateway', 'ingressapplicationgateway'],
]);

function addonProfiles({ sent, id, name, context }: PutCall, nodeGroup: string): Body {
  const asked = at(sent, 'properties', 'addonProfiles');
  const filled = Object.entries(asked).map(([addon, profile]) => {
    const identityName = addonsWithIdentity.get(addon.toLowerCase());
    if (at(profile)['enabled'] !== true || identityName === undefined) return [addon, {}];
    return [addon, { identity: identityReference(context, nodeIdentityId(id, nodeGroup, `${identityName}-${name}`)) }];
  });
  return Object.fromEntries(filled);
}

function nodeIdentityId(clusterId: string, nodeGroup: string, name: string): string {
  return `${groupId(subscriptionOf(clusterId) ?? '', nodeGroup)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}

function identityReference(context: ArmContext, id: string): Body {
  const identity = context.store.get(id) ?? createNodeIdentity(context, id);
  const { clientId, principalId } = properties(identity.body);
  return { resourceId: identity.id, clientId, objectId: principalId };
}

function createNodeIdentity(context: ArmContext, id: string): Resource {
  const nodeGroup = groupId(subscriptionOf(id) ?? '', groupOf(id) ?? '');
  if (context.store.get(nodeGroup) === undefined) context.create(nodeGroup, {});
  return context.create(id, {});
}

function storeCluster(resource: Resource, call: PutCall): void {
  const { context, tenant, existing, name } = call;
  const location = String(resource.body['location']);
  const nodeGroup = nodeGroupId(resource);
  context.create(nodeGroup, { location, managedBy: resource.id, tags: resource.body['tags'] ?? {} });
  for (const identity of context.store.under(nodeGroup)) identity.body['location'] ??= location;
  const principalId = text(at(resource.body, 'identity')['principalId']);
  if (existing === undefined && principalId !== undefined) {
    context.directory.add({ tenant, name, objectId: principalId, resourceId: resource.id });
  }
  for (const { name: pool, ...rest } of profilesOf(call.sent)) {
    context.create(`${resource.id}/agentPools/${String(pool)}`, { properties: rest });
  }
}

function nodeGroupId(cluster: Resource): string {
  return groupId(subscriptionOf(cluster.id) ?? '', String(properties(cluster.body)['nodeResourceGroup']));
}

function withExisting(call: PutCall, existing: Resource | undefined): PutCall {
  const { existing: _, ...rest } = call;
  return existing === undefined ? rest : { ...rest, existing };
}

/** Made up from the id, so that a name stays what it was when a cluster is made again. */
function hashOf(id: string, length: number): string {
  return createHash('sha256').update(id.toLowerCase()).digest('hex').slice(0, length);
}

function uuidOf(id: string): string {
  const hex = hashOf(id, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
