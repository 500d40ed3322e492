import { count, duration, sentenceList, UserError } from '@suite/foundation';
import type { TransferPlan } from '@suite/registry';
import { confirm } from './confirm.ts';
import { type ImportTask, importImages } from './imports.ts';
import type { Known, Observation } from './observe.ts';
import type { Connected, OpenRegistry, Services } from './ports.ts';
import { sizeOf } from './sizes.ts';
import type { Way } from './way.ts';

export interface Brought {
  /** Bytes of blobs that passed the runner. */
  readonly runnerBytes: number;
  /** Bytes of blobs that Azure fetched by itself. */
  readonly importedBytes: number;
  /** How each image came in the end. */
  readonly ways: ReadonlyMap<Known, Way>;
  readonly warnings: readonly string[];
}

/**
 * Brings images into the target: what Azure can import is imported, the rest goes through the runner; tags last, and only when
 * everything is there. Everything is read back by its digest. Throws UserError.
 */
export async function bringImages(
  known: readonly Known[],
  { plan }: Observation,
  ways: ReadonlyMap<Known, Way>,
  target: OpenRegistry,
  connected: Pick<Connected, 'upstream' | 'importImage'>,
  overwrite: boolean,
  { log, clock, signal }: Pick<Services, 'log' | 'clock' | 'signal'>,
): Promise<Brought> {
  const tasks = known.flatMap((one): ImportTask[] => {
    const { origin } = one.image;
    const isMissing = one.planned.manifests.some(({ isPresent }) => !isPresent);
    if (ways.get(one)?.kind !== 'import' || origin.kind !== 'upstream' || !isMissing) return [];
    return [{ planned: one.planned, from: origin.repository }];
  });
  let rest: TransferPlan = plan;
  const ended = new Map(ways);
  const warnings: string[] = [];
  if (tasks.length > 0 && connected.upstream !== undefined) {
    const begun = clock.now();
    log.info(`Azure imports ${count(tasks.length, 'image')} from ${connected.upstream.host}.`);
    const outcome = await importImages(tasks, plan, connected.upstream, target, connected, signal);
    rest = outcome.plan;
    for (const one of known) {
      const why = outcome.refusals.get(one.planned);
      if (why === undefined) continue;
      ended.set(one, { kind: 'stream', why: clauseOf(why) });
    }
    // One sentence for all that share it.
    for (const why of new Set(outcome.refusals.values())) {
      const names = known.filter(one => outcome.refusals.get(one.planned) === why).map(({ image }) => image.name);
      const warning = `Azure did not import ${sentenceList(names)}, so the bytes went through the runner: ${why}`;
      warnings.push(warning);
      log.warning(warning);
    }
    log.info(`Imports took ${duration(clock.now() - begun)}.`);
  }
  for (const [{ image }, way] of ways) {
    if (way.kind === 'stream' && way.why !== undefined) {
      warnings.push(`${image.name} went through the runner, because ${way.why}.`);
    }
  }
  const sent = bytesToSend(rest);
  const importedBytes = bytesToSend(plan) - sent;
  const done = await target.transfers.perform(rest, { overwrite, onBytes: progress(sent, log, clock) });
  const differences = await confirm(known, target);
  if (differences.length > 0) {
    throw new UserError(
      differences.map(({ what, path, expected, actual }) => ({
        message: `${what}${path === '' ? '' : `, ${path}`}: ${expected} was brought, and ${target.host} has ${actual}.`,
        remedy: 'Somebody else writes there at the same time, or the registry lost it. Run it again.',
      })),
    );
  }
  return { runnerBytes: done.bytes, importedBytes, ways: ended, warnings };
}

function bytesToSend({ blobs }: TransferPlan): number {
  return blobs.filter(({ action }) => action.kind === 'send').reduce((sum, { descriptor }) => sum + descriptor.size, 0);
}

/** Continues "because". */
function clauseOf(sentence: string): string {
  return sentence.replace(/\.$/, '').replace(/^The /, 'the ');
}

const tellEveryMs = 10_000;

function progress(all: number, log: Services['log'], clock: Services['clock']): (bytes: number) => void {
  let sent = 0;
  let told = clock.now();
  return bytes => {
    sent += bytes;
    if (clock.now() - told < tellEveryMs) return;
    told = clock.now();
    log.info(`${sizeOf(sent)} of ${sizeOf(all)}`);
  };
}
