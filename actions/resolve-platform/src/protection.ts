import { type Problem, sentenceList } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { protectionOf } from './pipeline.ts';
import type { Protection } from './ports.ts';

export interface Judgement {
  /** Nothing may be planned or applied like this. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

export interface Rules {
  /** `owner/name` */
  readonly repository: string;
  readonly requireReviewers: boolean;
  /** Where no job names an environment, one that is missing is in nobody's way. */
  readonly requireEnvironments: boolean;
}

/**
 * Whether GitHub asks somebody before an apply identity works. An environment that does not exist is refused: the job that
 * names it would create it, unprotected.
 */
export function judgeProtection(
  views: readonly ScopeView[],
  protections: readonly Protection[],
  { repository, requireReviewers, requireEnvironments }: Rules,
): Judgement {
  const scopes = [...new Map(views.map(view => [view.scope, view])).values()];
  const missing = scopes.filter(({ scope }) => protectionOf(protections, scope) === undefined);
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const { scope } of missing) {
    const message = `The GitHub environment \`${scope}\` does not exist.`;
    const remedy = `Create it: \`gh api --method PUT repos/${repository}/environments/${scope}\`, then add reviewers and branches under Settings → Environments.`;
    if (requireEnvironments) {
      problems.push({ message: `${message} A job that names it would create it without any protection.`, remedy });
    } else warnings.push(`${message} Nothing can be planned for a pull request or applied before it does. ${remedy}`);
  }
  const unapproved = scopes.filter(
    ({ scope, kind, production }) =>
      kind === 'environment' && production && protectionOf(protections, scope)?.reviewers === 0,
  );
  for (const { scope } of unapproved) {
    const message = `Nobody has to approve what is applied to \`${scope}\`, which is production.`;
    const remedy = `Add required reviewers to the GitHub environment \`${scope}\` (Settings → Environments).`;
    if (requireReviewers) problems.push({ message, remedy });
    else warnings.push(`${message} ${remedy}`);
  }
  const open = scopes.filter(({ scope }) => protectionOf(protections, scope)?.branches === 'any');
  if (open.length > 0) {
    const names = sentenceList(open.map(({ scope }) => `\`${scope}\``));
    warnings.push(
      `Any branch may deploy to ${names}, so whoever can push one can use the apply identity without a review. Limit the deployment branches of the GitHub ${open.length === 1 ? 'environment' : 'environments'} to \`main\`.`,
    );
  }
  return { problems, warnings };
}
