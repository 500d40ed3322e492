import { asObject, asString, count, type JsonObject, sentenceList } from '@suite/foundation';
import { type EnvironmentScope, isReservedLabel, isReservedTaint, parseTaint, writeTaint } from '@suite/platform-file';
import { adoptKey } from '../adopt.ts';
import { azureRoleIds } from '../azure-roles.ts';
import type { LiveCluster, LivePool } from '../verify/live-cluster.ts';
import { egressOf, isLinux, profilesOf, type Surroundings, type Surveyed, systemPoolOf } from './surveyed.ts';
import { nameOf, registryUse, same, type Use, useOf, vaultUse } from './uses.ts';

/** A cluster in the words of the platform file. */
export interface Proposal {
  /** Of the environment, or of its region where it has several. */
  readonly settings: JsonObject;
  /** What belongs beside them, and what no setting says. */
  readonly notes: readonly string[];
}

/**
 * The settings by which the modules describe a cluster that another tool has made. What the cluster stands on (network, registry,
 * vault) is used by its id and stays its owner's; what is not there is switched off, so that the first plan makes as little as it can.
 * Pure; what has hindrances has no proposal.
 */
export function propose(surveyed: Surveyed, view: EnvironmentScope): Proposal {
  const { id, live, body } = surveyed;
  const properties = asObject(body['properties']);
  const pools = sortPools(live, properties);
  const { surroundings } = surveyed;
  const network = surroundings.controlPlane.find(
    ({ role, scope }) => same(role, azureRoleIds['Network Contributor']) && same(scope, pools.system.subnet),
  );
  const registry = useOf(registryUse, surroundings.registry);
  const vault = vaultOf(surveyed);
  const identity = ownIdentity(surveyed);
  return {
    settings: without({
      names: without({
        'resource-group': id.resourceGroup,
        cluster: id.name,
        'dns-prefix': asString(properties['dnsPrefix']),
        'node-resource-group': live.nodeResourceGroup,
        identity: identity.name,
        'role-assignments': someOf({
          'cluster-network': network?.name,
          'registry-pull': registry.assignment,
          'secrets-provider': vault.assignment,
        }),
      }),
      admins: live.admins.length === 0 ? undefined : live.admins,
      tags: someOf(tagsOf(body)),
      existing: without({
        registry: registry.id,
        'key-vault': vault.id,
        network: networkOf(live, pools.system),
      }),
      cluster: clusterSettings(surveyed, pools),
      network: without({
        policy: live.network.policy === 'cilium' ? 'cilium' : 'azure',
        pods: live.network.podCidr,
        services: live.network.serviceCidr,
        egress: egressOf(live.network.outboundType),
      }),
      // Not there today; each is made once its line is taken out.
      ...(vault.id === undefined ? { 'key-vault': { own: false } } : {}),
      storage: false,
      database: false,
      backup: false,
      protect: false,
    }),
    notes: [
      ...identity.notes,
      ...registry.notes,
      ...vault.notes,
      ...gatewayNotes(surroundings),
      ...leftAloneNotes(pools),
      ...markNotes(pools),
      ...switchedOff(properties),
      ...accessNotes(live),
      ...logNotes(live, view),
    ],
  };
}

/** What has to stand under `allow:` of the environment for its first apply. */
export function allowFor(allow: readonly string[]): readonly string[] {
  return [...new Set([...allow, adoptKey])];
}

/** Without the add-on nobody asks, and what lets it in by a policy of its own has to be said. */
function vaultOf({ live, surroundings: { vault, policyVaults } }: Surveyed): Use {
  if (live.features.secretsProvider === undefined) return { notes: [] };
  const use = useOf(vaultUse, vault);
  const notes = policyVaults.map(
    id =>
      `Its Secrets Provider reads ${nameOf(id)} by an access policy of the vault, which goes on to count. The modules know roles alone: to name it under \`existing: { key-vault: ${id} }\`, let it decide by Azure roles first (\`az keyvault update --enable-rbac-authorization\`), with roles for all who use it.`,
  );
  return { ...use, notes: [...use.notes, ...notes] };
}

/** The gateway of the platform is a choice: what is ready for it is said, and nothing is made. */
function gatewayNotes({ gatewaySubnets: { found, why } }: Surroundings): string[] {
  if (why !== undefined) return [`Which other subnets its network has is not known: ${why}`];
  return found.map(
    id =>
      `The subnet ${nameOf(id)} is delegated to Application Gateway for Containers. For a gateway of the platform in it, write \`dmz: ${id}\` beside \`compute\`.`,
  );
}

interface SortedPools {
  readonly system: LivePool;
  readonly user: LivePool | undefined;
  readonly gpu: LivePool | undefined;
  /** With the reason, a clause that follows its name. */
  readonly leftAlone: readonly (readonly [pool: LivePool, why: string])[];
}

/** Which pool is which in the platform file, which has one of each kind. */
function sortPools(live: LiveCluster, properties: JsonObject): SortedPools {
  const system = systemPoolOf(live, properties);
  if (system === undefined) throw new TypeError('a cluster without a system pool was refused before');
  const others = live.pools.filter(pool => pool !== system);
  const why = new Map(others.map(pool => [pool, whyLeftAlone(pool, system, properties)]));
  const fitting = others.filter(pool => why.get(pool) === undefined);
  const gpu = fitting.find(isGpu);
  // Workloads go where no taint keeps them away.
  const workers = fitting.filter(pool => !isGpu(pool));
  const user = workers.find(({ taints }) => taints.length === 0) ?? workers[0];
  const leftAlone = others
    .filter(pool => pool !== gpu && pool !== user)
    .map(pool => [pool, why.get(pool) ?? 'is one pool more than the platform file has of its kind'] as const);
  return { system, user, gpu, leftAlone };
}

function whyLeftAlone(pool: LivePool, system: LivePool, properties: JsonObject): string | undefined {
  if (!isLinux(properties, pool.name)) return 'runs Windows';
  if (pool.mode === 'System') return 'is a second system pool';
  if (pool.subnet?.toLowerCase() !== system.subnet?.toLowerCase()) return 'lies in another subnet than the system pool';
  return undefined;
}

function isGpu({ size }: LivePool): boolean {
  return /^Standard_N/i.test(size ?? '');
}

function clusterSettings(surveyed: Surveyed, pools: SortedPools): JsonObject {
  const { live, body } = surveyed;
  const { upgrades, authorizedRanges, vnetIntegration } = live;
  const properties = asObject(body['properties']);
  return without({
    version: live.version?.split('.').slice(0, 2).join('.'),
    tier: live.tier?.toLowerCase(),
    private: live.private,
    'private-dns': live.private ? privateDns(live.privateDns) : undefined,
    'vnet-integration': vnetIntegration === undefined ? undefined : true,
    'run-command': live.runCommand,
    'authorized-ranges': authorizedRanges.length === 0 ? undefined : authorizedRanges,
    upgrades: { cluster: upgrades.cluster ?? 'none', nodes: nodeChannels[upgrades.nodes ?? 'None'] ?? 'none' },
    maintenance: maintenanceOf(surveyed.maintenance),
    pools: without({
      system: {
        name: pools.system.name,
        dedicated: pools.system.taints.some(taint => dedication.test(taint)),
        ...poolSettings(pools.system, properties),
      },
      user: pools.user === undefined ? false : workerSettings(pools.user, properties),
      gpu:
        pools.gpu === undefined
          ? false
          : { ...workerSettings(pools.gpu, properties), driver: pools.gpu.gpuDriver === 'None' ? 'none' : 'install' },
      'left-alone': pools.leftAlone.length === 0 ? undefined : pools.leftAlone.map(([{ name }]) => name),
    }),
    features: featureSettings(live),
  });
}

/** Azure answers with `System` or `system`; the id of a zone keeps its case. */
function privateDns(zone: string | undefined): string | undefined {
  return zone?.startsWith('/') ? zone : zone?.toLowerCase();
}

const nodeChannels: Readonly<Record<string, string>> = {
  None: 'none',
  Unmanaged: 'unmanaged',
  SecurityPatch: 'security-patch',
  NodeImage: 'node-image',
};

const dedication = /^CriticalAddonsOnly=true:NoSchedule$/i;

function workerSettings(pool: LivePool, properties: JsonObject): JsonObject {
  const spot = pool.priority === 'Spot' ? { spot: true } : {};
  const taints = pool.taints.filter(isSayable);
  return { name: pool.name, ...poolSettings(pool, properties), ...(taints.length === 0 ? {} : { taints }), ...spot };
}

function poolSettings(pool: LivePool, properties: JsonObject): JsonObject {
  const nodes = Number(profilesOf(properties).find(({ name }) => name === pool.name)?.['count'] ?? 1);
  const { surge, drainMinutes, soakMinutes } = pool.upgrade;
  return without({
    size: pool.size,
    // Where nobody scales, the autoscaler is given no room.
    min: pool.min ?? nodes,
    max: Math.max(1, pool.max ?? nodes),
    zones: pool.zones.length === 0 ? [] : pool.zones.map(Number),
    disk: pool.osDiskGb,
    'disk-type': pool.osDiskType?.toLowerCase(),
    'host-encryption': pool.hostEncryption,
    'max-pods': pool.maxPods,
    // Azure's own, where nobody says it.
    surge: surge === undefined || surge === '' ? '10%' : surge,
    drain: `${drainMinutes ?? 30}m`,
    soak: `${soakMinutes ?? 0}m`,
    labels: someOf(Object.fromEntries(Object.entries(pool.labels).filter(([name]) => !isReservedLabel(name)))),
  });
}

/** Whether a taint can stand in the platform file: others are the modules' or Azure's, or of a form that AKS takes no more. */
function isSayable(text: string): boolean {
  const taint = parseTaint(text);
  if (taint === undefined || isReservedTaint(taint.key)) return false;
  return taint.key !== gpuTaint.key || taint.effect !== gpuTaint.effect;
}

const gpuTaint = { key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' } as const;

function featureSettings({ features }: LiveCluster): JsonObject {
  const { monitoring, prometheus, defender, policy, secretsProvider, imageCleaner, csi, workloadIdentity } = features;
  return without({
    monitoring: monitoring !== undefined,
    diagnostics: false,
    prometheus,
    defender: defender !== undefined,
    policy,
    // Only the add-on can be read off a cluster; what reports by it is made on request.
    'pod-security': policy ? 'off' : undefined,
    safeguards: policy ? 'off' : undefined,
    'key-vault-secrets': secretsProvider === undefined ? false : { rotation: secretsProvider.rotationInterval ?? '2m' },
    'image-cleaner': imageCleaner === undefined ? false : { interval: `${imageCleaner.intervalHours ?? 168}h` },
    csi: { ...csi },
    'workload-identity': workloadIdentity,
    'cost-analysis': features.costAnalysis,
  });
}

/** Both windows, weekly and alike, as the platform file has them; anything else is no window of ours. */
function maintenanceOf(found: Surveyed['maintenance']): JsonObject | false {
  const [versions, images] = ['aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule'].map(name =>
    windowOf(found[name]),
  );
  if (versions === undefined || JSON.stringify(versions) !== JSON.stringify(images)) return false;
  return versions;
}

function windowOf(configuration: JsonObject | undefined): JsonObject | undefined {
  const { schedule, startTime, durationHours, utcOffset } = asObject(
    asObject(configuration?.['properties'])['maintenanceWindow'],
  );
  const { intervalWeeks, dayOfWeek } = asObject(asObject(schedule)['weekly']);
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(asString(utcOffset) ?? '+00:00') ?? [];
  if (intervalWeeks !== 1 || typeof dayOfWeek !== 'string' || minutes !== '00') return undefined;
  // The sign of these zones is turned around (IANA, `etcetera`).
  const zone = hours === '00' ? 'UTC' : `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
  return { day: dayOfWeek.toLowerCase(), start: startTime, hours: durationHours, zone };
}

function networkOf({ vnetIntegration }: LiveCluster, { subnet = '' }: LivePool): JsonObject {
  return {
    id: subnet.split('/').slice(0, -2).join('/'),
    subnets: without({ compute: subnet, 'api-server': vnetIntegration?.subnet }),
  };
}

/** Ours are added to every resource, and nobody may say them. */
const ourTags = new Set(['platform', 'environment', 'managed-by']);

function tagsOf(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(asObject(body['tags'])).filter(([tag]) => !ourTags.has(tag.toLowerCase())));
}

export function controlPlanePrincipal(body: JsonObject): string | undefined {
  const [assigned] = Object.values(asObject(asObject(body['identity'])['userAssignedIdentities']));
  return asString(asObject(assigned)['principalId']);
}

function ownIdentity({ id, live }: Surveyed): { readonly name?: string; readonly notes: readonly string[] } {
  const [first = ''] = live.identityIds;
  const [, , subscription = '', , group = '', , , , name = ''] = first.split('/');
  if (first === '') {
    return {
      notes: [
        'Its control plane has the identity that Azure made with it. The first apply makes one of its own, grants it what it needs, and changes to it in place; nodes take it up when they are upgraded next.',
      ],
    };
  }
  if (same(subscription, id.subscription) && same(group, id.resourceGroup)) return { name, notes: [] };
  return {
    notes: [
      `Its control plane's identity ${name} lies in another resource group. The first apply makes one beside the cluster and changes to it in place; give that one whatever else ${name} may do.`,
    ],
  };
}

function leftAloneNotes({ leftAlone, system, user }: SortedPools): string[] {
  const apart = leftAlone.map(([{ name }, why]) => `The pool ${name} ${why}: it is left alone, and stays as it is.`);
  const fixed = [system, user].filter(pool => pool?.autoscaling === false).map(pool => `${pool?.name}`);
  if (fixed.length === 0) return apart;
  return [
    ...apart,
    `${sentenceList(fixed)} ${count(fixed.length, 'pool')} without autoscaling: it is switched on, with no room until you say one.`,
  ];
}

/** What the lines cannot say of labels and taints: what selects or tolerates it has to be told in time. */
function markNotes({ system, user, gpu }: SortedPools): string[] {
  return [
    ...lossNotes(system, { 'node-type': 'system' }, taint => dedication.test(taint)),
    ...lossNotes(user, { 'node-type': 'user' }, isSayable),
    ...lossNotes(
      gpu,
      { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
      taint => isSayable(taint) || taint === writeTaint(gpuTaint),
    ),
  ];
}

/** `ours`: labels that the modules give the pool. */
function lossNotes(
  pool: LivePool | undefined,
  ours: Readonly<Record<string, string>>,
  stays: (taint: string) => boolean,
): string[] {
  if (pool === undefined) return [];
  const azures = /^kubernetes\.azure\.com\//;
  const labels = Object.entries(pool.labels).filter(
    ([name, value]) => isReservedLabel(name) && !azures.test(name) && ours[name] !== value,
  );
  const taints = pool.taints.filter(taint => !azures.test(taint) && !stays(taint));
  const lost = [
    ...labels.map(([name, value]) => `the label \`${name}=${value}\``),
    ...taints.map(taint => `the taint \`${taint}\``),
  ];
  if (lost.length === 0) return [];
  return [
    `The platform file cannot say ${sentenceList(lost)} of the pool ${pool.name}, and the first apply takes ${lost.length === 1 ? 'it' : 'them'} away: pods that select by it find no node any more, and others may come. Change those first, or leave the pool alone (\`left-alone\`).`,
  ];
}

/** Parts of AKS that no module has words for, and whose absence Terraform takes for a wish. */
function switchedOff(properties: JsonObject): string[] {
  const at = (...path: readonly string[]) => path.reduce<unknown>((value, key) => asObject(value)[key], properties);
  const addons = Object.entries(asObject(properties['addonProfiles']));
  const isOn = (name: string) =>
    addons.some(([addon, profile]) => same(addon, name) && asObject(profile)['enabled'] === true);
  const parts: Readonly<Record<string, boolean>> = {
    'the Istio add-on': at('serviceMeshProfile', 'mode') === 'Istio',
    'application routing (managed NGINX)': at('ingressProfile', 'webAppRouting', 'enabled') === true,
    KEDA: at('workloadAutoScalerProfile', 'keda', 'enabled') === true,
    'the vertical pod autoscaler': at('workloadAutoScalerProfile', 'verticalPodAutoscaler', 'enabled') === true,
    'the Application Gateway ingress add-on': isOn('ingressApplicationGateway'),
    'HTTP application routing': isOn('httpApplicationRouting'),
    'Open Service Mesh': isOn('openServiceMesh'),
    'virtual nodes': isOn('aciConnectorLinux'),
  };
  const found = Object.entries(parts).flatMap(([part, is]) => (is ? [part] : []));
  if (found.length === 0) return [];
  return [
    `The platform file has no words for ${sentenceList(found)}: the first apply would switch ${found.length === 1 ? 'it' : 'them'} off. Replace what needs ${found.length === 1 ? 'it' : 'them'} before.`,
  ];
}

function accessNotes({ localAccounts, entra, azureRbac }: LiveCluster): string[] {
  return [
    ...(localAccounts
      ? [
          'Local accounts are on: the first apply switches them off, and whoever signs in with a certificate (`az aks get-credentials --admin`) is locked out. Name groups under `admins` before.',
        ]
      : []),
    ...(entra && azureRbac
      ? []
      : [
          'The first apply lets Entra and Azure RBAC decide who may do what, which cannot be taken back. Role bindings in the cluster go on to count.',
        ]),
  ];
}

function logNotes({ features: { monitoring, defender } }: LiveCluster, { logs }: EnvironmentScope): string[] {
  const workspace = monitoring?.workspace ?? defender?.workspace;
  if (workspace === undefined || (logs.existing && same(logs.id, workspace))) return [];
  return [
    `Its logs go to ${workspace}, and those of the platform elsewhere. To keep it for all environments, write \`existing: { logs: ${workspace} }\` at the top of the file; else the first apply changes it.`,
  ];
}

function without(values: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function someOf(values: Readonly<Record<string, unknown>>): JsonObject | undefined {
  const given = without(values);
  return Object.keys(given).length === 0 ? undefined : given;
}
