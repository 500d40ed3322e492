import type { IdKind } from '../../arm/ids.ts';
import { block, computed, kept, list, map, text } from '../fields.ts';
import { withOwnId } from '../own-id.ts';
import { at, textAt, text as textOf } from '../shape.ts';
import { tableResource } from '../table-resource.ts';
import { aksVersion, clusterKind } from './pool.ts';

/** What hangs on a cluster: extensions, deployment safeguards, rights of other services inside it. */

const extensionKind: IdKind = {
  label: 'Scoped Extension',
  namespace: 'Microsoft.KubernetesConfiguration',
  isScoped: true,
  segments: [['extensions', 'Extension Name']],
};

export const kubernetesClusterExtension = tableResource({
  type: 'azurerm_kubernetes_cluster_extension',
  kind: extensionKind,
  apiVersion: '2024-11-01',
  operation: 'Create',
  scope: 'cluster_id',
  fields: {
    extension_type: text('properties.extensionType'),
    release_train: text('properties.releaseTrain'),
    version: text('properties.version'),
    release_namespace: text('properties.scope.cluster.releaseNamespace'),
    target_namespace: text('properties.scope.namespace.targetNamespace'),
    configuration_settings: map('properties.configurationSettings'),
    // Azure never shows these.
    configuration_protected_settings: kept(map('properties.configurationProtectedSettings')),
    current_version: computed(text('properties.currentVersion')),
    plan: block('plan', {
      name: text('name'),
      product: text('product'),
      publisher: text('publisher'),
      promotion_code: text('promotionCode'),
      version: text('version'),
    }),
    aks_assigned_identity: {
      read: body => {
        const identity = at(body, 'properties', 'aksAssignedIdentity');
        return identity == null
          ? []
          : [
              {
                type: textAt(identity, 'type') === 'UserAssigned' ? 'UserAssigned' : 'SystemAssigned',
                principal_id: textAt(identity, 'principalId'),
                tenant_id: textAt(identity, 'tenantId'),
              },
            ];
      },
    },
  },
  complete: (body, planned) => ({
    ...body,
    properties: { ...Object(body['properties']), autoUpgradeMinorVersion: textOf(planned, 'version') === undefined },
  }),
});

const safeguardKind: IdKind = {
  label: 'Scoped Deployment Safeguard',
  namespace: 'Microsoft.ContainerService',
  isScoped: true,
  segments: [['deploymentSafeguards', 'Deployment Safeguard Name']],
};
const safeguardEnding = '/providers/Microsoft.ContainerService/deploymentSafeguards/default';

/** One per cluster, and known by the cluster's id. */
export const kubernetesClusterDeploymentSafeguard = withOwnId(
  tableResource({
    type: 'azurerm_kubernetes_cluster_deployment_safeguard',
    kind: safeguardKind,
    apiVersion: '2025-07-01',
    operation: 'Create',
    scope: 'kubernetes_cluster_id',
    names: [],
    fixed: { deploymentSafeguards: 'default' },
    fields: {
      level: text('properties.level'),
      excluded_namespaces: list('properties.excludedNamespaces', { sendEmpty: true }),
      pod_security_standards_level: text('properties.podSecurityStandardsLevel', { absent: 'Privileged' }),
    },
  }),
  { toState: id => id.slice(0, -safeguardEnding.length), toArm: id => `${id}${safeguardEnding}` },
);

export const kubernetesClusterTrustedAccessRoleBinding = tableResource({
  type: 'azurerm_kubernetes_cluster_trusted_access_role_binding',
  kind: {
    label: 'Trusted Access Role Binding',
    namespace: 'Microsoft.ContainerService',
    segments: [...clusterKind.segments, ['trustedAccessRoleBindings', 'Trusted Access Role Binding Name']],
  },
  apiVersion: aksVersion,
  operation: 'RoleBindingsCreateOrUpdate',
  parent: { argument: 'kubernetes_cluster_id', kind: clusterKind },
  lock: (_, planned) => String(planned['kubernetes_cluster_id']),
  fields: {
    roles: list('properties.roles'),
    source_resource_id: text('properties.sourceResourceId'),
  },
});
