import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import { type ApiClient, conditionsOf, passed, type RunningControlPlane } from './control-plane.ts';

/**
 * Does what the ALB controller would do on a control plane whose pods are only played: it brings its kinds and its class once its
 * deployment is there, and takes every Gateway and route. Whether they are right the API server has judged by their schemas.
 */
export function playAlbController({ operate }: Pick<RunningControlPlane, 'operate'>): void {
  const gateway = '/apis/gateway.networking.k8s.io/v1';
  operate({ resources: '/apis/apps/v1/namespaces/azure-alb-system/deployments', reconcile: bring });
  operate({
    resources: `${gateway}/gatewayclasses`,
    reconcile: (object, api) => say(object, api, { conditions: conditionsOf(object, 'Accepted') }),
  });
  operate({
    resources: `${gateway}/gateways`,
    reconcile: (object, api) =>
      say(object, api, {
        addresses: [{ type: 'Hostname', value: 'f00.fz42.alb.azure.com' }],
        conditions: conditionsOf(object, 'Accepted', 'Programmed'),
      }),
  });
  operate({
    resources: `${gateway}/httproutes`,
    reconcile: (object, api) =>
      say(object, api, {
        parents: asArray(asObject(object['spec'])['parentRefs']).map(parentRef => ({
          controllerName: 'alb.networking.azure.io/alb-controller',
          parentRef,
          conditions: conditionsOf(object, 'Accepted', 'ResolvedRefs', 'Programmed'),
        })),
      }),
  });
}

const kinds = {
  HealthCheckPolicy: 'healthcheckpolicies',
  FrontendTLSPolicy: 'frontendtlspolicies',
  WebApplicationFirewallPolicy: 'webapplicationfirewallpolicies',
};

async function bring(_deployment: JsonObject, api: ApiClient): Promise<void> {
  const group = 'alb.networking.azure.io';
  for (const [kind, plural] of Object.entries(kinds)) {
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    passed(
      await api.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `${plural}.${group}` },
        spec: {
          group,
          scope: 'Namespaced',
          names: { kind, plural },
          versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
        },
      }),
    );
  }
  passed(
    await api.call('POST', '/apis/gateway.networking.k8s.io/v1/gatewayclasses', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'azure-alb-external' },
      spec: { controllerName: 'alb.networking.azure.io/alb-controller' },
    }),
  );
}

const plurals: Readonly<Record<string, string>> = {
  GatewayClass: 'gatewayclasses',
  Gateway: 'gateways',
  HTTPRoute: 'httproutes',
};

/** Writes a status once for each generation of an object. */
async function say(object: JsonObject, api: ApiClient, status: JsonObject): Promise<void> {
  const { name, namespace, generation } = asObject(object['metadata']);
  const said = JSON.stringify(object['status'] ?? {});
  if (said.includes(`"observedGeneration":${generation}`)) return;
  const place = namespace === undefined ? '' : `/namespaces/${asString(namespace)}`;
  const plural = plurals[asString(object['kind']) ?? ''];
  const path = `/apis/gateway.networking.k8s.io/v1${place}/${plural}/${asString(name)}/status`;
  passed(await api.call('PATCH', `${path}?fieldManager=alb-controller`, { status }));
}
