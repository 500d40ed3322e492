import { asObject } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '../objects.ts';
import { isAtOrBelow, type Path } from './paths.ts';

/** Fields that the API server does not let anybody change. `but`: those below that may. */
interface Immutable {
  readonly group: string;
  readonly kinds: readonly string[];
  readonly fields: readonly string[];
  readonly but?: readonly string[];
  /** Only where the live object is like this. */
  readonly when?: (live: KubernetesObject) => boolean;
}

/**
 * From the validation of updates in Kubernetes 1.34.4: `pkg/apis/<group>/validation/validation.go`, for definitions of custom
 * resources `apiextensions-apiserver/pkg/apis/apiextensions/validation`.
 */
const table: readonly Immutable[] = [
  { group: 'apps', kinds: ['Deployment', 'DaemonSet', 'ReplicaSet'], fields: ['spec.selector'] },
  {
    group: 'apps',
    kinds: ['StatefulSet'],
    fields: ['spec'],
    but: [
      'spec.replicas',
      'spec.ordinals',
      'spec.template',
      'spec.updateStrategy',
      'spec.revisionHistoryLimit',
      'spec.persistentVolumeClaimRetentionPolicy',
      'spec.minReadySeconds',
    ],
  },
  {
    group: 'batch',
    kinds: ['Job'],
    fields: [
      'spec.selector',
      'spec.template',
      'spec.completionMode',
      'spec.podFailurePolicy',
      'spec.backoffLimitPerIndex',
      'spec.managedBy',
      'spec.successPolicy',
    ],
  },
  {
    group: 'batch',
    kinds: ['Job'],
    fields: ['spec.completions'],
    when: live => asObject(live['spec'])['completionMode'] !== 'Indexed',
  },
  {
    group: '',
    kinds: ['Service'],
    fields: ['spec.clusterIP', 'spec.clusterIPs'],
    when: live => asObject(live['spec'])['type'] !== 'ExternalName',
  },
  {
    group: '',
    kinds: ['Service'],
    fields: ['spec.loadBalancerClass'],
    when: live => asObject(live['spec'])['type'] === 'LoadBalancer',
  },
  {
    group: '',
    kinds: ['PersistentVolumeClaim'],
    fields: ['spec'],
    but: ['spec.resources.requests', 'spec.volumeAttributesClassName'],
  },
  // The source is the one field of the spec that has none of these names.
  {
    group: '',
    kinds: ['PersistentVolume'],
    fields: ['spec'],
    but: [
      'spec.accessModes',
      'spec.capacity',
      'spec.claimRef',
      'spec.mountOptions',
      'spec.persistentVolumeReclaimPolicy',
      'spec.storageClassName',
      'spec.volumeAttributesClassName',
    ],
  },
  { group: '', kinds: ['Secret'], fields: ['type'] },
  {
    group: '',
    kinds: ['ConfigMap', 'Secret'],
    fields: ['data', 'binaryData', 'immutable'],
    when: live => live['immutable'] === true,
  },
  { group: 'rbac.authorization.k8s.io', kinds: ['RoleBinding', 'ClusterRoleBinding'], fields: ['roleRef'] },
  {
    group: 'storage.k8s.io',
    kinds: ['StorageClass'],
    fields: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  },
  { group: 'storage.k8s.io', kinds: ['CSIDriver'], fields: ['spec.attachRequired', 'spec.volumeLifecycleModes'] },
  { group: 'storage.k8s.io', kinds: ['VolumeAttributesClass'], fields: ['driverName', 'parameters'] },
  { group: 'networking.k8s.io', kinds: ['IngressClass'], fields: ['spec.controller'] },
  { group: 'scheduling.k8s.io', kinds: ['PriorityClass'], fields: ['value', 'preemptionPolicy'] },
  { group: 'node.k8s.io', kinds: ['RuntimeClass'], fields: ['handler'] },
  {
    group: 'apiextensions.k8s.io',
    kinds: ['CustomResourceDefinition'],
    fields: ['spec.scope', 'spec.group', 'spec.names.kind', 'spec.names.plural'],
  },
];

/** Whether the API server refuses to change this field of a live object. */
export function isImmutable(live: KubernetesObject, path: Path): boolean {
  const group = groupOf(live.apiVersion);
  const within = (field: string) => isAtOrBelow(path, field.split('.'));
  return table.some(
    entry =>
      entry.group === group &&
      entry.kinds.includes(live.kind) &&
      entry.fields.some(within) &&
      !entry.but?.some(within) &&
      entry.when?.(live) !== false,
  );
}
