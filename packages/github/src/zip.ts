import { buffer } from 'node:stream/consumers';
import { type Entry, fromBufferPromise } from 'yauzl';

export interface ZipFile {
  readonly name: string;
  readonly content: Buffer;
}

/**
 * The files of a small ZIP archive, as artifacts of a workflow come. Undefined for what is none, is encrypted, holds a name that leads
 * out of it, or would unpack to more than `mostBytes` in all.
 */
export async function readZip(archive: Buffer, mostBytes: number): Promise<readonly ZipFile[] | undefined> {
  try {
    const zip = await fromBufferPromise(archive);
    const entries: Entry[] = [];
    let total = 0;
    for await (const entry of zip.eachEntry()) {
      total += entry.uncompressedSize;
      if (total > mostBytes) return undefined;
      if (!entry.fileName.endsWith('/')) entries.push(entry);
    }
    const files: ZipFile[] = [];
    // Refuses what inflates to more or to less than its entry says.
    for (const entry of entries) {
      files.push({ name: entry.fileName, content: await buffer(await zip.openReadStreamPromise(entry)) });
    }
    return files;
  } catch {
    return undefined;
  }
}
