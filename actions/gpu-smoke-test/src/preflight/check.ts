import type { Finding } from '../verdict.ts';
import { hasNode, judgeCores, judgeScaler } from './capacity.ts';
import type { PreflightFacts } from './facts.ts';
import { judgeImage } from './judge-image.ts';
import { judgeLevel } from './judge-level.ts';
import { judgeNamespace } from './judge-namespace.ts';
import { judgePlugin } from './judge-plugin.ts';
import { judgePool } from './judge-pool.ts';
import { judgeCuda, judgeSize } from './judge-size.ts';

/** Everything that would make a test fail, or wait in vain, and can be said before it costs anything. Pure. */
export function checkBefore(facts: PreflightFacts): readonly Finding[] {
  return [
    ...judgePool(facts),
    judgeSize(facts, hasNode(facts)),
    ...judgeLevel(facts),
    ...judgeImage(facts.image),
    judgeCuda(facts),
    ...judgeNamespace(facts),
    ...judgePlugin(facts),
    ...judgeScaler(facts),
    judgeCores(facts),
  ];
}
