import { at, type Body, list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { parentIdOf, sameId, subscriptionOf } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, Link, PutCall, TypeBehaviour } from '../type.ts';
import { defaultVersion, nodeImageOf, resolveVersion } from './kubernetes-versions.ts';
import { parseVmSize } from './vm-size.ts';

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

/** Refusals of AKS come without the `error` around them. */
export function aksRefusal(status: number, code: string, message: string): ArmError {
  return new ArmError(status, code, message, { isBare: true });
}

export function busyWith(resource: Resource, what: 'managed cluster' | 'agentpool'): ArmError {
  const verb = resource.operation?.kind === 'delete' ? 'Deleting' : 'Putting';
  return aksRefusal(
    409,
    'OperationNotAllowed',
    `Operation is not allowed: Another ${what} operation (${verb}) is in progress, please wait for it to finish before starting a new operation.`,
  );
}

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
  const { context, id, existing } = call;
  const sent = properties(call.sent);
  const version = text(sent['orchestratorVersion']);
  if (version !== undefined && resolveVersion(version) === undefined) throw unsupportedVersion(version);
  const before = properties(existing?.body);
  for (const name of existing === undefined ? [] : immutable) {
    const [was, wanted] = [before[name], sent[name]];
    if (wanted !== undefined && wanted !== null && !isSame(was, wanted)) throw propertyFixed(`properties.${name}`);
  }
  checkQuota(context, id, cluster, { ...before, ...sent }, before);
}

export function propertyFixed(path: string): ArmError {
  return aksRefusal(400, 'PropertyChangeNotAllowed', `Changing property '${path}' is not allowed.`);
}

export function unsupportedVersion(version: string): ArmError {
  return aksRefusal(
    400,
    'K8sVersionNotSupported',
    `Version ${version} is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`,
  );
}

/** What AKS never changes on a pool that exists: it has to be made anew. */
const immutable = [
  'vmSize', 'osDiskSizeGB', 'osDiskType', 'osType', 'vnetSubnetID', 'podSubnetID', 'maxPods', 'availabilityZones',
  'kubeletDiskType', 'enableEncryptionAtHost', 'enableUltraSSD', 'proximityPlacementGroupID', 'gpuProfile',
]; // biome-ignore format: a list to read across

function isSame(was: unknown, wanted: unknown): boolean {
  const plain = (value: unknown) => JSON.stringify(value ?? null).toLowerCase();
  const isEmpty = (value: unknown) =>
    value === undefined || value === false || value === '' || list(value).length === 0;
  if (plain(was) === plain(wanted)) return true;
  return typeof wanted !== 'number' && typeof wanted !== 'object' && typeof wanted !== 'string'
    ? isEmpty(was) && isEmpty(wanted)
    : was === undefined && (wanted === '' || (Array.isArray(wanted) && wanted.length === 0));
}

export function fillPool({ sent, existing }: Pick<PutCall, 'sent' | 'existing'>, cluster: ClusterFacts): Body {
  const asked = properties(sent);
  const before = properties(existing?.body);
  const osSku = text(asked['osSKU']) ?? text(before['osSKU']) ?? 'Ubuntu';
  const version = text(asked['orchestratorVersion']) ?? text(before['orchestratorVersion']) ?? cluster.version;
  const isLinux = (text(asked['osType']) ?? text(before['osType']) ?? 'Linux') === 'Linux';
  return merge(
    {
      type: 'VirtualMachineScaleSets',
      mode: 'User',
      vmSize: 'Standard_D2s_v5',
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
      upgradeSettings: { maxSurge: '10%', maxUnavailable: '0' },
      ...(isLinux ? { securityProfile: { enableVTPM: false, enableSecureBoot: false } } : {}),
    },
    existing === undefined ? undefined : keptOnUpdate(before),
    asked,
    {
      count: nodeCount(asked, before),
      orchestratorVersion: version,
      currentOrchestratorVersion: resolveVersion(version) ?? version,
      nodeImageVersion: nodeImageOf(osSku),
      powerState: { code: 'Running' },
    },
  );
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

function checkQuota(
  context: ArmContext,
  id: string,
  cluster: ClusterFacts,
  wanted: Body,
  before: Readonly<Body>,
): void {
  const size = parseVmSize(String(wanted['vmSize'] ?? ''));
  const subscription = subscriptionOf(id) ?? '';
  if (size === undefined) return;
  const limit = context.quotas.get(`${subscription}/${cluster.location}/${size.family}`.toLowerCase());
  if (limit === undefined) return;
  const used = context.store
    .all()
    .filter(({ type, id: other }) => type === poolType && subscriptionOf(other) === subscription && !sameId(other, id))
    .map(({ body }) => coresOf(properties(body), size.family))
    .reduce((sum, cores) => sum + cores, 0);
  const requested = nodeCount(wanted, before) * size.cores;
  if (used + requested <= limit) return;
  throw aksRefusal(
    400,
    'ErrCode_InsufficientVCPUQuota',
    `Insufficient vcpu quota requested ${requested}, remaining ${Math.max(0, limit - used)} for family ${size.family} for region ${cluster.location}.`,
  );
}

function coresOf(pool: Readonly<Body>, family: string): number {
  const size = parseVmSize(String(pool['vmSize'] ?? ''));
  return size?.family === family ? size.cores * (numberOf(pool['count']) ?? 0) : 0;
}
