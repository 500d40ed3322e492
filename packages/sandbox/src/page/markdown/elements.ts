import type { Element, ElementContent, Properties } from 'hast';
import { type IconName, iconId } from '../icons.ts';

export function element(tagName: string, properties: Properties, children: ElementContent[]): Element {
  return { type: 'element', tagName, properties, children };
}

/** An icon that only decorates. */
export function iconElement(name: IconName, classes: readonly string[] = []): Element {
  const box = { viewBox: '0 0 16 16', width: 16, height: 16, ariaHidden: 'true' };
  return element('svg', { className: ['octicon', ...classes], ...box }, [
    element('use', { href: `#${iconId(name)}` }, []),
  ]);
}

/** The text of a node and all below it. */
export function textOf(node: ElementContent): string {
  if (node.type === 'text') return node.value;
  return node.type === 'element' ? node.children.map(textOf).join('') : '';
}
