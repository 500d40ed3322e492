import type { Root } from 'hast';
import { visit } from 'unist-util-visit';

/** Code and tables scroll within themselves; so the keyboard has to reach them. */
export function reachScrollers(tree: Root): void {
  visit(tree, 'element', ({ tagName, properties }) => {
    if (tagName === 'pre' || tagName === 'table') properties['tabIndex'] = 0;
  });
}
