import type { PullRequestEvent } from '@suite/action-kit';
import { type CommentContent, commentHeadline, renderComment } from '@suite/change-report';
import { UserError, utf8Length } from '@suite/foundation';
import { loadPlatform, type Platform } from '@suite/platform-file';
import { annotate } from './annotations.ts';
import { bannerOf, bodyOf, contentLimit, stateOf } from './body.ts';
import { converse, observe, removeOthers } from './conversation.ts';
import { decideWrite, newestOf, type PlanId } from './decide.ts';
import type { Request } from './inputs.ts';
import type { PullRequest, Run, Services } from './ports.ts';
import { requirePull } from './pull-request.ts';
import { readReports } from './reports.ts';
import { joinRows } from './rows.ts';
import { verdictOf } from './verdict.ts';

// GitHub's limit of each text of a check run is 65,535 characters.
const checkLimit = 65_000;

type WriteRequest = Extract<Request, { command: 'write' }>;

/**
 * Joins the reports of this run. The summary comes first, so that it has everything even where a comment is impossible; then
 * the comment, then the check run with its annotations. What fails of these is told together at the end.
 */
export async function write(request: WriteRequest, services: Services): Promise<void> {
  const { context, summary, log } = services;
  const event = context.pullRequest;
  const port = event === undefined ? undefined : services.openPull(event.number);
  const [collection, run] = await Promise.all([readReports(request.reports), port?.readRun()]);
  const head = event?.headSha ?? context.sha;
  const rows = joinRows(request.expected, collection, { platform: request.platform, head, run: context.runId }, run);
  const content: CommentContent = {
    platform: request.platform,
    file: request.file,
    commit: { head, ...(event === undefined ? {} : { base: event.baseSha }) },
    run: { id: context.runId, attempt: context.runAttempt, url: context.runUrl ?? '' },
    finishedAt: new Date(services.clock.now()).toISOString(),
    rows,
    problems: request.expected.length > 0 || request.problems.length > 0 ? request.problems : [unresolved],
  };
  await summary.append([renderComment(content, { limit: await summary.room(), measure: utf8Length })]);
  services.setOutputs({ verdict: verdictOf(content) });
  log.info(commentHeadline(content));
  const pull = requirePull(services);
  if (port === undefined) return;
  await together([
    () => comment(request, content, pull, run, port, services),
    () => check(request, content, pull, port, services),
  ]);
}

const unresolved = 'The platform file could not be resolved; the log of the job says why.';

/** Throws one UserError with the problems of all that failed. */
async function together(works: readonly (() => Promise<void>)[]): Promise<void> {
  const outcomes = await Promise.allSettled(works.map(work => work()));
  const reasons = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (reasons.length === 0) return;
  const other = reasons.find(reason => !(reason instanceof UserError));
  if (other !== undefined) throw other;
  throw new UserError(
    reasons.flatMap((reason: UserError) => reason.problems),
    { cause: reasons[0].cause },
  );
}

async function comment(
  { file }: WriteRequest,
  content: CommentContent,
  event: PullRequestEvent,
  run: Run | undefined,
  port: PullRequest,
  services: Services,
): Promise<void> {
  const subject = { number: event.number, file };
  const markdown = renderComment(content, {
    limit: contentLimit,
    measure: text => text.length,
  });
  const plan: PlanId = {
    head: event.headSha,
    run: content.run.id,
    attempt: Number(content.run.attempt),
    ...(run?.startedAt === undefined ? {} : { startedAt: run.startedAt }),
  };
  await converse(subject, port, services, async situation => {
    const { pull, ours } = situation;
    const decision = decideWrite(plan, pull, ours);
    if (decision.is === 'keep') {
      await removeOthers(situation, decision.target.comment, port);
      services.log.info(`The comment stays as it is: ${decision.why}.`);
      return services.setOutputs({ 'comment-url': decision.target.comment.url, outcome: 'kept' });
    }
    const marker = { ...plan, pull: event.number, file, state: stateOf(pull, decision.stale) };
    const body = bodyOf(marker, bannerOf(event.headSha, pull), markdown);
    if (body === undefined) throw new Error('The comment is longer than it was made to be.');
    if (decision.is === 'update') {
      const written = await port.updateComment(decision.target.comment.id, body);
      await removeOthers(situation, written, port);
      services.log.info(`Updated ${written.url}`);
      return services.setOutputs({ 'comment-url': written.url, outcome: 'updated' });
    }
    const written = await port.createComment(body);
    // A run beside this one may have made one as well: both keep the same, the newest.
    const now = await observe(subject, port);
    const kept = newestOf(now.ours)?.comment ?? written;
    await removeOthers(now, kept, port);
    services.log.info(`${kept.id === written.id ? 'Wrote' : 'A newer run wrote'} ${kept.url}`);
    services.setOutputs({ 'comment-url': kept.url, outcome: kept.id === written.id ? 'created' : 'kept' });
  });
}

async function check(
  { platformFile, file }: WriteRequest,
  content: CommentContent,
  event: PullRequestEvent,
  port: PullRequest,
  { context }: Services,
): Promise<void> {
  const platform: Platform | undefined = await loadPlatform(platformFile, context.workspace).catch(error => {
    if (!(error instanceof UserError)) throw error;
    return undefined; // what is wrong with it stands in the comment
  });
  const verdict = verdictOf(content);
  await port.createCheck({
    name: file === 'platform.yaml' ? 'Platform plan' : `Platform plan (${file})`,
    headSha: event.headSha,
    conclusion: verdict === 'blocked' || verdict === 'incomplete' ? 'failure' : 'success',
    detailsUrl: context.runUrl,
    title: plain(commentHeadline(content)),
    summary: renderComment(content, { limit: checkLimit, measure: text => text.length }),
    annotations: annotate(content, platform),
  });
}

/** Titles are no Markdown. */
function plain(sentence: string): string {
  return sentence.replaceAll('`', '').slice(0, 250);
}
