import { sharingOf } from '../checks/cross-check.ts';
import { gpuSizeOf } from '../sizes.ts';
import type { Finding } from '../verdict.ts';
import type { NodeFacts } from '../watch/facts.ts';
import type { Sharing } from '../workload/index.ts';
import { isInPool } from './capacity.ts';
import type { PreflightFacts } from './facts.ts';
import { fine, warning } from './finding.ts';

const remedy = 'Use `level: quick`, which finds out the rest and takes less time.';

/** Whether the pool can serve the level: `standard` compares speeds, which takes a whole GPU of a kind that somebody has measured. */
export function judgeLevel(facts: PreflightFacts): readonly Finding[] {
  const { level, pool } = facts;
  if (level === 'quick') return [];
  const check = 'Level of the test';
  const shared = whyShared(facts);
  if (shared !== undefined) {
    return [
      warning(check, `The level standard compares speeds, and ${shared}: they are shown and not judged.`, remedy),
    ];
  }
  const size = gpuSizeOf(pool.size);
  const isMeasured = Object.values(size?.figures ?? {}).some(figure => figure !== undefined);
  return [
    isMeasured
      ? fine(check, `Speeds are compared with those of ${size?.model} elsewhere.`)
      : {
          check,
          level: 'unknown',
          evidence: `Nobody has published how fast ${size?.model ?? `the GPUs of ${pool.size}`} should be: speeds are shown and not judged.`,
          remedy,
        },
  ];
}

function whyShared({ pool, nodes, size }: PreflightFacts): string | undefined {
  const known = gpuSizeOf(pool.size);
  if (known?.fraction !== undefined) return `machines of ${known.name} have ${known.fraction} of an ${known.model}`;
  const gpus = (size.known ? size.value?.gpus : undefined) ?? known?.gpus;
  const [why] = (nodes.known ? nodes.value : [])
    .filter(node => isInPool(node, pool.name))
    .flatMap(node => {
      const are = sharedAs[sharingNow(node, gpus)];
      return are === undefined ? [] : [`the GPUs of ${node.name} ${are}`];
    });
  return why;
}

const sharedAs: Readonly<Record<Sharing, string | undefined>> = {
  mig: 'are slices (MIG)',
  vgpu: 'are virtual',
  'time-slicing': 'are shared by several pods at a time',
  none: undefined,
  unknown: undefined,
};

function sharingNow({ labels, capacity, slices }: NodeFacts, gpus: number | undefined): Sharing {
  if (slices.length > 0 || /-MIG-/.test(labels['nvidia.com/gpu.product'] ?? '')) return 'mig';
  // The strategy alone says nothing: the GPU operator writes one on every node, slices or not.
  const { 'nvidia.com/mig.strategy': _, ...others } = labels;
  return sharingOf({ labels: others, capacity }, gpus, []);
}
