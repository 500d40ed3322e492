import { type GitOpsBase, gitOpsTitle } from '@suite/change-report';
import { mapInParallel, UserError } from '@suite/foundation';
import type { GitOps } from '@suite/github';
import { loadPlatform, resolveUnlocked } from '@suite/platform-file';
import type { BaseRequest } from './inputs.ts';
import type { Services } from './ports.ts';

export interface BaseServices extends Pick<Services, 'context' | 'log' | 'setOutputs'> {
  /** Rejects where nobody may read it. */
  open(repository: string): { readonly gitops: Pick<GitOps, 'head'>; close(): Promise<void> };
}

const repositoriesAtOnce = 4;

/**
 * Finds where the branch of every repository of applications is now, once for all environments. Signs in nowhere, and changes nothing.
 * Throws a UserError with every one that cannot be read: a bundle that lacked one would tell nobody what others change after it.
 */
export async function findBases(
  { platformFile }: BaseRequest,
  { context, log, setOutputs, open }: BaseServices,
): Promise<void> {
  const views = resolveUnlocked(await loadPlatform(platformFile, context.workspace));
  const used = views.flatMap(view => (view.kind === 'shared' ? [] : (view.applications ?? [])));
  const branches = Map.groupBy(used, ({ repository }) => repository);
  const found = await mapInParallel([...branches], repositoriesAtOnce, async ([repository, uses]) => {
    try {
      return await basesIn(repository, [...new Set(uses.map(({ branch }) => branch))].sort(), open);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error;
    }
  });
  const problems = found.flatMap(one => (one instanceof UserError ? one.problems : []));
  if (problems.length > 0) {
    throw new UserError(problems.map(one => ({ ...one, message: `${one.message} No bundle was made.` })));
  }
  const bases = found
    .flatMap(one => (one instanceof UserError ? [] : one))
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  for (const base of bases) log.info(gitOpsTitle(base));
  setOutputs({ gitops: JSON.stringify(bases) });
}

async function basesIn(
  repository: string,
  branches: readonly string[],
  open: BaseServices['open'],
): Promise<readonly GitOpsBase[]> {
  const { gitops, close } = open(repository);
  try {
    return await mapInParallel(branches, repositoriesAtOnce, async branch => ({
      repository,
      branch,
      commit: await gitops.head(branch),
    }));
  } finally {
    await close();
  }
}

function keyOf({ repository, branch }: GitOpsBase): string {
  return JSON.stringify([repository, branch]);
}
