import { errorMessage, sentenceList } from '@suite/foundation';
import { type Applied, type ApplyOptions, leaveRecord } from './apply-release.ts';
import type { Run } from './graph.ts';
import { historyKey, readHistories } from './history.ts';
import type { PlatformPlan } from './plan.ts';
import type { GoodRevision } from './record.ts';

type Goods = ReadonlyMap<string, GoodRevision>;

/**
 * Brings failed upgrades back to the revision that ran before, and with each what the same apply has upgraded and hangs together with it:
 * what ran together runs together again. The last ones first. What holds data stays as it is.
 */
export async function rollBack(
  plan: PlatformPlan,
  runs: readonly Run<Pick<Applied, 'action'>>[],
  good: Goods,
  options: ApplyOptions,
): Promise<string[]> {
  const { helm, cluster, log, rollback } = options;
  if (rollback === 'never') return [];
  const said: string[] = [];
  const say = (sentence: string) => {
    said.push(sentence);
    log.warning(sentence);
  };
  const failed = runs.filter(({ result }) => result === 'failed').map(({ name }) => name);
  const tied = tiedTo(failed, plan, runs, good);
  for (const { name } of runs.toReversed()) {
    const hasFailed = failed.includes(name);
    if (!hasFailed && !tied.has(name)) continue;
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
      // Whatever becomes of it now, the next plan has it again.
      if (!hasFailed) await leaveRecord(one, 'failed', options, target);
      await helm.rollback(name, one.namespace, target.revision, release.timeoutSeconds);
      const why = hasFailed ? '' : `, with ${sentenceList(failed)}`;
      say(`${name} was brought back to revision ${target.revision} (${target.chart})${why}.`);
    } catch (error) {
      say(`${name} could not be brought back: ${errorMessage(error).split('\n')[0]}`);
    }
  }
  return said;
}

/** What went well, and is needed by what goes back, or needs it, or hangs together with such a release. */
function tiedTo(
  failed: readonly string[],
  { releases }: PlatformPlan,
  runs: readonly Run<Pick<Applied, 'action'>>[],
  good: Goods,
): ReadonlySet<string> {
  const goesBack = new Map(
    releases.flatMap(({ name, rendered }) =>
      rendered === undefined || rendered.release.isStateful || !good.has(name)
        ? []
        : [[name, rendered.release.needs] as const],
    ),
  );
  const upgraded = new Set(
    runs.flatMap(run =>
      run.result === 'done' && run.value.action !== 'none' && goesBack.has(run.name) ? [run.name] : [],
    ),
  );
  const tied = new Set<string>();
  const visit = (name: string) => {
    for (const other of upgraded) {
      const isTied = goesBack.get(name)?.includes(other) || goesBack.get(other)?.includes(name);
      if (!isTied || tied.has(other)) continue;
      tied.add(other);
      visit(other);
    }
  };
  for (const name of failed.filter(one => goesBack.has(one))) visit(name);
  return tied;
}
