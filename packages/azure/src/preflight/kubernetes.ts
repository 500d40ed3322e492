import { asBoolean, asObject, asString } from '@suite/foundation';
import type { Answer } from './answer.ts';
import { type Arm, objects, properties, strings } from './arm.ts';

/** A Kubernetes minor that AKS offers in a location. */
export interface OfferedMinor {
  /** `1.35` */
  readonly minor: string;
  readonly preview: boolean;
  /** `KubernetesOfficial`, `AKSLongTermSupport` */
  readonly supportPlans: readonly string[];
  /** Full versions. */
  readonly patches: readonly string[];
}

/** Where a cluster may go from where it is. */
export interface Upgrades {
  /** Full version of the control plane. */
  readonly version: string;
  /** Full versions, previews included. */
  readonly to: readonly string[];
}

// Of Microsoft.ContainerService; the one that azurerm 5.2.0 uses itself.
const apiVersion = '2025-10-01';

export function readMinors(arm: Arm, subscription: string, location: string): Promise<Answer<readonly OfferedMinor[]>> {
  return arm.ask(
    {
      path: `/subscriptions/${subscription}/providers/Microsoft.ContainerService/locations/${location}/kubernetesVersions`,
      apiVersion,
      doing: `asking which Kubernetes versions ${location} has`,
      right: {
        action: 'Microsoft.ContainerService/locations/kubernetesversions/read',
        scope: `/subscriptions/${subscription}`,
      },
    },
    body =>
      objects(asObject(body)['values']).flatMap((item): OfferedMinor[] => {
        const minor = asString(item['version']);
        if (minor === undefined) return [];
        return [
          {
            minor,
            preview: asBoolean(item['isPreview']) ?? false,
            supportPlans: strings(asObject(item['capabilities'])['supportPlan']),
            patches: Object.keys(asObject(item['patchVersions'])),
          },
        ];
      }),
  );
}

/** Undefined when there is no such cluster. */
export function readUpgrades(arm: Arm, clusterId: string): Promise<Answer<Upgrades | undefined>> {
  return arm.find(
    {
      path: `${clusterId}/upgradeProfiles/default`,
      apiVersion,
      doing: `asking where the cluster ${clusterId.split('/').at(-1)} may be upgraded to`,
      right: { action: 'Microsoft.ContainerService/managedClusters/upgradeProfiles/read', scope: clusterId },
    },
    body => {
      const controlPlane = asObject(properties(body)['controlPlaneProfile']);
      return {
        version: asString(controlPlane['kubernetesVersion']) ?? '',
        to: objects(controlPlane['upgrades']).flatMap(({ kubernetesVersion }) => asString(kubernetesVersion) ?? []),
      };
    },
  );
}
