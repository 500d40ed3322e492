import type { ReleaseSettings } from '@suite/platform-file';
import type { ChartSource } from '../release.ts';

interface Pin {
  /** `oci://…`, or the repository that has the chart by the name of the pin. */
  readonly url: string;
  readonly version: string;
  /** Of the manifest in the registry; undefined where it is not known: then the plan finds it, and binds the apply to it. */
  readonly digest: string | undefined;
}

/** The charts that the values here are written for. */
const pins = {
  'prometheus-operator-crds': {
    url: 'oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds',
    version: '31.0.1',
    digest: undefined,
  },
  'cert-manager': { url: 'oci://quay.io/jetstack/charts/cert-manager', version: 'v1.21.1', digest: undefined },
  'kube-prometheus-stack': {
    url: 'oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack',
    version: '88.5.3',
    digest: undefined,
  },
  'argo-cd': { url: 'oci://ghcr.io/argoproj/argo-helm/argo-cd', version: '10.1.1', digest: undefined },
  'alb-controller': {
    url: 'oci://mcr.microsoft.com/application-lb/charts/alb-controller',
    version: '1.12.1',
    digest: undefined,
  },
  loki: { url: 'oci://ghcr.io/grafana-community/helm-charts/loki', version: '18.11.0', digest: undefined },
  // These two are in no OCI registry of their makers: their release workflows write an index.yaml alone.
  alloy: { url: 'https://grafana.github.io/helm-charts', version: '1.11.1', digest: undefined },
  jaeger: { url: 'https://jaegertracing.github.io/helm-charts', version: '4.11.1', digest: undefined },
  jupyterhub: { url: 'https://hub.jupyter.org/helm-chart/', version: '4.4.0', digest: undefined },
  mlflow: { url: 'https://community-charts.github.io/helm-charts/', version: '1.11.5', digest: undefined },
  'gpu-operator': { url: 'https://helm.ngc.nvidia.com/nvidia/', version: 'v26.7.0', digest: undefined },
  'nvidia-device-plugin': { url: 'https://nvidia.github.io/k8s-device-plugin/', version: '0.20.0', digest: undefined },
  'dcgm-exporter': { url: 'https://nvidia.github.io/dcgm-exporter/helm-charts/', version: '4.8.2', digest: undefined },
} as const satisfies Readonly<Record<string, Pin>>;

/** The pinned chart, or the version and digest that the platform file names. */
export function pinned(
  name: keyof typeof pins,
  { version, digest }: Pick<ReleaseSettings, 'version' | 'digest'>,
): ChartSource {
  const pin: Pin = pins[name];
  const found = { version: version ?? pin.version, digest: digest ?? pin.digest };
  return pin.url.startsWith('oci://')
    ? { kind: 'oci', url: pin.url, ...found }
    : { kind: 'http', repository: pin.url, name, ...found };
}

/** The version of a chart of that place that the values here are written for; undefined for charts of others. */
export function testedVersion(chart: Exclude<ChartSource, { readonly kind: 'folder' }>): string | undefined {
  const found = Object.entries<Pin>(pins).find(([name, { url }]) =>
    chart.kind === 'oci' ? url === chart.url : url === chart.repository && name === chart.name,
  );
  return found?.[1].version;
}
