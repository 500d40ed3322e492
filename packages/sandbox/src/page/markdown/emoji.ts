import { nameToEmoji } from 'gemoji';
import type { Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';

// GitHub leaves code alone.
const code = new Set(['code', 'pre', 'tt']);

/** `:warning:` becomes ⚠️ where GitHub knows the name. */
export function drawEmoji(tree: Root): void {
  visit(tree, node => {
    if (node.type === 'element' && code.has(node.tagName)) return SKIP;
    if (node.type === 'text') node.value = node.value.replace(/:([a-z0-9_+-]+):/g, emojiOf);
    return undefined;
  });
}

function emojiOf(written: string, name: string): string {
  return Object.hasOwn(nameToEmoji, name) ? (nameToEmoji[name] ?? written) : written;
}
