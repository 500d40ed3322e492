import type { PullRequestEvent } from '@suite/action-kit';
import { type CommentContent, commentHeadline, renderComment } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { loadPlatform, type Platform } from '@suite/platform-file';
import { annotate } from './annotations.ts';
import { plainText } from './plain-text.ts';
import type { PullRequest, Services } from './ports.ts';
import { verdictOf } from './verdict.ts';

// GitHub's limit of each text of a check run is 65,535 characters.
const summaryLimit = 65_000;
const titleLimit = 250;

/** Files the check run: its verdict, and the findings on the lines of the platform file that cause them. */
export async function fileCheck(
  { platformFile, file }: { readonly platformFile: string; readonly file: string },
  content: CommentContent,
  event: PullRequestEvent,
  port: PullRequest,
  { context }: Pick<Services, 'context'>,
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
    title: plainText(commentHeadline(content), titleLimit),
    summary: renderComment(content, { limit: summaryLimit, measure: text => text.length }),
    annotations: annotate(content, platform),
  });
}
