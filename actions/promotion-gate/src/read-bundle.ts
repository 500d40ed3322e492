import { readFile } from 'node:fs/promises';
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
  const problems: Problem[] = [];
  const differs = (what: string, is: string, expected: string) =>
    problems.push({
      message: `This bundle is of another ${what}: ${is}, not ${expected}. Nothing was done.`,
      remedy: 'Promote the bundle that this run made.',
    });
  const { name, id } = bundle.repository;
  // Names come back; ids do not.
  if (id !== context.repositoryId) {
    differs('repository', `${name} (id ${id})`, `${context.repository} (id ${context.repositoryId})`);
  }
  if (bundle.commit !== context.sha) differs('commit', bundle.commit, context.sha);
  if (bundle.platform !== platform.source.name) differs('platform', bundle.platform, platform.source.name);
  const path = pathInside(context.workspace, platformFile);
  if (bundle.file !== path) differs('platform file', bundle.file, path);
  if (problems.length > 0) throw new UserError(problems);
  return { bundle, bytes };
}
