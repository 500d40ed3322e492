import { clouds, workloadAudience } from '@suite/azure/clouds';
import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope, Login, MetricsRelease } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { Probe, Release, ReleaseInput } from '../release.ts';
import { alertmanagerConfig } from './alerts.ts';
import { dataSources } from './data-sources.ts';
import { urlOf } from './hosts.ts';
import { useIdentity } from './identity.ts';
import { pinned } from './pins.ts';
import { secretsOf } from './secrets.ts';
import {
  alertmanagerService,
  grafanaHasLogin,
  grafanaService,
  prometheusService,
  type ServiceOf,
} from './stack-names.ts';
import { storageClassOf } from './storage-class.ts';
import {
  at,
  type Draft,
  fingerprint,
  merge,
  onEveryNode,
  present,
  resources,
  type Size,
  withoutEnforcer,
  withUserValues,
} from './values.ts';

const name = 'kube-prometheus-stack';
const namespace = 'monitoring';

export function kubePrometheusStack({ view }: ReleaseInput): Release | undefined {
  const { metrics, operatorCrds, certManager } = view.releases;
  if (metrics === undefined) return undefined;
  const resolved = withUserValues(draft(view, metrics), metrics.values);
  const values = startedAnew(resolved.values);
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
      // Its Alertmanager is configured by an object of theirs.
      ...(view.releases.alerts === undefined ? [] : ['alerts']),
      // Grafana's administrator and Alertmanager's receivers may come from the vault.
      ...secretsOf(view, namespace),
    ],
    ...resolved,
    values,
    images,
    readiness: readiness(values),
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

const operator = 'prometheusOperator';

/** The stack's own have `sha` without an algorithm; of its subcharts each is different. */
const images: readonly ImagePlace[] = [
  ...(
    [
      [[operator, 'image'], 'prometheus-operator/prometheus-operator'],
      [[operator, 'prometheusConfigReloader', 'image'], 'prometheus-operator/prometheus-config-reloader'],
      [[operator, 'thanosImage'], 'thanos/thanos'],
      [[operator, 'admissionWebhooks', 'patch', 'image'], 'jkroepke/kube-webhook-certgen'],
      [[operator, 'admissionWebhooks', 'deployment', 'image'], 'prometheus-operator/admission-webhook'],
      [['prometheus', 'prometheusSpec', 'image'], 'prometheus/prometheus'],
      [['alertmanager', 'alertmanagerSpec', 'image'], 'prometheus/alertmanager'],
      [['thanosRuler', 'thanosRulerSpec', 'image'], 'thanos/thanos'],
      [['grafana', 'image'], 'grafana/grafana'],
      [['grafana', 'sidecar', 'image'], 'kiwigrid/k8s-sidecar'],
      [['grafana', 'initChownData', 'image'], 'library/busybox'],
      [['grafana', 'downloadDashboardsImage'], 'curlimages/curl'],
    ] as const
  ).map(([path, repository]): ImagePlace => ({ path, repository, form: 'registry-sha' })),
  {
    path: ['kube-state-metrics', 'image'],
    repository: 'kube-state-metrics/kube-state-metrics',
    form: 'registry-whole-sha',
  },
  { path: ['prometheus-node-exporter', 'image'], repository: 'prometheus/node-exporter', form: 'registry-digest' },
];

function readiness(values: JsonObject): Probe[] {
  const http = ({ service, port }: ServiceOf, path: string): Probe => ({
    kind: 'http',
    namespace,
    service,
    port,
    scheme: 'http',
    path,
  });
  return [
    { kind: 'rollouts' },
    // The operator makes their pods, so no rendered workload says that they run: with a configuration that it refuses there are none.
    ...(at(values, 'prometheus', 'enabled') === false ? [] : [http(prometheusService(values), '/-/ready')]),
    ...(at(values, 'alertmanager', 'enabled') === false ? [] : [http(alertmanagerService(values), '/-/ready')]),
    ...(at(values, 'grafana', 'enabled') === false ? [] : [http(grafanaService(values), '/api/health')]),
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
          alertmanagerConfiguration: releases.alerts === undefined ? undefined : { name: alertmanagerConfig },
        }),
        ...budget(production),
      },
      'kube-state-metrics': { resources: resources(size.stateMetrics) },
      'prometheus-node-exporter': { resources: resources(size.nodeExporter), ...onEveryNode },
      grafana: settings.grafana
        ? { ...grafana(view, settings, size, urlOf(view, 'grafana')), ...dataSources(view) }
        : { enabled: false },
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
    externalUrl: urlOf(view, 'prometheus'),
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
function volume(view: EnvironmentScope, storage: string): JsonObject | undefined {
  if (!view.cluster.features.csi.disk) return undefined;
  return {
    volumeClaimTemplate: {
      spec: {
        storageClassName: storageClassOf(view),
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
function grafana(
  view: EnvironmentScope,
  { values, login }: MetricsRelease,
  size: Readonly<Record<Part, Size>>,
  url: string | undefined,
): JsonObject {
  const server = url === undefined ? {} : { server: { root_url: url } };
  const hasLogin = grafanaHasLogin(values);
  return {
    resources: resources(size.grafana),
    testFramework: { enabled: false },
    sidecar: {
      resources: resources(size.sidecar),
      // Reloading needs an administrator: data sources are read before the start, dashboards are looked for all the time.
      dashboards: { skipReload: true },
      // The chart's own method looks for them all the time here too: what is to be over before the start would never be.
      datasources: { initDatasources: true, watchMethod: 'LIST', skipReload: true },
    },
    ...(login === undefined ? {} : signIn(view, login, url)),
    ...(login !== undefined
      ? {}
      : hasLogin
        ? present({ 'grafana.ini': url === undefined ? undefined : server })
        : {
            env: { GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true' },
            'grafana.ini': {
              ...server,
              auth: { disable_login_form: true },
              'auth.anonymous': { enabled: true, org_role: 'Viewer' },
            },
          }),
  };
}

/** Grafana reads its data sources when it starts, and not again: other ones start it anew. */
function startedAnew(values: JsonObject): JsonObject {
  const sources = at(values, 'grafana', 'additionalDataSources');
  if (sources === undefined) return values;
  return merge({ grafana: { podAnnotations: { 'checksum/data-sources': fingerprint(sources) } } }, values);
}

/**
 * With the token of its service account in the place of a secret: bootstrap lets the application trust `monitoring/grafana`. Roles
 * are those that the application gives people in Entra; who has none may look.
 */
function signIn(
  { tenant, cloud, dns }: EnvironmentScope,
  { clientId, allowed, admins }: Login,
  url = dns === undefined ? undefined : `https://grafana.${dns.name}`,
): JsonObject {
  const entra = `${clouds[cloud].signIn}/${tenant}/oauth2/v2.0`;
  return {
    serviceAccount: { name: 'grafana' },
    podLabels: useIdentity,
    env: { AZURE_CLIENT_ID: clientId, GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true' },
    'grafana.ini': {
      ...(url === undefined ? {} : { server: { root_url: url } }),
      auth: { disable_login_form: true },
      'auth.azuread': {
        enabled: true,
        name: 'Microsoft Entra',
        allow_sign_up: true,
        client_authentication: 'workload_identity',
        client_id: clientId,
        federated_credential_audience: workloadAudience,
        auth_url: `${entra}/authorize`,
        token_url: `${entra}/token`,
        scopes: 'openid email profile',
        allowed_organizations: tenant,
        allowed_groups: [...new Set([...allowed, ...admins])].join(' '),
        use_pkce: true,
      },
    },
  };
}
