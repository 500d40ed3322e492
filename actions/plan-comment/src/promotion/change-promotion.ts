import { contentOf, type Promotion } from '@suite/change-report';
import { bannerOf, bodyOf } from '../body.ts';
import { converse, type Subject } from '../conversation.ts';
import { newestOf } from '../decide.ts';
import type { PullRequest, Services } from '../ports.ts';

/** Changes what the comment of a merged pull request says of its promotion, and nothing else of it. */
export async function changePromotion(
  subject: Subject,
  change: (earlier: Promotion | undefined) => Promotion,
  port: PullRequest,
  services: Services,
): Promise<void> {
  const { context, log, setOutputs } = services;
  await converse(subject, port, services, async ({ pull, ours }) => {
    const target = newestOf(ours);
    const where = `pull request ${subject.number}`;
    if (target === undefined) return log.info(`There is no comment on ${where} that could say it.`);
    if (pull.state !== 'merged') return log.info(`GitHub does not call ${where} merged: its comment stays as it is.`);
    const marker = { ...target.marker, state: pull.state, promotion: change(target.marker.promotion) };
    const body = bodyOf(marker, bannerOf(marker, pull, context), contentOf(target.comment.body));
    if (body === undefined) return log.info(`The comment on ${where} has no room to say it.`);
    if (body === target.comment.body) return log.info(`The comment on ${where} says so already.`);
    const updated = await port.updateComment(target.comment.id, body);
    setOutputs({ 'comment-url': updated.url, outcome: 'updated' });
    log.info(`Updated ${updated.url}`);
  });
}
