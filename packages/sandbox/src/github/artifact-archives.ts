import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import type { Clock } from '@suite/foundation';
import type { Handler } from '../network/http.ts';

/** Where GitHub keeps artifacts of runs: one of several accounts of this form. */
export const artifactHost = 'productionresultssa0.blob.core.windows.net';

/** Addresses of artifacts end after a minute (docs, download an artifact). */
const ticketMs = 60_000;

export interface ArtifactArchives {
  /** Plays {@link artifactHost}. */
  readonly handler: Handler;
  /** Where a folder can be fetched as a ZIP archive without a token. */
  addressOf(folder: string): string;
}

export function createArtifactArchives(clock: Clock): ArtifactArchives {
  const tickets = new Map<string, { readonly folder: string; readonly until: number }>();
  return {
    addressOf: folder => {
      const ticket = randomBytes(16).toString('hex');
      tickets.set(ticket, { folder, until: clock.now() + ticketMs });
      return `https://${artifactHost}/actions-results/${ticket}.zip?sig=${ticket}`;
    },
    handler: async request => {
      const ticket = tickets.get(request.query.get('sig') ?? '');
      if (request.method !== 'GET' || ticket === undefined || ticket.until <= clock.now()) {
        return { status: 403, headers: { 'content-type': 'application/xml' }, body: '<Error/>' };
      }
      return { status: 200, headers: { 'content-type': 'application/zip' }, body: await zipOf(ticket.folder) };
    },
  };
}

/** Deflated, without dates (PKWARE APPNOTE.TXT 4.3). */
async function zipOf(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .sort();
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const name of names) {
    const content = await readFile(path.join(folder, name));
    const packed = deflateRawSync(content);
    const named = Buffer.from(name.split(path.sep).join('/'));
    // From "version needed" to the length of the extra field, which both headers have alike.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(named.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(mark(0x0201_4b50), Buffer.from([20, 0]), common, rest, named);
    const local = Buffer.concat([mark(0x0403_4b50), common, named, packed]);
    parts.push(local);
    at += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(names.length, 4);
  end.writeUInt16LE(names.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, listing, mark(0x0605_4b50), end]);
}

function mark(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
