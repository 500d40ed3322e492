import type { TextBlob } from '@suite/azure';
import { digestOf } from './bundle.ts';
import type { Shelf } from './ports.ts';
import { decodeRecord, encodeRecord, unreadableRunning } from './record.ts';

/**
 * The shared scope has no registry: the record of what runs there lies beside its state, where nobody but its apply identity can
 * write. Only the last one is kept, which says what may come next.
 */
export function createStateShelf(blob: TextBlob): Shelf {
  const running = async () => {
    const text = await blob.read();
    if (text === undefined) return [];
    const record = decodeRecord(Buffer.from(text, 'utf8'));
    if (record === undefined) throw unreadableRunning('the blob beside the shared state');
    return [record];
  };
  const records = async (bundle: string) => (await running()).filter(record => record.bundle === bundle);
  return {
    records,
    trail: async bundle => ({ records: await records(bundle), departures: [] }),
    bundle: async () => undefined,
    attestation: async () => undefined,
    running,
    history: async () => ({ records: await running(), unreadable: 0 }),
    gone: async () => undefined,
    retire: async () => {
      throw new Error('What is shared is never taken away.');
    },
    put: async (_, records) => {
      const record = records.at(-1);
      if (record === undefined) throw new Error('There is no record to put beside the state.');
      const bytes = encodeRecord(record);
      await blob.write(bytes.toString('utf8'));
      return digestOf(bytes);
    },
  };
}
