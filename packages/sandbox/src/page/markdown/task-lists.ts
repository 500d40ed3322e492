import type { Root } from 'hast';
import { visit } from 'unist-util-visit';

/** Boxes of task lists get GitHub's look and names. */
export function nameCheckboxes(tree: Root): void {
  visit(tree, 'element', ({ tagName, properties }) => {
    if (tagName !== 'input') return;
    properties['className'] = ['task-list-item-checkbox'];
    properties['ariaLabel'] = properties['checked'] === true ? 'Completed task' : 'Incomplete task';
  });
}
