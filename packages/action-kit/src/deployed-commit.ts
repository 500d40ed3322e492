import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@suite/foundation';
import type { RunContext } from './context.ts';
import { quoteInput } from './inputs.ts';

const fullName = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/**
 * The context of a run that works on another commit than the one that started it: everything that names or compares a commit below
 * means that one. `commit` is the input of this name, empty where the run works on its own. Throws a UserError for what is no
 * commit, and where another one is checked out.
 */
export function workingOn(context: RunContext, commit: string): RunContext {
  if (commit === '') return context;
  const location = { kind: 'input', name: 'commit' } as const;
  if (!fullName.test(commit)) {
    throw new UserError({
      message: `is ${quoteInput(commit)}, which is no commit.`,
      location,
      remedy: 'Give all its 40 hexadecimal digits, or leave it out for the commit of the run.',
    });
  }
  const found = checkedOut(context.workspace);
  if (found !== undefined && found !== commit) {
    throw new UserError({
      message: `is ${commit}, but ${found} is checked out. Nothing was done.`,
      location,
      remedy: 'Give `actions/checkout` the same commit as `ref`.',
    });
  }
  return { ...context, sha: commit };
}

/** Undefined where nothing was checked out by Git, and where its branch is packed away. */
function checkedOut(workspace: string): string | undefined {
  const head = readRef(workspace, 'HEAD');
  const branch = /^ref: (refs\/heads\/\S+)$/.exec(head ?? '')?.[1];
  const found = branch === undefined ? head : readRef(workspace, branch);
  return found !== undefined && fullName.test(found) ? found : undefined;
}

function readRef(workspace: string, name: string): string | undefined {
  try {
    return readFileSync(join(workspace, '.git', name), 'utf8').trim();
  } catch {
    return undefined;
  }
}
