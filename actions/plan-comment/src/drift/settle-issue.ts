import { assembleComment, type Banner, contentOf, type DriftVerdict } from '@suite/change-report';
import { commentLimit, contentLimit } from '../body.ts';
import { lookAgain } from '../conversation.ts';
import type { PlanId } from '../decide.ts';
import type { Issue, IssueTracker, Services } from '../ports.ts';
import { type OurIssue, settle } from './decide.ts';

/** What one issue is about, and how it is told. */
export interface IssueSubject {
  readonly verdict: DriftVerdict;
  readonly title: string;
  /** Whoever takes it off an issue makes that issue their own. */
  readonly label: string;
  /** ISO 8601. */
  readonly finishedAt: string;
  /** Of a body that is about the same thing; undefined for every other one. */
  readonly readMarker: (body: string) => OurIssue['marker'] | undefined;
  /** `since`: ISO 8601. */
  readonly writeMarker: (since: string) => string;
  readonly render: (
    since: string,
    room: { readonly limit: number; readonly measure: (text: string) => number },
  ) => string;
  /** What stands above what is known where not everything could be looked at, and where nothing is left. */
  readonly unread: Banner;
  readonly closed: Banner;
  /** The comment with which it is closed. */
  readonly note: string;
}

/** Brings one issue in line with what was found; gives it where there is one that says something. */
export function settleIssue(
  subject: IssueSubject,
  run: PlanId,
  tracker: IssueTracker,
  services: Pick<Services, 'clock' | 'log'>,
): Promise<Issue | undefined> {
  return lookAgain(tracker, services, async () => {
    const { finishedAt, label } = subject;
    const settlement = settle(subject.verdict, run, await observe(subject, tracker));
    const { log } = services;
    const bodyOf = (since: string) => joined(subject, since, { is: 'none' }, subject.render(since, room));
    switch (settlement.is) {
      case 'nothing':
        return undefined;
      case 'keep':
        log.info(`${settlement.target.issue.url} stays as it is: run ${settlement.target.marker.run} is newer.`);
        return settlement.target.issue;
      case 'open': {
        const issue = await tracker.open({ title: subject.title, body: bodyOf(finishedAt), label });
        log.info(`Opened ${issue.url}`);
        return issue;
      }
      case 'update': {
        const { issue, marker } = settlement.target;
        log.info(`Updated ${issue.url}`);
        return tracker.change(issue.number, { body: bodyOf(marker.since) });
      }
      case 'reopen': {
        const { issue } = settlement.target;
        log.info(`Opened ${issue.url} again`);
        return tracker.change(issue.number, { state: 'open', body: bodyOf(finishedAt) });
      }
      case 'unread': {
        const { issue, marker } = settlement.target;
        log.info(`${issue.url} stays open: not everything could be looked at.`);
        return changeBody(issue, joined(subject, marker.since, subject.unread, contentOf(issue.body)), tracker);
      }
      case 'close': {
        for (const { issue, marker } of settlement.targets) {
          // First the comment: a closed issue would not be found again after a failure.
          await tracker.comment(issue.number, subject.note);
          const body = joined(subject, marker.since, subject.closed, contentOf(issue.body));
          await changeBody(issue, body, tracker, 'closed');
          log.info(`Closed ${issue.url}`);
        }
        return undefined;
      }
    }
  });
}

const room = { limit: contentLimit, measure: (text: string) => text.length };

function joined({ writeMarker }: IssueSubject, since: string, banner: Banner, content: string): string {
  return assembleComment(writeMarker(since), banner, content);
}

/** Somebody may have made it so long by hand that nothing more fits: then its text stays. */
function changeBody(issue: Issue, body: string, tracker: IssueTracker, state?: 'closed'): Promise<Issue> {
  return tracker.change(issue.number, {
    ...(body.length > commentLimit ? {} : { body }),
    ...(state === undefined ? {} : { state }),
  });
}

/** Our issues on the subject, as they stand now. */
async function observe({ label, readMarker }: IssueSubject, tracker: IssueTracker): Promise<OurIssue[]> {
  const [viewer, issues] = await Promise.all([tracker.viewer(), tracker.list(label)]);
  return issues
    .filter(({ author }) => author === viewer)
    .flatMap((issue): OurIssue[] => {
      const marker = readMarker(issue.body);
      return marker === undefined ? [] : [{ issue, marker }];
    });
}
