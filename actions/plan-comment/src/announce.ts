import type { PullRequestEvent } from '@suite/action-kit';
import { contentOf } from '@suite/change-report';
import { bodyOf } from './body.ts';
import { converse } from './conversation.ts';
import { isNewer, newestOf } from './decide.ts';
import type { Services } from './ports.ts';

/** Marks the comment of an earlier plan while this run makes a newer one. There may be none yet. */
export async function announce(
  { file }: { readonly file: string },
  event: PullRequestEvent,
  services: Services,
): Promise<void> {
  const { context, log } = services;
  const port = services.openPull(event.number);
  await converse({ number: event.number, file }, port, services, async ({ pull, ours }) => {
    const target = newestOf(ours);
    if (target === undefined) return log.info('There is no comment yet; the plan will make one.');
    const { marker, comment } = target;
    if (pull.headSha !== event.headSha) return log.info('A newer commit was pushed meanwhile; its run says so.');
    const self = { head: event.headSha, run: context.runId, attempt: Number(context.runAttempt) };
    if (marker.head === event.headSha && !isNewer(self, marker))
      return log.info('A newer run has planned this commit.');
    const page = { id: context.runId, url: context.runUrl ?? '' };
    const body = bodyOf(
      { ...marker, state: 'planning' },
      marker.head === event.headSha
        ? { is: 'superseded', head: marker.head, run: page }
        : { is: 'outdated', head: marker.head, newHead: event.headSha, run: page },
      contentOf(comment.body),
    );
    if (body === undefined || body === comment.body) return undefined;
    const updated = await port.updateComment(comment.id, body);
    log.info(`Marked ${updated.url} as outdated.`);
    services.setOutputs({ 'comment-url': updated.url, outcome: 'updated' });
  });
}
