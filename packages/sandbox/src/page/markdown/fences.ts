import type { Element, ElementContent, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import { element, iconElement, textOf } from './elements.ts';
import { drawGantt } from './gantt.ts';

/** Draws fenced code as GitHub does where our output uses it: `diff` in colours, `mermaid` as what it is going to be there. */
export function drawFences(tree: Root): void {
  visit(tree, 'element', (pre, index, parent) => {
    if (pre.tagName !== 'pre' || index === undefined || parent === undefined) return undefined;
    const [code] = pre.children;
    if (code?.type !== 'element' || code.tagName !== 'code') return undefined;
    const draw = drawings[languageOf(code)];
    if (draw === undefined) return undefined;
    parent.children[index] = draw(textOf(code).replace(/\n$/, ''));
    return SKIP;
  });
}

const drawings: Readonly<Record<string, (source: string) => Element>> = { diff: drawDiff, mermaid: drawDiagram };

function languageOf(code: Element): string {
  const classes = code.properties['className'];
  const [language = ''] = Array.isArray(classes) ? classes : [];
  return String(language)
    .replace(/^language-/, '')
    .toLowerCase();
}

// Classes of GitHub's highlighter (primer/github-syntax-light) and the rules of its diff grammar.
const lineKinds: readonly (readonly [RegExp, string])[] = [
  [/^@@/, 'pl-mdr'],
  [/^[+>]/, 'pl-mi1'],
  [/^[-<]/, 'pl-md'],
  [/^!/, 'pl-mc'],
  [/^#/, 'pl-c'],
];

function drawDiff(source: string): Element {
  const lines = source.split('\n').flatMap((line, index): ElementContent[] => {
    const text: ElementContent = { type: 'text', value: line };
    const kind = lineKinds.find(([pattern]) => pattern.test(line))?.[1];
    const drawn = kind === undefined ? text : element('span', { className: [kind] }, [text]);
    return index === 0 ? [drawn] : [{ type: 'text', value: '\n' }, drawn];
  });
  return element('div', { className: ['highlight'] }, [element('pre', {}, lines)]);
}

function drawDiagram(source: string): Element {
  const drawing = drawGantt(source);
  const words = drawing === undefined ? 'GitHub draws this as a diagram' : 'GitHub draws this diagram in its own style';
  const caption = element('figcaption', {}, [iconElement('graph', ['mr-2']), { type: 'text', value: words }]);
  const text: ElementContent = { type: 'text', value: source };
  const content = drawing === undefined ? element('pre', {}, [text]) : element('div', { tabIndex: 0 }, [drawing]);
  return element('figure', { className: ['diagram'] }, [caption, content]);
}
