import type { IssueView } from '../github/views.ts';
import { anchors } from './anchors.ts';
import { renderBody, renderComment } from './comment.ts';
import { type Html, html, nothing } from './html.ts';
import { icon } from './icons.ts';
import type { FollowLink } from './markdown/links.ts';
import { author, avatar, moment } from './small-parts.ts';

/** An issue as its page on GitHub: what it says by now, and its comments. */
export function renderIssue(issue: IssueView, follow: FollowLink): Html {
  const id = anchors.issue(issue);
  const [first] = issue.revisions;
  const [name, tone, word] =
    issue.state === 'open'
      ? (['issue-opened', 'success', 'Open'] as const)
      : (['issue-closed', 'done', 'Closed'] as const);
  const opened = first === undefined ? nothing : html`opened at ${moment(first.at)}`;
  const edited = issue.revisions.length > 1 ? html` · edited` : nothing;
  return html`<section class="pull" id="${id}">
<h2 class="pull-title">${issue.title} <span class="number">#${issue.number}</span></h2>
<p class="pull-state"><span class="state state-${tone}">${icon(name)} ${word}</span>
<span class="muted">${author(issue.author)} opened this issue</span>${issue.labels.map(label => html` <span class="label">${label}</span>`)}</p>
<h3 class="sr-only">Conversation</h3>
<ol class="thread"><li class="comment">${avatar(issue.author)}<article class="box" aria-label="Issue ${issue.number}">
<div class="box-header"><h4>${author(issue.author)} <span class="muted">${opened}${edited}</span></h4></div>
<div class="markdown-body">${renderBody(issue.body, id, follow)}</div></article></li>
${issue.comments.map(comment => renderComment(comment, follow))}</ol></section>`;
}
