import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { TokenCredential } from '@azure/core-auth';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { errorMessage, UserError } from '@suite/foundation';
import { type BlobRoles, type ContainerOptions, createBlobRequests, isBlobAnswer } from './blob-requests.ts';

/** Container of plan files, beside that of the state. */
export const plansContainer = 'plans';

/** A stored plan as a listing shows it. */
export interface StoredPlan {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** A plan that lies in a file now. */
export interface PlanDownload {
  /** Of the bytes that arrived, in lower-case hexadecimal. */
  readonly sha256: string;
  /** As the plan job wrote it; names in lower case. Whoever may add plans may write anything here. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Plan files on their way from the identity that plans to the one that applies. Methods throw a UserError when refused. */
export interface PlanStore {
  /**
   * Stores a new blob. `refused` says why there is none: the container does not exist, or this identity may not add to it.
   * `newKey` gives each attempt another key: whoever may only add cannot find out whether the last attempt arrived.
   */
  add(
    newKey: () => string,
    content: Buffer,
    metadata: Readonly<Record<string, string>>,
  ): Promise<{ readonly key: string } | { readonly refused: UserError }>;
  /** Writes a plan to `file`, readable for nobody else; undefined when it is gone. */
  download(key: string, file: string): Promise<PlanDownload | undefined>;
  list(prefix: string): Promise<StoredPlan[]>;
  /** One that is gone already is fine. */
  remove(key: string): Promise<void>;
}

/** Roles of the platform's own: see the README of the example repository. */
const roles: BlobRoles = {
  read: 'AKS Platform Plan File Applier',
  write: 'AKS Platform Plan File Writer',
  delete: 'AKS Platform Plan File Applier',
};

// A plan file has some hundred KiB; this bounds what anybody who may add blobs can do to a runner's disk.
const largestPlan = 256 * 1024 * 1024;

const transferTimeoutMs = 300_000;

export function createPlanStore(credential: TokenCredential, options: Omit<ContainerOptions, 'container'>): PlanStore {
  const request = createBlobRequests(credential, { ...options, container: plansContainer }, roles);
  return {
    add: async (newKey, content, metadata) => {
      let key = '';
      try {
        const response = await request({
          method: 'PUT',
          blob: () => {
            key = newKey();
            return key;
          },
          right: 'write',
          headers: {
            'x-ms-blob-type': 'BlockBlob',
            'if-none-match': '*',
            'content-type': 'application/octet-stream',
            ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-ms-meta-${name}`, value])),
          },
          body: content,
          timeoutMs: transferTimeoutMs,
          answers: [201],
        });
        if (response === undefined)
          throw new UserError({ message: `${options.account} answered 404 to a new plan file.` });
        return { key };
      } catch (error) {
        // An account that nobody prepared for this answers either way, depending on how far the rights of the identity go.
        const isUnprepared = isBlobAnswer(error, 'ContainerNotFound', 'AuthorizationPermissionMismatch');
        if (isUnprepared && error instanceof UserError) return { refused: error };
        throw error;
      }
    },
    download: (key, file) =>
      request(
        { method: 'GET', blob: key, right: 'read', stream: true, timeoutMs: transferTimeoutMs, answers: [200] },
        response => save(response, key, file),
      ),
    list: async prefix => {
      const found: StoredPlan[] = [];
      let marker = '';
      do {
        const query = { restype: 'container', comp: 'list', prefix, ...(marker === '' ? {} : { marker }) };
        const response = await request({ method: 'GET', query, right: 'read', answers: [200] });
        const page = response?.bodyAsText ?? '';
        found.push(...readPage(page));
        marker = unescapeXml(/<NextMarker>([^<]*)<\/NextMarker>/.exec(page)?.[1] ?? '');
      } while (marker !== '');
      return found;
    },
    remove: async key => {
      await request({ method: 'DELETE', blob: key, right: 'delete', answers: [202] });
    },
  };
}

/** Throws what is tried again when less arrives than was announced. */
async function save(response: PipelineResponse, key: string, file: string): Promise<PlanDownload> {
  const announced = Number(response.headers.get('content-length'));
  const tooLarge = () =>
    new UserError({
      message: `The stored plan ${key} is larger than ${largestPlan / 1024 / 1024} MiB, which no plan is.`,
      remedy: `Find out who wrote it to the container ${plansContainer}, and plan again.`,
    });
  if (announced > largestPlan) throw tooLarge();
  const hash = createHash('sha256');
  let bytes = 0;
  await rm(file, { force: true });
  const handle = await writing(file, open(file, 'wx', 0o600));
  try {
    for await (const piece of response.readableStreamBody ?? []) {
      const chunk = Buffer.from(piece);
      bytes += chunk.length;
      if (bytes > largestPlan) throw tooLarge();
      hash.update(chunk);
      await writing(file, handle.write(chunk));
    }
  } finally {
    await handle.close();
  }
  if (bytes !== announced) {
    throw Object.assign(new Error(`${bytes} of ${announced} bytes arrived.`), { code: 'ECONNRESET' });
  }
  return { sha256: hash.digest('hex'), metadata: metadataOf(response) };
}

/** A full disk is no broken connection, though its error looks like one. */
async function writing<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new UserError({ message: `The plan could not be written to ${file}: ${errorMessage(cause)}` }, { cause });
  }
}

function metadataOf({ headers }: PipelineResponse): Record<string, string> {
  const prefix = 'x-ms-meta-';
  return Object.fromEntries(
    [...headers]
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

/** Azure lists in XML; what is not as expected is left out. */
function readPage(page: string): StoredPlan[] {
  return [...page.matchAll(/<Blob>.*?<\/Blob>/gs)].flatMap(([blob]) => {
    const key = /<Name>([^<]+)<\/Name>/.exec(blob)?.[1];
    const modifiedAt = Date.parse(/<Last-Modified>([^<]+)<\/Last-Modified>/.exec(blob)?.[1] ?? '');
    return key === undefined || Number.isNaN(modifiedAt) ? [] : [{ key: unescapeXml(key), modifiedAt }];
  });
}

function unescapeXml(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (all, code, name) =>
    code === undefined ? (named[name] ?? all) : String.fromCodePoint(Number(code)),
  );
}
