import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, stringMap, text } from '../objects.ts';
import { ensure } from './keep.ts';

const driver = 'secrets-store.csi.k8s.io';
export const secretProviderClassKey = 'secretproviderclasses.secrets-store.csi.x-k8s.io';

/**
 * The Secrets Store CSI driver with the provider for Azure Key Vault, as the add-on of AKS has it: while a pod mounts a class, the
 * Secrets that the class names are there. The sandbox's Azure has no data plane of the vault, so each secret that is asked for exists
 * and tells its own name. Gives what kubelet says when a volume cannot be mounted.
 */
export function mountSecretsStore(cluster: Cluster, pod: KubeObject): string | undefined {
  for (const volume of objects(at(pod, 'spec')['volumes'])) {
    const csi = at(volume, 'csi');
    if (csi['driver'] !== driver) continue;
    const name = text(at(csi, 'volumeAttributes')['secretProviderClass']) ?? '';
    const { namespace = '' } = pod.metadata;
    const found = cluster.store.get(secretProviderClassKey, namespace, name);
    const words = (why: string) =>
      `MountVolume.SetUp failed for volume ${JSON.stringify(volume['name'])} : rpc error: code = Unknown desc = ${why}`;
    if (found === undefined) {
      return words(
        `failed to get secretproviderclass ${namespace}/${name}, error: SecretProviderClass "${name}" not found`,
      );
    }
    const parameters = stringMap(at(found, 'spec', 'parameters'));
    if ((parameters['clientID'] ?? '') === '') {
      return words(
        'failed to mount secrets store objects for pod, err: failed to get credentials: nobody to sign in as',
      );
    }
    for (const wanted of objects(at(found, 'spec')['secretObjects'])) sync(cluster, namespace, wanted, parameters);
  }
  return undefined;
}

function sync(
  cluster: Cluster,
  namespace: string,
  wanted: Fields,
  { keyvaultName = '' }: Readonly<Record<string, string>>,
): void {
  const data = Object.fromEntries(
    objects(wanted['data']).map(one => [
      String(one['key']),
      Buffer.from(`${String(one['objectName'])} of ${keyvaultName}`).toString('base64'),
    ]),
  );
  const name = String(wanted['secretName']);
  const labels = { ...stringMap(wanted['labels']), 'secrets-store.csi.k8s.io/managed': 'true' };
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, type: 'Opaque', data };
  const live = cluster.store.get('secrets', namespace, name);
  if (live !== undefined && JSON.stringify(live['data']) === JSON.stringify(data)) return;
  ensure(cluster, 'secrets', object, 'secrets-store-csi-driver');
}

/** What the add-on brings with it. */
export const secretProviderClasses: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: secretProviderClassKey },
  spec: {
    group: 'secrets-store.csi.x-k8s.io',
    names: {
      kind: 'SecretProviderClass',
      listKind: 'SecretProviderClassList',
      plural: 'secretproviderclasses',
      singular: 'secretproviderclass',
    },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
};
