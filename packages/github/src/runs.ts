import { asObject, asString } from '@suite/foundation';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

export interface RunJob {
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
      name: asString(job['name']) ?? '',
      conclusion: asString(job['conclusion']),
      url: asString(job['html_url']) ?? '',
    })),
  };
}
