import type { PullRequestEvent } from '@suite/action-kit';
import { contentOf } from '@suite/change-report';
import { bannerOf, bodyOf } from './body.ts';
import { converse } from './conversation.ts';
import { newestOf } from './decide.ts';
import type { Services } from './ports.ts';

/** Says what became of the plan: merged, or closed without a merge. */
export async function close(
  { file }: { readonly file: string },
  event: PullRequestEvent,
  services: Services,
): Promise<void> {
  const { log } = services;
  const port = services.openPull(event.number);
  await converse({ number: event.number, file }, port, services, async ({ pull, ours }) => {
    const target = newestOf(ours);
    if (target === undefined) return log.info('There is no comment to close.');
    if (pull.state === 'open') return log.info('The pull request was opened again meanwhile.');
    const { marker, comment } = target;
    const body = bodyOf(
      { ...marker, state: pull.state },
      bannerOf(marker, pull, services.context),
      contentOf(comment.body),
    );
    if (body === undefined || body === comment.body) return undefined;
    const updated = await port.updateComment(comment.id, body);
    log.info(`Marked ${updated.url} as ${pull.state}.`);
    services.setOutputs({ 'comment-url': updated.url, outcome: 'updated' });
  });
}
