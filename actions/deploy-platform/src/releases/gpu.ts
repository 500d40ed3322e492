import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope, GpuPool, GpuRelease } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { Probe, Release, ReleaseInput } from '../release.ts';
import { pinned } from './pins.ts';
import { gpuNodes, gpuToleration, poolTolerations } from './pools.ts';
import { type Draft, onEveryNode, resources, type Size, withUserValues } from './values.ts';

/** Its pods work on the node itself: devices, drivers, kubelet. */
export const gpuNamespace = 'gpu-operator';

/** What makes GPUs known to Kubernetes, by who installs the driver. */
export function gpu({ view }: ReleaseInput): readonly Release[] {
  const { gpu: settings, operatorCrds } = view.releases;
  const pool = view.cluster.pools.gpu;
  // Without a pool the setting is refused when the file is read.
  if (settings === undefined || pool === undefined) return [];
  const common = {
    namespace: gpuNamespace,
    podSecurity: 'privileged',
    needs: operatorCrds === undefined ? [] : ['prometheus-operator-crds'],
    isStateful: false,
    timeoutSeconds: 1200,
  } as const;
  if (settings.stack === 'operator') {
    return [
      {
        ...common,
        name: 'gpu-operator',
        chart: pinned('gpu-operator', settings),
        ...withUserValues(operator(view, pool), settings.values),
        images: operatorImages,
        readiness: [{ kind: 'crds' }, { kind: 'rollouts' }, clusterPolicy, allocatable],
        apply: {
          forceConflicts: false,
          reason: 'The operator writes to the status of its policy, and to objects that it makes itself.',
        },
        setting: settings.setting,
      },
    ];
  }
  const apply = { forceConflicts: false, reason: 'Nobody else writes to what it renders; whoever does is shown.' };
  return [
    {
      ...common,
      name: 'nvidia-device-plugin',
      chart: pinned('nvidia-device-plugin', settings),
      ...withUserValues(devicePlugin(pool), settings.values),
      images: [{ path: ['image'], repository: 'nvidia/k8s-device-plugin', form: 'repository-tag' }],
      // Of the chart, which has no key for it: it wants `nvidia.com/mps.capable` on a node whose GPUs are to be shared that way.
      onDemand: ['nvidia-device-plugin-mps-control-daemon'],
      readiness: [{ kind: 'rollouts' }, allocatable],
      apply,
      setting: settings.setting,
    },
    {
      ...common,
      name: 'dcgm-exporter',
      needs: [...common.needs, 'nvidia-device-plugin'],
      chart: pinned('dcgm-exporter', settings.exporter),
      ...withUserValues(exporter(view, pool), settings.exporter.values),
      images: [{ path: ['image'], repository: 'nvidia/k8s/dcgm-exporter', form: 'repository-tag' }],
      readiness: [{ kind: 'rollouts' }],
      apply,
      setting: settings.exporter.setting,
    },
  ];
}

/** Names of the Helm releases that `gpu` stands for. */
export function gpuReleases(settings: GpuRelease | undefined): readonly string[] {
  if (settings === undefined) return [];
  return settings.stack === 'operator' ? ['gpu-operator'] : ['nvidia-device-plugin', 'dcgm-exporter'];
}

const clusterPolicy: Probe = {
  kind: 'condition',
  apiVersion: 'nvidia.com/v1',
  objectKind: 'ClusterPolicy',
  name: 'cluster-policy',
  condition: 'Ready',
};

/** The policy is ready without a single GPU: what nodes offer is looked at too. */
const allocatable: Probe = {
  kind: 'allocatable',
  resource: 'nvidia.com/gpu',
  labels: gpuNodes as Record<string, string>,
};

const place = (path: readonly string[], repository: string): ImagePlace => ({
  path,
  repository,
  form: 'folder-image-version',
});

const operatorImages: readonly ImagePlace[] = [
  place(['operator'], 'nvidia/gpu-operator'),
  place(['validator'], 'nvidia/gpu-operator'),
  // Of its policy, by which it runs them (mirror/rendered-images.ts).
  place(['driver', 'manager'], 'nvidia/cloud-native/k8s-driver-manager'),
  place(['toolkit'], 'nvidia/k8s/container-toolkit'),
  place(['devicePlugin'], 'nvidia/k8s-device-plugin'),
  place(['gfd'], 'nvidia/k8s-device-plugin'),
  place(['migManager'], 'nvidia/cloud-native/k8s-mig-manager'),
  place(['dcgm'], 'nvidia/cloud-native/dcgm'),
  place(['dcgmExporter'], 'nvidia/k8s/dcgm-exporter'),
  place(['nodeStatusExporter'], 'nvidia/gpu-operator'),
  {
    path: ['node-feature-discovery', 'image'],
    repository: 'nfd/node-feature-discovery',
    form: 'repository-tag',
  },
];

const size = {
  operator: [100, 128],
  discovery: [10, 64],
  small: [10, 64],
  plugin: [25, 128],
  exporter: [50, 256],
  driver: [100, 512],
} as const satisfies Readonly<Record<string, Size>>;

function operator({ releases }: EnvironmentScope, pool: GpuPool): Draft {
  const isOurs = pool.driver === 'None';
  const tolerations = [gpuToleration, ...poolTolerations(pool)];
  const operand = (amount: Size) => ({ resources: resources(amount) });
  return {
    unknown: [],
    values: {
      operator: {
        ...operand(size.operator),
        // Only the three together leave to AKS what is AKS's: its containerd calls the class by this name.
        ...(isOurs ? {} : { runtimeClass: 'nvidia-container-runtime' }),
        // Definitions lie in the chart's `crds/`, which Helm never upgrades.
        upgradeCRD: true,
      },
      driver: isOurs ? { enabled: true, ...operand(size.driver) } : { enabled: false },
      toolkit: isOurs
        ? {
            enabled: true,
            // Else it asks containerd for its settings by a command that AKS answers otherwise: containerd dies, nodes go.
            env: [{ name: 'RUNTIME_CONFIG_SOURCE', value: 'file' }],
            ...operand(size.small),
          }
        : { enabled: false },
      // The driver of one node at a time, and no notebook is thrown out for it.
      daemonsets: { tolerations, rollingUpdate: { maxUnavailable: '1' } },
      validator: operand(size.small),
      devicePlugin: operand(size.plugin),
      gfd: operand(size.small),
      migManager: operand(size.small),
      dcgmExporter: {
        ...operand(size.exporter),
        serviceMonitor: { enabled: releases.operatorCrds !== undefined },
      },
      'node-feature-discovery': {
        master: operand(size.discovery),
        gc: operand(size.discovery),
        worker: { ...operand(size.small), tolerations, ...onEveryNode },
      },
    },
  };
}

function devicePlugin(pool: GpuPool): Draft {
  return {
    unknown: [],
    values: {
      // The default wants labels of the feature discovery, which is not there: zero pods. An empty block would leave it as it is.
      affinity: null,
      nodeSelector: gpuNodes,
      tolerations: tolerations(pool),
      resources: resources(size.plugin),
    },
  };
}

function exporter({ releases }: EnvironmentScope, pool: GpuPool): Draft {
  return {
    unknown: [],
    values: {
      nodeSelector: gpuNodes,
      tolerations: tolerations(pool),
      resources: resources(size.exporter),
      serviceMonitor: { enabled: releases.operatorCrds !== undefined },
    },
  };
}

function tolerations(pool: GpuPool): readonly JsonObject[] {
  return [gpuToleration, ...poolTolerations(pool)];
}
