import type { Element, Root } from 'hast';
import { visit } from 'unist-util-visit';

/** Where a link leads on this page, as `#run-7`; undefined when it leads elsewhere. */
export type FollowLink = (url: string) => string | undefined;

/** Links stay on the page or lead to the web; images, which GitHub fetches and this page does not, become their text. */
export function rewriteLinks(prefix: string, follow: FollowLink = () => undefined): (tree: Root) => void {
  return tree => {
    const ids = keepFirstIds(tree);
    visit(tree, 'element', (node, index, parent) => {
      if (node.tagName === 'a') rewriteLink(node, url => targetOf(url, prefix, ids) ?? follow(url));
      if (node.tagName === 'source' && parent !== undefined && index !== undefined) {
        parent.children.splice(index, 1);
        return index;
      }
      if (node.tagName === 'picture') node.tagName = 'span';
      if (node.tagName === 'img') becomeText(node);
      return undefined;
    });
  };
}

function keepFirstIds(tree: Root): ReadonlySet<string> {
  const ids = new Set<string>();
  visit(tree, 'element', ({ properties }) => {
    // As an anchor a name is as good as an id, and two of either clash.
    delete properties['name'];
    const id = properties['id'];
    if (typeof id !== 'string') return;
    if (ids.has(id)) delete properties['id'];
    ids.add(id);
  });
  return ids;
}

function targetOf(url: string, prefix: string, ids: ReadonlySet<string>): string | undefined {
  const id = `${prefix}-${url.slice(1)}`;
  return url.startsWith('#') && ids.has(id) ? `#${id}` : undefined;
}

function rewriteLink({ properties }: Element, follow: FollowLink): void {
  const url = String(properties['href'] ?? '');
  const target = follow(url);
  if (target !== undefined) {
    properties['href'] = target;
  } else if (/^(https?:\/\/|mailto:)/i.test(url)) {
    properties['rel'] = ['nofollow', 'noreferrer'];
  } else {
    // A relative address means a place on GitHub; here it would be a file on this machine.
    delete properties['href'];
  }
}

function becomeText(image: Element): void {
  const text = String(image.properties['alt'] ?? '').trim() || 'image';
  image.tagName = 'span';
  image.properties = { className: ['image'], title: 'An image on GitHub; this page loads none.' };
  image.children = [{ type: 'text', value: text }];
}
