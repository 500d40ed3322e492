import type { Descriptor } from '../descriptor.ts';
import { RegistryFailure } from '../failure.ts';
import type { ImageSource } from './source.ts';

/** A blob of a source, read on demand from an offset on. Whoever wants another offset opens another one. */
export interface ContentReader {
  /** Where the next byte comes from. */
  readonly position: number;
  /** At least one byte and at most `most`. Throws RegistryFailure when the source ends before the blob does. */
  read(most: number): Promise<Uint8Array>;
  /** Throws RegistryFailure when the source has more than the blob. */
  demandEnd(): Promise<void>;
  close(): Promise<void>;
}

export async function openReader(source: ImageSource, descriptor: Descriptor, offset: number): Promise<ContentReader> {
  // Nothing is asked for behind the end: registries refuse such a range.
  const content = offset < descriptor.size ? await source.blob(descriptor, offset) : nothing();
  const chunks = content[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  let position = offset;
  const fill = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done === true) return false;
      rest = next.value;
    }
    return true;
  };
  return {
    get position() {
      return position;
    },
    read: async most => {
      if (!(await fill())) throw ended(source, descriptor, position);
      const taken = rest.subarray(0, most);
      rest = rest.subarray(taken.length);
      position += taken.length;
      return taken;
    },
    demandEnd: async () => {
      if (!(await fill())) return;
      throw new RegistryFailure('untrue', {
        message: `${source.name} gave more than the ${descriptor.size} bytes of ${descriptor.digest}.`,
        remedy: 'Nothing of it was used. Check who can write there, and what is in between.',
      });
    },
    close: async () => {
      await chunks.return?.();
    },
  };
}

async function* nothing(): AsyncIterable<Uint8Array> {}

/** A proxy may have cut it, so it is worth another try. */
function ended(source: ImageSource, { digest, size }: Descriptor, position: number): RegistryFailure {
  const problem = {
    message: `${source.name} gave only ${position} of the ${size} bytes of ${digest}.`,
    remedy:
      'Nothing of it was used. Run the job again; if it persists, check who can write there, and what is in between.',
  };
  return new RegistryFailure('untrue', problem, { retry: { retry: true } });
}
