import { count } from '@suite/foundation';
import type { DeploymentView } from '../github/views.ts';
import { type Html, html, nothing } from './html.ts';
import { icon } from './icons.ts';
import type { FollowLink } from './markdown/links.ts';
import { commit, link, moment } from './small-parts.ts';
import { lookOf, stateIcon } from './states.ts';

/** The newest deployment of each environment, environments in the order in which they were first deployed to. */
export function latestDeployments(deployments: readonly DeploymentView[]): DeploymentView[] {
  return byEnvironment(deployments).flatMap(([latest]) => latest ?? []);
}

/** Newest first within each. */
function byEnvironment(deployments: readonly DeploymentView[]): (readonly DeploymentView[])[] {
  const oldestFirst = deployments.toSorted((left, right) => left.createdAt - right.createdAt);
  return [...Map.groupBy(oldestFirst, ({ environment }) => environment).values()].map(some => some.toReversed());
}

export function renderDeployments(deployments: readonly DeploymentView[], follow: FollowLink): Html {
  if (deployments.length === 0) return html`<p class="muted">Nothing was deployed.</p>`;
  const boxes = byEnvironment(deployments).map(([latest, ...earlier]) => {
    if (latest === undefined) return nothing;
    const history =
      earlier.length === 0
        ? nothing
        : html`<details class="fold"><summary>${icon('history')} ${count(earlier.length, 'earlier deployment')}</summary>
<ul class="rows">${earlier.map(deployment => row(deployment, follow))}</ul></details>`;
    return html`<article class="box"><div class="box-header"><h3>${icon('rocket')} ${latest.environment}</h3></div>
<ul class="rows">${row(latest, follow)}</ul>${history}</article>`;
  });
  return html`<div class="environments">${boxes}</div>`;
}

function row({ state, sha, url, createdAt }: DeploymentView, follow: FollowLink): Html {
  const view =
    url === undefined ? nothing : html`<span>${icon('link-external')} ${link('View deployment', url, follow)}</span>`;
  return html`<li>${stateIcon(state)} <span>${lookOf(state).word}</span> ${commit(sha)} <span class="muted">${moment(createdAt)}</span> ${view}</li>`;
}
