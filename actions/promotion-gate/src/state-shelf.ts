import type { TextBlob } from '@suite/azure';
import { digestOf } from './bundle.ts';
import type { Shelf } from './ports.ts';
import { decodeRecord, encodeRecord } from './record.ts';

/**
 * The shared scope has no registry: the record of what runs there lies beside its state, where nobody but its apply identity can
 * write. Only the last one is kept, which says what may come next.
 */
export function createStateShelf(blob: TextBlob): Shelf {
  const running = async () => {
    const text = await blob.read();
    const record = text === undefined ? undefined : decodeRecord(Buffer.from(text, 'utf8'));
    return record === undefined ? [] : [record];
  };
  return {
    records: async bundle => (await running()).filter(record => record.bundle === bundle),
    running,
    put: async (_, records) => {
      const record = records.at(-1);
      if (record === undefined) throw new Error('There is no record to put beside the state.');
      const bytes = encodeRecord(record);
      await blob.write(bytes.toString('utf8'));
      return digestOf(bytes);
    },
  };
}
