import { asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope, ServiceAccount, Workload } from '@suite/platform-file';
import { apiVersionOf } from '../../resource-ids.ts';
import type { LiveCluster } from '../live-cluster.ts';
import { containsAll } from '../match.ts';
import { type Grant, grantInspection } from './grants.ts';
import { type Inspection, inspect, property, read } from './inspection.ts';
import {
  containerId,
  controlPlaneIdentity,
  diskEncryptionSetId,
  locate,
  networkId,
  own,
  registryId,
  resourceGroupId,
  subnetId,
  vaultId,
  workloadIdentity,
  zoneId,
} from './names.ts';

/** What of the cluster says who signs in. */
export interface SignedIn extends Pick<LiveCluster, 'kubelet'> {
  readonly features: Pick<LiveCluster['features'], 'secretsProvider' | 'oidcIssuer'>;
}

/** Who signs in to Azure, as whom, and what they have to be permitted. */
export function identityInspections(view: EnvironmentScope, cluster: SignedIn): Inspection[] {
  const workloads = Object.entries(view.workloads) as [Workload, ServiceAccount][];
  const control = { id: controlPlaneIdentity(view), apiVersion: apiVersionOf('azurerm_user_assigned_identity') };
  return [
    inspect('Identity of the control plane', control, [], body =>
      grantsTo(view, 'the control plane', principalOf(body), controlPlaneGrants(view)),
    ),
    ...grantsTo(view, 'the nodes', cluster.kubelet, [
      { purpose: 'registry_pull', scope: registryId(view), role: 'AcrPull' },
    ]),
    ...grantsTo(view, 'the secrets provider', cluster.features.secretsProvider?.principal, secretsGrants(view)),
    ...workloads.map(([workload, account]) => {
      const identity = workloadIdentity(view, workload);
      return inspect(`Identity of ${workload}`, identity, [], body => [
        signIn(workload, identity.id, account, cluster.features.oidcIssuer?.url),
        ...(workload === 'mlflow' ? administrator(view, principalOf(body)) : []),
        ...grantsTo(view, workload, principalOf(body), workloadGrants(view, workload)),
      ]);
    }),
  ];
}

function signIn(workload: Workload, identity: string, account: ServiceAccount, issuer: string | undefined): Inspection {
  const at = locate('azurerm_federated_identity_credential', {
    user_assigned_identity_id: identity,
    name: 'kubernetes',
  });
  return inspect(`Sign-in of ${workload}`, at, [
    // Without an issuer nobody signs in, which is a difference of the cluster.
    ...(issuer === undefined ? [] : [property('issuer', 'issuer', issuer)]),
    property('subject', 'subject', `system:serviceaccount:${account.namespace}:${account.name}`),
    property('audience', 'audiences', ['api://AzureADTokenExchange'], containsAll),
  ]);
}

/** Whoever administers the database is MLflow's identity. */
function administrator(view: EnvironmentScope, principal: string | undefined): Inspection[] {
  const { database } = view;
  if (database === undefined || principal === undefined) return [];
  const values = { resource_group_name: view.resourceGroup, server_name: database.name, object_id: principal };
  const type = 'azurerm_postgresql_flexible_server_active_directory_administrator';
  return [inspect('Administrator of the database', locate(type, values, view.subscription), [])];
}

function grantsTo(
  view: EnvironmentScope,
  who: string,
  principal: string | undefined,
  grants: readonly Grant[],
): Inspection[] {
  return principal === undefined ? [] : grants.map(grant => grantInspection(view, who, principal, grant));
}

const principalOf = (identity: JsonObject) => asString(read(identity, 'principalId'));

function grant(purpose: string, scope: string | undefined, role: Grant['role']): Grant[] {
  return scope === undefined ? [] : [{ purpose, scope, role }];
}

function controlPlaneGrants(view: EnvironmentScope): Grant[] {
  const { cluster, network, backup } = view;
  const ownsZone = cluster.private && !['System', 'None'].includes(cluster.privateDns);
  const routes = !network.existing && network.egress.kind === 'user-defined';
  return [
    ...grant('cluster_network', subnetId(view, 'compute'), 'Network Contributor'),
    ...grant(
      'api_server_network',
      cluster.vnetIntegration ? subnetId(view, 'apiServer') : undefined,
      'Network Contributor',
    ),
    ...grant(
      'route_table',
      routes ? own(view, 'azurerm_route_table', `rt-${network.name.replace(/^vnet-/, '')}`).id : undefined,
      'Network Contributor',
    ),
    ...grant('private_dns_zone', ownsZone ? cluster.privateDns : undefined, 'Private DNS Zone Contributor'),
    ...grant('private_dns_network', ownsZone ? networkId(view) : undefined, 'Network Contributor'),
    ...grant('disk_encryption_set', diskEncryptionSetId(view), 'Reader'),
    ...grant('backup_cluster_makes_snapshots', backup === undefined ? undefined : resourceGroupId(view), 'Contributor'),
  ];
}

function secretsGrants(view: EnvironmentScope): Grant[] {
  if (view.cluster.features.secretsProvider === undefined) return [];
  return grant('secrets_provider', vaultId(view), 'Key Vault Secrets User');
}

function workloadGrants(view: EnvironmentScope, workload: Workload): Grant[] {
  const { gateway, storage } = view;
  const container = (name: 'loki' | 'mlflow') =>
    storage && containerId(own(view, 'azurerm_storage_account', storage.name).id, storage.containers[name]);
  const nodes = `/subscriptions/${view.subscription}/resourceGroups/${view.cluster.nodeResourceGroup}`;
  switch (workload) {
    case 'alb-controller':
      return [
        ...grant('alb-controller/nodes', nodes, 'Reader'),
        ...grant('alb-controller/gateway', resourceGroupId(view), 'AppGw for Containers Configuration Manager'),
        ...grant(
          'alb-controller/subnet',
          gateway === undefined ? undefined : subnetId(view, 'dmz'),
          'Network Contributor',
        ),
        ...grant(
          'alb-controller/waf',
          gateway?.waf === undefined
            ? undefined
            : own(view, 'azurerm_web_application_firewall_policy', `waf-${gateway.name}`).id,
          'Network Contributor',
        ),
      ];
    case 'cert-manager':
      return grant('cert-manager/zone', zoneId(view), 'DNS Zone Contributor');
    case 'loki':
    case 'mlflow':
      return grant(`${workload}/blobs`, container(workload), 'Storage Blob Data Contributor');
    case 'external-secrets':
    case 'secrets-ai-tools':
    case 'secrets-argocd':
    case 'secrets-monitoring':
      return grant(`${workload}/secrets`, vaultId(view), 'Key Vault Secrets User');
  }
}
