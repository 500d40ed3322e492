import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope, Releases } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { serviceAccountOf, useIdentity } from './identity.ts';
import { pinned } from './pins.ts';
import { type Draft, resources, type Size, spread, withoutEnforcer, withUserValues } from './values.ts';

const namespace = 'cert-manager';

export function certManager(input: ReleaseInput): Release | undefined {
  const { releases } = input.view;
  const settings = releases.certManager;
  if (settings === undefined) return undefined;
  return {
    name: 'cert-manager',
    namespace,
    podSecurity: 'restricted',
    chart: pinned('cert-manager', settings),
    // Its monitor is rendered whether or not the cluster knows monitors.
    needs: [
      ...(releases.operatorCrds === undefined ? [] : ['prometheus-operator-crds']),
      ...(asksGateway(releases) ? [kindsOf(releases)] : []),
    ].filter(name => name !== ''),
    ...withUserValues(draft(input), settings.values),
    images,
    readiness: [
      { kind: 'crds' },
      { kind: 'rollouts' },
      {
        kind: 'dry-run',
        object: {
          apiVersion: 'cert-manager.io/v1',
          kind: 'Issuer',
          metadata: { name: 'readiness', namespace },
          spec: { selfSigned: {} },
        },
      },
    ],
    isStateful: false,
    apply: {
      forceConflicts: false,
      reason: 'Its webhooks decline the admissions enforcer of AKS, so nobody else writes to what it renders.',
    },
    timeoutSeconds: 900,
    setting: settings.setting,
  };
}

/** Whether certificates are shown to be ours by routes of the gateway. */
function asksGateway({ issuers, gateway }: Releases): boolean {
  return issuers?.challenge === 'http' && gateway !== undefined;
}

/** The release that brings the kinds of Gateway API; empty where AKS does. */
function kindsOf({ gatewayApi }: Releases): string {
  if (gatewayApi === undefined) return 'alb-controller';
  return gatewayApi.owner === 'platform' ? 'gateway-api-crds' : '';
}

/** Each component has a block of its own; `imageRegistry` and `imageNamespace` give way to a whole `repository`. */
const images: readonly ImagePlace[] = [
  { path: ['image'], repository: 'jetstack/cert-manager-controller', form: 'repository-digest' },
  ...(['webhook', 'cainjector', 'acmesolver', 'startupapicheck'] as const).map(
    (component): ImagePlace => ({
      path: [component, 'image'],
      repository: `jetstack/cert-manager-${component}`,
      form: 'repository-digest',
    }),
  ),
];

const sizes: Readonly<Record<'dev' | 'production', Readonly<Record<'controller' | 'webhook' | 'cainjector', Size>>>> = {
  dev: { controller: [10, 64], webhook: [10, 32], cainjector: [10, 128] },
  production: { controller: [20, 128], webhook: [20, 64], cainjector: [20, 192] },
};

function draft({ view, outputs }: ReleaseInput): Draft {
  const size = sizes[view.production ? 'production' : 'dev'];
  const identity = serviceAccountOf(view, outputs, 'cert-manager');
  const isMonitored = view.releases.operatorCrds !== undefined;
  return {
    unknown: identity.unknown,
    values: {
      // Removing the release would remove every certificate with its kind.
      crds: { enabled: true, keep: true },
      // The chart's default is kube-system, where nothing of ours belongs.
      global: { leaderElection: { namespace } },
      // Without the kinds of Gateway API the controller would crash in a loop.
      ...(asksGateway(view.releases) ? { config: { gatewayAPI: { enabled: true } } } : {}),
      ...replicated(view, 'controller'),
      resources: resources(size.controller),
      ...identity.values,
      ...(view.workloads['cert-manager'] === undefined ? {} : { podLabels: useIdentity }),
      webhook: {
        ...replicated(view, 'webhook'),
        resources: resources(size.webhook),
        mutatingWebhookConfigurationAnnotations: withoutEnforcer,
        validatingWebhookConfigurationAnnotations: withoutEnforcer,
      },
      cainjector: { ...replicated(view, 'cainjector'), resources: resources(size.cainjector) },
      startupapicheck: { resources: resources([10, 32]) },
      prometheus: isMonitored ? { enabled: true, servicemonitor: { enabled: true } } : { enabled: false },
    },
  };
}

/** A budget for a single replica would keep its node from ever being drained. */
function replicated({ production }: EnvironmentScope, component: string): JsonObject {
  if (!production) return { replicaCount: 1 };
  return {
    replicaCount: 2,
    podDisruptionBudget: { enabled: true },
    topologySpreadConstraints: spread({
      'app.kubernetes.io/instance': 'cert-manager',
      'app.kubernetes.io/component': component,
    }),
  };
}
