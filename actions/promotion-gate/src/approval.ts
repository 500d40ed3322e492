import type { Problem } from '@suite/foundation';
import type { Services } from './ports.ts';

/**
 * Why nothing may be applied for want of an approval. Whether somebody has to approve is read when the stages are resolved, and a plan that
 * nobody reviewed passes where somebody does. Days later GitHub asks for what the environment has by then: reviewers who were taken away
 * meanwhile leave a plan that nobody has looked at. Undefined where nothing is missing.
 */
export async function unapprovedOf(
  environment: string,
  { approval, identity }: { readonly approval: boolean; readonly identity: 'plan' | 'apply' },
  { approvers, reviewersOf, log }: Pick<Services, 'approvers' | 'reviewersOf' | 'log'>,
): Promise<Problem | undefined> {
  if (!approval || identity !== 'apply') return undefined;
  if ((await approvers(environment)).length > 0) return undefined;
  if ((await reviewersOf(environment)) > 0) {
    log.warning(
      `Nobody is known to have approved ${environment}, which has reviewers: who may pass its protection has let this run in. Its record names nobody.`,
    );
    return undefined;
  }
  return {
    message: `\`${environment}\` had to be approved when this was planned. Since then its reviewers were taken away, and nobody has approved this run. Nothing was done.`,
    remedy: `Name reviewers under Settings → Environments → ${environment}, and “Re-run failed jobs”: they are asked then. If it is to go without an approval, run all jobs again: its plan then has to be the one of the pull request.`,
  };
}
