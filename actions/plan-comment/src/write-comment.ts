import type { PullRequestEvent } from '@suite/action-kit';
import { type CommentContent, contentOf, type Marker, renderComment } from '@suite/change-report';
import { bannerOf, bodyOf, contentLimit, stateOf } from './body.ts';
import { converse, observe, removeOthers, type Situation, type Subject } from './conversation.ts';
import { type Decision, decideWrite, newestOf, type Ours, type PlanId } from './decide.ts';
import type { Comment, PullRequest, Run, Services } from './ports.ts';

/**
 * `superseded`: a newer run has told of the same commit. `late`: a newer commit has its plan there already.
 */
export type Outcome = 'created' | 'updated' | 'superseded' | 'late';

/** Writes the one comment, unless a newer plan stands there. */
export async function writeComment(
  subject: Subject,
  content: CommentContent,
  event: PullRequestEvent,
  run: Run | undefined,
  port: PullRequest,
  services: Services,
): Promise<Outcome> {
  const markdown = renderComment(content, { limit: contentLimit, measure: text => text.length });
  const plan: PlanId = {
    head: event.headSha,
    run: content.run.id,
    attempt: Number(content.run.attempt),
    ...(run?.startedAt === undefined ? {} : { startedAt: run.startedAt }),
  };
  const report = (outcome: Outcome, { url }: Comment, line: string): Outcome => {
    services.log.info(line);
    const kept = outcome === 'superseded' || outcome === 'late';
    services.setOutputs({ 'comment-url': url, outcome: kept ? 'kept' : outcome });
    return outcome;
  };
  return converse(subject, port, services, async situation => {
    const { pull, ours } = situation;
    const decision = decideWrite(plan, pull, ours);
    if (decision.is === 'keep') {
      const kept = await keep(situation, decision, port, services);
      const outcome = decision.target.marker.head === plan.head ? 'superseded' : 'late';
      return report(outcome, kept, `The comment stays as it is: ${decision.why}.`);
    }
    // A plan that comes after the merge takes nothing away from what stages have told meanwhile.
    const promotion = newestOf(ours)?.marker.promotion;
    const marker: Marker = {
      ...plan,
      pull: subject.number,
      file: subject.file,
      state: stateOf(pull, decision.stale),
      ...(promotion === undefined ? {} : { promotion }),
    };
    const body = bodyOf(marker, bannerOf(marker, pull, services.context), markdown);
    if (body === undefined) throw new Error('The comment is longer than it was made to be.');
    if (decision.is === 'update') {
      const written = await port.updateComment(decision.target.comment.id, body);
      await removeOthers(situation, written, port);
      return report('updated', written, `Updated ${written.url}`);
    }
    const written = await port.createComment(body);
    // A run beside this one may have made one as well: both keep the same, the newest.
    const now = await observe(subject, port);
    const kept = newestOf(now.ours);
    await removeOthers(now, kept?.comment ?? written, port);
    if (kept === undefined || kept.comment.id === written.id) return report('created', written, `Wrote ${written.url}`);
    const outcome = kept.marker.head === plan.head ? 'superseded' : 'late';
    return report(outcome, kept.comment, `A newer run wrote ${kept.comment.url}`);
  });
}

/** An older run may have announced itself over it while it was right. */
async function keep(
  situation: Situation,
  { target }: Extract<Decision, { is: 'keep' }>,
  port: PullRequest,
  services: Services,
): Promise<Comment> {
  await removeOthers(situation, target.comment, port);
  if (target.marker.state !== 'planning' || target.marker.head !== situation.pull.headSha) return target.comment;
  const body = settled(target, situation, services);
  return body === undefined ? target.comment : port.updateComment(target.comment.id, body);
}

function settled(
  { marker, comment }: Ours,
  { pull }: Situation,
  { context }: Pick<Services, 'context'>,
): string | undefined {
  return bodyOf({ ...marker, state: stateOf(pull, false) }, bannerOf(marker, pull, context), contentOf(comment.body));
}
