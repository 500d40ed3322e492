import type { PullRequestEvent } from '@suite/action-kit';
import { UserError } from '@suite/foundation';
import type { Services } from './ports.ts';

/** Throws a UserError when no pull request started the run. */
export function requirePull({ context }: Pick<Services, 'context'>): PullRequestEvent {
  if (context.pullRequest !== undefined) return context.pullRequest;
  throw new UserError({
    message: `This run was started by \`${context.event || 'hand'}\`, so there is no pull request to comment on.`,
    remedy: 'Call `plan.yml` (or this action) only in workflows with `on: pull_request`.',
  });
}
