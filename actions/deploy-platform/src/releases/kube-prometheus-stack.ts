import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope, MetricsRelease } from '@suite/platform-file';
import type { Probe, Release, ReleaseInput } from '../release.ts';
import { pinned } from './pins.ts';
import { at, type Draft, portOf, present, resources, type Size, withoutEnforcer, withUserValues } from './values.ts';

const name = 'kube-prometheus-stack';
const namespace = 'monitoring';

export function kubePrometheusStack({ view }: ReleaseInput): Release | undefined {
  const { metrics, operatorCrds, certManager } = view.releases;
  if (metrics === undefined) return undefined;
  const resolved = withUserValues(draft(view, metrics), metrics.values);
  return {
    name,
    namespace,
    // node-exporter looks at its node: its processes, its network, its disks.
    podSecurity: 'privileged',
    chart: pinned(name, metrics),
    needs: [
      ...(operatorCrds === undefined ? [] : ['prometheus-operator-crds']),
      // It signs for the operator's webhook.
      ...(certManager === undefined ? [] : ['cert-manager']),
    ],
    ...resolved,
    readiness: readiness(resolved.values),
    isStateful: view.cluster.features.csi.disk,
    apply: {
      forceConflicts: false,
      reason:
        'Its webhooks decline the admissions enforcer of AKS, and cert-manager writes only what the chart leaves out.',
    },
    // Prometheus may wait for a node, its volume and yesterday's log.
    timeoutSeconds: 1200,
    setting: metrics.setting,
  };
}

function readiness(values: JsonObject): Probe[] {
  // The chart's own cut: names of what the operator makes have to stay below 63 characters.
  const prefix = String(at(values, 'fullnameOverride') ?? name)
    .slice(0, 26)
    .replace(/-$/, '');
  const http = (service: string, port: string, path: string): Probe => ({
    kind: 'http',
    namespace,
    service,
    port,
    scheme: 'http',
    path,
  });
  const prometheusPort = portOf(values, ['prometheus', 'service', 'port'], '9090');
  const grafanaPort = portOf(values, ['grafana', 'service', 'port'], '80');
  return [
    { kind: 'rollouts' },
    // The operator makes its pods, so no rendered workload says that it runs.
    ...(at(values, 'prometheus', 'enabled') === false
      ? []
      : [http(`${prefix}-prometheus`, prometheusPort, '/-/ready')]),
    ...(at(values, 'grafana', 'enabled') === false ? [] : [http(`${name}-grafana`, grafanaPort, '/api/health')]),
  ];
}

type Part =
  | 'operator'
  | 'reloader'
  | 'prometheus'
  | 'alertmanager'
  | 'grafana'
  | 'sidecar'
  | 'stateMetrics'
  | 'nodeExporter'
  | 'certificate';

const sizes: Readonly<Record<'dev' | 'production', Readonly<Record<Part, Size>>>> = {
  dev: {
    operator: [20, 96],
    reloader: [10, 32],
    prometheus: [100, 768],
    alertmanager: [10, 64],
    grafana: [50, 192],
    sidecar: [10, 96],
    stateMetrics: [10, 64],
    nodeExporter: [10, 32],
    certificate: [10, 32],
  },
  production: {
    operator: [50, 128],
    reloader: [10, 32],
    prometheus: [250, 2048],
    alertmanager: [20, 96],
    grafana: [100, 256],
    sidecar: [10, 128],
    stateMetrics: [20, 128],
    nodeExporter: [20, 48],
    certificate: [10, 32],
  },
};

function draft(view: EnvironmentScope, settings: MetricsRelease): Draft {
  const { production, releases } = view;
  const size = sizes[production ? 'production' : 'dev'];
  return {
    unknown: [],
    values: {
      // They are a release of their own, which is upgraded.
      crds: { enabled: false },
      // AKS runs these where nobody can scrape them: without this there are four targets that are always down.
      kubeControllerManager: { enabled: false },
      kubeScheduler: { enabled: false },
      kubeEtcd: { enabled: false },
      kubeProxy: { enabled: false },
      prometheusOperator: {
        resources: resources(size.operator),
        prometheusConfigReloader: { resources: resources(size.reloader), enableProbe: true },
        admissionWebhooks: {
          mutatingWebhookConfiguration: { annotations: withoutEnforcer },
          validatingWebhookConfiguration: { annotations: withoutEnforcer },
          ...(releases.certManager === undefined
            ? { patch: { resources: resources(size.certificate) } }
            : { certManager: { enabled: true } }),
        },
      },
      prometheus: { prometheusSpec: prometheusSpec(view, settings, size), ...budget(production) },
      alertmanager: {
        alertmanagerSpec: present({
          replicas: production ? 2 : 1,
          resources: resources(size.alertmanager),
          // Silences have to live on in production.
          storage: production ? volume(view, '1Gi') : undefined,
        }),
        ...budget(production),
      },
      'kube-state-metrics': { resources: resources(size.stateMetrics) },
      'prometheus-node-exporter': { resources: resources(size.nodeExporter) },
      grafana: settings.grafana ? grafana(settings, size) : { enabled: false },
    },
  };
}

function prometheusSpec(
  view: EnvironmentScope,
  { retention, storage }: MetricsRelease,
  size: Readonly<Record<Part, Size>>,
): JsonObject {
  return present({
    replicas: view.production ? 2 : 1,
    resources: resources(size.prometheus),
    retention,
    // A full volume stops Prometheus, so the oldest goes before it is full.
    retentionSize: view.cluster.features.csi.disk ? `${Math.floor(0.85 * mebibytes(storage))}MiB` : undefined,
    storageSpec: volume(view, storage),
    externalLabels: { cluster: view.cluster.name, environment: view.scope, region: view.region },
    // The chart's default: only monitors that carry this release's label are scraped.
    serviceMonitorSelectorNilUsesHelmValues: false,
    podMonitorSelectorNilUsesHelmValues: false,
    ruleSelectorNilUsesHelmValues: false,
    probeSelectorNilUsesHelmValues: false,
    scrapeConfigSelectorNilUsesHelmValues: false,
  });
}

/** A budget for a single replica would keep its node from ever being drained. */
function budget(production: boolean): JsonObject {
  return production ? { podDisruptionBudget: { enabled: true } } : {};
}

/** Undefined without the driver for disks: metrics are lost with the pod then. */
function volume({ production, cluster }: EnvironmentScope, storage: string): JsonObject | undefined {
  if (!cluster.features.csi.disk) return undefined;
  return {
    volumeClaimTemplate: {
      spec: {
        // Classes that AKS makes; in a cluster with several zones their disks are in all of them.
        storageClassName: production ? 'managed-csi-premium' : 'managed-csi',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage } },
      },
    },
  };
}

const units: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 };

/** The schema of the platform file has seen to it that the unit is one of these. */
function mebibytes(quantity: string): number {
  return Number.parseInt(quantity, 10) * (units[quantity.slice(-2)] ?? 1);
}

/**
 * Without storage: dashboards are files. There is no sign-in yet, so nobody is an administrator, and whoever reaches the
 * service inside of the cluster may look, as at Prometheus beside it. The chart would otherwise make a password at random,
 * another one whenever it is rendered.
 */
function grafana({ values }: MetricsRelease, size: Readonly<Record<Part, Size>>): JsonObject {
  const hasLogin =
    at(values, 'grafana', 'admin', 'existingSecret') !== undefined ||
    Object.keys(asBlock(at(values, 'grafana', 'grafana.ini'))).some(section => section.startsWith('auth'));
  return {
    resources: resources(size.grafana),
    testFramework: { enabled: false },
    sidecar: {
      resources: resources(size.sidecar),
      // Reloading needs an administrator: data sources are read before the start, dashboards are looked for all the time.
      dashboards: { skipReload: true },
      datasources: { initDatasources: true, skipReload: true },
    },
    ...(hasLogin
      ? {}
      : {
          env: { GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true' },
          'grafana.ini': {
            auth: { disable_login_form: true },
            'auth.anonymous': { enabled: true, org_role: 'Viewer' },
          },
        }),
  };
}

function asBlock(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
