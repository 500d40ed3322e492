import rehypeRaw from 'rehype-raw';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkBreaks from 'remark-breaks';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { type Html, trusted } from './html.ts';
import { drawAlerts } from './markdown/alerts.ts';
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

/** GitHub-flavoured Markdown as GitHub shows it: safe HTML without images, scripts and styles. */
export function renderMarkdown(markdown: string, { prefix, under, is, follow }: MarkdownOptions): Html {
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
