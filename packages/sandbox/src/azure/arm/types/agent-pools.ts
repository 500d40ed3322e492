import { at, type Body, list, merge, properties, text } from '../body.ts';
import { parentIdOf, sameId, subscriptionOf } from '../ids.ts';
import type { Link, PutCall, TypeBehaviour } from '../type.ts';
import { aksRefusal, busyWith, propertyFixed } from './aks-refusals.ts';
import { defaultVersion, minorOf, nodeImageOf, resolveVersion } from './kubernetes-versions.ts';
import { judgePool } from './pool-rules.ts';

export const poolType = 'Microsoft.ContainerService/managedClusters/agentPools';

export const agentPools: TypeBehaviour = {
  type: poolType,
  longRunning: ['put', 'delete'],
  isBare: true,
  links: sent => poolLinks(properties(sent)),
  checkBusy: (id, context) => {
    const cluster = context.store.get(parentIdOf(id) ?? '');
    if (cluster?.operation !== undefined) throw busyWith(cluster, 'managed cluster');
  },
  check: call => checkPool(call, clusterOf(call)),
  fill: call => ({ properties: fillPool(call, clusterOf(call)) }),
  checkDelete: (resource, { store }) => {
    if (properties(resource.body)['mode'] !== 'System') return;
    const others = store
      .children(parentIdOf(resource.id) ?? '', 'agentPools')
      .filter(pool => !sameId(pool.id, resource.id));
    if (others.some(pool => properties(pool.body)['mode'] === 'System')) return;
    throw aksRefusal(400, 'OperationNotAllowed', 'There has to be at least one system agent pool.');
  },
};

export function poolLinks(pool: Readonly<Body>): Link[] {
  return ['vnetSubnetID', 'podSubnetID'].flatMap(name => {
    const id = text(pool[name]);
    return id === undefined ? [] : [{ id, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' }];
  });
}

/** A pool of a cluster that is only being made has no cluster to look up, so the facts about it are handed in. */
export interface ClusterFacts {
  readonly version: string;
  readonly location: string;
  readonly networkPlugin: string;
  readonly networkPluginMode: string;
}

export function clusterFacts(body: Readonly<Body>): ClusterFacts {
  const network = at(body, 'properties', 'networkProfile');
  return {
    version: text(properties(body)['kubernetesVersion']) ?? defaultVersion,
    location: String(body['location'] ?? ''),
    networkPlugin: text(network['networkPlugin']) ?? 'azure',
    networkPluginMode: text(network['networkPluginMode']) ?? '',
  };
}

function clusterOf({ context, id }: PutCall): ClusterFacts {
  return clusterFacts(context.store.get(parentIdOf(id) ?? '')?.body ?? {});
}

export function checkPool(call: PutCall, cluster: ClusterFacts): void {
  const { context, id, name, existing } = call;
  const sent = properties(call.sent);
  const before = properties(existing?.body);
  for (const property of existing === undefined ? [] : immutable) {
    const [was, wanted] = [before[property] ?? unsaid[property], sent[property]];
    if (wanted !== undefined && wanted !== null && !isSame(was, wanted)) throw propertyFixed(`properties.${property}`);
  }
  const pool = { ...before, ...sent };
  judgePool({
    context,
    id,
    name,
    subscription: subscriptionOf(id) ?? '',
    location: cluster.location,
    controlPlane: cluster.version,
    pool: { ...pool, vmSize: text(pool['vmSize']) ?? defaultVmSize },
    count: nodeCount(sent, before),
    isNew: existing === undefined,
    versionChanges: ![undefined, null, before['orchestratorVersion']].includes(sent['orchestratorVersion'] as string),
  });
}

/** What AKS never changes on a pool that exists: it has to be made anew. */
const immutable = [
  'vmSize', 'osDiskSizeGB', 'osDiskType', 'osType', 'vnetSubnetID', 'podSubnetID', 'maxPods', 'availabilityZones',
  'kubeletDiskType', 'enableEncryptionAtHost', 'enableUltraSSD', 'proximityPlacementGroupID', 'gpuProfile',
  'scaleSetPriority', 'scaleSetEvictionPolicy', 'spotMaxPrice',
]; // biome-ignore format: a list to read across

/** What a pool of which nobody said it has all the same, without showing it. */
const unsaid: Readonly<Record<string, unknown>> = { scaleSetPriority: 'Regular' };

function isSame(was: unknown, wanted: unknown): boolean {
  const plain = (value: unknown) => JSON.stringify(value ?? null).toLowerCase();
  const isEmpty = (value: unknown) =>
    value === undefined || value === false || value === '' || list(value).length === 0;
  if (plain(was) === plain(wanted)) return true;
  return typeof wanted !== 'number' && typeof wanted !== 'object' && typeof wanted !== 'string'
    ? isEmpty(was) && isEmpty(wanted)
    : was === undefined && (wanted === '' || (Array.isArray(wanted) && wanted.length === 0));
}

const defaultVmSize = 'Standard_D2s_v5';

/** What Azure puts on the nodes of a spot pool, whether or not it was asked for. */
const spotMark = {
  label: ['kubernetes.azure.com/scalesetpriority', 'spot'],
  taint: 'kubernetes.azure.com/scalesetpriority=spot:NoSchedule',
} as const;

function fillPool(
  { sent, existing, context }: Pick<PutCall, 'sent' | 'existing' | 'context'>,
  cluster: ClusterFacts,
): Body {
  const asked = properties(sent);
  const before = properties(existing?.body);
  const osSku = text(asked['osSKU']) ?? text(before['osSKU']) ?? 'Ubuntu';
  const version = text(asked['orchestratorVersion']) ?? text(before['orchestratorVersion']) ?? cluster.version;
  const isSpot = (asked['scaleSetPriority'] ?? before['scaleSetPriority']) === 'Spot';
  const isLinux = (text(asked['osType']) ?? text(before['osType']) ?? 'Linux') === 'Linux';
  return merge(
    {
      type: 'VirtualMachineScaleSets',
      mode: 'User',
      vmSize: defaultVmSize,
      osDiskSizeGB: 128,
      osDiskType: 'Managed',
      osType: 'Linux',
      osSKU: 'Ubuntu',
      kubeletDiskType: 'OS',
      maxPods: defaultMaxPods(cluster),
      scaleDownMode: 'Delete',
      enableAutoScaling: false,
      enableNodePublicIP: false,
      enableFIPS: false,
      enableEncryptionAtHost: false,
      enableUltraSSD: false,
      ...(isSpot
        ? { scaleSetEvictionPolicy: 'Delete', spotMaxPrice: -1 }
        : { upgradeSettings: { maxSurge: '10%', maxUnavailable: '0' } }),
      ...(isLinux ? { securityProfile: { enableVTPM: false, enableSecureBoot: false } } : {}),
    },
    existing === undefined ? undefined : keptOnUpdate(before),
    asked,
    {
      count: nodeCount(asked, before),
      orchestratorVersion: version,
      currentOrchestratorVersion:
        // A minor that is asked for again means no newer patch.
        currentVersion(before, version) ?? resolveVersion(context.conditions.versions, version) ?? version,
      nodeImageVersion: nodeImageOf(osSku),
      powerState: { code: 'Running' },
      ...(isSpot
        ? {
            nodeLabels: { [spotMark.label[0]]: spotMark.label[1] },
            nodeTaints: [...new Set([...list(asked['nodeTaints']).map(String), spotMark.taint])],
          }
        : {}),
    },
  );
}

function currentVersion(before: Readonly<Body>, version: string): string | undefined {
  const current = text(before['currentOrchestratorVersion']);
  return current !== undefined && [current, minorOf(current)].includes(version) ? current : undefined;
}

/** Fields that stay when an update leaves them out; what a user takes away (labels, taints) goes. */
function keptOnUpdate(before: Readonly<Body>): Body {
  return Object.fromEntries(Object.entries(before).filter(([name]) => immutable.includes(name) || name === 'mode'));
}

function defaultMaxPods({ networkPlugin, networkPluginMode }: ClusterFacts): number {
  if (networkPlugin === 'kubenet') return 110;
  return networkPluginMode === 'overlay' || networkPlugin === 'none' ? 250 : 30;
}

/** With the autoscaler on, the count that is sent is a wish within the bounds. */
function nodeCount(asked: Readonly<Body>, before: Readonly<Body>): number {
  const count = numberOf(asked['count']) ?? numberOf(before['count']);
  if (asked['enableAutoScaling'] !== true) return count ?? 1;
  const min = numberOf(asked['minCount']) ?? 0;
  const max = numberOf(asked['maxCount']) ?? Number.POSITIVE_INFINITY;
  return Math.min(max, Math.max(min, count ?? min));
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
