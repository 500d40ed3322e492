import { readFile } from 'node:fs/promises';
import type { RunContext } from '@suite/action-kit';
import { type Problem, pathInside, UserError } from '@suite/foundation';
import type { Platform } from '@suite/platform-file';
import { type Bundle, decodeBundle, digestOf } from './bundle.ts';
import type { Services } from './ports.ts';

/** Reads the bundle that is promoted. Throws a UserError when it is not the one that this run made, of this commit and repository. */
export async function readBundle(
  file: string,
  digest: string,
  platform: Platform,
  platformFile: string,
  { context }: Pick<Services, 'context'>,
): Promise<{ readonly bundle: Bundle; readonly bytes: Uint8Array }> {
  const bytes = await readFile(file).catch(cause => {
    throw new UserError(
      {
        message: `names ${file}, which cannot be read.`,
        location: { kind: 'input', name: 'bundle' },
        remedy: 'Download the artifact that the `bundle` command left.',
      },
      { cause },
    );
  });
  const found = digestOf(bytes);
  if (found !== digest) {
    throw new UserError({
      message: `This is not the bundle that is promoted: its digest is ${found}, not ${digest}. Nothing was done.`,
      remedy: 'Run all jobs again; if it happens again, somebody writes into the artifacts of this run.',
    });
  }
  const bundle = decodeBundle(bytes);
  demandOwnBundle(
    bundle,
    platform,
    pathInside(context.workspace, platformFile),
    context,
    'Promote the bundle that this run made.',
  );
  return { bundle, bytes };
}

/** Throws a UserError unless the bundle is of this repository, commit, platform and platform file. */
export function demandOwnBundle(
  bundle: Bundle,
  platform: Platform,
  path: string,
  { repository, repositoryId, sha }: Pick<RunContext, 'repository' | 'repositoryId' | 'sha'>,
  remedy: string,
): void {
  const problems: Problem[] = [];
  const differs = (what: string, is: string, expected: string) =>
    problems.push({
      message: `This bundle is of another ${what}: ${is}, not ${expected}. Nothing was done.`,
      remedy,
    });
  const { name, id } = bundle.repository;
  // Names come back; ids do not.
  if (id !== repositoryId) differs('repository', `${name} (id ${id})`, `${repository} (id ${repositoryId})`);
  if (bundle.commit !== sha) differs('commit', bundle.commit, sha);
  if (bundle.platform !== platform.source.name) differs('platform', bundle.platform, platform.source.name);
  if (bundle.file !== path) differs('platform file', bundle.file, path);
  if (problems.length > 0) throw new UserError(problems);
}
