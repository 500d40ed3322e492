import { gunzipSync } from 'node:zlib';
import { UserError } from '@suite/foundation';
import { unpackTar } from 'modern-tar';

/** A chart unpacked is a few megabytes; this is where something else begins. */
const largestArchive = 200 * 1024 * 1024;

/** Regular files of a gzipped tar archive by their path. Throws a UserError for anything that is none. */
export async function readTarGz(bytes: Uint8Array): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await unpackTar(unpack(bytes), { strict: true }).catch((cause: unknown) => {
    throw new UserError({ message: 'It is no tar archive, or only the beginning of one.' }, { cause });
  });
  const files = entries.filter(({ header }) => header.type === 'file');
  return new Map(files.map(({ header, data = new Uint8Array() }) => [header.name, Buffer.from(data.buffer)]));
}

function unpack(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: largestArchive });
  } catch (cause) {
    throw new UserError({ message: 'It is no gzipped archive, or far too large for a chart.' }, { cause });
  }
}
