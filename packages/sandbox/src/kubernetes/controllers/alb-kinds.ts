import type { KubeObject } from '../objects.ts';

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

const alb = (kind: string, plural: string): Kind => ({
  group: 'alb.networking.azure.io',
  version: 'v1',
  kind,
  plural,
  isNamespaced: true,
});
const gateway = (kind: string, plural: string, version = 'v1'): Kind => ({
  group: 'gateway.networking.k8s.io',
  version,
  kind,
  plural,
  isNamespaced: kind !== 'GatewayClass',
});

/** Kinds that the controller brings itself, with the container that runs before it (Microsoft Learn, "API specification for Kubernetes"). */
export const ownKinds: readonly Kind[] = [
  alb('ApplicationLoadBalancer', 'applicationloadbalancers'),
  alb('BackendTLSPolicy', 'backendtlspolicies'),
  alb('FrontendTLSPolicy', 'frontendtlspolicies'),
  alb('HealthCheckPolicy', 'healthcheckpolicies'),
  alb('IngressExtension', 'ingressextensions'),
  alb('RoutePolicy', 'routepolicies'),
  alb('WebApplicationFirewallPolicy', 'webapplicationfirewallpolicies'),
];

/** Those of Gateway API, which it brings unless it is told not to. */
export const gatewayKinds: readonly Kind[] = [
  gateway('GatewayClass', 'gatewayclasses'),
  gateway('Gateway', 'gateways'),
  gateway('HTTPRoute', 'httproutes'),
  gateway('GRPCRoute', 'grpcroutes'),
  gateway('ReferenceGrant', 'referencegrants', 'v1beta1'),
];

/** With a schema that takes everything. */
export function definitionOf({ group, version, kind, plural, isNamespaced }: Kind): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: isNamespaced ? 'Namespaced' : 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}
