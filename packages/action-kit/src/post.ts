/**
 * What a post stage needs, and nothing besides: it runs at the end of the job, whatever became of it, and must not hold it up.
 * So it is an entry of its own, `@suite/action-kit/post`.
 */
import { rm } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Environment } from './context.ts';

/** Under which name the main stage saves it (`Kit.saveState`). */
export const folderState = 'folder';

/**
 * Removes the folder that the main stage saved as `folderState`, with everything in it. Gives its path, undefined where none was
 * saved. Throws an Error for one that is not below `RUNNER_TEMP`.
 */
export async function removeSavedFolder(env: Environment): Promise<string | undefined> {
  // actions/runner hands on what a stage saved as STATE_<name>.
  const folder = env[`STATE_${folderState}`] ?? '';
  if (folder === '') return undefined;
  const temp = env['RUNNER_TEMP'] ?? '';
  const way = relative(temp, folder);
  if (temp === '' || way === '' || way.split(sep)[0] === '..') {
    throw new Error(`${folder} is not below the runner's folder for temporary files.`);
  }
  await rm(folder, { recursive: true, force: true });
  return folder;
}
