import { sentenceList } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import { slicesOnly } from '../watch/judge-node.ts';
import { matchAffinity, writeAffinity } from './affinity.ts';
import { isInPool } from './capacity.ts';
import type { DaemonFacts, PreflightFacts } from './facts.ts';
import { fine, unknown, warning } from './finding.ts';
import { taintsOf } from './judge-pool.ts';
import { intolerable, writeTaint } from './taints.ts';

const check = 'Device plugin';
const link = 'https://learn.microsoft.com/azure/aks/use-nvidia-gpu';

/** Whether something will offer the GPUs of a new node to Kubernetes, and one thing alone installs their driver. */
export function judgePlugin(facts: PreflightFacts): readonly Finding[] {
  const { plugins } = facts;
  if (!plugins.known) return [unknown(check, plugins)];
  return [plugin(facts, plugins.value), ...driver(facts, plugins.value)];
}

function plugin(facts: PreflightFacts, daemons: readonly DaemonFacts[]): Finding {
  const found = daemons.filter(({ does }) => does === 'plugin');
  const offering = facts.nodes.known
    ? facts.nodes.value.find(node => isInPool(node, facts.pool.name) && node.allocatable > 0)
    : undefined;
  if (offering !== undefined) return fine(check, `${offering.name} offers ${offering.allocatable}.`);
  const sliced = facts.nodes.known
    ? facts.nodes.value.find(node => isInPool(node, facts.pool.name) && node.slices.length > 0)
    : undefined;
  if (sliced !== undefined) return slicesOnly(sliced);
  if (found.length === 0) return without(daemons);
  const live = facts.pools.known ? facts.pools.value?.find(({ name }) => name === facts.pool.name) : undefined;
  const taints = live === undefined ? facts.pool.taints : taintsOf(live);
  const labels = live?.labels ?? facts.pool.labels;
  const told = { ...expectedLabels(facts), ...labels, ...labelsOfNode(facts) };
  const misfits = found.map(one => ({ one, why: whyNot(one, taints, labels, told) }));
  const fitting = misfits.filter(({ why }) => why === undefined).map(({ one }) => one);
  const sure = fitting.find(({ affinity }) => matchAffinity(affinity, told) === 'yes');
  if (sure !== undefined) return fine(check, `${sure.name} comes to the nodes of the pool.`);
  const [unsure] = fitting;
  if (unsure !== undefined) {
    return {
      check,
      level: 'unknown',
      evidence: `${unsure.name} comes only to nodes with ${writeAffinity(unsure.affinity ?? [])}, which nothing here shows for ${facts.pool.name}.`,
      remedy:
        'Such labels come from node feature discovery, where that is installed. Without it take the affinity away (`affinity: null` in the values of NVIDIA’s chart), or use `releases: gpu: true` of the platform file.',
      link,
    };
  }
  return {
    check,
    level: 'bad',
    verdict: { kind: 'failed', cause: 'plugin' },
    evidence: `No device plugin comes to the nodes of ${facts.pool.name}: ${sentenceList(misfits.map(({ one, why }) => `${one.name} ${why}`))}.`,
    remedy:
      'Use `releases: gpu: true` of the platform file, whose device plugin comes to its pools; or give this DaemonSet the toleration `{ key: nvidia.com/gpu, operator: Exists, effect: NoSchedule }`: AKS adds it to pods that ask for a GPU, and to no others.',
    link,
  };
}

function whyNot(
  { tolerations, nodeSelector, affinity }: DaemonFacts,
  taints: PreflightFacts['pool']['taints'],
  labels: Readonly<Record<string, string>>,
  told: Readonly<Record<string, string>>,
): string | undefined {
  const away = intolerable(taints, tolerations);
  if (away.length > 0) return `does not tolerate ${sentenceList(away.map(writeTaint))}`;
  // Labels that the pool does not set may come from the feature discovery, or from Azure.
  const wrong = Object.entries(nodeSelector).filter(
    ([key, value]) => labels[key] !== undefined && labels[key] !== value,
  );
  if (wrong.length > 0) return `wants nodes with ${sentenceList(wrong.map(([key, value]) => `${key}=${value}`))}`;
  if (affinity === undefined || matchAffinity(affinity, told) !== 'no') return undefined;
  return `wants nodes with ${writeAffinity(affinity)}`;
}

/** What AKS and the kubelet put on every node of a GPU pool. */
function expectedLabels({ pool }: PreflightFacts): Readonly<Record<string, string>> {
  return {
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'node.kubernetes.io/instance-type': pool.size,
    'kubernetes.azure.com/accelerator': 'nvidia',
    'kubernetes.azure.com/agentpool': pool.name,
    agentpool: pool.name,
  };
}

/** Of one that is there: what others have put on it too. */
function labelsOfNode({ nodes, pool }: PreflightFacts): Readonly<Record<string, string>> {
  const there = nodes.known ? nodes.value.filter(node => isInPool(node, pool.name)) : [];
  return (there.find(({ isReady }) => isReady) ?? there[0])?.labels ?? {};
}

function without(daemons: readonly DaemonFacts[]): Finding {
  if (daemons.some(({ does }) => does === 'operator')) {
    return {
      check,
      level: 'unknown',
      evidence: 'The GPU operator is there, which makes its device plugin with the first GPU node.',
    };
  }
  return {
    check,
    level: 'bad',
    verdict: { kind: 'failed', cause: 'plugin' },
    evidence: 'Nothing in the cluster offers GPUs to Kubernetes: there is no device plugin, and no GPU operator.',
    remedy:
      'Set `releases: gpu: true` in the platform file, or install NVIDIA’s device plugin, with a toleration for `nvidia.com/gpu`, or the GPU operator.',
    link,
  };
}

/** Two who install a driver spoil each other's (NVIDIA/gpu-operator#525); without one there is none. */
function driver({ pool }: PreflightFacts, daemons: readonly DaemonFacts[]): readonly Finding[] {
  const name = 'Driver of the pool';
  const installer = daemons.find(({ does }) => does === 'driver');
  if (pool.driver === 'Install') {
    return installer === undefined
      ? []
      : [
          warning(
            name,
            `AKS installs the driver of ${pool.name}, and ${installer.name} is there to install one as well.`,
            'Set `driver: none` for the pool, or `driver.enabled: false` for the GPU operator.',
            'https://github.com/NVIDIA/gpu-operator/issues/525',
          ),
        ];
  }
  if (installer !== undefined) return [fine(name, `${installer.name} installs it.`)];
  if (daemons.some(({ does }) => does === 'operator')) return [fine(name, 'The GPU operator installs it.')];
  return [
    {
      check: name,
      level: 'bad',
      verdict: { kind: 'failed', cause: 'driver' },
      evidence: `Nobody installs a driver: ${pool.name} has \`driver: none\`, and there is no GPU operator.`,
      remedy: 'Install the GPU operator, or set `driver: install` for the pool, which replaces it.',
      link: 'https://learn.microsoft.com/azure/aks/nvidia-gpu-operator',
    },
  ];
}
