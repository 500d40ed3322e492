import { UserError } from '@suite/foundation';
import { findProblems } from './checks.ts';
import { checkDocument, readDocument } from './document.ts';
import type { Platform } from './platform.ts';
import { platformSource } from './schema.ts';

/**
 * Reads a platform file. `path` is what messages and annotations call it. Throws a UserError that holds every problem with
 * its line and column.
 */
export function parsePlatform(content: string | Uint8Array, path: string): Platform {
  const document = readDocument(content, path);
  const source = checkDocument(document, platformSource);
  const platform = { source, document };
  const problems = findProblems(platform);
  if (problems.length > 0) throw new UserError(problems);
  return platform;
}
