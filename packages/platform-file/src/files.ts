import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asObject, type Problem, pathInside, UserError } from '@suite/foundation';
import { parsePlatform } from './load.ts';
import { type Lock, parseLock } from './lock.ts';
import type { Platform } from './platform.ts';

const lockName = 'platform.lock.yaml';

/**
 * Reads the platform file that the input `platform-file` names. `file` is absolute; messages call it by its place in the
 * workspace. Throws a UserError with every problem.
 */
export async function loadPlatform(file: string, workspace: string): Promise<Platform> {
  return parsePlatform(await readInput(file), pathInside(workspace, file));
}

/** The same with the lock beside it. Throws one UserError with every problem of both files. */
export async function loadPlatformWithLock(
  file: string,
  workspace: string,
): Promise<{ readonly platform: Platform; readonly lock: Lock }> {
  // Where it cannot be read at all, a lock that is missing too is not what somebody has to look for.
  const content = await readInput(file);
  const lockFile = lockFileOf(file);
  const [platform, lock] = await Promise.allSettled([
    (async () => parsePlatform(content, pathInside(workspace, file)))(),
    readLock(lockFile).then(text => parseLock(text, pathInside(workspace, lockFile))),
  ]);
  if (platform.status === 'fulfilled' && lock.status === 'fulfilled') {
    return { platform: platform.value, lock: lock.value };
  }
  const reasons = [platform, lock].flatMap(read => (read.status === 'rejected' ? [read.reason] : []));
  const defect = reasons.find(reason => !(reason instanceof UserError));
  if (defect !== undefined) throw defect;
  const problems: Problem[] = reasons.flatMap((reason: UserError) => reason.problems);
  throw new UserError(problems, { cause: reasons[0].cause });
}

/** The lock lies beside the platform file. */
export function lockFileOf(file: string): string {
  return join(dirname(file), lockName);
}

/** The lock beside a platform file and its text; undefined when there is none. Throws a UserError with every problem. */
export async function loadLock(
  file: string,
  workspace: string,
): Promise<{ readonly lock: Lock; readonly text: string } | undefined> {
  const lockFile = lockFileOf(file);
  try {
    const content = await readSmallFile(lockFile);
    return { lock: parseLock(content, pathInside(workspace, lockFile)), text: Buffer.from(content).toString('utf8') };
  } catch (error) {
    if (asObject(error)['code'] === 'ENOENT') return undefined;
    throw error;
  }
}

function readInput(file: string): Promise<Uint8Array> {
  return readSmallFile(file).catch(cause => {
    throw new UserError(
      {
        message: `names ${file}, which cannot be read.`,
        location: { kind: 'input', name: 'platform-file' },
        remedy: 'Check the path, and that `actions/checkout` runs before this step.',
      },
      { cause },
    );
  });
}

function readLock(file: string): Promise<Uint8Array> {
  return readSmallFile(file).catch(cause => {
    throw new UserError(
      {
        message: `There is no ${lockName} beside the platform file.`,
        remedy: 'It holds client ids and state accounts, which bootstrap writes: see the README of provision-aks.',
      },
      { cause },
    );
  });
}

// People write these files; a device or an archive is not one of them.
const largest = 4 * 1024 * 1024;

async function readSmallFile(file: string): Promise<Uint8Array> {
  const found = await stat(file);
  if (!found.isFile() || found.size > largest) throw new Error(`${file} is no file of at most 4 MiB.`);
  return readFile(file);
}
