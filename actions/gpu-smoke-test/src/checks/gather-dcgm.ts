import { asObject, asString } from '@suite/foundation';
import { type Cluster, KubernetesFailure, type ProxyTarget } from '@suite/kubernetes';
import type { DcgmSight } from './dcgm.ts';
import { parseMetrics, type Sample } from './metrics.ts';

const path = '/metrics';
/** Of the GPU operator and of dcgm-exporter's own chart. */
const exporterLabels = ['app=nvidia-dcgm-exporter', 'app.kubernetes.io/name=dcgm-exporter'];
const exporterPort = '9400';
/** Of the exporter that AKS runs on the machines of managed GPU pools. */
const managedPort = '19400';

/** What a DCGM exporter says of one node: its pod there, else its service, else the one of AKS on the machine. Undefined where none answers. */
export async function gatherDcgm(
  node: string,
  cluster: Pick<Cluster, 'list' | 'ask'>,
  signal: AbortSignal,
): Promise<DcgmSight | undefined> {
  for (const { from, target } of await waysTo(node, cluster, signal)) {
    const samples = ofNode(await askQuietly(target, cluster, signal), node);
    if (samples.some(({ name }) => name.startsWith('DCGM_'))) return { from, samples };
  }
  return undefined;
}

interface Way {
  readonly from: string;
  readonly target: ProxyTarget;
}

async function waysTo(node: string, cluster: Pick<Cluster, 'list'>, signal: AbortSignal): Promise<readonly Way[]> {
  const listed = async (kind: 'Pod' | 'Service') =>
    (await Promise.all(exporterLabels.map(labels => cluster.list({ apiVersion: 'v1', kind, labels }, signal)))).flat();
  const [pods, services] = await Promise.all([listed('Pod'), listed('Service')]);
  const scheme = 'http' as const;
  return [
    ...pods
      .filter(pod => asString(asObject(pod['spec'])['nodeName']) === node)
      .map(({ metadata: { name, namespace = '' } }) => ({
        from: `${namespace}/${name}:${exporterPort}`,
        target: { pod: name, namespace, port: exporterPort, scheme, path },
      })),
    ...services.map(({ metadata: { name, namespace = '' } }) => ({
      from: `${namespace}/${name}:${exporterPort}`,
      target: { service: name, namespace, port: exporterPort, scheme, path },
    })),
    { from: `${node}:${managedPort}`, target: { node, port: managedPort, scheme, path } },
  ];
}

/** A service picks any of its pods: what is of another node is left out. */
function ofNode(page: string | undefined, node: string): readonly Sample[] {
  return parseMetrics(page ?? '').filter(
    ({ labels }) => labels['Hostname'] === undefined || labels['Hostname'] === node,
  );
}

/** Nobody has to run an exporter, and none that fails may fail a test. */
async function askQuietly(
  target: ProxyTarget,
  cluster: Pick<Cluster, 'ask'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await cluster.ask(target, signal);
  } catch (error) {
    if (error instanceof KubernetesFailure) return undefined;
    throw error;
  }
}
