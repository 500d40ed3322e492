/** The real OpenTofu for the sandbox and for tests that ask for it. The product finds its own. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findPeer } from './peer-list.ts';

/** Puts `tofu` first on PATH, through the folder, unless one is there. False where there is none: it has to be built. */
export async function putTofuOnPath(env: NodeJS.ProcessEnv, folder: string): Promise<boolean> {
  const isThere = await promisify(execFile)('tofu', ['version'], { env }).then(
    () => true,
    () => false,
  );
  if (isThere) return true;
  const { path } = findPeer('tofu');
  if (!existsSync(path)) return false;
  await mkdir(folder, { recursive: true });
  await rm(join(folder, 'tofu'), { force: true });
  await symlink(path, join(folder, 'tofu'));
  env['PATH'] = [folder, env['PATH'] ?? ''].join(delimiter);
  return true;
}
