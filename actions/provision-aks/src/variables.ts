import type {
  Cluster,
  EnvironmentScope,
  GpuPool,
  LogsReference,
  Network,
  Pool,
  Registry,
  ScopeView,
  SharedScope,
} from '@suite/platform-file';
import type { HeldVersions } from './held-versions.ts';

/** Folder below `terraform/` whose configuration makes the scope. */
export type TerraformRoot = 'shared' | 'environment';

export function terraformRoot(view: ScopeView): TerraformRoot {
  return view.kind;
}

/** The content of the file that `terraform plan -var-file` gets; null where Terraform's optional values are absent. */
export type TerraformVariables = SharedVariables | EnvironmentVariables;

export interface SharedVariables {
  readonly scope: ReturnType<typeof scope>;
  readonly logs: ReturnType<typeof ownLogs>;
}

export interface EnvironmentVariables {
  readonly scope: ReturnType<typeof scope> & { readonly tenant_id: string };
  readonly logs: ReturnType<typeof logs>;
  readonly network: ReturnType<typeof network>;
  readonly registry: ReturnType<typeof registry>;
  readonly cluster: ReturnType<typeof cluster>;
  readonly pools: ReturnType<typeof pools>;
}

/**
 * What Terraform is told, in the words of `variables.tf`. With `held`, a version that Azure has moved inside its minor
 * stays as it is: asking for the minor again would show every automatic patch as a change, forever.
 */
export function terraformVariables(view: SharedScope): SharedVariables;
export function terraformVariables(view: EnvironmentScope, held?: HeldVersions): EnvironmentVariables;
export function terraformVariables(view: ScopeView, held?: HeldVersions): TerraformVariables;
export function terraformVariables(view: ScopeView, held?: HeldVersions): TerraformVariables {
  if (view.kind === 'shared') return { scope: scope(view), logs: ownLogs(view.logs) };
  return {
    scope: { ...scope(view), tenant_id: view.tenant },
    logs: logs(view.logs),
    network: network(view.network),
    registry: registry(view.registry),
    cluster: cluster(view, held?.cluster),
    pools: pools(view.cluster, held),
  };
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
    const { dmz = null, compute, data = null, management = null } = wanted.subnets;
    return { created: null, existing: { id: wanted.id, subnet_ids: { dmz, compute, data, management } } };
  }
  return {
    created: { name: wanted.name, address_space: wanted.addressSpace, subnets: wanted.subnets },
    existing: null,
  };
}

function registry(wanted: Registry) {
  if (wanted.existing) return { created: null, existing_id: wanted.id };
  return {
    created: { name: wanted.name, public_access: wanted.publicAccess, zone_redundant: wanted.zoneRedundant },
    existing_id: null,
  };
}

function cluster(view: EnvironmentScope, held: string | undefined) {
  const wanted = view.cluster;
  const { secretsProvider, imageCleaner, workloadIdentity, monitoring, defender, policy, csi } = wanted.features;
  return {
    name: wanted.name,
    dns_prefix: wanted.dnsPrefix,
    node_resource_group: wanted.nodeResourceGroup,
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
    upgrades: wanted.upgrades,
    features: {
      monitoring,
      defender,
      policy,
      secrets_provider: secretsProvider === undefined ? null : { rotation_interval: secretsProvider.rotationInterval },
      image_cleaner: imageCleaner === undefined ? null : { interval_hours: imageCleaner.intervalHours },
      csi,
      workload_identity: workloadIdentity,
    },
  };
}

function pools(wanted: Cluster, held: HeldVersions | undefined) {
  const { system, user, gpu } = wanted.pools;
  // A pool that does not exist yet starts with the version of its control plane: it may not be ahead of it.
  const versionOf = (name: string) => version(wanted, held?.pools[name] ?? held?.cluster);
  return {
    system: pool(system, versionOf('system')),
    user: user === undefined ? null : pool(user, versionOf('user')),
    gpu: gpu === undefined ? null : gpuPool(gpu, versionOf('gpu')),
  };
}

function pool(wanted: Pool, orchestratorVersion: string) {
  const { size, min, max, zones, osDiskGb } = wanted;
  return { size, min, max, zones, os_disk_gb: osDiskGb ?? null, version: orchestratorVersion };
}

function gpuPool(wanted: GpuPool, orchestratorVersion: string) {
  return { ...pool(wanted, orchestratorVersion), driver: wanted.driver };
}

/** Channels in which Azure also chooses the minor; the platform file's is only where a new cluster begins. */
const minorChannels: readonly Cluster['upgrades']['cluster'][] = ['stable', 'rapid'];

function version(wanted: Cluster, held: string | undefined): string {
  if (held === undefined) return wanted.version;
  const azureDecides = minorChannels.includes(wanted.upgrades.cluster);
  return azureDecides || held.startsWith(`${wanted.version}.`) ? held : wanted.version;
}
