import { asNumber, asObject, asString } from '@suite/foundation';
import { unexpected } from './failure.ts';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

export interface CheckAnnotation {
  /** Relative to the repository. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly level: 'warning' | 'failure';
  /** At most 255 characters. */
  readonly title: string;
  readonly message: string;
}

export interface CheckRun {
  readonly name: string;
  readonly headSha: string;
  readonly conclusion: 'success' | 'failure';
  readonly detailsUrl: string | undefined;
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
  readonly annotations: readonly CheckAnnotation[];
}

// GitHub takes 50 annotations per request and appends those of later ones.
const perRequest = 50;

/** Files a completed check run on a commit. Needs `checks: write`. */
export async function createCheckRun(requests: Requests, repository: string, run: CheckRun): Promise<void> {
  const place = splitRepository(repository);
  const purpose = `file the check “${run.name}”`;
  const output = (from: number) => ({
    title: run.title,
    summary: run.summary,
    annotations: run.annotations.slice(from, from + perRequest).map(({ path, line, level, title, message }) => ({
      path,
      start_line: line,
      end_line: line,
      annotation_level: level,
      title,
      message,
    })),
  });
  const created = asObject(
    await requests.append(purpose, 'POST /repos/{owner}/{repo}/check-runs', {
      ...place,
      name: run.name,
      head_sha: run.headSha,
      status: 'completed',
      conclusion: run.conclusion,
      ...(run.detailsUrl === undefined ? {} : { details_url: run.detailsUrl }),
      output: output(0),
    }),
  );
  const id = asNumber(created['id']);
  if (id === undefined) throw unexpected(purpose, true);
  for (let from = perRequest; from < run.annotations.length; from += perRequest) {
    await requests.append(purpose, 'PATCH /repos/{owner}/{repo}/check-runs/{id}', {
      ...place,
      id,
      output: output(from),
    });
  }
}

/** What a job or another check run said went wrong, in its order. To GitHub a job is a check run with the job's id. Needs `checks: read`. */
export async function readFailures(requests: Requests, repository: string, id: string): Promise<readonly string[]> {
  const annotations = await requests.readAll(
    `read what check run ${id} says`,
    'GET /repos/{owner}/{repo}/check-runs/{id}/annotations',
    { ...splitRepository(repository), id },
  );
  return annotations
    .map(asObject)
    .filter(annotation => annotation['annotation_level'] === 'failure')
    .flatMap(({ message }) => asString(message) ?? []);
}
