import { json } from '../../../network/http.ts';
import { properties } from '../body.ts';
import { findResource } from '../resources.ts';
import {
  compareVersions,
  defaultVersion,
  type KubernetesVersions,
  upgradesFrom,
} from '../types/kubernetes-versions.ts';
import type { Endpoints } from './endpoint.ts';

const clusterType = 'Microsoft.ContainerService/managedClusters';

/** What AKS tells of the versions of Kubernetes that it has (REST reference, container-service 2025-10-01). */
export const kubernetesEndpoints: Endpoints = {
  'Microsoft.ContainerService/locations/kubernetesVersions': ({ context, demand, subscription }) => {
    demand('Microsoft.ContainerService/locations/kubernetesversions/read', `/subscriptions/${subscription}`);
    return json(200, { values: showVersions(context.conditions.versions) });
  },

  [`${clusterType}/availableAgentPoolVersions`]: ({ context, request, demand, id }) => {
    if (request.method !== 'GET') return undefined;
    const clusterId = id.slice(0, id.lastIndexOf('/'));
    demand(`${clusterType}/availableAgentPoolVersions/read`, clusterId);
    const current = String(properties(findResource(context, clusterId).body)['currentKubernetesVersion']);
    // A pool may be as new as its control plane and no newer.
    const agentPoolVersions = Object.values(context.conditions.versions)
      .flatMap(({ patches, isPreview }) => patches.map(patch => ({ patch, isPreview })))
      .filter(({ patch }) => compareVersions(patch, current) <= 0)
      .map(({ patch, isPreview }) => ({ kubernetesVersion: patch, ...(isPreview ? { isPreview } : {}) }));
    return json(200, { id, name: 'default', properties: { agentPoolVersions } });
  },

  [`${clusterType}/upgradeProfiles`]: ({ context, request, demand, id }) => {
    if (request.method !== 'GET') return undefined;
    demand(`${clusterType}/upgradeProfiles/read`);
    const cluster = findResource(context, id.split('/').slice(0, -2).join('/'));
    const { versions } = context.conditions;
    const current = String(properties(cluster.body)['currentKubernetesVersion']);
    const pools = context.store.children(cluster.id, 'agentPools').map(({ name, body }) => {
      const { currentOrchestratorVersion, osType } = properties(body);
      const version = String(currentOrchestratorVersion);
      const upgrades = showUpgrades(versions, version).filter(
        one => compareVersions(one.kubernetesVersion, current) <= 0,
      );
      return { name, kubernetesVersion: version, osType, upgrades };
    });
    return json(200, {
      id,
      name: 'default',
      type: `${clusterType}/upgradeprofiles`,
      properties: {
        controlPlaneProfile: { kubernetesVersion: current, osType: 'Linux', upgrades: showUpgrades(versions, current) },
        agentPoolProfiles: pools,
      },
    });
  },
};

function showUpgrades(
  versions: KubernetesVersions,
  current: string,
): readonly { readonly kubernetesVersion: string; readonly isPreview?: true }[] {
  return upgradesFrom(versions, current).map(({ version, isPreview }) => ({
    kubernetesVersion: version,
    ...(isPreview ? { isPreview } : {}),
  }));
}

function showVersions(versions: KubernetesVersions): readonly object[] {
  return Object.entries(versions).map(([version, { patches, isLongTerm = false, isPreview = false }]) => ({
    version,
    ...(version === defaultVersion ? { isDefault: true } : {}),
    ...(isPreview ? { isPreview: true } : {}),
    capabilities: { supportPlan: isLongTerm ? ['AKSLongTermSupport'] : ['KubernetesOfficial', 'AKSLongTermSupport'] },
    patchVersions: Object.fromEntries(
      patches.map(patch => [patch, { upgrades: upgradesFrom(versions, patch).map(upgrade => upgrade.version) }]),
    ),
  }));
}
