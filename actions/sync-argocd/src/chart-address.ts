/** Where a chart is: `oci://ghcr.io/contoso/charts/redis`, or of a repository `https://charts.contoso.com/redis`. */
export type ChartAddress = string;

/** `redis` */
export function chartName(address: ChartAddress): string {
  return address.slice(address.lastIndexOf('/') + 1);
}

/** Equal for addresses of one chart. */
export function chartKey(address: ChartAddress): string {
  return address.toLowerCase().replace(/([^:/])\/{2,}/g, '$1/');
}

/** Of a chart as the source of an Application names it; Argo CD takes OCI registries without their scheme. Undefined for what is none. */
export function sourceAddress(repository: string, chart: string | undefined): ChartAddress | undefined {
  const base = repository.replace(/\/+$/, '');
  if (base === '' || (chart === undefined && !base.startsWith('oci://'))) return undefined;
  const whole = base.includes('://') ? base : `oci://${base}`;
  return chart === undefined ? whole : `${whole}/${chart}`;
}
