import { count } from '@suite/foundation';
import type { CheckRunView, PullView } from '../github/views.ts';
import type { JobResult, RunResult } from '../runner/results.ts';
import { anchors } from './anchors.ts';
import { renderAnnotations } from './annotations.ts';
import { type Html, html, nothing } from './html.ts';
import { icon } from './icons.ts';
import type { FollowLink } from './markdown/links.ts';
import { renderMarkdown } from './markdown.ts';
import { commit, link, seconds } from './small-parts.ts';
import { lookOf, stateIcon } from './states.ts';

/** A line of the list above the merge button: GitHub lists check runs and the jobs of workflows alike. */
export interface CheckLine {
  readonly state: string;
  readonly name: string;
  readonly description: string;
  readonly target: string;
}

export function checkLines(pull: PullView, checks: readonly CheckRunView[], runs: readonly RunResult[]): CheckLine[] {
  const ofHead = checks.filter(({ headSha }) => headSha === pull.head.sha);
  const latest = runs.filter(
    run => run.headSha === pull.head.sha && !runs.some(({ id, attempt }) => id === run.id && attempt > run.attempt),
  );
  return [...latest.flatMap(run => run.jobs.map(job => lineOfJob(run, job))), ...ofHead.map(lineOfCheck)];
}

function lineOfJob(run: RunResult, job: JobResult): CheckLine {
  const { word } = lookOf(job.conclusion);
  const took = job.conclusion === 'skipped' ? '' : ` in ${seconds(job.seconds)}`;
  return {
    state: job.conclusion,
    name: `${run.workflow} / ${job.name} (${run.event})`,
    description: `${word}${took}`,
    target: anchors.job(job),
  };
}

function lineOfCheck(check: CheckRunView): CheckLine {
  return { state: stateOf(check), name: check.name, description: check.title, target: anchors.check(check) };
}

function stateOf({ status, conclusion }: CheckRunView): string {
  return status === 'completed' ? (conclusion ?? 'neutral') : status;
}

const failing = ['failure', 'timed_out', 'startup_failure', 'action_required'];
const pending = ['queued', 'in_progress', 'waiting'];
/** GitHub's words for states, in its order. */
const adjectives: Readonly<Record<string, readonly string[]>> = {
  failing,
  cancelled: ['cancelled'],
  pending,
  neutral: ['neutral', 'stale'],
  skipped: ['skipped'],
  successful: ['success'],
};

/** What GitHub says above the merge button of an open pull request. */
export function renderMergeBox(lines: readonly CheckLine[]): Html {
  if (lines.length === 0) return nothing;
  const sum = (states: readonly string[]) => lines.filter(({ state }) => states.includes(state)).length;
  const [state, head] =
    sum([...failing, 'cancelled']) > 0
      ? ['failure', 'Some checks were not successful']
      : sum(pending) > 0
        ? ['in_progress', "Some checks haven't completed yet"]
        : ['success', 'All checks have passed'];
  const counts = Object.entries(adjectives).flatMap(([word, states]) =>
    sum(states) === 0 ? [] : `${sum(states)} ${word}`,
  );
  const items = lines.map(
    line =>
      html`<li>${stateIcon(line.state)} <a href="#${line.target}">${line.name}</a> <span class="muted">${line.description}</span></li>`,
  );
  return html`<div class="box merge-box border-${lookOf(state).tone}"><details open><summary>${stateIcon(state)}
<span><strong>${head}</strong><br><span class="muted">${counts.join(', ')} ${lines.length === 1 ? 'check' : 'checks'}</span></span></summary>
<ul class="check-lines">${items}</ul></details></div>`;
}

/** The check runs of a pull request in full, those of its head first. */
export function renderChecks(pull: PullView, checks: readonly CheckRunView[], follow: FollowLink): Html {
  const [now, before] = [true, false].map(isHead =>
    checks.filter(check => (check.headSha === pull.head.sha) === isHead),
  );
  const earlier =
    before === undefined || before.length === 0
      ? nothing
      : html`<details class="box fold"><summary>${icon('history')} ${count(before.length, 'check')} of earlier commits</summary>
<div class="inset">${before.map(check => renderCheck(check, follow))}</div></details>`;
  return html`${(now ?? []).map(check => renderCheck(check, follow))}${earlier}`;
}

function renderCheck(check: CheckRunView, follow: FollowLink): Html {
  const state = stateOf(check);
  const annotations = check.annotations.map(({ path, startLine, level, title, message }) => ({
    level: level === 'failure' ? 'error' : level,
    title,
    message,
    path,
    line: startLine,
    source: html`Check ${level}`,
  }));
  const summary = renderMarkdown(check.summary, { prefix: anchors.check(check), under: 4, is: 'document', follow });
  const details = check.detailsUrl === undefined ? nothing : html` · ${link('Details', check.detailsUrl, follow)}`;
  return html`<article class="box" id="${anchors.check(check)}">
<div class="box-header"><h4>${stateIcon(state)} ${check.name}</h4>
<span class="muted">${lookOf(state).word} · ${commit(check.headSha)}${details}</span></div>
<div class="inset"><p class="check-title">${check.title}</p><div class="markdown-body">${summary}</div></div>
${renderAnnotations(annotations)}</article>`;
}
