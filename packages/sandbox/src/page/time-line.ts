import { anchors } from './anchors.ts';
import { bar, type Span } from './bars.ts';
import type { PageContent } from './content.ts';
import { type Html, html } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { moment, seconds } from './small-parts.ts';
import { lookOf } from './states.ts';

interface Row extends Span {
  readonly icon: IconName;
  readonly state: string;
  readonly words: string;
  readonly target?: string;
}

/** What happened when, in one list: runs as bars, comments and deployments as points. */
export function renderTimeLine(content: PageContent): Html {
  const rows = rowsOf(content).toSorted((left, right) => left.startedAt - right.startedAt);
  return html`<ol class="time-line">${rows.map(row => renderRow(row, content))}</ol>`;
}

function rowsOf({ pulls, issues = [], runs, deployments, approvals = [], records = [] }: PageContent): Row[] {
  return [
    ...runs.map(
      (run): Row => ({
        icon: 'play',
        state: run.conclusion,
        words: `${run.workflow} on ${run.event}`,
        startedAt: run.startedAt,
        seconds: run.seconds,
        target: anchors.run(run),
      }),
    ),
    ...issues.flatMap(({ number, author, revisions, comments }) => [
      ...revisions.map(
        ({ at }, index): Row => ({
          icon: index === 0 ? 'issue-opened' : 'pencil',
          state: 'notice',
          words: `${author} ${index === 0 ? 'opened' : 'edited'} issue #${number}`,
          startedAt: at,
          seconds: 0,
          target: anchors.issue({ number }),
        }),
      ),
      ...comments.map(
        (comment): Row => ({
          icon: 'comment',
          state: 'notice',
          words: `${comment.author} commented on issue #${number}`,
          startedAt: comment.createdAt,
          seconds: 0,
          target: anchors.comment(comment),
        }),
      ),
    ]),
    ...pulls.flatMap(({ pull }) =>
      pull.comments.flatMap(comment =>
        comment.revisions.map(
          ({ at }, index): Row => ({
            icon: index === 0 ? 'comment' : 'pencil',
            state: 'notice',
            words: `${comment.author} ${index === 0 ? 'commented on' : 'edited a comment of'} #${pull.number}`,
            startedAt: at,
            seconds: 0,
            target: anchors.comment(comment),
          }),
        ),
      ),
    ),
    ...deployments.map(
      ({ environment, state, createdAt }): Row => ({
        icon: 'rocket',
        state,
        words: `Deployment to ${environment}: ${lookOf(state).word.toLowerCase()}`,
        startedAt: createdAt,
        seconds: 0,
      }),
    ),
    ...approvals.map(
      ({ environment, state, by, at }): Row => ({
        icon: state === 'approved' ? 'check' : 'x',
        state: state === 'approved' ? 'success' : 'failure',
        words: `${by} ${state} the deployment to ${environment}`,
        startedAt: at,
        seconds: 0,
      }),
    ),
    ...records.map(
      ({ environment, commit, at }): Row => ({
        icon: 'checklist',
        state: 'success',
        words: `${environment} is recorded as running ${commit.slice(0, 7)}`,
        startedAt: at,
        seconds: 0,
      }),
    ),
  ];
}

function renderRow(row: Row, content: PageContent): Html {
  const { tone } = lookOf(row.state);
  const words = row.target === undefined ? html`${row.words}` : html`<a href="#${row.target}">${row.words}</a>`;
  const when = row.seconds === 0 ? moment(row.startedAt) : html`${moment(row.startedAt)}, ${seconds(row.seconds)}`;
  return html`<li><span class="job-name">${icon(row.icon, { tone })} <span>${words}</span></span>${bar(row, content, row.state)}<span class="muted time">${when}</span></li>`;
}
