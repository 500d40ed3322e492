import { parseJson } from '@suite/foundation';
import { z } from 'zod';

/** Where the branch of a repository of applications was, as a bundle keeps it. */
export interface GitOpsBase {
  /** `contoso/gitops`, on the GitHub server of the run. */
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
}

const word = z.string().min(1).max(300);
export const gitOpsBaseSchema: z.ZodType<GitOpsBase> = z.strictObject({
  repository: word.regex(/^[^/\s]+\/[^/\s]+$/),
  branch: word,
  commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
});

export const gitOpsBasesSchema: z.ZodType<readonly GitOpsBase[]> = z.array(gitOpsBaseSchema);

/** Undefined for what is no such list. */
export function parseGitOpsBases(text: string): readonly GitOpsBase[] | undefined {
  const result = gitOpsBasesSchema.safeParse(parseJson(text));
  return result.success ? result.data : undefined;
}

/** The one of a repository's branch, if it is among them. */
export function baseOf(
  bases: readonly GitOpsBase[] | undefined,
  place: Pick<GitOpsBase, 'repository' | 'branch'> | undefined,
): GitOpsBase | undefined {
  return bases?.find(({ repository, branch }) => repository === place?.repository && branch === place.branch);
}

/** As people name it: `contoso/gitops main 1234567`. */
export function gitOpsTitle({ repository, branch, commit }: GitOpsBase): string {
  return `${repository} ${branch} ${commit.slice(0, 7)}`;
}
