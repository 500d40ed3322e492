import { duration, sentenceList } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import type { NodeFacts } from './facts.ts';
import type { Watched } from './phases.ts';

/** MIG with the strategy `mixed` gives slices names of their own; whoever asks for a GPU, as notebooks do, gets none. */
export function slicesOnly({ name, slices }: Pick<NodeFacts, 'name' | 'slices'>): Finding {
  return {
    check: 'Device plugin',
    level: 'bad',
    verdict: { kind: 'blocked', cause: 'configuration' },
    evidence: `${name} offers ${sentenceList(slices)}, and no nvidia.com/gpu: its GPUs are cut into slices (MIG) with names of their own.`,
    remedy:
      'Use the MIG strategy `single` (`mig.strategy` of the GPU operator, `migStrategy` of the device plugin): then slices are asked for as `nvidia.com/gpu`, by this test as by notebooks.',
    link: 'https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/gpu-operator-mig.html',
  };
}

/** Of nodes that may not reach what they need. */
export const egressRemedy = 'Let nodes reach what AKS needs, through the firewall or proxy of the environment.';

/** Why a node that came is of no use when its time is over. */
export function judgeNode(
  at: 'node' | 'ready',
  node: NodeFacts,
  waited: number,
  { driver }: Watched & { readonly driver: 'Install' | 'None' },
): Finding {
  const problems = node.problems.map(({ type, message }) => `${type}: ${message}`).join('; ');
  const also = problems === '' ? '' : ` It reports ${problems}.`;
  if (at === 'node') {
    const isEgress = node.problems.some(({ type }) => type === 'EgressBlocked');
    return {
      check: 'Node',
      level: 'bad',
      verdict: isEgress ? { kind: 'blocked', cause: 'configuration' } : { kind: 'inconclusive', cause: 'unknown' },
      evidence: `${node.name} has not become ready in ${duration(waited)}: ${node.readiness}.${also}`,
      remedy: isEgress
        ? egressRemedy
        : 'Look at the node in the portal, at its boot diagnostics, and at the way out of its subnet.',
    };
  }
  return {
    check: 'Device plugin',
    level: 'bad',
    verdict: { kind: 'failed', cause: 'plugin' },
    evidence: `${node.name} is ready, and has offered no GPU for ${duration(waited)} (taints ${node.taints.join(', ') || 'none'}).${also}`,
    remedy:
      driver === 'None'
        ? 'Look at the pods of the GPU operator on this node: driver, toolkit, device plugin.'
        : 'Install a device plugin whose DaemonSet tolerates every taint of the node; those that ask for no GPU are given no toleration by AKS.',
    link: 'https://github.com/NVIDIA/gpu-operator/issues/390',
  };
}
