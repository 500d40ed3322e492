import type { Element, Root } from 'hast';
import type { IconName } from '../icons.ts';
import { element, iconElement } from './elements.ts';

const looks: Readonly<Record<string, { readonly title: string; readonly icon: IconName }>> = {
  note: { title: 'Note', icon: 'info' },
  tip: { title: 'Tip', icon: 'light-bulb' },
  important: { title: 'Important', icon: 'report' },
  warning: { title: 'Warning', icon: 'alert' },
  caution: { title: 'Caution', icon: 'stop' },
};

// Judged by the source: in the parsed text `\[!NOTE]` looks the same. The marker stands alone on the first line.
const opening = /^>[ \t]?\[!(note|tip|important|warning|caution)\][ \t]*\r?\n/i;
const marker = /^\[![a-z]+\][ \t]*\r?\n?/i;

/**
 * Draws `> [!WARNING]` and its like as GitHub does: only at the outermost level of a document, not inside `<details>`, lists or
 * quotes (docs.github.com, basic writing and formatting syntax; github/markup#1753).
 */
export function drawAlerts(source: string): (tree: Root) => void {
  return tree => {
    tree.children = tree.children.map(child => (child.type === 'element' ? (alertOf(child, source) ?? child) : child));
  };
}

function alertOf(quote: Element, source: string): Element | undefined {
  const offset = quote.position?.start.offset;
  if (quote.tagName !== 'blockquote' || offset === undefined) return undefined;
  const kind = opening.exec(source.slice(offset, offset + 100))?.[1]?.toLowerCase();
  const look = kind === undefined ? undefined : looks[kind];
  if (look === undefined) return undefined;
  const content = withoutMarker(quote);
  if (content === undefined) return undefined;
  const title = element('p', { className: ['markdown-alert-title'] }, [
    iconElement(look.icon, ['mr-2']),
    { type: 'text', value: look.title },
  ]);
  return element('div', { className: ['markdown-alert', `markdown-alert-${kind}`] }, [title, ...content]);
}

/** What the quote says below its marker; undefined when that is nothing. */
function withoutMarker(quote: Element): Element['children'] | undefined {
  const at = quote.children.findIndex(({ type }) => type === 'element');
  const first = quote.children[at];
  if (first?.type !== 'element' || first.tagName !== 'p') return undefined;
  const [text, ...others] = first.children;
  if (text?.type !== 'text' || !marker.test(text.value)) return undefined;
  const rest = text.value.replace(marker, '');
  const [next] = others;
  // In a comment the end of the marker's line has become a break.
  if (rest === '' && next?.type === 'element' && next.tagName === 'br') others.shift();
  const [after] = others;
  if (rest === '' && after?.type === 'text') after.value = after.value.replace(/^\r?\n/, '');
  const words = rest === '' ? others : [{ ...text, value: rest }, ...others];
  const paragraph = words.length === 0 ? [] : [{ ...first, children: words }];
  const content = [...paragraph, ...quote.children.slice(at + 1)];
  return content.some(({ type }) => type === 'element') ? content : undefined;
}
