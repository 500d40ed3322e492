import {
  type Cluster,
  type EnvironmentScope,
  type LogsReference,
  type Network,
  type Pool,
  type PoolInstance,
  poolInstances,
  type Registry,
  type ScopeView,
  type SharedScope,
  type SystemPool,
  writeTaint,
} from '@suite/platform-file';
import type { HeldVersions } from './held-versions.ts';

/** Folder below `terraform/` whose configuration makes the scope. */
export type TerraformRoot = 'shared' | 'environment';

export function terraformRoot(view: Pick<ScopeView, 'kind'>): TerraformRoot {
  return view.kind;
}

/** The content of the file that `terraform plan -var-file` gets; null where Terraform's optional values are absent. */
export type TerraformVariables = SharedVariables | EnvironmentVariables;

export type SharedVariables = ReturnType<typeof sharedVariables>;
export type EnvironmentVariables = ReturnType<typeof environmentVariables>;

/**
 * What Terraform is told, in the words of `variables.tf`. With `held`, a version that Azure has moved inside its minor
 * stays as it is: asking for the minor again would show every automatic patch as a change, forever.
 */
export function terraformVariables(view: SharedScope): SharedVariables;
export function terraformVariables(view: EnvironmentScope, held?: HeldVersions): EnvironmentVariables;
export function terraformVariables(view: ScopeView, held?: HeldVersions): TerraformVariables;
export function terraformVariables(view: ScopeView, held?: HeldVersions): TerraformVariables {
  return view.kind === 'shared' ? sharedVariables(view) : environmentVariables(view, held);
}

function sharedVariables(view: SharedScope) {
  return {
    scope: { ...scope(view), tenant_id: view.tenant },
    logs: ownLogs(view.logs),
    dns: view.dns === undefined ? null : made(view.dns, ({ name }) => ({ name })),
    vault: view.vault === undefined ? null : made(view.vault, vault),
  };
}

function environmentVariables(view: EnvironmentScope, held: HeldVersions | undefined) {
  return {
    scope: { ...scope(view), tenant_id: view.tenant, environment: view.scope, production: view.production },
    logs: logs(view.logs),
    network: network(view.network),
    registry: made(view.registry, registry),
    cluster: cluster(view, held?.cluster),
    pools: pools(view.cluster, held),
    gateway: view.gateway === undefined ? null : { ...view.gateway, waf: view.gateway.waf ?? null },
    // The shared scope's vault gets a private endpoint in each environment; somebody else's is left as it is.
    vault: { ...made(view.vault, vault), shared: view.vault.existing && view.vault.shared },
    storage: storage(view),
    database: database(view),
    cache: view.cache ?? null,
    backup: backup(view),
    dns: dns(view),
    private_link: view.privateLink === undefined ? null : { zone_ids: optional(view.privateLink.zones) },
    budget: view.budget ?? null,
    alerts: view.alerts ?? null,
    protect: view.protect,
    workloads: view.workloads,
    hub_principal_id: view.applications?.hub?.objectId ?? null,
  };
}

/** Made here with these values, or used by its id: exactly one of the two. */
function made<T extends object, Values>(
  wanted: ({ readonly existing: false } & T) | { readonly existing: true; readonly id: string },
  values: (created: T) => Values,
): { readonly created: Values | null; readonly existing_id: string | null } {
  return wanted.existing ? { created: null, existing_id: wanted.id } : { created: values(wanted), existing_id: null };
}

/** Terraform's optional attributes are null where nothing was said. */
function optional(ids: Readonly<Record<string, string | undefined>>): Record<string, string | null> {
  return Object.fromEntries(
    ['registry', 'vault', 'storage', 'database', 'cache'].map(name => [name, ids[name] ?? null]),
  );
}

function vault({ name, publicAccess }: { readonly name: string; readonly publicAccess: boolean }) {
  return { name, public_access: publicAccess };
}

function registry(wanted: Extract<Registry, { existing: false }>) {
  return {
    name: wanted.name,
    public_access: wanted.publicAccess,
    zone_redundant: wanted.zoneRedundant,
    replicas: wanted.replicas,
    retention_days: wanted.retentionDays ?? null,
  };
}

function storage({ storage: wanted }: EnvironmentScope) {
  if (wanted === undefined) return null;
  return {
    name: wanted.name,
    public_access: wanted.publicAccess,
    replication: wanted.replication,
    soft_delete_days: wanted.softDeleteDays,
    containers: wanted.containers,
  };
}

function database({ database: wanted }: EnvironmentScope) {
  if (wanted === undefined) return null;
  return {
    name: wanted.name,
    size: wanted.size,
    storage_mb: wanted.storageGb * 1024,
    version: wanted.version,
    high_availability: wanted.highAvailability,
    backup_days: wanted.backupDays,
    geo_backup: wanted.geoBackup,
    databases: wanted.databases,
  };
}

function backup({ backup: wanted }: EnvironmentScope) {
  if (wanted === undefined) return null;
  return { vault: wanted.vault, retention_days: wanted.retentionDays, every_hours: wanted.everyHours };
}

function dns({ dns: wanted }: EnvironmentScope) {
  if (wanted === undefined) return null;
  if (wanted.existing) return { name: wanted.name, existing_id: wanted.id, delegation: null };
  const { name, resourceGroup, subscription } = wanted.parent;
  const parent = { zone: name, resource_group: resourceGroup, subscription_id: subscription };
  return { name: wanted.name, existing_id: null, delegation: { ...parent, label: wanted.label } };
}

function scope(view: ScopeView) {
  return {
    location: view.region,
    subscription_id: view.subscription,
    resource_group: view.resourceGroup,
    tags: view.tags,
  };
}

function ownLogs(own: SharedScope['logs']) {
  return own.existing
    ? { created: null, existing_id: own.id }
    : { created: { name: own.name, retention_days: own.retentionDays }, existing_id: null };
}

function logs(reference: LogsReference) {
  if (reference.existing) return { shared: null, existing_id: reference.id };
  const { name, resourceGroup, subscription } = reference;
  return { shared: { name, resource_group: resourceGroup, subscription_id: subscription }, existing_id: null };
}

function network(wanted: Network) {
  if (wanted.existing) {
    const { dmz = null, compute, data = null, management = null, apiServer = null } = wanted.subnets;
    return {
      created: null,
      existing: {
        id: wanted.id,
        egress: wanted.egress.kind,
        subnet_ids: { dmz, compute, data, management, api_server: apiServer },
      },
    };
  }
  const { dmz, compute, data, management, bastion = null, apiServer = null } = wanted.subnets;
  const { egress } = wanted;
  return {
    created: {
      name: wanted.name,
      address_space: wanted.addressSpace,
      subnets: { dmz, compute, data, management, bastion, api_server: apiServer },
      egress: { kind: egress.kind, next_hop: egress.kind === 'user-defined' ? egress.nextHop : null },
      flow_logs: wanted.flowLogs === undefined ? null : { retention_days: wanted.flowLogs.retentionDays },
    },
    existing: null,
  };
}

function cluster(view: EnvironmentScope, held: string | undefined) {
  const wanted = view.cluster;
  const { secretsProvider, imageCleaner, workloadIdentity, monitoring, defender, policy, csi } = wanted.features;
  const { diagnostics, prometheus, podSecurity, safeguards, costAnalysis } = wanted.features;
  return {
    name: wanted.name,
    dns_prefix: wanted.dnsPrefix,
    node_resource_group: wanted.nodeResourceGroup,
    identity: wanted.identity,
    role_assignments: wanted.roleAssignments,
    version: version(wanted, held),
    tier: wanted.tier,
    private: wanted.private,
    run_command: wanted.runCommand,
    authorized_ranges: wanted.authorizedRanges,
    admin_groups: view.admins,
    pod_cidr: wanted.podCidr,
    service_cidr: wanted.serviceCidr,
    dns_service_ip: wanted.dnsServiceIp,
    network_policy: wanted.networkPolicy,
    private_dns: wanted.privateDns,
    vnet_integration: wanted.vnetIntegration,
    disk_encryption: wanted.diskEncryption ?? null,
    maintenance: maintenance(wanted),
    upgrades: wanted.upgrades,
    features: {
      monitoring,
      diagnostics,
      prometheus,
      defender,
      defender_plan: wanted.defenderPlan,
      policy,
      pod_security: podSecurity ?? null,
      safeguards: safeguards ?? null,
      cost_analysis: costAnalysis,
      secrets_provider: secretsProvider === undefined ? null : { rotation_interval: secretsProvider.rotationInterval },
      image_cleaner: imageCleaner === undefined ? null : { interval_hours: imageCleaner.intervalHours },
      csi,
      workload_identity: workloadIdentity,
    },
  };
}

function maintenance({ maintenance: wanted }: Cluster) {
  if (wanted === undefined) return null;
  return { day: wanted.day, start: wanted.start, hours: wanted.hours, utc_offset: wanted.utcOffset };
}

function pools(wanted: Cluster, held: HeldVersions | undefined) {
  // A pool that does not exist yet starts with the version of its control plane: it may not be ahead of it.
  const versionOf = (name: string) => version(wanted, held?.pools[name] ?? held?.cluster);
  const instances = poolInstances(wanted);
  return {
    system: systemPool(wanted.pools.system, versionOf(wanted.pools.system.name)),
    workers: Object.fromEntries(instances.map(instance => [instance.key, worker(instance, versionOf(instance.name))])),
  };
}

function pool(wanted: Pool, orchestratorVersion: string) {
  const { size, min, max, zones } = wanted;
  return {
    size,
    min,
    max,
    zones,
    os_disk_gb: wanted.osDiskGb ?? null,
    os_disk_type: wanted.osDiskType,
    host_encryption: wanted.hostEncryption,
    max_pods: wanted.maxPods,
    surge: wanted.surge,
    drain_minutes: wanted.drainMinutes,
    soak_minutes: wanted.soakMinutes,
    labels: wanted.labels,
    version: orchestratorVersion,
  };
}

function systemPool(wanted: SystemPool, orchestratorVersion: string) {
  return { ...pool(wanted, orchestratorVersion), name: wanted.name, dedicated: wanted.dedicated };
}

function worker({ name, kind, zones, pool: wanted }: PoolInstance, orchestratorVersion: string) {
  return {
    name,
    ...pool(wanted, orchestratorVersion),
    zones,
    kind,
    spot: wanted.spot,
    taints: wanted.taints.map(writeTaint),
    gpu_driver: 'driver' in wanted ? wanted.driver : null,
  };
}

/** Channels in which Azure also chooses the minor; the platform file's is only where a new cluster begins. */
const minorChannels: readonly Cluster['upgrades']['cluster'][] = ['stable', 'rapid'];

function version(wanted: Cluster, held: string | undefined): string {
  if (held === undefined) return wanted.version;
  const azureDecides = minorChannels.includes(wanted.upgrades.cluster);
  return azureDecides || held.startsWith(`${wanted.version}.`) ? held : wanted.version;
}
