import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects } from '../objects.ts';
import { mountSecretsStore } from './secrets-store.ts';

/** Something that a pod refers to and that is not there. */
export interface MissingPiece {
  readonly reason: 'ContainerCreating' | 'CreateContainerConfigError';
  readonly message: string;
  readonly events: readonly (readonly [reason: string, message: string])[];
}

/** Volumes and environment of a pod need their Secrets and ConfigMaps, unless they are optional. */
export function missingPiece(cluster: Cluster, pod: KubeObject): MissingPiece | undefined {
  const { namespace } = pod.metadata;
  const lacks = (kind: Kind, name: unknown, key?: unknown): string | undefined => {
    const found = cluster.store.get(`${kind}s`, namespace, String(name));
    if (found === undefined) return `${kind} ${JSON.stringify(name)} not found`;
    const has = key === undefined || [found['data'], found['binaryData']].some(data => String(key) in at(data));
    return has
      ? undefined
      : `couldn't find key ${String(key)} in ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${namespace}/${String(name)}`;
  };
  const spec = at(pod, 'spec');
  const unmounted = mountSecretsStore(cluster, pod);
  if (unmounted !== undefined) {
    return { reason: 'ContainerCreating', message: unmounted, events: [['FailedMount', unmounted]] };
  }
  for (const volume of objects(spec['volumes'])) {
    const why = sourcesOf(volume)
      .map(([kind, source, name]) => (source['optional'] === true ? undefined : lacks(kind, name)))
      .find(Boolean);
    if (why === undefined) continue;
    const words = `MountVolume.SetUp failed for volume ${JSON.stringify(volume['name'])} : ${why}`;
    return { reason: 'ContainerCreating', message: words, events: [['FailedMount', words]] };
  }
  for (const container of [...objects(spec['initContainers']), ...objects(spec['containers'])]) {
    const why = environmentOf(container)
      .map(([kind, source, key]) => (source['optional'] === true ? undefined : lacks(kind, source['name'], key)))
      .find(Boolean);
    if (why !== undefined)
      return { reason: 'CreateContainerConfigError', message: why, events: [['Failed', `Error: ${why}`]] };
  }
  return undefined;
}

type Kind = 'secret' | 'configmap';

function sourcesOf(volume: Fields): readonly (readonly [Kind, Readonly<Fields>, unknown])[] {
  const direct = [volume, ...objects(at(volume, 'projected')['sources'])];
  return direct.flatMap((one): readonly (readonly [Kind, Readonly<Fields>, unknown])[] => {
    const { secret, configMap } = one;
    return [
      ...(secret === undefined
        ? []
        : [['secret', at(secret), at(secret)['secretName'] ?? at(secret)['name']] as const]),
      ...(configMap === undefined ? [] : [['configmap', at(configMap), at(configMap)['name']] as const]),
    ];
  });
}

function environmentOf(container: Fields): readonly (readonly [Kind, Readonly<Fields>, unknown])[] {
  const single = objects(container['env']).flatMap(
    (variable): readonly (readonly [Kind, Readonly<Fields>, unknown])[] => {
      const { secretKeyRef, configMapKeyRef } = at(variable, 'valueFrom');
      return [
        ...(secretKeyRef === undefined ? [] : [['secret', at(secretKeyRef), at(secretKeyRef)['key']] as const]),
        ...(configMapKeyRef === undefined
          ? []
          : [['configmap', at(configMapKeyRef), at(configMapKeyRef)['key']] as const]),
      ];
    },
  );
  const whole = objects(container['envFrom']).flatMap(
    (source): readonly (readonly [Kind, Readonly<Fields>, unknown])[] => [
      ...(source['secretRef'] === undefined ? [] : [['secret', at(source, 'secretRef'), undefined] as const]),
      ...(source['configMapRef'] === undefined ? [] : [['configmap', at(source, 'configMapRef'), undefined] as const]),
    ],
  );
  return [...single, ...whole];
}
