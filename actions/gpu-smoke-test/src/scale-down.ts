import type { Log } from '@suite/action-kit';
import { asArray, asObject, asString, type Clock, duration, longestSilenceMs } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import type { Finding } from './verdict.ts';

export interface ScaleDownPorts {
  readonly cluster: Pick<Cluster, 'follow' | 'list'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
  readonly signal: AbortSignal;
}

/**
 * The autoscaler leaves a pool alone for 10 min after it added to it, and takes a node that was not needed for 10 min (AKS's defaults of
 * `scale-down-delay-after-add` and `scale-down-unneeded-time`); then Azure deletes the machine.
 */
const patienceMs = 25 * 60_000;
const check = 'Scale-down';

/** Waits until the nodes that came for the tests are gone again, so that nobody pays for them. */
export async function watchScaleDown(nodes: readonly string[], ports: ScaleDownPorts): Promise<readonly Finding[]> {
  if (nodes.length === 0) return [{ check, level: 'fine', evidence: 'No node came for the test.' }];
  const { cluster, clock, log, signal } = ports;
  const began = clock.now();
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  let left: readonly string[] = nodes;
  const following = cluster
    .follow(
      { apiVersion: 'v1', kind: 'Node' },
      objects => {
        const names = new Set([...objects.values()].map(({ metadata }) => metadata.name));
        left = nodes.filter(name => names.has(name));
        return left.length === 0;
      },
      until,
    )
    .then(() => true);
  const waiting = (async () => {
    while (clock.now() - began < patienceMs) {
      await clock.sleep(longestSilenceMs, until);
      log.info(`Waiting for ${left.join(', ')} to go (${duration(clock.now() - began)}; usually 10 to 15 min)`);
    }
    return false;
  })();
  try {
    if (await Promise.race([following, waiting])) {
      return [{ check, level: 'fine', evidence: `${nodes.join(', ')} went after ${duration(clock.now() - began)}.` }];
    }
  } finally {
    stop.abort();
    following.catch(() => undefined);
    waiting.catch(() => undefined);
  }
  const keepers = (await Promise.all(left.map(name => keepersOf(name, cluster)))).flat();
  return [
    {
      check,
      level: 'warning',
      evidence: `${left.join(', ')} is still there after ${duration(patienceMs)}${keepers.length === 0 ? '' : `, with ${keepers.slice(0, 5).join(', ')}`}.`,
      remedy:
        'Look at what keeps the node: pods without a controller, with local storage or a budget that allows no disruption.',
    },
  ];
}

/** Pods that are not on every node anyway. */
async function keepersOf(node: string, cluster: Pick<Cluster, 'list'>): Promise<readonly string[]> {
  const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod', fields: `spec.nodeName=${node}` });
  return pods
    .filter(pod => !isOfDaemonSet(pod) && !hasEnded(pod))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

function isOfDaemonSet({ metadata }: KubernetesObject): boolean {
  return asArray(metadata['ownerReferences']).some(owner => asObject(owner)['kind'] === 'DaemonSet');
}

function hasEnded(pod: KubernetesObject): boolean {
  return /^(?:Succeeded|Failed)$/.test(asString(asObject(pod['status'])['phase']) ?? '');
}
