import type { ChangeReport, ExpectedScope, Missing, Row } from '@suite/change-report';
import type { Run } from './ports.ts';
import type { Collection } from './reports.ts';

/** What a report must belong to: anything else was left there by another run, or by somebody else. */
export interface Binding {
  readonly platform: string;
  readonly head: string;
  readonly run: string;
}

/** Joins what was expected with what is there. The rows are in the order of promotion. */
export function joinRows(
  expected: readonly ExpectedScope[],
  collection: Collection,
  binding: Binding,
  run: Run | undefined,
): Row[] {
  return expected.map(scope => {
    const there = collection.reports.filter(report => isAbout(report, scope, binding));
    const reports = newestOfEach(there.filter(report => isBound(report, binding)));
    if (reports.some(({ action }) => action === 'provision-aks')) return { ...scope, reports };
    return { ...scope, reports, missing: explainMissing(scope, there.length > 0, collection, binding, run) };
  });
}

function isAbout(report: ChangeReport, { scope, region }: ExpectedScope, { platform }: Binding): boolean {
  return report.platform === platform && report.scope === scope && report.region === region;
}

function isBound({ commit, run }: ChangeReport, binding: Binding): boolean {
  return commit.head === binding.head && run?.id === binding.run;
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

function explainMissing(
  scope: ExpectedScope,
  strange: boolean,
  { unreadable }: Collection,
  { platform }: Binding,
  run: Run | undefined,
): Missing {
  // As plan.yml names its jobs.
  const jobName = `Plan ${scope.title}`;
  const job = run?.jobs.find(({ name }) => name === jobName || name.endsWith(` / ${jobName}`));
  const page = job === undefined || job.url === '' ? {} : { url: job.url };
  const artifact = `report-${platform}-${scope.scope}-${scope.region}`;
  const broken = unreadable.find(file => file.artifact === artifact || file.artifact === '');
  if (broken !== undefined) return { reason: `its report cannot be read: ${broken.why}`, ...page };
  if (strange) return { reason: 'its report belongs to another run or commit', ...page };
  return { reason: describeJob(job?.conclusion, job !== undefined), ...page };
}

function describeJob(conclusion: string | undefined, known: boolean): string {
  switch (conclusion) {
    case 'cancelled':
      return 'its job was cancelled';
    case 'failure':
    case 'timed_out':
      return 'its job failed before it could report';
    case 'skipped':
      return 'its job was skipped';
    default:
      return known && conclusion === undefined ? 'its job has not ended' : 'its job left no report';
  }
}
