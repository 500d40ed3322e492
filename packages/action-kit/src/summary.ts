import { appendFile, stat } from 'node:fs/promises';
import { errorMessage, utf8Length } from '@suite/foundation';

/** GitHub drops a step's summary silently when it is over 1 MiB. */
export const summaryLimit = 1024 * 1024;

const separator = '\n\n';

/** Appends to the job summary (`GITHUB_STEP_SUMMARY`). */
export interface Summary {
  /** Bytes that one more block may have. Renderers that can choose what to leave out ask first. */
  room(): Promise<number>;
  /** Appends the blocks in order. One that does not fit is left out as a whole, and the summary says so. */
  append(blocks: readonly string[]): Promise<void>;
}

/** `warn` is told when it cannot be written: no work is given up for it. */
export function createSummary(
  file: string | undefined,
  warn: (message: string) => void = () => {},
  limit = summaryLimit,
): Summary {
  const free = async () => {
    if (!file) return limit;
    const written = await stat(file).then(
      found => found.size,
      () => 0,
    );
    return Math.max(0, limit - written);
  };
  return {
    room: async () => Math.max(0, (await free()) - separator.length),
    append: async blocks => {
      const text = fitBlocks(blocks, await free());
      if (!file || text === '') return;
      await appendFile(file, text, 'utf8').catch(error =>
        warn(`The job summary cannot be written: ${errorMessage(error)}`),
      );
    },
  };
}

/** As many whole blocks as fit into `limit` bytes of UTF-8, in order, with a last line that counts what was left out. */
export function fitBlocks(blocks: readonly string[], limit: number): string {
  const sized = blocks.map(block => ({ text: block + separator, bytes: utf8Length(block) + separator.length }));
  const total = sized.reduce((sum, block) => sum + block.bytes, 0);
  if (total <= limit) return sized.map(block => block.text).join('');
  const reserve = 120; // room for the sentence below
  let used = reserve;
  let dropped = 0;
  let text = '';
  for (const block of sized) {
    if (used + block.bytes > limit) dropped++;
    else {
      used += block.bytes;
      text += block.text;
    }
  }
  const note = `_${dropped} of ${blocks.length} sections left out: a job summary holds at most 1 MiB._\n`;
  return limit >= reserve ? text + note : '';
}
