import { type CommentContent, commentHeadline, renderComment } from '@suite/change-report';
import { type Problem, UserError, utf8Length } from '@suite/foundation';
import { fileCheck } from './file-check.ts';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';
import { requirePull } from './pull-request.ts';
import { readReports } from './reports.ts';
import { joinRows } from './rows.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { writeComment } from './write-comment.ts';

export type WriteRequest = Extract<Request, { command: 'write' }>;

/**
 * Joins the reports of this run. The summary is written before anything on GitHub is, so that it has everything even where a
 * comment is impossible; then the comment, then the check run. What fails of these is told together at the end.
 */
export async function write(request: WriteRequest, services: Services): Promise<void> {
  const { context, summary, log } = services;
  const event = context.pullRequest;
  const port = event === undefined ? undefined : services.openPull(event.number);
  const [collection, run] = await Promise.all([readReports(request.reports), port?.readRun()]);
  const head = event?.headSha ?? context.sha;
  const binding = { platform: request.platform, head, run: context.runId, attempt: context.runAttempt };
  const content: CommentContent = {
    platform: request.platform,
    file: request.file,
    commit: { head },
    run: { id: context.runId, attempt: context.runAttempt, url: context.runUrl ?? '' },
    finishedAt: new Date(services.clock.now()).toISOString(),
    rows: joinRows(request.expected, collection, binding, run),
    problems: request.expected.length > 0 || request.problems.length > 0 ? request.problems : [unresolved],
  };
  const verdict = verdictOf(content);
  await summary.append([renderComment(content, { limit: await summary.room(), measure: utf8Length })]);
  services.setOutputs({ verdict });
  log.info(commentHeadline(content));
  const pull = requirePull(services);
  if (port === undefined) return;

  const failures: UserError[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
      return undefined;
    }
  };
  const subject = { number: pull.number, file: request.file };
  const outcome = await attempt(() => writeComment(subject, content, pull, run, port, services));
  // The newest check of a name decides, so an older run must not file one after a newer run of the same commit.
  if (outcome !== 'superseded') await attempt(() => fileCheck(request, content, pull, port, services));
  const problems = [...failures.flatMap(failure => failure.problems), ...blockers(request, verdict, content)];
  if (problems.length > 0) throw new UserError(problems, { cause: failures[0]?.cause });
}

const unresolved = 'The platform file could not be resolved; the log of the job says why.';

function blockers({ failIfBlocked }: WriteRequest, verdict: Verdict, content: CommentContent): Problem[] {
  if (!failIfBlocked || (verdict !== 'blocked' && verdict !== 'incomplete')) return [];
  return [
    {
      message: `This cannot be merged as it is: ${commentHeadline(content)}.`,
      remedy: 'The comment and the summary say what to do.',
    },
  ];
}
