import rehypeRaw from 'rehype-raw';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';

/** A node of the HTML that GitHub makes from Markdown, before it takes out what it does not allow. */
export interface Element {
  readonly type: string;
  readonly tagName?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly value?: string;
  readonly children?: readonly Element[];
}

/** `inCode`: where GitHub looks for no references. */
export interface PlacedElement {
  readonly element: Element;
  readonly inCode: boolean;
}

const processor = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .freeze();

/** Every node of a document, each before its children. */
export function elementsOf(markdown: string): PlacedElement[] {
  return [...walk(processor.runSync(processor.parse(markdown)) as Element, false)];
}

function* walk(element: Element, inCode: boolean): Generator<PlacedElement> {
  yield { element, inCode };
  const code = inCode || ['code', 'pre', 'a'].includes(element.tagName ?? '');
  for (const child of element.children ?? []) yield* walk(child, code);
}

export function toHtml(markdown: string): string {
  return String(processor().use(rehypeStringify).processSync(markdown));
}
