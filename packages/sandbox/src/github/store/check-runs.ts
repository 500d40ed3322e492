import type { CheckRunView } from '../views.ts';
import type { CheckRun, RecordedRunState, RepositoryState } from './state.ts';

export function checkRunView(run: CheckRun): CheckRunView {
  return {
    id: run.id,
    name: run.name,
    headSha: run.headSha,
    status: run.status,
    conclusion: run.conclusion,
    detailsUrl: run.detailsUrl,
    title: run.title ?? '',
    summary: run.summary ?? '',
    annotations: run.annotations.map(({ path, startLine, level, title, message }) => ({
      path,
      startLine,
      level,
      title,
      message,
    })),
  };
}

/** Check runs of a commit in the order of their ids: those that were filed, and the jobs of its workflow runs. */
export function checkRunsOf(repository: RepositoryState, sha: string): readonly CheckRun[] {
  const filed = [...repository.checkRuns.values()].filter(run => run.headSha === sha);
  const jobs = [...repository.runs.values()]
    .flatMap(attempts => [...attempts.values()])
    .filter(run => run.headSha === sha);
  return [...filed, ...jobs.flatMap(jobsAsCheckRuns)].sort((one, other) => one.id - other.id);
}

/** One that was filed, or a job. */
export function findCheckRun(repository: RepositoryState, id: number): CheckRun | undefined {
  const filed = repository.checkRuns.get(id);
  if (filed !== undefined) return filed;
  const attempts = [...repository.runs.values()].flatMap(each => [...each.values()]);
  // A job that a later attempt kept has its id in both.
  return attempts.flatMap(jobsAsCheckRuns).findLast(run => run.id === id);
}

/** To GitHub every job is a check run with the job's id. */
function jobsAsCheckRuns(run: RecordedRunState): readonly CheckRun[] {
  return run.jobs.map(job => ({
    id: Number(job.id),
    name: job.name,
    headSha: run.headSha,
    status: job.status === 'waiting' ? 'queued' : job.status,
    conclusion: job.conclusion,
    detailsUrl: undefined,
    externalId: '',
    startedAt: job.startedAt ?? run.startedAt,
    completedAt: job.completedAt,
    title: undefined,
    summary: undefined,
    text: undefined,
    annotations: job.annotations ?? [],
  }));
}
