import { errorMessage } from '@suite/foundation';
import rehypeRaw from 'rehype-raw';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkBreaks from 'remark-breaks';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { type Html, html, trusted } from './html.ts';
import { drawAlerts } from './markdown/alerts.ts';
import { excessOf, within } from './markdown/bounds.ts';
import { drawEmoji } from './markdown/emoji.ts';
import { drawFences } from './markdown/fences.ts';
import { nestHeadings } from './markdown/headings.ts';
import { type FollowLink, rewriteLinks } from './markdown/links.ts';
import { reachScrollers } from './markdown/scrollers.ts';
import { nameCheckboxes } from './markdown/task-lists.ts';

export interface MarkdownOptions {
  /** Unique among the documents of a page, such as `comment-12`: ids inside begin with it. */
  readonly prefix: string;
  /** Level of the heading under which the document stands. */
  readonly under: number;
  /** A comment's line ends are line breaks; those of every other document are not (github/markup#1050). */
  readonly is: 'comment' | 'document';
  readonly follow?: FollowLink;
}

/** Milliseconds for one document; a comment of 64 KiB full of tables takes about one second. */
const patience = 10_000;

/**
 * GitHub-flavoured Markdown as GitHub shows it: safe HTML without images, scripts and styles. A document that is too much to be
 * drawn is shown as it is written, so that it never costs the page.
 */
export function renderMarkdown(markdown: string, options: MarkdownOptions, milliseconds = patience): Html {
  const { prefix, under, is, follow = () => undefined } = options;
  const key = JSON.stringify([prefix, under, is, markdown]);
  const known = drawn.get(key);
  if (known?.links.every(([url, target]) => follow(url) === target)) return known.html;
  const excess = excessOf(markdown);
  if (excess !== undefined) return asWritten(markdown, excess);
  const links = new Map<string, string | undefined>();
  const followed: FollowLink = url => {
    const target = follow(url);
    links.set(url, target);
    return target;
  };
  try {
    const html = within(milliseconds, () => draw(markdown, { ...options, follow: followed }));
    drawn.set(key, { html, links: [...links] });
    return html;
  } catch (error) {
    return asWritten(markdown, reasonOf(error));
  }
}

/**
 * Documents as they were drawn, with where their links led: a page is written anew after each chapter, and most of what stands on
 * it has been there before.
 */
const drawn = new Map<
  string,
  { readonly html: Html; readonly links: readonly (readonly [string, string | undefined])[] }
>();

function draw(markdown: string, { prefix, under, is, follow }: MarkdownOptions): Html {
  const processor = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(is === 'comment' ? [remarkBreaks] : [])
    .use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '' })
    .use(rehypeRaw)
    // The default schema is GitHub's own allowlist. What comes after it draws what GitHub draws, and nothing a text asks for.
    .use(rehypeSanitize, { ...defaultSchema, clobberPrefix: `${prefix}-` })
    .use(() => drawAlerts(markdown))
    .use(() => drawFences)
    .use(() => drawEmoji)
    .use(() => nameCheckboxes)
    .use(() => reachScrollers)
    .use(() => rewriteLinks(prefix, follow))
    .use(() => nestHeadings(under))
    .use(rehypeStringify);
  return trusted(String(processor.processSync(markdown)));
}

function reasonOf(error: unknown): string {
  // The stack ended: elements are nested in each other by the thousand.
  if (error instanceof RangeError) return 'its elements are nested too deeply';
  return isLate(error) ? 'drawing it takes too long' : errorMessage(error);
}

/** Of another realm, so that it is no `Error` here. */
function isLate(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

function asWritten(markdown: string, reason: string): Html {
  return html`<p class="muted">The sandbox shows this document as it is written: ${reason}.</p><pre tabindex="0">${markdown}</pre>`;
}
