import { duration } from '@suite/foundation';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { FollowLink } from './markdown/links.ts';

/** A moment, in milliseconds since 1970, as the time of day: a run seldom sees two days. */
export function moment(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC">${iso.slice(11, 19)} UTC</time>`;
}

export function seconds(value: number): string {
  return duration(value * 1000);
}

export function commit(sha: string): Html {
  return html`<code class="sha" title="${sha}">${sha.slice(0, 7)}</code>`;
}

/** A link where the address is one to follow, else its words alone. */
export function link(words: string | Html, url: string | undefined, follow: FollowLink): Html {
  const target = url === undefined ? undefined : follow(url);
  if (target !== undefined) return html`<a href="${target}">${words}</a>`;
  if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return html`${words}`;
  return html`<a href="${url}" rel="nofollow noreferrer">${words}</a>`;
}

/** A person's first letter, or a square with an icon for an app; GitHub shows a picture. */
export function avatar(login: string): Html {
  if (login.endsWith('[bot]')) return html`<span class="avatar app" aria-hidden="true">${icon('workflow')}</span>`;
  return html`<span class="avatar" aria-hidden="true">${[...login][0]?.toUpperCase()}</span>`;
}

/** `mona`, or `github-actions` with the label of an app. */
export function author(login: string): Html {
  const name = login.replace(/\[bot\]$/, '');
  return html`<strong>${name}</strong>${name === login ? '' : html` <span class="label">bot</span>`}`;
}
