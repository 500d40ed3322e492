import { asArray, asObject, asString } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { DaemonFacts, NodeRequirement } from './facts.ts';

/**
 * What a workload does for GPUs, told by its name and its containers' images: NVIDIA/k8s-device-plugin and its chart, AKS's sample
 * (`nvidia-device-plugin-daemonset`), the GPU operator's own. Nothing for all others.
 */
export function readDaemon(object: KubernetesObject): DaemonFacts[] {
  const spec = asObject(asObject(asObject(object['spec'])['template'])['spec']);
  const containers = asArray(spec['containers']).map(asObject);
  const words = [
    object.metadata.name,
    ...containers.map(({ name, image }) => `${asString(name) ?? ''} ${asString(image) ?? ''}`),
  ];
  const does = purposeOf(object, words.join(' '));
  if (does === undefined) return [];
  return [
    {
      name: `${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      does,
      tolerations: asArray(spec['tolerations']).map(asObject),
      nodeSelector: Object.fromEntries(
        Object.entries(asObject(spec['nodeSelector'])).flatMap(([key, value]) =>
          typeof value === 'string' ? [[key, value]] : [],
        ),
      ),
      affinity: readAffinity(spec['affinity']),
    },
  ];
}

function readAffinity(affinity: unknown): DaemonFacts['affinity'] {
  const required = asObject(asObject(affinity)['nodeAffinity'])['requiredDuringSchedulingIgnoredDuringExecution'];
  const terms = asObject(required)['nodeSelectorTerms'];
  if (terms === undefined) return undefined;
  return asArray(terms)
    .map(asObject)
    .map(({ matchExpressions, matchFields }) => [...asArray(matchExpressions), ...asArray(matchFields)].map(readPart));
}

function readPart(part: unknown): NodeRequirement {
  const { key, operator, values } = asObject(part);
  return {
    key: asString(key) ?? '',
    operator: asString(operator) ?? '',
    values: asArray(values).flatMap(value => asString(value) ?? []),
  };
}

function purposeOf({ kind, metadata: { name } }: KubernetesObject, words: string): DaemonFacts['does'] | undefined {
  if (kind === 'Deployment') return /gpu-operator/.test(words) ? 'operator' : undefined;
  if (/nvidia-driver-daemonset/.test(name)) return 'driver';
  // The discovery of features and the MPS daemon come in the plugin's image.
  if (/feature-discovery|mps-control/.test(name)) return undefined;
  return /nvidia-device-plugin|k8s-device-plugin|nvidia-gpu-device-plugin/.test(words) ? 'plugin' : undefined;
}
