import type { Cluster } from './cluster.ts';
import { create } from './controllers/keep.ts';
import { secretProviderClasses } from './controllers/secrets-store.ts';
import rbac from './data/rbac.json' with { type: 'json' };
import type { Fields, KubeObject } from './objects.ts';

const maker = 'kube-apiserver';

/** What a cluster of AKS holds before anybody does anything. */
export function furnishCluster(cluster: Cluster, { hasSecretsStore = false } = {}): void {
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    create(cluster, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, maker);
  }
  for (const role of rbac as readonly Fields[]) {
    const object = structuredClone(role) as KubeObject;
    create(cluster, `${object.kind.toLowerCase()}s.rbac.authorization.k8s.io`, object, maker);
  }
  create(
    cluster,
    'services',
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { component: 'apiserver', provider: 'kubernetes' },
      },
      spec: { clusterIP: '10.0.0.1', ports: [{ name: 'https', port: 443, targetPort: 443 }] },
    },
    maker,
  );
  // Of the add-on Key Vault Secrets Provider.
  if (hasSecretsStore) create(cluster, 'customresourcedefinitions.apiextensions.k8s.io', secretProviderClasses, maker);
  for (const storageClass of storageClasses) create(cluster, 'storageclasses.storage.k8s.io', storageClass, maker);
  for (const [name, value] of priorities) {
    create(
      cluster,
      'priorityclasses.scheduling.k8s.io',
      {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value,
      },
      maker,
    );
  }
}

const priorities = [
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
] as const;

const disk = (name: string, skuname: string, more: Readonly<Fields> = {}) =>
  classOf(name, 'disk.csi.azure.com', { skuname }, { volumeBindingMode: 'WaitForFirstConsumer', ...more });
const file = (name: string, skuName: string) =>
  classOf(name, 'file.csi.azure.com', { skuName }, { volumeBindingMode: 'Immediate' });

/** Storage classes that AKS brings (Microsoft Learn, "Storage options for applications in AKS"). */
const storageClasses: readonly KubeObject[] = [
  disk('default', 'StandardSSD_LRS', { isDefault: true }),
  disk('managed', 'StandardSSD_LRS'),
  disk('managed-csi', 'StandardSSD_LRS'),
  disk('managed-csi-premium', 'Premium_LRS'),
  disk('managed-premium', 'Premium_LRS'),
  file('azurefile', 'Standard_LRS'),
  file('azurefile-csi', 'Standard_LRS'),
  file('azurefile-csi-premium', 'Premium_LRS'),
  file('azurefile-premium', 'Premium_LRS'),
];

function classOf(name: string, provisioner: string, parameters: object, options: Readonly<Fields>): KubeObject {
  const { isDefault, ...rest } = options;
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      ...(isDefault === true ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
    },
    provisioner,
    parameters,
    allowVolumeExpansion: true,
    reclaimPolicy: 'Delete',
    ...rest,
  };
}
