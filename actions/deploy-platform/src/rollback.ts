import { errorMessage } from '@suite/foundation';
import type { ApplyOptions } from './apply-release.ts';
import { historyKey, readHistories } from './history.ts';
import type { PlatformPlan } from './plan.ts';
import type { GoodRevision } from './record.ts';

/** Brings failed upgrades back to the revision that ran before, the last ones first. What holds data stays as it is. */
export async function rollBack(
  plan: PlatformPlan,
  failed: readonly { readonly name: string }[],
  good: ReadonlyMap<string, GoodRevision>,
  { helm, cluster, log, rollback }: Pick<ApplyOptions, 'helm' | 'cluster' | 'log' | 'rollback'>,
): Promise<string[]> {
  if (rollback === 'never') return [];
  const said: string[] = [];
  const say = (sentence: string) => {
    said.push(sentence);
    log.warning(sentence);
  };
  for (const { name } of [...failed].reverse()) {
    const one = plan.releases.find(found => found.name === name);
    const release = one?.rendered?.release;
    if (one === undefined || release === undefined) continue;
    if (release.isStateful) {
      say(`${name} holds data and stays as it is.`);
      continue;
    }
    const target = good.get(name);
    if (target === undefined) {
      say(`${name} has no earlier revision that ran well, and stays as it is.`);
      continue;
    }
    try {
      const now = (await readHistories(cluster, one.namespace)).get(historyKey(name, one.namespace));
      if (now?.at(-1)?.revision === target.revision) continue; // nothing was applied
      await helm.rollback(name, one.namespace, target.revision, release.timeoutSeconds);
      say(`${name} was brought back to revision ${target.revision} (${target.chart}).`);
    } catch (error) {
      say(`${name} could not be brought back: ${errorMessage(error).split('\n')[0]}`);
    }
  }
  return said;
}
