import { count } from '@suite/foundation';
import type { CommentView } from '../github/views.ts';
import { anchors } from './anchors.ts';
import { type Html, html, nothing } from './html.ts';
import { icon } from './icons.ts';
import type { FollowLink } from './markdown/links.ts';
import { renderMarkdown } from './markdown.ts';
import { author, avatar, moment } from './small-parts.ts';

/** A comment of a pull request as it stands in the conversation, its earlier revisions folded below it. */
export function renderComment(comment: CommentView, follow: FollowLink): Html {
  const edited = comment.revisions.length > 1 ? html` · edited` : nothing;
  const id = anchors.comment(comment);
  if (comment.deleted) {
    return html`<li class="event" id="${id}"><span class="event-icon">${icon('trash')}</span><div>${author(comment.author)} deleted a comment
of ${moment(comment.createdAt)}${revisions(comment, comment.revisions, follow)}</div></li>`;
  }
  return html`<li class="comment" id="${id}">${avatar(comment.author)}<article class="box" aria-label="Comment by ${comment.author}">
<div class="box-header"><h4>${author(comment.author)} <span class="muted">commented at ${moment(comment.createdAt)}${edited}</span></h4></div>
<div class="markdown-body">${renderBody(comment.body, id, follow)}</div>
${revisions(comment, comment.revisions.slice(0, -1), follow)}
</article></li>`;
}

function revisions(comment: CommentView, shown: CommentView['revisions'], follow: FollowLink): Html {
  if (shown.length === 0) return nothing;
  const items = shown.map(
    (
      revision,
      index,
    ) => html`<details><summary>Revision ${index + 1} of ${comment.revisions.length} <span class="muted">at ${moment(revision.at)}</span></summary>
<div class="markdown-body">${renderBody(revision.body, `${anchors.comment(comment)}-revision-${index + 1}`, follow)}</div></details>`,
  );
  const words = count(shown.length, comment.deleted ? 'revision' : 'earlier revision');
  return html`<details class="revisions"><summary>${icon('history')} ${words}</summary>${items}</details>`;
}

/** The Markdown of a comment or an issue; ids in it begin with the prefix. */
export function renderBody(markdown: string, prefix: string, follow: FollowLink): Html {
  const drawn = renderMarkdown(markdown, { prefix, under: 4, is: 'comment', follow });
  return drawn.html.trim() === '' ? html`<p><em>No description provided.</em></p>` : drawn;
}
