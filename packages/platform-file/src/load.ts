import { UserError } from '@suite/foundation';
import { findProblems } from './checks/index.ts';
import { readDocument } from './document.ts';
import { refuseLaterFormat } from './format-version.ts';
import type { Platform } from './platform.ts';
import { salvage, sound } from './salvage.ts';
import { platformSource } from './schema.ts';
import { describeIssues } from './schema-problems.ts';
import { inOrder } from './wording.ts';

/**
 * Reads a platform file. `path` is what messages and annotations call it. Throws a UserError that holds every problem with
 * its line and column.
 */
export function parsePlatform(content: string | Uint8Array, path: string): Platform {
  const { document, problems } = readDocument(content, path);
  refuseLaterFormat(document);
  const result = platformSource.safeParse(document.value);
  if (result.success) {
    const platform = { source: result.data, document };
    const found = [...problems, ...findProblems(platform, sound)];
    if (found.length > 0) throw new UserError(inOrder(found));
    return platform;
  }
  const differences = describeIssues(result.error.issues, document, platformSource);
  const rest = salvage(document.value, differences);
  throw new UserError(
    inOrder([
      ...problems,
      ...differences.map(({ problem }) => problem),
      ...(rest === undefined ? [] : findProblems({ source: rest.source, document }, rest.soundness)),
    ]),
  );
}
