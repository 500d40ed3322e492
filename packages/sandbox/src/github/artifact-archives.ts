import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@suite/foundation';
import { zipSync } from 'fflate';
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

/** Without the dates of this machine: ZIP's begin in 1980. */
async function zipOf(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  const files = await Promise.all(
    paths.toSorted().map(async file => {
      const name = path.relative(folder, file).split(path.sep).join('/');
      return [name, await readFile(file)] as const;
    }),
  );
  return Buffer.from(zipSync(Object.fromEntries(files), { mtime: new Date(1980, 0, 1) }));
}
