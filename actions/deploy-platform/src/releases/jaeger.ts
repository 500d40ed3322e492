import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope, JaegerRelease } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { otlpPorts } from './alloy-config.ts';
import { pinned } from './pins.ts';
import { secretsOf } from './secrets.ts';
import { storageClassOf } from './storage-class.ts';
import { type Draft, fingerprint, merge, resources, type Size, withUserValues } from './values.ts';

const namespace = 'monitoring';
const name = 'jaeger';

/** Where people and Grafana ask for traces. */
export const jaegerService = { namespace, service: name, port: '16686' } as const;

/**
 * Jaeger 2, one pod that receives, keeps and shows: what it keeps in memory or on its own disk nobody can share. The chart asks
 * for its health at port 13133.
 */
export function jaeger({ view }: ReleaseInput): Release | undefined {
  const { jaeger: settings, operatorCrds } = view.releases;
  if (settings === undefined) return undefined;
  const resolved = withUserValues(draft(view, settings), settings.values);
  return {
    name,
    namespace,
    // node-exporter, in the same namespace, looks at its node.
    podSecurity: 'privileged',
    chart: pinned(name, settings),
    needs: [...(operatorCrds === undefined ? [] : ['prometheus-operator-crds']), ...secretsOf(view, namespace)],
    ...resolved,
    values: startedAnew(resolved.values),
    images: [
      { path: [name, 'image'], repository: 'jaegertracing/jaeger', form: 'registry-digest' } satisfies ImagePlace,
    ],
    readiness: [
      { kind: 'rollouts' },
      { kind: 'http', namespace, service: name, port: jaegerService.port, scheme: 'http', path: '/' },
    ],
    isStateful: settings.storage.kind === 'disk',
    apply: { forceConflicts: false, reason: 'Nobody else writes to what it renders; whoever does is shown.' },
    timeoutSeconds: 900,
    setting: settings.setting,
  };
}

const sizes: Readonly<Record<'dev' | 'production', Size>> = { dev: [50, 256], production: [100, 1024] };

const claim = { name: 'jaeger-traces', volume: 'traces', path: '/badger' } as const;
const metricsPort = 8888;

function draft(view: EnvironmentScope, { storage }: JaegerRelease): Draft {
  const { production, releases } = view;
  const objects = [
    ...(storage.kind === 'disk' ? [volumeClaim(storageClassOf(view), storage.size)] : []),
    // The chart has none of its own.
    ...(releases.operatorCrds === undefined ? [] : [monitor]),
  ];
  return {
    unknown: [],
    values: {
      jaeger: {
        resources: resources(sizes[production ? 'production' : 'dev']),
        securityContext,
        ...(storage.kind === 'disk'
          ? {
              extraVolumes: [{ name: claim.volume, persistentVolumeClaim: { claimName: claim.name } }],
              extraVolumeMounts: [{ name: claim.volume, mountPath: claim.path }],
            }
          : {}),
      },
      userconfig: config(storage),
      ...(objects.length === 0 ? {} : { extraObjects: objects }),
    },
  };
}

/** It reads its configuration when it starts, and the chart leaves it running with the old one. */
function startedAnew(values: JsonObject): JsonObject {
  return merge({ [name]: { podLabels: { 'checksum/config': fingerprint(values['userconfig']) } } }, values);
}

const securityContext: JsonObject = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** A configuration of the OpenTelemetry Collector with Jaeger's extensions (Jaeger 2, "Configuration", "Badger"). */
function config(storage: JaegerRelease['storage']): JsonObject {
  const store = 'traces';
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: {
        resource: { 'service.name': name },
        metrics: {
          level: 'detailed',
          readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: metricsPort } } } }],
        },
      },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: '0.0.0.0:13133' } },
      jaeger_query: { storage: { traces: store } },
      jaeger_storage: { backends: { [store]: backend(storage) } },
    },
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: `0.0.0.0:${otlpPorts.grpc}` },
          http: { endpoint: `0.0.0.0:${otlpPorts.http}` },
        },
      },
    },
    processors: { batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: store } },
  };
}

function backend(storage: JaegerRelease['storage']): JsonObject {
  if (storage.kind === 'memory') return { memory: { max_traces: storage.maxTraces } };
  return {
    badger: {
      directories: { keys: `${claim.path}/keys`, values: `${claim.path}/values` },
      ephemeral: false,
      ttl: { spans: `${storage.retentionHours}h` },
    },
  };
}

function volumeClaim(storageClassName: string, size: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    // A release that goes leaves its traces.
    metadata: { name: claim.name, annotations: { 'helm.sh/resource-policy': 'keep' } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      resources: { requests: { storage: size } },
    },
  };
}

const monitor: JsonObject = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { name },
  spec: {
    selector: { matchLabels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name } },
    endpoints: [{ port: 'internal-metrics' }],
  },
};
