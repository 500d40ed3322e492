import type { Shelf } from './ports.ts';
import { newest, type Place, type PromotionRecord, speaksFor } from './record.ts';

/** What runs in a place, as its own registry says. */
export interface Running {
  /** Of the bundle that was recorded there last, by this place; copies of what happened elsewhere are not among them. */
  readonly records: readonly PromotionRecord[];
  /** The last of them; undefined where nothing runs that was recorded. */
  readonly record: PromotionRecord | undefined;
}

export async function readRunning(shelf: Shelf | undefined, place: Place): Promise<Running> {
  const records = ((await shelf?.running()) ?? []).filter(record => speaksFor(record, place));
  return { records, record: newest(records) };
}
