import { asNumber, asObject, asString } from '@suite/foundation';
import { GitHubFailure } from './failure.ts';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

export interface RunJob {
  /** That of its check run, too. */
  readonly id: string;
  /** With the names of the jobs that call: `plan / Plan dev`. */
  readonly name: string;
  /** `success`, `failure`, `cancelled`, `skipped`, …; undefined while it runs. */
  readonly conclusion: string | undefined;
  readonly url: string;
}

/** A workflow run; needs `actions: read`. */
export interface Run {
  /** When this attempt began, on GitHub's clock; ISO 8601. */
  readonly startedAt: string | undefined;
  readonly jobs: readonly RunJob[];
}

export async function readRun(
  requests: Requests,
  repository: string,
  { id, attempt }: { readonly id: string; readonly attempt: string },
): Promise<Run> {
  const place = { ...splitRepository(repository), id, attempt };
  const purpose = `read the jobs of run ${id}`;
  const [run, jobs] = await Promise.all([
    requests.read(purpose, 'GET /repos/{owner}/{repo}/actions/runs/{id}/attempts/{attempt}', place),
    requests.readAll(purpose, 'GET /repos/{owner}/{repo}/actions/runs/{id}/attempts/{attempt}/jobs', place, 'jobs'),
  ]);
  return {
    startedAt: asString(asObject(run)['run_started_at']),
    jobs: jobs.map(asObject).map(job => ({
      id: String(asNumber(job['id']) ?? ''),
      name: asString(job['name']) ?? '',
      conclusion: asString(job['conclusion']),
      url: asString(job['html_url']) ?? '',
    })),
  };
}

/** How far a run has come, as one looks at it from another; needs `actions: read`. */
export interface RunProgress {
  /** The present attempt, from 1. An attempt is begun only when the one before it is over. */
  readonly attempt: number;
  readonly isOver: boolean;
  /** `success`, `failure`, `cancelled`, `timed_out`, …; undefined while it runs. */
  readonly conclusion: string | undefined;
  /** When its first attempt was made, and when anything was heard of it last; ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When the present attempt began; ISO 8601. */
  readonly startedAt: string;
  /** Of the present attempt. */
  readonly jobs: readonly JobProgress[];
}

export interface JobProgress {
  readonly name: string;
  readonly isOver: boolean;
  /** ISO 8601; undefined where it has not begun. */
  readonly startedAt: string | undefined;
  /** ISO 8601; undefined where it is not over. */
  readonly completedAt: string | undefined;
}

/** Undefined when the repository has no such run. */
export async function findRun(requests: Requests, repository: string, id: string): Promise<RunProgress | undefined> {
  const place = { ...splitRepository(repository), id };
  const purpose = `read how far run ${id} has come`;
  try {
    const run = asObject(await requests.read(purpose, 'GET /repos/{owner}/{repo}/actions/runs/{id}', place));
    const attempt = asNumber(run['run_attempt']) ?? 1;
    const isOver = run['status'] === 'completed';
    const route = 'GET /repos/{owner}/{repo}/actions/runs/{id}/attempts/{attempt}/jobs';
    // Of a run that is over no job can be at work.
    const jobs = isOver ? [] : await requests.readAll(purpose, route, { ...place, attempt }, 'jobs');
    return {
      attempt,
      isOver,
      conclusion: asString(run['conclusion']),
      createdAt: asString(run['created_at']) ?? '',
      updatedAt: asString(run['updated_at']) ?? '',
      startedAt: asString(run['run_started_at']) ?? '',
      jobs: jobs.map(asObject).map(job => ({
        name: asString(job['name']) ?? '',
        isOver: job['status'] === 'completed',
        startedAt: ['queued', 'waiting', 'pending'].includes(String(job['status']))
          ? undefined
          : asString(job['started_at']),
        completedAt: asString(job['completed_at']),
      })),
    };
  } catch (error) {
    if (error instanceof GitHubFailure && error.status === 404) return undefined;
    throw error;
  }
}
