import { mapInParallel, type Problem, UserError } from '@suite/foundation';
import type { Repository } from './ports.ts';

const atOnce = 4;

/**
 * Makes sure that files are in Git as they were read. GitHub's archives are made by `git archive`, which converts what
 * `.gitattributes` says (`eol`, `ident`, `export-subst`, `working-tree-encoding`); a commit of that would change every line. Throws UserError.
 */
export async function demandExact(
  gitops: Repository,
  commit: string,
  files: readonly { readonly path: string; readonly before: string }[],
): Promise<void> {
  const problems = await mapInParallel(files, atOnce, async ({ path, before }): Promise<readonly Problem[]> => {
    const held = await gitops.fileAt(commit, path);
    if (held !== undefined && Buffer.from(before).equals(held)) return [];
    return [
      {
        message: `${path} cannot be edited: Git holds it in another form than GitHub’s archives, as \`.gitattributes\` asks for.`,
        remedy: 'Take `eol`, `ident`, `export-subst` and `working-tree-encoding` off that file in `.gitattributes`.',
      },
    ];
  });
  if (problems.flat().length > 0) throw new UserError(problems.flat());
}
