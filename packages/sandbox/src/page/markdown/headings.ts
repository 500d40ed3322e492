import type { Root } from 'hast';
import { visit } from 'unist-util-visit';

/**
 * A document begins at the level its writer likes, which looks as on GitHub; to those who listen, its headings follow those of the
 * page without a gap.
 */
export function nestHeadings(under: number): (tree: Root) => void {
  return tree => {
    const open: number[] = [];
    visit(tree, 'element', ({ tagName, properties }) => {
      const level = Number(/^h([1-6])$/.exec(tagName)?.[1]);
      if (Number.isNaN(level)) return;
      while (open.length > 0 && (open.at(-1) ?? 0) >= level) open.pop();
      open.push(level);
      properties['ariaLevel'] = String(under + open.length);
    });
  };
}
