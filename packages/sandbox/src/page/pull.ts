import { count } from '@suite/foundation';
import type { DeploymentView, PullView } from '../github/views.ts';
import { anchors } from './anchors.ts';
import { checkLines, renderChecks, renderMergeBox } from './checks.ts';
import { renderComment } from './comment.ts';
import type { PageContent, PulledCode } from './content.ts';
import { latestDeployments } from './deployments.ts';
import { type Html, html, nothing } from './html.ts';
import { icon } from './icons.ts';
import type { FollowLink } from './markdown/links.ts';
import { author, commit, moment } from './small-parts.ts';
import { lookOf, stateIcon } from './states.ts';

/** A pull request as its page on GitHub: head, conversation with a side bar, checks. */
export function renderPull({ pull, checks }: PulledCode, { runs, deployments }: PageContent, follow: FollowLink): Html {
  const { icon: name, tone, word } = lookOf(pull.state);
  const lines = checkLines(pull, checks, runs);
  const shown = pull.comments.filter(({ deleted }) => !deleted).length;
  const verb = pull.state === 'merged' ? "'s commits were merged into" : ' wants to merge into';
  return html`<section class="pull" id="${anchors.pull(pull)}">
<h2 class="pull-title">${pull.title} <span class="number">#${pull.number}</span></h2>
<p class="pull-state"><span class="state state-${tone}">${icon(name)} ${word}</span>
<span class="muted">${author(pull.author)}${verb} <code class="branch">${pull.base.branch}</code> from <code class="branch">${pull.head.branch}</code></span></p>
<nav class="tabs" aria-label="Pull request ${pull.number}"><ul>
<li><a class="here" href="#${anchors.pull(pull)}">${icon('comment-discussion')} Conversation <span class="counter">${shown}</span></a></li>
<li><a href="#${anchors.checks(pull)}">${icon('checklist')} Checks <span class="counter">${lines.length}</span></a></li>
</ul></nav>
<div class="with-side-bar"><div class="conversation"><h3 class="sr-only">Conversation</h3>
<ol class="thread"><li class="event"><span class="event-icon">${icon('git-commit')}</span><div>${author(pull.author)} opened this pull request
with ${commit(pull.head.sha)} at ${moment(pull.createdAt)}</div></li>
${pull.comments.map(comment => renderComment(comment, follow))}
${ending(pull)}</ol>
${renderMergeBox(lines)}</div>
${sideBar(pull, deployments)}</div>
<h3 id="${anchors.checks(pull)}">Checks</h3>
${checks.length === 0 ? html`<p class="muted">No check runs beside the jobs of the workflows.</p>` : renderChecks(pull, checks, follow)}
</section>`;
}

function ending(pull: PullView): Html {
  if (pull.state === 'open') return nothing;
  const { icon: name, tone } = lookOf(pull.state);
  const words =
    pull.state === 'merged'
      ? html`Merged ${pull.mergeSha === undefined ? nothing : html`commit ${commit(pull.mergeSha)} `}into <code class="branch">${pull.base.branch}</code>`
      : html`Closed with unmerged commits`;
  return html`<li class="event"><span class="event-icon filled-${tone}">${icon(name)}</span><div>${words}</div></li>`;
}

function sideBar(pull: PullView, deployments: readonly DeploymentView[]): Html {
  const environments = latestDeployments(deployments).map(
    ({ environment, state }) =>
      html`<li>${stateIcon(state)} ${environment} <span class="muted">${lookOf(state).word.toLowerCase()}</span></li>`,
  );
  return html`<aside class="side-bar" aria-label="About pull request ${pull.number}">
<h3>Head</h3><p>${commit(pull.head.sha)} of <code class="branch">${pull.head.repository}</code></p>
<h3>Base</h3><p>${commit(pull.base.sha)} on <code class="branch">${pull.base.branch}</code></p>
<h3>Environments</h3>${environments.length === 0 ? html`<p class="muted">None deployed yet</p>` : html`<ul>${environments}</ul>`}
<h3>Comments</h3><p class="muted">${count(pull.comments.length, 'comment')}, ${count(
    pull.comments.reduce((sum, { revisions }) => sum + revisions.length, 0),
    'write',
  )}</p></aside>`;
}
