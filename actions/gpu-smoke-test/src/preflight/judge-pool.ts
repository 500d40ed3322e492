import type { LivePool } from '@suite/azure';
import { sentenceList } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import type { PreflightFacts, Taint } from './facts.ts';
import { blocked, fine, unknown, warning } from './finding.ts';
import { spotTaint } from './planned-pool.ts';
import { intolerable, parseTaint, writeTaint } from './taints.ts';

const apply = 'Apply the platform file with provision-aks.';

/** Whether the pool is there, may have a node, and is as the platform file says. */
export function judgePool(facts: PreflightFacts): readonly Finding[] {
  const { pool, pools } = facts;
  const check = 'Node pool';
  if (!pools.known) return [unknown(check, pools)];
  if (pools.value === undefined) {
    return [blocked(check, 'configuration', 'There is no cluster yet.', apply)];
  }
  const live = pools.value.find(({ name }) => name === pool.name);
  if (live === undefined) {
    const names = pools.value.map(({ name }) => name);
    return [
      blocked(check, 'configuration', `The cluster has no pool ${pool.name}: there is ${sentenceList(names)}.`, apply),
    ];
  }
  return [
    judgeState(check, live),
    judgeMaximum(live, facts),
    ...judgeScaleDown(live),
    ...judgeLabels(live, facts),
    judgeTaints(live, facts),
  ];
}

function judgeState(check: string, { name, powerState, provisioningState, size }: LivePool): Finding {
  if (powerState === 'Stopped') {
    return blocked(check, 'configuration', `The pool ${name} is stopped.`, 'Start it: `az aks nodepool start`.');
  }
  if (provisioningState === 'Failed') {
    return warning(
      check,
      `Azure could not finish the last change of ${name}: its state is Failed.`,
      'Apply the platform file again; `az aks nodepool show` tells more.',
    );
  }
  return fine(check, `${name} is there${size === undefined ? '' : `, with machines of ${size}`}.`);
}

function judgeMaximum({ name, autoscaling, max, count }: LivePool, { pool }: PreflightFacts): Finding {
  const check = 'Nodes at most';
  if (!autoscaling) {
    return (count ?? 0) > 0
      ? warning(check, `${name} has ${count} nodes, and no autoscaler.`, apply)
      : blocked(check, 'configuration', `${name} has no node, and no autoscaler that would make one.`, apply);
  }
  if ((max ?? 0) === 0) {
    return blocked(
      check,
      'configuration',
      `The autoscaler may give ${name} no node: its maximum is 0.`,
      `Set \`max\` of the GPU pool in the platform file to 1 or more, and apply it.`,
    );
  }
  return max === pool.max
    ? fine(check, `The autoscaler may give ${name} ${max}.`)
    : warning(check, `The autoscaler may give ${name} ${max}, where the platform file says ${pool.max}.`, apply);
}

/** Machines that are only switched off stay nodes that are not ready, which the autoscaler counts (Azure/AKS#5211). */
function judgeScaleDown({ name, scaleDownMode }: LivePool): readonly Finding[] {
  if (scaleDownMode !== 'Deallocate') return [];
  return [
    warning(
      'Nodes that go',
      `Machines that ${name} needs no longer are switched off and kept (scale-down mode Deallocate): drivers break after some starts, and the autoscaler takes such nodes for broken ones.`,
      apply,
      'https://github.com/NVIDIA/gpu-operator/issues/729',
    ),
  ];
}

function judgeLabels({ name, labels, size }: LivePool, { pool }: PreflightFacts): readonly Finding[] {
  const check = 'Labels of the pool';
  const wrong = Object.entries(pool.labels).filter(([key, value]) => labels[key] !== value);
  const other = size !== undefined && size.toLowerCase() !== pool.size.toLowerCase();
  const differences = [
    ...wrong.map(([key, value]) => `${key} is ${labels[key] ?? 'missing'} instead of ${value}`),
    ...(other ? [`its size is ${size} instead of ${pool.size}`] : []),
  ];
  return differences.length === 0
    ? [fine(check, 'As the platform file says.')]
    : [warning(check, `${name} is not as the platform file says: ${sentenceList(differences)}.`, apply)];
}

/** Taints that the platform does not set keep out whoever does not know them, the test as well as notebooks. */
function judgeTaints(live: LivePool, { pool, test }: PreflightFacts): Finding {
  const check = 'Taints of the pool';
  const taints = taintsOf(live);
  const away = intolerable(taints, test.tolerations);
  if (away.length > 0) {
    return blocked(
      check,
      'configuration',
      `${live.name} has taints that neither the test nor a notebook of the platform tolerates: ${written(away)}.`,
      apply,
    );
  }
  const missing = pool.taints.filter(({ key }) => !taints.some(taint => taint.key === key));
  const changed = pool.taints.filter(
    wanted => !missing.includes(wanted) && !taints.some(taint => writeTaint(taint) === writeTaint(wanted)),
  );
  if (missing.length + changed.length > 0) {
    return warning(
      check,
      `${live.name} lacks ${written([...missing, ...changed])}, so that pods without a GPU may take its nodes.`,
      apply,
    );
  }
  return fine(check, `${written(taints)}, which the test tolerates.`);
}

/** What nodes of the pool will have. */
export function taintsOf({ taints, priority }: Pick<LivePool, 'taints' | 'priority'>): readonly Taint[] {
  const parsed = taints.flatMap(text => parseTaint(text) ?? []);
  const isSpot = priority === 'Spot' && !parsed.some(({ key }) => key === spotTaint.key);
  return [...parsed, ...(isSpot ? [spotTaint] : [])];
}

const written = (taints: readonly Taint[]) => sentenceList(taints.map(writeTaint));
