import { type ChangeReport, escapeText, prose } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import { type EnvironmentScope, loadEnvironment } from '@suite/platform-file';
import { inUtc } from './conditions.ts';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';
import { readReport } from './read-report.ts';

/** Says which regions were not begun because this one failed, and, where it was unhealthy, since when. */
export async function halt(request: Extract<Request, { command: 'halt' }>, services: Services): Promise<void> {
  const { context, log, summary } = services;
  const { view } = await loadEnvironment(request, context.workspace, 'cluster');
  const reports = await Promise.all(request.reports.map(readReport));
  const { after } = view.rollout;
  if (after.length === 0) {
    log.info(`No region waits for ${view.scope} · ${view.region}.`);
    return;
  }
  const sentences = [
    `${sentenceList(after)} ${after.length === 1 ? 'was' : 'were'} not begun.`,
    describeHealth(view, reports) ?? `${view.region} goes before, and failed: the step that did says why.`,
    'Put it right and “Re-run failed jobs”, or all jobs where that step asks for it: this region comes first again.',
  ];
  log.warning(`${view.scope} stopped in ${view.region}: ${sentences.join(' ')}`);
  await summary.append([
    `### ${escapeText(view.scope)} stopped in ${escapeText(view.region)}`,
    sentences.map(sentence => `- ${prose(sentence)}`).join('\n'),
  ]);
}

/** Undefined where no verification found it unwell. */
function describeHealth({ scope, region }: EnvironmentScope, reports: readonly ChangeReport[]): string | undefined {
  const own = reports.filter(report => report.scope === scope && report.region === region);
  const looks = own.filter(({ command }) => command === 'verify').toSorted(byTime);
  const unwell = looks.find(({ verdict }) => verdict === 'mismatch' || verdict === 'failed');
  if (unwell === undefined) return undefined;
  const healthy = own
    .filter(({ command, action, verdict }) => command === 'apply' && action === unwell.action && isGood(verdict))
    .toSorted(byTime)
    .at(-1);
  const since = healthy === undefined ? '' : `healthy at ${inUtc(Date.parse(healthy.finishedAt))} and `;
  const [difference] = unwell.differences;
  const cause =
    difference === undefined
      ? 'its verification failed'
      : `${difference.what} ${difference.path === '' ? '' : `${difference.path} `}should be ${difference.expected}, and is ${difference.actual}`;
  return `${region} was ${since}no longer at ${inUtc(Date.parse(unwell.startedAt))} (${unwell.action}): ${cause}.`;
}

function isGood(verdict: ChangeReport['verdict']): boolean {
  return verdict === 'applied' || verdict === 'no-changes';
}

function byTime(left: ChangeReport, right: ChangeReport): number {
  return left.finishedAt < right.finishedAt ? -1 : 1;
}
