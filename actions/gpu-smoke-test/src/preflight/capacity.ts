import { sentenceList } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import type { NodeFacts } from '../watch/facts.ts';
import type { PreflightFacts } from './facts.ts';
import { blocked, fine, unknown, unlessThereIsANode, warning } from './finding.ts';

/** AKS sets both labels on every node of a pool. */
export function isInPool({ labels }: Pick<NodeFacts, 'labels'>, pool: string): boolean {
  return poolOf({ labels }) === pool;
}

const poolOf = ({ labels }: Pick<NodeFacts, 'labels'>) =>
  labels['kubernetes.azure.com/agentpool'] ?? labels['agentpool'];

/** Whether the pool has a node that offers GPUs, so that the test may need no scale-up. */
export function hasNode({ nodes, pool }: PreflightFacts): boolean {
  return nodes.known && nodes.value.some(node => isInPool(node, pool.name) && node.isReady && node.allocatable > 0);
}

/** Whether Azure's vCPU quota has room for one more node. */
export function judgeCores(facts: PreflightFacts): Finding {
  const { size, usages, pool, location } = facts;
  const check = 'vCPU quota';
  if (!size.known) return unknown(check, size);
  if (!usages.known) return unknown(check, usages);
  const cores = size.value?.cores;
  const family = pool.spot ? 'lowPriorityCores' : size.value?.family;
  if (cores === undefined || family === undefined) {
    return {
      check,
      level: 'unknown',
      evidence: `Azure does not say how many vCPUs ${pool.size} has, and what they count as.`,
    };
  }
  const counted = usages.value.filter(({ name }) =>
    [family, ...(pool.spot ? [] : ['cores'])].some(one => same(one, name)),
  );
  if (counted.length === 0) return { check, level: 'unknown', evidence: `${location} lists no quota ${family}.` };
  const full = counted.filter(({ current, limit }) => current + cores > limit);
  if (full.length === 0) return fine(check, `There is room for one more node of ${cores} vCPUs.`);
  return unlessThereIsANode(
    hasNode(facts),
    blocked(
      check,
      'quota',
      `A node takes ${cores} vCPUs, and ${sentenceList(full.map(({ title, current, limit }) => `${title} has ${current} of ${limit} in use`))}.`,
      `Ask for more in the portal (Quotas, ${location}), or let others go.`,
    ),
  );
}

const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

/** Whether the autoscaler would give the pool a node now. */
export function judgeScaler(facts: PreflightFacts): readonly Finding[] {
  return [backoff(facts), ...blockers(facts)];
}

function backoff(facts: PreflightFacts): Finding {
  const { scaler, pool } = facts;
  const check = 'Autoscaler';
  if (!scaler.known) return unknown(check, scaler);
  if (scaler.value === undefined) {
    return {
      check,
      level: 'unknown',
      evidence: 'It keeps no status (ConfigMap kube-system/cluster-autoscaler-status).',
    };
  }
  if (scaler.value.length === 0) {
    return warning(
      check,
      `It does not know ${pool.name}.`,
      'A pool that was just made appears within minutes; otherwise apply the platform file, which switches the autoscaler on.',
    );
  }
  const waiting = scaler.value.flatMap(({ name, backoff: why }) => (why === undefined ? [] : [{ name, ...why }]));
  if (waiting.length === 0) return fine(check, `It is ready to give ${pool.name} a node.`);
  const [first] = waiting;
  const words = [first?.code, first?.message].filter(text => text !== undefined && text !== '').join(': ');
  const evidence = `It waits before it tries again, because the last scale-up of ${sentenceList(waiting.map(({ name }) => name))} failed${words === '' ? '' : `: ${words}`}`;
  const isQuota = /quota/i.test(words);
  const finding = blocked(
    check,
    isQuota ? 'quota' : 'capacity',
    evidence.replace(/[^.!?…]$/, '$&.'),
    isQuota
      ? 'Raise the vCPU quota of the family; then the autoscaler tries again within half an hour.'
      : 'Azure has no such machines at the moment: wait, or use another zone, size or region.',
  );
  return unlessThereIsANode(hasNode(facts) || waiting.length < scaler.value.length, finding);
}

/**
 * Ready nodes with the accelerator label and no GPU, in a pool that is not scaled: the autoscaler gives up every scale-up of the cluster
 * while there is one (kubernetes/autoscaler#10301).
 */
function blockers(facts: PreflightFacts): readonly Finding[] {
  const { nodes, pools } = facts;
  const check = 'Nodes that stop the autoscaler';
  if (!nodes.known) return [unknown(check, nodes)];
  const scaled = new Set(
    pools.known ? (pools.value ?? []).filter(({ autoscaling }) => autoscaling).map(({ name }) => name) : [],
  );
  const found = nodes.value.filter(
    node =>
      node.isReady &&
      node.capacity === 0 &&
      (node.labels['kubernetes.azure.com/accelerator'] ?? node.labels['accelerator']) !== undefined &&
      !scaled.has(poolOf(node) ?? ''),
  );
  if (found.length === 0) return [fine(check, 'There is none.')];
  return [
    unlessThereIsANode(
      hasNode(facts),
      blocked(
        check,
        'configuration',
        `${sentenceList(found.map(({ name }) => name))} have a GPU’s label and offer none, in a pool that the autoscaler does not scale: it gives up every scale-up of the cluster meanwhile.`,
        'Install the device plugin there as well, or let the autoscaler scale that pool, or remove it.',
        'https://github.com/kubernetes/autoscaler/issues/10301',
      ),
    ),
  ];
}
