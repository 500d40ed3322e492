import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type Problem, UserError } from '@suite/foundation';
import { type Lock, type Platform, parseLock, parsePlatform, resolveScope, type ScopeView } from '@suite/platform-file';
import type { Request } from './inputs.ts';

/** What a command works on, and as whom. */
export interface Target {
  readonly view: ScopeView;
  readonly platform: Platform;
  /** `name` reads on after "The": `plan identity of dev`. */
  readonly identity: { readonly name: string; readonly clientId: string };
}

const lockName = 'platform.lock.yaml';

/**
 * Reads the platform file and its lock and resolves the scope. Throws one UserError with every problem of both files;
 * nothing has been called by then.
 */
export async function loadTarget(request: Request, workspace: string): Promise<Target> {
  const lockFile = join(dirname(request.platformFile), lockName);
  const files = await Promise.allSettled([
    readInput(request.platformFile, 'platform-file').then(text =>
      parsePlatform(text, shownPath(request.platformFile, workspace)),
    ),
    readLock(lockFile).then(text => parseLock(text, shownPath(lockFile, workspace))),
  ]);
  const [platform, lock] = settle(files);
  const view = resolveScope(platform, lock, {
    scope: request.scope,
    ...(request.region === undefined ? {} : { region: request.region }),
  });
  const role = request.command === 'apply' ? 'apply' : 'plan';
  const place = view.kind === 'shared' ? 'the shared scope' : `${view.scope} in ${view.region}`;
  return {
    view,
    platform,
    identity: { name: `${role} identity of ${place}`, clientId: request.clientId ?? view.identities[role] },
  };
}

function settle([platform, lock]: readonly [PromiseSettledResult<Platform>, PromiseSettledResult<Lock>]): [
  Platform,
  Lock,
] {
  if (platform.status === 'fulfilled' && lock.status === 'fulfilled') return [platform.value, lock.value];
  const reasons = [platform, lock].flatMap(file => (file.status === 'rejected' ? [file.reason] : []));
  const defect = reasons.find(reason => !(reason instanceof UserError));
  if (defect !== undefined) throw defect;
  const problems: Problem[] = reasons.flatMap((reason: UserError) => reason.problems);
  throw new UserError(problems, { cause: reasons[0].cause });
}

/** Relative to the workspace, as annotations need it; as it is when it lies elsewhere. */
function shownPath(file: string, workspace: string): string {
  const path = relative(workspace, file);
  return path.startsWith('..') ? file : path;
}

function readInput(file: string, input: string): Promise<Uint8Array> {
  return readFile(file).catch(cause => {
    throw new UserError(
      {
        message: `names ${file}, which cannot be read.`,
        location: { kind: 'input', name: input },
        remedy: 'Check the path, and that `actions/checkout` runs before this step.',
      },
      { cause },
    );
  });
}

function readLock(file: string): Promise<Uint8Array> {
  return readFile(file).catch(cause => {
    throw new UserError(
      {
        message: `There is no ${lockName} beside the platform file.`,
        remedy: 'It holds client ids and state accounts, which bootstrap writes: see the README of provision-aks.',
      },
      { cause },
    );
  });
}
