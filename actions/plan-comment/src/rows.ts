import type { ChangeReport, ExpectedScope, Missing, Row } from '@suite/change-report';
import { findJob } from './find-job.ts';
import type { Job, Run } from './ports.ts';
import type { Collection } from './reports.ts';

/** What a report must belong to: anything else was left there by another run, or by somebody else. */
export interface Binding {
  readonly platform: string;
  readonly head: string;
  readonly run: string;
  readonly attempt: string;
}

/** Joins what was expected with what is there. The rows are in the order of promotion. */
export function joinRows(
  expected: readonly ExpectedScope[],
  collection: Collection,
  binding: Binding,
  run: Run | undefined,
  /** What the workflow calls the job of a scope, before its title. */
  jobName = 'Plan',
): Row[] {
  return expected.map(scope => {
    const there = collection.reports.filter(report => isAbout(report, scope, binding));
    const job = findJob(`${jobName} ${scope.title}`, run?.jobs ?? []);
    const current = there.filter(report => isBound(report, binding) && !isLeftBehind(report, binding, job));
    const reports = inOrder(newestOfEach(current), scope);
    const lacking = scope.actions.filter(name => !reports.some(({ action }) => action === name));
    // A plan that failed ends its job: what comes after it was not begun.
    if (lacking.length === 0 || reports.some(({ verdict }) => verdict === 'failed')) return { ...scope, reports };
    const isStrange = there.some(({ action }) => lacking.includes(action));
    const why = explainMissing(scope, isStrange, collection, binding, job);
    return { ...scope, reports, missing: { actions: lacking, ...why } };
  });
}

function isAbout(report: ChangeReport, { scope, region }: ExpectedScope, { platform }: Binding): boolean {
  return report.platform === platform && report.scope === scope && report.region === region;
}

function isBound({ commit, run }: ChangeReport, binding: Binding): boolean {
  return commit.head === binding.head && run?.id === binding.run;
}

/** Of an earlier attempt, while the job was run again in this one and did not get that far. */
function isLeftBehind({ run }: ChangeReport, { attempt }: Binding, job: Job | undefined): boolean {
  const failed = job?.conclusion !== undefined && job.conclusion !== 'success';
  return failed && Number(run?.attempt) < Number(attempt);
}

/** Of each action the newest: a job that was run again has left two. */
function newestOfEach(reports: readonly ChangeReport[]): ChangeReport[] {
  const newest = new Map<string, ChangeReport>();
  for (const report of reports) {
    const known = newest.get(report.action);
    if (known === undefined || known.finishedAt < report.finishedAt) newest.set(report.action, report);
  }
  return [...newest.values()];
}

/** As they are applied, whatever else reports after them. */
function inOrder(reports: readonly ChangeReport[], { actions }: ExpectedScope): ChangeReport[] {
  const place = ({ action }: ChangeReport) => (actions.includes(action) ? actions.indexOf(action) : actions.length);
  return reports.toSorted((one, other) => place(one) - place(other));
}

function explainMissing(
  scope: ExpectedScope,
  strange: boolean,
  { unreadable }: Collection,
  { platform, attempt }: Binding,
  job: Job | undefined,
): Omit<Missing, 'actions'> {
  const page = job === undefined || job.url === '' ? {} : { url: job.url };
  const name = `${platform}-${scope.scope}-${scope.region}`;
  const broken = unreadable.find(
    ({ artifact, file }) => artifact === `report-${name}` || file.endsWith(`-${name}.json`),
  );
  if (broken !== undefined) return { reason: `its report cannot be read: ${broken.why}`, ...page };
  if (job?.conclusion !== undefined && job.conclusion !== 'success')
    return { reason: describeJob(job.conclusion), ...page };
  if (strange) {
    return {
      reason: `its report belongs to another commit, run or attempt than attempt ${attempt} of this one`,
      ...page,
    };
  }
  return {
    reason: job !== undefined && job.conclusion === undefined ? 'its job has not ended' : 'its job left no report',
    ...page,
  };
}

function describeJob(conclusion: string): string {
  switch (conclusion) {
    case 'cancelled':
      return 'its job was cancelled';
    case 'failure':
    case 'timed_out':
      return 'its job failed before it could report';
    case 'skipped':
      return 'its job was skipped';
    default:
      return `its job ended as ${conclusion}`;
  }
}
