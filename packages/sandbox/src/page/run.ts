import { count } from '@suite/foundation';
import type { JobResult, RunResult, StepResult } from '../runner/results.ts';
import { anchors } from './anchors.ts';
import { renderAnnotations, type ShownAnnotation } from './annotations.ts';
import { bar } from './bars.ts';
import { type Html, html, nothing } from './html.ts';
import { icon } from './icons.ts';
import { renderLog } from './log.ts';
import type { FollowLink } from './markdown/links.ts';
import { renderMarkdown } from './markdown.ts';
import { author, commit, link, moment, seconds } from './small-parts.ts';
import { lookOf, stateIcon } from './states.ts';

/** A workflow run as its page on GitHub: facts, jobs, annotations, summaries, logs. */
export function renderRun(run: RunResult, follow: FollowLink): Html {
  const attempt = run.attempt === 1 ? '' : `, attempt ${run.attempt}`;
  return html`<section class="run" id="${anchors.run(run)}">
<h3 class="run-title">${stateIcon(run.conclusion)} ${run.workflow} <span class="number">#${run.id}${attempt}</span></h3>
${facts(run)}${startupFailure(run)}
${run.jobs.length === 0 ? nothing : html`<div class="box"><div class="box-header"><h4>Jobs</h4><code>${run.path}</code></div>${jobList(run)}</div>`}
${annotationBox(run)}
${run.jobs.map(job => summaryBox(job, follow))}
${run.jobs.map(job => jobLog(job, follow))}
</section>`;
}

function facts(run: RunResult): Html {
  const list: readonly (readonly [string, Html])[] = [
    ['Triggered via', html`${run.event} at ${moment(run.startedAt)}`],
    ['Actor', author(run.actor)],
    ['Commit', commit(run.headSha)],
    ['Status', html`${lookOf(run.conclusion).word}`],
    ['Total duration', html`${seconds(run.seconds)}`],
  ];
  return html`<dl class="box facts">${list.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function startupFailure({ startupFailure: reason }: RunResult): Html {
  if (reason === undefined) return nothing;
  return html`<div class="box border-danger"><div class="box-header"><h4>${stateIcon('startup_failure')} The run could not begin</h4></div><pre class="message inset">${reason}</pre></div>`;
}

/** Jobs of a called workflow stand under the job that calls it, as GitHub groups them. */
function jobList(run: RunResult): Html {
  const groups = Map.groupBy(run.jobs, ({ name }) => name.split(' / ').slice(0, -1).join(' / '));
  const lists = [...groups].map(([caller, jobs]) => {
    const rows = jobs.map(job => jobRow(job, run));
    const list = html`<ol class="job-rows">${rows}</ol>`;
    return caller === '' ? list : html`<p class="caller">${icon('workflow')} ${caller}</p>${list}`;
  });
  return html`<div class="jobs">${lists}</div>`;
}

function jobRow(job: JobResult, run: RunResult): Html {
  const name = job.name.split(' / ').at(-1);
  const environment =
    job.environment === undefined ? nothing : html` <span class="label">${job.environment.name}</span>`;
  const when =
    job.conclusion === 'skipped'
      ? html`<span class="no-bar"></span><span class="muted time">Skipped</span>`
      : html`${bar(job, run, job.conclusion)}<span class="muted time">${seconds(job.seconds)}</span>`;
  return html`<li><span class="job-name">${stateIcon(job.conclusion)} <span><a href="#${anchors.job(job)}">${name}</a>${environment}</span></span>${when}</li>`;
}

function annotationBox(run: RunResult): Html {
  const all = run.jobs.flatMap((job): readonly ShownAnnotation[] =>
    [...job.annotations, ...job.steps.flatMap(({ annotations }) => annotations)].map(annotation => ({
      ...annotation,
      path: annotation.file,
      source: html`<a href="#${anchors.job(job)}">${job.name}</a>`,
    })),
  );
  if (all.length === 0) return nothing;
  const counts = ['error', 'warning', 'notice'].flatMap(level => {
    const quantity = all.filter(annotation => annotation.level === level).length;
    return quantity === 0 ? [] : [count(quantity, level)];
  });
  return html`<div class="box"><div class="box-header"><h4>Annotations</h4><span class="muted">${counts.join(', ')}</span></div>${renderAnnotations(all)}</div>`;
}

/** What the summaries of a job became, and where their links led. A page is written anew after each chapter, and this is most of its work. */
const drawn = new WeakMap<JobResult, { readonly box: Html; readonly led: ReadonlyMap<string, string | undefined> }>();

function summaryBox(job: JobResult, follow: FollowLink): Html {
  const known = drawn.get(job);
  if (known !== undefined && [...known.led].every(([url, target]) => follow(url) === target)) return known.box;
  const led = new Map<string, string | undefined>();
  const box = drawSummaries(job, url => {
    const target = follow(url);
    led.set(url, target);
    return target;
  });
  drawn.set(job, { box, led });
  return box;
}

function drawSummaries(job: JobResult, follow: FollowLink): Html {
  const parts = job.steps.map(({ summary }) => summary).filter(summary => summary.trim() !== '');
  if (parts.length === 0) return nothing;
  const documents = parts.map((summary, index) =>
    renderMarkdown(summary, { prefix: `${anchors.job(job)}-summary-${index + 1}`, under: 4, is: 'document', follow }),
  );
  return html`<article class="box"><div class="box-header"><h4>${job.name} summary</h4></div>
${documents.map(summary => html`<div class="markdown-body">${summary}</div>`)}</article>`;
}

function jobLog(job: JobResult, follow: FollowLink): Html {
  const { environment } = job;
  const place = environment === undefined ? nothing : html` · ${link(environment.name, environment.url, follow)}`;
  const open = job.conclusion === 'failure' ? ' open' : '';
  return html`<details class="box job" id="${anchors.job(job)}"${open}><summary>${stateIcon(job.conclusion)}
<span class="grow"><strong>${job.name}</strong></span><span class="muted">${lookOf(job.conclusion).word}${job.conclusion === 'skipped' ? '' : ` in ${seconds(job.seconds)}`}</span></summary>
<p class="muted empty">Ran on <code>${job.runsOn}</code>, began at ${moment(job.startedAt)}${place}</p>
${job.steps.map(step => stepLog(step, job))}</details>`;
}

function stepLog(step: StepResult, job: JobResult): Html {
  const open = step.conclusion === 'failure' ? ' open' : '';
  const ended =
    step.conclusion === 'failure' && step.exitCode !== undefined
      ? html`<p class="muted empty">${step.exitCode === null ? 'A signal ended the process.' : `The process ended with exit code ${step.exitCode}.`}</p>`
      : nothing;
  const uses = step.uses === undefined ? nothing : html` <code>${step.uses}</code>`;
  return html`<details class="step"${open}><summary>${stateIcon(step.conclusion)} <span class="grow">${step.name}${uses}</span><span class="muted">${
    step.conclusion === 'skipped' ? 'Skipped' : seconds(step.seconds)
  }</span></summary>${renderLog(step.log, { name: `${job.name}: ${step.name}`, from: step.conclusion === 'failure' ? 'end' : 'start' })}${ended}</details>`;
}
