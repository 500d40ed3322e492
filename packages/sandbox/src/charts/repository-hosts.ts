import { stringify } from 'yaml';
import type { Route, WorldRequest, WorldResponse } from '../network/http.ts';
import { chartAddresses } from './addresses.ts';
import type { ChartCatalog, StoredChart } from './catalog.ts';

/** Plays the chart repositories over plain HTTPS: `index.yaml`, and archives beside it. */
export function repositoryHosts(catalog: ChartCatalog): Route[] {
  const places = Object.values(chartAddresses).flatMap(address => (address.kind === 'http' ? [address] : []));
  const hosts = Map.groupBy(places, ({ host }) => host);
  return [...hosts].map(([host, all]) => {
    const folders = all.map(({ path }) => path);
    return {
      host,
      handler: request => answer(request, folders.find(folder => request.path.startsWith(folder)) ?? '/', catalog),
    };
  });
}

function answer(request: WorldRequest, folder: string, catalog: ChartCatalog): WorldResponse {
  const path = decodeURIComponent(request.path);
  if (request.method !== 'GET') return text(405, `The sandbox does not play ${request.method} of a chart repository.`);
  const charts = catalog.repository(request.host, folder);
  if (path === `${folder}index.yaml`)
    return { status: 200, headers: { 'Content-Type': 'text/yaml' }, body: index(charts) };
  const chart = charts.find(one => path === `${folder}${fileOf(one)}`);
  if (chart === undefined) return text(404, 'Not Found');
  return { status: 200, headers: { 'Content-Type': 'application/gzip' }, body: chart.content };
}

/** helm.sh/docs/topics/chart_repository: the digest is of the archive, without an algorithm. */
function index(charts: readonly StoredChart[]): string {
  const entries = charts.map(chart => [
    chart.name,
    [
      {
        ...chart.about,
        urls: [fileOf(chart)],
        digest: chart.digest.replace('sha256:', ''),
        created: '2026-08-20T00:00:00Z',
      },
    ],
  ]);
  return stringify({ apiVersion: 'v1', entries: Object.fromEntries(entries), generated: '2026-08-20T00:00:00Z' });
}

function fileOf({ name, version }: StoredChart): string {
  return `${name}-${version}.tgz`;
}

function text(status: number, body: string): WorldResponse {
  return { status, headers: { 'Content-Type': 'text/plain' }, body };
}
