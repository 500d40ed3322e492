import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import { type ApiClient, conditionsOf, passed, type RunningControlPlane } from './control-plane.ts';
import { only } from './played-platform.ts';

/**
 * What AKS and others would do for machine learning on a control plane whose pods are only played: the add-on that brings secrets of
 * the vault, the GPU operator, and the answers of JupyterHub and MLflow.
 */
export async function playAiPlatform({ api, operate, serve }: RunningControlPlane): Promise<void> {
  await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', secretProviderClasses);
  operate({ resources: '/api/v1/pods', reconcile: bringSecrets });
  operate({
    resources: '/apis/nvidia.com/v1/clusterpolicies',
    reconcile: async (policy, client) => {
      const { name, generation } = asObject(policy['metadata']);
      if (JSON.stringify(policy['status'] ?? {}).includes(`"observedGeneration":${generation}`)) return;
      const status = { state: 'ready', conditions: conditionsOf(policy, 'Ready') };
      passed(await client.call('PATCH', `/apis/nvidia.com/v1/clusterpolicies/${name}/status`, { status }));
    },
  });
  serve({ namespace: 'ai-tools', name: 'proxy-public', answer: only('/hub/health') });
  serve({ namespace: 'ai-tools', name: 'mlflow', answer: only('/health') });
}

const group = 'secrets-store.csi.x-k8s.io';

/** The Secrets Store CSI driver: while a pod mounts a class, the Secrets that the class names are there. */
async function bringSecrets(pod: JsonObject, api: ApiClient): Promise<void> {
  const { namespace } = asObject(pod['metadata']);
  for (const volume of asArray(asObject(pod['spec'])['volumes'])) {
    const { driver, volumeAttributes } = asObject(asObject(volume)['csi']);
    if (driver !== 'secrets-store.csi.k8s.io') continue;
    const name = asString(asObject(volumeAttributes)['secretProviderClass']);
    const { spec } = await api.get(`/apis/${group}/v1/namespaces/${namespace}/secretproviderclasses/${name}`);
    const { parameters, secretObjects } = asObject(spec);
    const vault = asString(asObject(parameters)['keyvaultName']);
    for (const wanted of asArray(secretObjects).map(asObject)) {
      passed(
        await api.call('POST', `/api/v1/namespaces/${namespace}/secrets?fieldManager=secrets-store-csi-driver`, {
          metadata: { name: wanted['secretName'], labels: wanted['labels'] },
          type: wanted['type'],
          stringData: Object.fromEntries(
            asArray(wanted['data'])
              .map(asObject)
              .map(({ key, objectName }) => [asString(key), `${objectName} of ${vault}`]),
          ),
        }),
      );
    }
  }
}

const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };
const listOf = (properties: JsonObject) => ({ type: 'array', items: { type: 'object', properties } });

/** As the add-on brings it, whose schema throws away what it does not know. */
const secretProviderClasses = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `secretproviderclasses.${group}` },
  spec: {
    group,
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
            properties: {
              spec: {
                type: 'object',
                properties: {
                  provider: text,
                  parameters: texts,
                  secretObjects: listOf({
                    secretName: text,
                    type: text,
                    labels: texts,
                    annotations: texts,
                    data: listOf({ objectName: text, key: text }),
                  }),
                },
              },
              status: {
                type: 'object',
                properties: { byPod: listOf({ id: text, namespace: text }) },
              },
            },
          },
        },
      },
    ],
  },
};
