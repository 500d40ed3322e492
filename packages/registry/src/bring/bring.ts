import { type Clock, count, duration, sentenceList, UserError } from '@suite/foundation';
import { sizeOf } from '../sizes.ts';
import type { PlannedImage, TransferPlan } from '../transfer/plan.ts';
import type { Transfers } from '../transfer/transfers.ts';
import { confirm } from './confirm.ts';
import { type ImportManifest, type ImportPlace, type ImportTask, importImages } from './imports.ts';
import type { Way } from './way.ts';

/** One image of a plan, and how it is to come. */
export interface ImageToBring {
  /** As messages call it. */
  readonly name: string;
  readonly planned: PlannedImage;
  readonly way: Way;
  /** Where it is imported from; only for what is. */
  readonly from?: ImportPlace;
}

export interface Brought {
  /** Bytes of blobs that passed the runner. */
  readonly runnerBytes: number;
  /** Bytes of blobs that Azure fetched by itself. */
  readonly importedBytes: number;
  /** How each image came in the end. */
  readonly ways: ReadonlyMap<PlannedImage, Way>;
  readonly warnings: readonly string[];
}

export interface BringOptions {
  readonly target: { readonly host: string; readonly transfers: Transfers };
  readonly importManifest: ImportManifest;
  /** Whether a tag that stands for something else moves. */
  readonly overwrite: boolean;
  readonly log: { info(text: string): void; warning(text: string): void };
  readonly clock: Clock;
}

/**
 * Brings images into the target: what Azure can import is imported, the rest goes through the runner; tags last, and only when
 * everything is there. Everything is read back by its digest. Throws UserError.
 */
export async function bringImages(
  images: readonly ImageToBring[],
  plan: TransferPlan,
  { target, importManifest, overwrite, log, clock }: BringOptions,
): Promise<Brought> {
  const tasks = images.flatMap(({ planned, way, from }): ImportTask[] => {
    const isMissing = planned.manifests.some(({ isPresent }) => !isPresent);
    return way.kind !== 'import' || from === undefined || !isMissing ? [] : [{ planned, from }];
  });
  let rest: TransferPlan = plan;
  const ended = new Map(images.map(({ planned, way }) => [planned, way]));
  const warnings: string[] = [];
  if (tasks.length > 0) {
    const begun = clock.now();
    const hosts = [...new Set(tasks.map(({ from }) => from.host))].sort();
    log.info(`Azure imports ${count(tasks.length, 'image')} from ${sentenceList(hosts)}.`);
    const outcome = await importImages(tasks, plan, target.transfers, importManifest);
    rest = outcome.plan;
    for (const { planned } of images) {
      const why = outcome.refusals.get(planned);
      if (why !== undefined) ended.set(planned, { kind: 'stream', why: clauseOf(why) });
    }
    // One sentence for all that share it.
    for (const why of new Set(outcome.refusals.values())) {
      const names = images.filter(({ planned }) => outcome.refusals.get(planned) === why).map(({ name }) => name);
      const warning = `Azure did not import ${sentenceList(names)}, so the bytes went through the runner: ${why}`;
      warnings.push(warning);
      log.warning(warning);
    }
    log.info(`Imports took ${duration(clock.now() - begun)}.`);
  }
  for (const { name, way } of images) {
    if (way.kind === 'stream' && way.why !== undefined) {
      warnings.push(`${name} went through the runner, because ${way.why}.`);
    }
  }
  const sent = bytesToSend(rest);
  const importedBytes = bytesToSend(plan) - sent;
  const done = await target.transfers.perform(rest, { overwrite, onBytes: progress(sent, log, clock) });
  const differences = await confirm(
    images.map(({ planned }) => planned),
    target,
  );
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

function progress(all: number, log: BringOptions['log'], clock: Clock): (bytes: number) => void {
  let sent = 0;
  let told = clock.now();
  return bytes => {
    sent += bytes;
    if (clock.now() - told < tellEveryMs) return;
    told = clock.now();
    log.info(`${sizeOf(sent)} of ${sizeOf(all)}`);
  };
}
