import type { Check } from '@suite/change-report';
import { type Cluster, isForbidden, type KubernetesObject } from '@suite/kubernetes';
import type { EnvironmentScope } from '@suite/platform-file';
import { helmRelease, ownerOf } from './helm-owner.ts';

/** What is in the cluster already of what must not have two owners. Undefined where it is not there, or may not be read. */
export interface GatewayOwners {
  /** The kind Gateway, which stands for all of Gateway API. */
  readonly definition: KubernetesObject | undefined;
  /** The controller of the add-on of AKS, which works on the same objects as ours. */
  readonly addOn: KubernetesObject | undefined;
}

const definitionName = 'gateways.gateway.networking.k8s.io';

export async function observeGatewayOwners(
  { releases }: EnvironmentScope,
  cluster: Pick<Cluster, 'get'>,
): Promise<GatewayOwners> {
  const { gatewayApi, albController } = releases;
  const look = async (ref: Parameters<Cluster['get']>[0]) => {
    try {
      return await cluster.get(ref);
    } catch (error) {
      if (isForbidden(error)) return undefined;
      throw error;
    }
  };
  const [definition, addOn] = await Promise.all([
    gatewayApi === undefined
      ? undefined
      : look({
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          namespace: undefined,
          name: definitionName,
        }),
    albController === undefined
      ? undefined
      : look({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'alb-controller' }),
  ]);
  return { definition, addOn };
}

/** Gateway API and its controller have one owner each. `owners` is undefined where nobody could look, `installed`: releases with a record. */
export function gatewayOwnerChecks(
  { releases }: EnvironmentScope,
  owners: GatewayOwners | undefined,
  installed: ReadonlySet<string>,
): Check[] {
  if (owners === undefined) return [];
  const { gatewayApi, albController } = releases;
  const checks: Check[] = [];
  if (gatewayApi?.owner === 'platform' && owners.definition !== undefined && !isOurs(owners.definition, installed)) {
    checks.push({
      id: 'release/gateway-api-crds/owner',
      name: 'Gateway API has one owner',
      status: 'blocked',
      message: `The cluster has the kinds of Gateway API already (${versionOf(owners.definition)}), from ${ownerOf(owners.definition)}.`,
      remedy:
        'Set `gateway-api-crds: { owner: aks }` to use what is there, or have it removed by whoever brought it, and plan again.',
      setting: gatewayApi.setting,
    });
  }
  if (gatewayApi?.owner === 'aks' && owners.definition === undefined) {
    checks.push({
      id: 'release/gateway-api-crds/owner',
      name: 'Gateway API has an owner',
      status: 'blocked',
      message: 'The cluster has no kinds of Gateway API, and `owner: aks` says that AKS brings them.',
      remedy: 'Enable the managed Gateway API of the cluster first, or leave `owner` out.',
      setting: gatewayApi.setting,
    });
  }
  if (albController !== undefined && owners.addOn !== undefined) {
    checks.push({
      id: 'release/alb-controller/add-on',
      name: 'Application Gateway for Containers has one controller',
      status: 'blocked',
      message: 'The add-on of AKS runs an ALB controller in `kube-system` already, on the same objects.',
      remedy: 'Disable the add-on, or set `alb-controller: false`.',
      setting: albController.setting,
    });
  }
  return checks;
}

function isOurs({ metadata }: KubernetesObject, installed: ReadonlySet<string>): boolean {
  const { annotations = {} } = metadata;
  // What was left behind on purpose, or by an apply that was cut off, is taken up again.
  return annotations[helmRelease] === 'gateway-api-crds' || installed.has('gateway-api-crds');
}

function versionOf({ metadata }: KubernetesObject): string {
  return metadata.annotations?.['gateway.networking.k8s.io/bundle-version'] ?? 'of an unknown version';
}
