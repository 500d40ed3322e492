import type { RunContext } from '@suite/action-kit';
import { UserError } from '@suite/foundation';

/**
 * `plan` may use the plan identities; `check` has no credentials and asks for none; `closed` only says what became of a pull
 * request.
 */
export type Mode = 'plan' | 'check' | 'closed';

const dependabot = 'dependabot[bot]';

/**
 * What may be done for the event. GitHub gives a fork's pull request neither secrets nor an OIDC token, and one by Dependabot
 * holds code that nobody has read. Throws a UserError for `pull_request_target`, which would run such code with credentials.
 */
export function modeOf({ event, pullRequest, actor }: Pick<RunContext, 'event' | 'pullRequest' | 'actor'>): Mode {
  if (event === 'pull_request_target' || event === 'workflow_run') {
    throw new UserError({
      message: `The event \`${event}\` gives credentials to code of a fork.`,
      remedy: 'Use `on: pull_request`; pull requests from forks are then checked without credentials.',
    });
  }
  if (pullRequest === undefined) {
    if (event.startsWith('pull_request')) {
      throw new UserError({
        message: 'The event’s payload names no pull request, so nobody knows whether it comes from a fork.',
        remedy: 'Leave GITHUB_EVENT_PATH as the runner sets it.',
      });
    }
    return 'plan';
  }
  const untrusted = pullRequest.fromFork || pullRequest.author === dependabot || actor === dependabot;
  if (untrusted) return pullRequest.action === 'closed' ? 'closed' : 'check';
  return pullRequest.action === 'closed' ? 'closed' : 'plan';
}
