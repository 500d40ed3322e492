import type { JsonObject } from '@suite/foundation';
import type { CloudName, EnvironmentScope, LokiRelease, Storage } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { serviceAccountOf, useIdentity } from './identity.ts';
import { pinned } from './pins.ts';
import { secretsOf } from './secrets.ts';
import { storageClassOf } from './storage-class.ts';
import { type Draft, onEveryNode, present, resources, type Size, spread, withUserValues } from './values.ts';

const namespace = 'monitoring';

/** Where lines are pushed to and asked for. */
export const lokiGateway = { namespace, service: 'loki-gateway', port: '80' } as const;

/** Logs, one binary in as many servers as keep them, in the storage account by workload identity. */
export function loki(input: ReleaseInput): Release | undefined {
  const { releases, storage, cluster } = input.view;
  const settings = releases.loki;
  // Without a storage account the platform file is refused.
  if (settings === undefined || storage === undefined) return undefined;
  return {
    name: 'loki',
    namespace,
    // node-exporter, in the same namespace, looks at its node.
    podSecurity: 'privileged',
    chart: pinned('loki', settings),
    // Its monitor is rendered whether or not the cluster knows monitors.
    needs: [
      ...(releases.operatorCrds === undefined ? [] : ['prometheus-operator-crds']),
      ...secretsOf(input.view, namespace),
    ],
    ...withUserValues(draft(input, settings, storage), settings.values),
    images,
    readiness: [
      { kind: 'rollouts' },
      { kind: 'http', namespace, service: 'loki', port: 'http-metrics', scheme: 'http', path: '/ready' },
    ],
    isStateful: cluster.features.csi.disk,
    apply: { forceConflicts: false, reason: 'Nobody else writes to what it renders; whoever does is shown.' },
    timeoutSeconds: 1200,
    setting: settings.setting,
  };
}

const images: readonly ImagePlace[] = (
  [
    [['loki', 'image'], 'grafana/loki'],
    [['lokiCanary', 'image'], 'grafana/loki-canary'],
    [['gateway', 'image'], 'nginxinc/nginx-unprivileged'],
    [['memcached', 'image'], 'library/memcached'],
    [['memcachedExporter', 'image'], 'prom/memcached-exporter'],
  ] as const
).map(([path, repository]): ImagePlace => ({ path, repository, form: 'registry-digest' }));

type Part = 'server' | 'gateway' | 'canary' | 'exporter';

const sizes: Readonly<Record<'dev' | 'production', Readonly<Record<Part, Size>>>> = {
  dev: { server: [100, 384], gateway: [10, 32], canary: [10, 32], exporter: [10, 16] },
  production: { server: [250, 1024], gateway: [20, 64], canary: [10, 32], exporter: [10, 32] },
};

/** What the chart would ask for a cache is more than most nodes have. */
const cacheCores = '50m';
/** Of what the cache for lines has, the one for results gets a quarter, and never more than a Gi. */
const resultsShare = 4;
/** Replicas that keep a line. */
const copies = 3;

function draft({ view, outputs }: ReleaseInput, settings: LokiRelease, storage: Storage): Draft {
  const { production, releases } = view;
  const size = sizes[production ? 'production' : 'dev'];
  const identity = serviceAccountOf(view, outputs, 'loki');
  return {
    unknown: identity.unknown,
    values: {
      deploymentMode: 'Monolithic',
      // The chart refuses servers of other modes beside those of this one.
      ...Object.fromEntries(['write', 'read', 'backend'].map(part => [part, { replicas: 0 }])),
      loki: config(view, settings, storage),
      ...identity.values,
      singleBinary: {
        replicas: settings.replicas,
        resources: resources(size.server),
        ...(view.workloads.loki === undefined ? {} : { podLabels: useIdentity }),
        ...budget(settings.replicas),
        persistence: persistence(view, settings),
      },
      ...caches(settings, size),
      gateway: gateway(production, size),
      // Writes lines and looks for them: what it misses is missed by everybody.
      lokiCanary: {
        // Where there is a collector, its lines take the way of all others.
        push: releases.alloy === undefined,
        resources: resources(size.canary),
        // On every node, whatever keeps others away.
        tolerations: [{ operator: 'Exists' }],
        ...onEveryNode,
      },
      // Alerts come from Prometheus.
      ruler: { enabled: false },
      sidecar: { rules: { enabled: false } },
      monitoring: { serviceMonitor: { enabled: releases.operatorCrds !== undefined } },
    },
  };
}

/** Loki's own names (its `azure_storage_config`): where the account's blobs are, and where it signs in. */
const environments: Readonly<Record<CloudName, string | undefined>> = {
  public: undefined,
  usgovernment: 'AzureUSGovernment',
  china: 'AzureChinaCloud',
};

function config({ cloud }: EnvironmentScope, { replicas, retentionHours }: LokiRelease, storage: Storage): JsonObject {
  const store = 'azure';
  const environment = environments[cloud];
  return {
    // One tenant: who may read is decided in Grafana.
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    commonConfig: { replication_factor: replicas >= copies ? copies : 1 },
    storage: {
      type: store,
      bucketNames: { chunks: storage.containers.loki },
      azure: { accountName: storage.name, useFederatedToken: true },
    },
    schemaConfig: {
      configs: [
        // A day in the past, so that it holds from the first line on. It may never be changed.
        {
          from: '2024-04-01',
          store: 'tsdb',
          object_store: store,
          schema: 'v13',
          index: { prefix: 'loki_index_', period: '24h' },
        },
      ],
    },
    limits_config: { retention_period: `${retentionHours}h` },
    compactor: { retention_enabled: true, delete_request_store: store },
    // The chart's storage has no key for it.
    ...(environment === undefined ? {} : { structuredConfig: { common: { storage: { azure: { environment } } } } }),
  };
}

function persistence(view: EnvironmentScope, { storage }: LokiRelease): JsonObject {
  // Lines of the last minutes are lost with the pod then.
  if (!view.cluster.features.csi.disk) return { enabled: false };
  return { size: storage, storageClass: storageClassOf(view) };
}

/** A budget for a single replica would keep its node from ever being drained. */
function budget(replicas: number): JsonObject {
  return replicas > 1 ? { podDisruptionBudget: { maxUnavailable: 1 } } : {};
}

function caches({ cacheMebibytes }: LokiRelease, size: Readonly<Record<Part, Size>>): JsonObject {
  if (cacheMebibytes === undefined) return { chunksCache: { enabled: false }, resultsCache: { enabled: false } };
  const cache = (allocatedMemory: number) => ({
    allocatedMemory,
    allocatedCPU: cacheCores,
    // Of what waits to be written to it; the chart's half a gigabyte would be the server's own memory.
    writebackSizeLimit: '10MB',
  });
  return {
    chunksCache: cache(cacheMebibytes),
    resultsCache: cache(Math.min(1024, Math.max(64, Math.round(cacheMebibytes / resultsShare)))),
    memcachedExporter: { resources: resources(size.exporter) },
  };
}

function gateway(production: boolean, size: Readonly<Record<Part, Size>>): JsonObject {
  const replicas = production ? 2 : 1;
  return present({
    replicas,
    // A line for each request would be more than what others write.
    verboseLogging: false,
    // A second container that counts its requests; the servers count them too.
    metrics: { enabled: false },
    livenessProbe: { httpGet: { path: '/', port: 'http' }, initialDelaySeconds: 15 },
    resources: resources(size.gateway),
    ...budget(replicas),
    // The chart wants a node for each, and an upgrade has one more than there are nodes for.
    affinity: null,
    topologySpreadConstraints: production
      ? spread({ 'app.kubernetes.io/instance': 'loki', 'app.kubernetes.io/component': 'gateway' })
      : undefined,
  });
}
