import type { Lease } from './blob-lease.ts';

export interface Blob {
  readonly name: string;
  readonly content: Buffer;
  readonly contentType: string;
  /** Names in lower case, as sent after `x-ms-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly created: number;
  readonly lease?: Lease;
}

export interface Container {
  readonly name: string;
  readonly etag: string;
  readonly modified: number;
  readonly blobs: Map<string, Blob>;
}

export interface StorageAccount {
  readonly name: string;
  readonly tenant: string;
  /** Resource id of the account: the scope that rights on its data hang on. */
  readonly resourceId: string;
  readonly containers: Map<string, Container>;
}

/** Every storage account of the world, by name: names are global in Azure. */
export type StorageAccounts = Map<string, StorageAccount>;

let version = 0;

/** Never the same twice, as Azure's. */
export function makeBlobEtag(): string {
  version += 1;
  return `"0x8DD${(0x10000000000 + version).toString(16).toUpperCase()}"`;
}

export function addContainer(account: StorageAccount, name: string, now: number): Container {
  const container: Container = { name, etag: makeBlobEtag(), modified: now, blobs: new Map() };
  account.containers.set(name, container);
  return container;
}

/** Replaces content and metadata, keeps what outlives a write: the time of creation and the lease. */
export function putBlob(
  container: Container,
  blob: { name: string; content: Buffer; contentType?: string; metadata?: Readonly<Record<string, string>> },
  now: number,
): Blob {
  const before = container.blobs.get(blob.name);
  const after: Blob = {
    name: blob.name,
    content: blob.content,
    contentType: blob.contentType ?? 'application/octet-stream',
    metadata: blob.metadata ?? {},
    etag: makeBlobEtag(),
    modified: now,
    created: before?.created ?? now,
    ...(before?.lease === undefined ? {} : { lease: before.lease }),
  };
  container.blobs.set(after.name, after);
  return after;
}
