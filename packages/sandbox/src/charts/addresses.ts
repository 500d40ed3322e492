/** Where the world finds a chart, as it does on the internet. */
export type ChartAddress =
  | { readonly kind: 'oci'; readonly host: string; readonly repository: string }
  /** `path` begins and ends with a slash: `index.yaml` and the archives lie there. */
  | { readonly kind: 'http'; readonly host: string; readonly path: string };

const oci = (host: string, folder: string, name: string): ChartAddress => ({
  kind: 'oci',
  host,
  repository: `${folder}/${name}`,
});
const http = (host: string, path: string): ChartAddress => ({ kind: 'http', host, path });

/** Charts of a platform by their names. Not all of them are played; a real one may be put at each address. */
export const chartAddresses: Readonly<Record<string, ChartAddress>> = {
  'argo-cd': oci('ghcr.io', 'argoproj/argo-helm', 'argo-cd'),
  'prometheus-operator-crds': oci('ghcr.io', 'prometheus-community/charts', 'prometheus-operator-crds'),
  'kube-prometheus-stack': oci('ghcr.io', 'prometheus-community/charts', 'kube-prometheus-stack'),
  loki: oci('ghcr.io', 'grafana-community/helm-charts', 'loki'),
  alloy: http('grafana.github.io', '/helm-charts/'),
  jaeger: http('jaegertracing.github.io', '/helm-charts/'),
  'cert-manager': oci('quay.io', 'jetstack/charts', 'cert-manager'),
  'alb-controller': oci('mcr.microsoft.com', 'application-lb/charts', 'alb-controller'),
  jupyterhub: http('hub.jupyter.org', '/helm-chart/'),
  mlflow: http('community-charts.github.io', '/helm-charts/'),
  'gpu-operator': http('helm.ngc.nvidia.com', '/nvidia/'),
  'nvidia-device-plugin': http('nvidia.github.io', '/k8s-device-plugin/'),
  'dcgm-exporter': http('nvidia.github.io', '/dcgm-exporter/helm-charts/'),
};

/** `oci://ghcr.io/argoproj/argo-helm/argo-cd`, `https://hub.jupyter.org/helm-chart/` */
export function urlOf(address: ChartAddress): string {
  return address.kind === 'oci'
    ? `oci://${address.host}/${address.repository}`
    : `https://${address.host}${address.path}`;
}
