import { createRequire } from 'node:module';
import { type Html, html, trusted } from './html.ts';

/** GitHub's own icons, by their names in https://primer.style/octicons. */
const names = [
  'alert',
  'beaker',
  'book',
  'check',
  'check-circle-fill',
  'checklist',
  'clock',
  'comment',
  'comment-discussion',
  'dot-fill',
  'git-commit',
  'git-merge',
  'git-pull-request',
  'git-pull-request-closed',
  'graph',
  'history',
  'info',
  'issue-closed',
  'issue-opened',
  'light-bulb',
  'link-external',
  'pencil',
  'play',
  'repo',
  'report',
  'rocket',
  'skip',
  'square-fill',
  'stop',
  'trash',
  'workflow',
  'x',
  'x-circle-fill',
] as const;

export type IconName = (typeof names)[number];

interface Octicons {
  readonly [name: string]: { readonly heights: { readonly 16: { readonly path: string } } };
}

/** Every icon once; `icon` draws them from here. Stands at the beginning of the body. */
export function iconSheet(): Html {
  const octicons: Octicons = createRequire(import.meta.url)('@primer/octicons/build/data.json');
  const symbols = names.map(name => {
    const octicon = octicons[name];
    if (octicon === undefined) throw new Error(`@primer/octicons has no icon ${name}.`);
    return html`<symbol id="${iconId(name)}" viewBox="0 0 16 16">${trusted(octicon.heights[16].path)}</symbol>`;
  });
  return html`<svg class="sheet" aria-hidden="true">${symbols}</svg>`;
}

export function iconId(name: IconName): string {
  return `icon-${name}`;
}

/** `label` is read to those who do not see it; without one the icon only decorates. */
export function icon(name: IconName, { label, tone }: { readonly label?: string; readonly tone?: string } = {}): Html {
  const spoken = label === undefined ? trusted('aria-hidden="true"') : html`role="img" aria-label="${label}"`;
  const color = tone === undefined ? '' : ` tone-${tone}`;
  return html`<svg class="octicon${color}" width="16" height="16" viewBox="0 0 16 16" ${spoken}><use href="#${iconId(name)}"></use></svg>`;
}
