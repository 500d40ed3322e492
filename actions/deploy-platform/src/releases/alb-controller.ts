import type { EnvironmentScope } from '@suite/platform-file';
import type { Release, ReleaseInput } from '../release.ts';
import { pinned } from './pins.ts';
import { clientIdOf, type Draft, present, resources, type Size, withUserValues } from './values.ts';

/** The chart's own, which the federated credential of its identity names. */
const namespace = 'azure-alb-system';

/** The class that it makes for load balancers that Terraform owns. */
export const gatewayClass = 'azure-alb-external';

/** Programs Application Gateway for Containers from Gateways and routes. It brings kinds of its own once it starts. */
export function albController(input: ReleaseInput): Release | undefined {
  const { albController: settings, gatewayApi } = input.view.releases;
  if (settings === undefined) return undefined;
  return {
    name: 'alb-controller',
    namespace,
    podSecurity: 'baseline',
    chart: pinned('alb-controller', settings),
    needs: gatewayApi?.owner === 'platform' ? ['gateway-api-crds'] : [],
    ...withUserValues(draft(input), settings.values),
    readiness: [
      { kind: 'rollouts' },
      {
        kind: 'condition',
        apiVersion: 'gateway.networking.k8s.io/v1',
        objectKind: 'GatewayClass',
        name: gatewayClass,
        condition: 'Accepted',
      },
    ],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'Nobody else writes to what the chart renders.' },
    timeoutSeconds: 900,
    setting: settings.setting,
  };
}

const sizes: Readonly<Record<'dev' | 'production', Size>> = { dev: [50, 128], production: [100, 200] };

function draft({ view, outputs }: ReleaseInput): Draft {
  const clientID = clientIdOf(outputs, 'alb-controller');
  return {
    values: {
      albController: {
        namespace,
        // They are a release of their own, or the cluster's.
        installGatewayApiCRDs: false,
        podIdentity: present({ clientID }),
        // The chart has keys for no budget and no spread: the release `gateway` brings the budget, and the scheduler spreads by itself.
        controller: { replicaCount: controllerReplicas(view), resource: resources(sizes[classOf(view)]) },
      },
    },
    unknown: clientID === undefined ? [['albController', 'podIdentity', 'clientID']] : [],
  };
}

const classOf = ({ production }: EnvironmentScope) => (production ? 'production' : 'dev');

/** One leads and the other one waits. */
export function controllerReplicas({ production }: EnvironmentScope): number {
  return production ? 2 : 1;
}
