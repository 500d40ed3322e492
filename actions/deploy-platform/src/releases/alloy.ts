import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { alloyConfig, otlpPorts } from './alloy-config.ts';
import { jaegerService } from './jaeger.ts';
import { lokiGateway } from './loki.ts';
import { pinned } from './pins.ts';
import { secretsOf } from './secrets.ts';
import { type Draft, onEveryNode, resources, type Size, withUserValues } from './values.ts';

const namespace = 'monitoring';

/** The collector on every node: lines of pods to Loki, spans to Jaeger. */
export function alloy({ view }: ReleaseInput): Release | undefined {
  const { alloy: settings, loki, jaeger, operatorCrds } = view.releases;
  if (settings === undefined) return undefined;
  return {
    name: 'alloy',
    namespace,
    // It reads files of its node.
    podSecurity: 'privileged',
    chart: pinned('alloy', settings),
    needs: [
      ...(operatorCrds === undefined ? [] : ['prometheus-operator-crds']),
      ...(loki === undefined ? [] : ['loki']),
      ...(jaeger === undefined ? [] : ['jaeger']),
      ...secretsOf(view, namespace),
    ],
    ...withUserValues(draft(view), settings.values),
    images,
    readiness: [{ kind: 'rollouts' }],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'Nobody else writes to what it renders; whoever does is shown.' },
    timeoutSeconds: 600,
    setting: settings.setting,
  };
}

const images: readonly ImagePlace[] = [
  { path: ['image'], repository: 'grafana/alloy', form: 'registry-digest' },
  {
    path: ['configReloader', 'image'],
    repository: 'prometheus-operator/prometheus-config-reloader',
    form: 'registry-digest',
  },
];

const sizes: Readonly<Record<'dev' | 'production', Readonly<Record<'collector' | 'reloader', Size>>>> = {
  dev: { collector: [50, 128], reloader: [10, 32] },
  production: { collector: [100, 256], reloader: [10, 32] },
};

/** How far each file was read: kept on the node, or a restart would send everything again. */
const positions = { name: 'positions', path: '/var/lib/alloy' } as const;

function draft(view: EnvironmentScope): Draft {
  const { production, releases, cluster, scope } = view;
  const size = sizes[production ? 'production' : 'dev'];
  const hasTraces = releases.jaeger !== undefined;
  return {
    unknown: [],
    values: {
      // Lines of pods are found without objects of its own.
      crds: { create: false },
      alloy: {
        configMap: {
          content: alloyConfig({
            logs:
              releases.loki === undefined
                ? undefined
                : `http://${lokiGateway.service}.${lokiGateway.namespace}.svc/loki/api/v1/push`,
            traces: hasTraces ? `${jaegerService.service}.${jaegerService.namespace}.svc:${otlpPorts.grpc}` : undefined,
            labels: { cluster: cluster.name, environment: scope },
          }),
        },
        enableReporting: false,
        storagePath: positions.path,
        mounts: { varlog: true, extra: [{ name: positions.name, mountPath: positions.path }] },
        ...(hasTraces ? { extraPorts: receivers } : {}),
        livenessProbe: { tcpSocket: { port: 'http-metrics' }, initialDelaySeconds: 30, periodSeconds: 30 },
        resources: resources(size.collector),
      },
      configReloader: { resources: resources(size.reloader) },
      controller: {
        // Every node writes logs, whatever keeps others away.
        tolerations: [{ operator: 'Exists' }],
        ...onEveryNode,
        volumes: {
          extra: [{ name: positions.name, hostPath: { path: positions.path, type: 'DirectoryOrCreate' } }],
        },
      },
      // The chart's own rules are for all of its components, and would let it read every Secret.
      rbac: {
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
        // It breaks off on an empty list here.
        clusterRules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
      },
      serviceMonitor: { enabled: releases.operatorCrds !== undefined },
    },
  };
}

const receivers: readonly JsonObject[] = Object.entries(otlpPorts).map(([protocol, port]) => ({
  name: `otlp-${protocol}`,
  port,
  targetPort: port,
  protocol: 'TCP',
}));
