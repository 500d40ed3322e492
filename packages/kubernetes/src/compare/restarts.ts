import { asNumber, asObject, asString, count } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '../objects.ts';
import { isAtOrBelow, type Path } from './paths.ts';

const template = ['spec', 'template'];

/**
 * What an update of these fields restarts, a clause such as `restarts 3 pods`; undefined for nothing. A controller rolls out
 * a changed pod template by itself, unless its strategy waits for somebody to delete the pods.
 */
export function restartsOf(
  rendered: KubernetesObject,
  live: KubernetesObject,
  paths: readonly Path[],
): string | undefined {
  const spec = asObject(rendered['spec']);
  const liveSpec = asObject(live['spec']);
  switch (`${groupOf(rendered.apiVersion)}/${rendered.kind}`) {
    case 'apps/Deployment':
      if (spec['paused'] === true || !paths.some(path => isAtOrBelow(path, template))) return undefined;
      return restartsPods(replicasOf(spec, liveSpec));
    case 'apps/StatefulSet': {
      if (!paths.some(path => isAtOrBelow(path, template)) || strategyOf(spec, liveSpec) === 'OnDelete')
        return undefined;
      const partition = asNumber(asObject(asObject(spec['updateStrategy'])['rollingUpdate'])['partition']) ?? 0;
      return restartsPods(Math.max(0, replicasOf(spec, liveSpec) - partition));
    }
    case 'apps/DaemonSet':
      if (!paths.some(path => isAtOrBelow(path, template)) || strategyOf(spec, liveSpec) === 'OnDelete')
        return undefined;
      return 'restarts a pod on every node that it runs on';
    // The operator makes a StatefulSet of the whole spec; which fields reach its pods is the operator's matter.
    case 'monitoring.coreos.com/Prometheus':
    case 'monitoring.coreos.com/PrometheusAgent':
    case 'monitoring.coreos.com/Alertmanager':
    case 'monitoring.coreos.com/ThanosRuler':
      if (!paths.some(path => isAtOrBelow(path, ['spec']))) return undefined;
      return `may restart ${pods(replicasOf(spec, liveSpec))}, as the Prometheus operator decides`;
    default:
      return undefined;
  }
}

function restartsPods(quantity: number): string | undefined {
  return quantity === 0 ? undefined : `restarts ${pods(quantity)}`;
}

const pods = (quantity: number) => count(quantity, 'pod');

function replicasOf(spec: Readonly<Record<string, unknown>>, live: Readonly<Record<string, unknown>>): number {
  return asNumber(spec['replicas']) ?? asNumber(live['replicas']) ?? 1;
}

function strategyOf(spec: Readonly<Record<string, unknown>>, live: Readonly<Record<string, unknown>>) {
  return asString(asObject(spec['updateStrategy'])['type']) ?? asString(asObject(live['updateStrategy'])['type']);
}
