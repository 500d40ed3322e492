import { UserError } from '@suite/foundation';
import { readDocument } from './document.ts';
import { refuseLaterFormat } from './format-version.ts';
import type { Positioned } from './position.ts';
import { type LockSource, lockSource } from './schema.ts';
import { describeIssues } from './schema-problems.ts';
import { inOrder } from './wording.ts';

/** The platform lock: identities and state accounts per scope and region. It holds no secret. */
export interface Lock {
  readonly source: LockSource;
  readonly document: Positioned;
}

export type ScopeLock = LockSource['scopes'][string][string];

/** Throws a UserError with every problem and its position. */
export function parseLock(content: string | Uint8Array, path: string): Lock {
  const { document, problems } = readDocument(content, path);
  refuseLaterFormat(document);
  const result = lockSource.safeParse(document.value);
  const differences = result.success ? [] : describeIssues(result.error.issues, document, lockSource);
  const found = [...problems, ...differences.map(({ problem }) => problem)];
  if (!result.success || found.length > 0) throw new UserError(inOrder(found));
  return { source: result.data, document };
}

/** Throws a UserError when bootstrap has not been there. */
export function lockOf({ source, document }: Lock, scope: string, region: string): ScopeLock {
  const { scopes } = source;
  const regions = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
  const found = regions !== undefined && Object.hasOwn(regions, region) ? regions[region] : undefined;
  if (found !== undefined) return found;
  throw new UserError({
    message: `There are no identities and no state account for ${scope} in ${region}.`,
    location: document.locate(['scopes', scope], 'key'),
    remedy: 'Bootstrap makes them and writes them here: run it for this scope and region.',
  });
}
