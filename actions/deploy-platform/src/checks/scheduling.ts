import { asArray, asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import { quantityNumber } from '@suite/kubernetes/compare';
import type { Taint } from '@suite/platform-file';
import type { NodePool } from './nodes.ts';
import { type Container, initContainers, isSidecar, runningContainers } from './pod-templates.ts';

/** Whether pods can run on the nodes of a pool, and if not, why: a clause. */
export type Fit =
  | { readonly fits: true }
  /** `isCertain`: nothing outside of the platform file can change it. */
  | { readonly fits: false; readonly why: string; readonly isCertain: boolean };

export interface Requests {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus: number;
}

const fits: Fit = { fits: true };

/** Judges selectors, required affinity, taints and size, in this order, as kube-scheduler filters nodes. */
export function fitOf(spec: JsonObject, pool: NodePool, isDaemon: boolean): Fit {
  const unmet = unmetSelector(spec, pool);
  if (unmet !== undefined) return unmet;
  const taint = pool.taints.find(each => !asArray(spec['tolerations']).some(one => tolerates(asObject(one), each)));
  if (taint !== undefined) return { fits: false, why: `does not tolerate its taint ${taint.key}`, isCertain: true };
  return isDaemon ? fits : roomFor(requestsOf(spec), pool);
}

function roomFor(requests: Requests, { allocatable, size }: NodePool): Fit {
  if (allocatable === undefined) return fits;
  const lacking = [
    requests.cpu > allocatable.cpu ? `${tell(requests.cpu)} cores of ${tell(allocatable.cpu)}` : undefined,
    requests.memory > allocatable.memory ? `${gib(requests.memory)} of ${gib(allocatable.memory)}` : undefined,
    requests.gpus > allocatable.gpus ? `${requests.gpus} GPUs of ${allocatable.gpus}` : undefined,
  ].filter(text => text !== undefined);
  if (lacking.length === 0) return fits;
  return { fits: false, why: `requests ${lacking.join(' and ')} that a node of ${size} has`, isCertain: true };
}

const tell = (value: number) => String(Math.round(value * 100) / 100);
const gib = (bytes: number) => `${tell(bytes / 2 ** 30)} GiB`;

/** Labels that others than the platform put on nodes: drivers, the feature discovery, the cloud. */
const othersLabels =
  /^(?:[\w.-]+\.)?(?:nvidia\.com|node\.kubernetes\.io|feature\.node\.kubernetes\.io|azure\.com|topology\.disk\.csi\.azure\.com)\/|^(?:beta|failure-domain\.beta)\.kubernetes\.io\/|^kubernetes\.io\/hostname$/;
/** Labels that only the modules of provision-aks set. */
const ownLabels: ReadonlySet<string> = new Set(['node-type', 'accelerator', 'agentpool']);

function unmetSelector(spec: JsonObject, pool: NodePool): Fit | undefined {
  for (const [key, value] of Object.entries(asObject(spec['nodeSelector']))) {
    const miss = missOf({ key, operator: 'In', values: [value] }, pool);
    if (miss !== undefined) return miss;
  }
  const affinity = asObject(asObject(spec['affinity'])['nodeAffinity']);
  const required = asObject(affinity['requiredDuringSchedulingIgnoredDuringExecution']);
  const terms = asArray(required['nodeSelectorTerms']).map(asObject);
  if (terms.length === 0) return undefined;
  // One of them is enough.
  const misses = terms.map(term => {
    const expressions = asArray(term['matchExpressions']).map(asObject);
    return expressions.map(expression => missOf(expression, pool)).find(miss => miss !== undefined);
  });
  if (misses.some(miss => miss === undefined)) return undefined;
  return misses.find(miss => miss?.fits === false && !miss.isCertain) ?? misses[0];
}

function missOf({ key: given, operator, values: listed }: JsonObject, { labels }: NodePool): Fit | undefined {
  const key = asString(given) ?? '';
  const there = labels.get(key);
  const values = asArray(listed).map(String);
  // What others may put there is taken for there.
  if (there === undefined && othersLabels.test(key)) return undefined;
  const isIn = there?.some(value => values.includes(value)) === true;
  const holds = {
    In: isIn,
    // Of several values one that is not listed is enough.
    NotIn: there === undefined || there.some(value => !values.includes(value)),
    Exists: there !== undefined,
    DoesNotExist: there === undefined,
    Gt: there?.some(value => Number(value) > Number(values[0])) === true,
    Lt: there?.some(value => Number(value) < Number(values[0])) === true,
  }[asString(operator) ?? ''];
  if (holds !== false) return undefined;
  const wanted = operator === 'In' ? `${key}: ${values.join(' or ')}` : `${key} ${String(operator)}`;
  return { fits: false, why: `wants nodes with ${wanted}`, isCertain: there !== undefined || ownLabels.has(key) };
}

/** As `Toleration.ToleratesTaint` of k8s.io/api/core/v1. */
function tolerates({ key, operator, value, effect }: JsonObject, taint: Taint): boolean {
  if (typeof effect === 'string' && effect !== '' && effect !== taint.effect) return false;
  if (typeof key === 'string' && key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (key ?? '') !== '' && (value ?? '') === taint.value;
}

/** What one pod needs of a node: that of its running containers, or of the hungriest init container. */
export function requestsOf(spec: JsonObject): Requests {
  const overhead = asObject(spec['overhead']);
  const of = (resource: string) => {
    const amount = (container: Container) => requestOf(container, resource);
    const running = runningContainers(spec).reduce((sum, container) => sum + amount(container), 0);
    // Sidecars that were started before an init container run beside it.
    let [before, most] = [0, 0];
    for (const container of initContainers(spec)) {
      most = Math.max(most, before + amount(container));
      if (isSidecar(container)) before += amount(container);
    }
    const podLevel = asObject(asObject(spec['resources'])['requests'])[resource];
    const needed = podLevel === undefined ? Math.max(running, most) : quantityNumber(podLevel);
    return needed + quantityNumber(overhead[resource]);
  };
  return { cpu: of('cpu'), memory: of('memory'), gpus: of('nvidia.com/gpu') };
}

/** Where there is a limit and no request, the limit is the request. */
function requestOf(container: Container, resource: string): number {
  const { requests, limits } = asObject(container['resources']);
  const given = isObject(requests) ? requests[resource] : undefined;
  return quantityNumber(given ?? asObject(limits)[resource]);
}
