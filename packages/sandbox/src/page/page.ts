import { duration } from '@suite/foundation';
import type { RecordedJob, RecordedRun } from '../platform/run-record.ts';
import { renderMarkdown } from './markdown.ts';
import { style } from './style.ts';

/** What the page shows: the run and, per job, what a person would see of it on GitHub. */
export interface PageContent {
  readonly ok: boolean;
  readonly seconds: number;
  readonly startedAt: string;
  readonly run: RecordedRun;
  readonly jobs: readonly PageJob[];
}

export interface PageJob extends RecordedJob {
  /** Seconds since the run began. */
  readonly startedAfter: number;
  readonly log: readonly string[];
  readonly summary: string;
  readonly annotations: readonly { readonly level: string; readonly message: string }[];
}

/** The page as one HTML file without scripts or outside resources. */
export function renderPage(content: PageContent): string {
  const verdict = content.ok ? 'All jobs succeeded' : 'The run failed';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Sandbox: ${escapeHtml(verdict)}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="crumb">${escapeHtml(content.run.workflow)} · ${escapeHtml(content.run.event)} · ${escapeHtml(content.startedAt)}</p>
<h1><span class="state ${content.ok ? 'success' : 'failure'}"></span>${escapeHtml(verdict)} in ${escapeHtml(duration(content.seconds * 1000))}</h1>
<p>Everything on this page happened in a world of its own on this machine: real Terraform and the shipped bundles, against stand-ins for Azure and GitHub.</p>
</header>
<main>
<section class="card"><h2>Time line</h2>${timeLine(content)}</section>
${content.jobs.map(job => jobSection(job)).join('\n')}
</main>
</body>
</html>
`;
}

function timeLine({ jobs, seconds }: PageContent): string {
  const percent = (part: number) => ((100 * part) / Math.max(seconds, 0.001)).toFixed(2);
  const rows = jobs.map(
    job => `<li><a href="#${anchor(job.name)}"><span class="name">${escapeHtml(job.name)}</span>
<span class="track"><span class="bar ${job.conclusion}" style="left:${percent(job.startedAfter)}%;width:${percent(job.seconds)}%"></span></span>
<span class="time">${escapeHtml(duration(job.seconds * 1000))}</span></a></li>`,
  );
  return `<ol class="timeline">${rows.join('')}</ol>`;
}

function jobSection(job: PageJob): string {
  const annotations = job.annotations.map(
    ({ level, message }) =>
      `<li class="${escapeHtml(level)}"><strong>${escapeHtml(level)}</strong> ${escapeHtml(message)}</li>`,
  );
  return `<section class="card" id="${anchor(job.name)}">
<h2><span class="state ${job.conclusion}"></span>${escapeHtml(job.name)} <small>${escapeHtml(duration(job.seconds * 1000))}</small></h2>
${annotations.length > 0 ? `<ul class="annotations">${annotations.join('')}</ul>` : ''}
${job.summary === '' ? '' : `<div class="markdown">${renderMarkdown(job.summary)}</div>`}
<details class="log"><summary>Log, ${job.log.length} lines</summary><pre>${escapeHtml(job.log.join('\n'))}</pre></details>
</section>`;
}

function anchor(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '-');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
