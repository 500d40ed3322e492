import { createHash } from 'node:crypto';
import { count } from '@suite/foundation';
import { anchors, followLinks } from './anchors.ts';
import type { PageContent } from './content.ts';
import { renderDeployments } from './deployments.ts';
import { type Html, html, nothing, trusted } from './html.ts';
import { type IconName, icon, iconSheet } from './icons.ts';
import { renderIssue } from './issue.ts';
import type { FollowLink } from './markdown/links.ts';
import { renderPull } from './pull.ts';
import { renderRun } from './run.ts';
import { moment, seconds } from './small-parts.ts';
import { stateIcon } from './states.ts';
import { renderStory } from './story.ts';
import { style } from './style.ts';
import { renderTimeLine } from './time-line.ts';

export type { PageContent, PulledCode } from './content.ts';

/** The page as one HTML file without scripts or outside resources. */
export function renderPage(content: PageContent): string {
  const follow = followLinks(content);
  const css = style();
  // The one style sheet is named by its digest, so that a browser takes no other.
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  return html`${trusted('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${verdict(content)} · ${content.repository} · sandbox</title>
<style>${trusted(css)}</style>
</head>
<body>${iconSheet()}
${header(content)}
<main>
${notes(content)}
${renderStory(content)}
${content.pulls.map(pulled => renderPull(pulled, content, follow))}
${(content.issues ?? []).map(issue => renderIssue(issue, follow))}
${actions(content, follow)}
<section id="deployments"><h2>Deployments</h2>${renderDeployments(content.deployments, follow)}</section>
<section id="time-line"><h2>Time line</h2><div class="box">${renderTimeLine(content)}</div></section>
</main>
</body>
</html>
`.html;
}

function verdict({ ok }: PageContent): string {
  return ok ? 'All is well' : 'Something failed';
}

function header(content: PageContent): Html {
  const [owner, ...name] = content.repository.split('/');
  const { chapters = [], issues = [] } = content;
  const [firstPull] = content.pulls;
  const [firstIssue] = issues;
  const story = chapters.length === 0 ? nothing : tab('book', 'Story', 'story', chapters.length);
  const opened =
    firstIssue === undefined ? nothing : tab('issue-opened', 'Issues', anchors.issue(firstIssue), issues.length);
  const pulls =
    firstPull === undefined
      ? nothing
      : tab('git-pull-request', 'Pull requests', anchors.pull(firstPull.pull), content.pulls.length);
  return html`<header><div class="wide"><h1>${icon('repo')} <span>${owner} / <strong>${name.join('/')}</strong></span></h1>
<p class="verdict">${stateIcon(content.ok ? 'success' : 'failure')} <span>${verdict(content)} · ${count(content.runs.length, 'run')} in ${seconds(content.seconds)}</span></p></div>
<nav class="tabs wide" aria-label="Page"><ul>${story}${opened}${pulls}${tab('play', 'Actions', 'actions', content.runs.length)}${tab('rocket', 'Deployments', 'deployments', content.deployments.length)}${tab('graph', 'Time line', 'time-line')}</ul></nav></header>`;
}

function tab(name: IconName, words: string, target: string, quantity?: number): Html {
  return html`<li><a href="#${target}">${icon(name)} ${words}${quantity === undefined ? nothing : html` <span class="counter">${quantity}</span>`}</a></li>`;
}

function notes({ notes: more = [], startedAt }: PageContent): Html {
  return html`<div class="flash">${icon('beaker')} <div><p>A sandbox on this machine, started at ${moment(startedAt)}: the shipped workflows and actions, and
stand-ins for GitHub and Azure. This is what GitHub would show.</p>${more.map(note => html`<p>${note}</p>`)}</div></div>`;
}

function actions({ runs }: PageContent, follow: FollowLink): Html {
  const body =
    runs.length === 0 ? html`<p class="muted">No workflow ran.</p>` : runs.map(run => renderRun(run, follow));
  return html`<section id="actions"><h2>Actions</h2>${body}</section>`;
}
