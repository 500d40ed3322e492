import { UserError } from '@suite/foundation';
import { checkDocument, type Positioned, readDocument } from './document.ts';
import { type LockSource, lockSource } from './schema.ts';

/** The platform lock: identities and state accounts per scope and region. It holds no secret. */
export interface Lock {
  readonly source: LockSource;
  readonly document: Positioned;
}

export type ScopeLock = LockSource['scopes'][string][string];

/** Throws a UserError with every problem and its position. */
export function parseLock(content: string | Uint8Array, path: string): Lock {
  const document = readDocument(content, path);
  return { source: checkDocument(document, lockSource), document };
}

export function lockOf(lock: Lock, scope: string, region: string): ScopeLock {
  const found = lock.source.scopes[scope]?.[region];
  if (found !== undefined) return found;
  throw new UserError({
    message: `There are no identities and no state account for ${scope} in ${region}.`,
    location: lock.document.locate(['scopes', scope]),
    remedy: 'Bootstrap makes them and writes them here: run it for this scope.',
  });
}
