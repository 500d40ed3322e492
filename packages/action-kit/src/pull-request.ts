import { readFileSync } from 'node:fs';
import { asNumber, asObject, asString, parseJson } from '@suite/foundation';

/** The pull request that started the run, from the event's payload. */
export interface PullRequestEvent {
  readonly number: number;
  /** `opened`, `synchronize`, `reopened`, `closed`, … */
  readonly action: string;
  /** Commit at the tip of the branch; the run itself checks out a trial merge of it. */
  readonly headSha: string;
  readonly baseSha: string;
  readonly merged: boolean;
  /** Login of who opened it. */
  readonly author: string;
  /** The branch lives in another repository, or in one that was deleted. */
  readonly fromFork: boolean;
}

/** Undefined for events without a pull request, and for a payload that is not as GitHub writes it. */
export function readPullRequest(eventFile: string | undefined, repository: string): PullRequestEvent | undefined {
  const event = asObject(parseJson(readFile(eventFile)));
  const pull = asObject(event['pull_request']);
  const number = asNumber(pull['number']);
  const head = asObject(pull['head']);
  const headSha = asString(head['sha']);
  const baseSha = asString(asObject(pull['base'])['sha']);
  if (number === undefined || headSha === undefined || baseSha === undefined) return undefined;
  return {
    number,
    action: asString(event['action']) ?? '',
    headSha,
    baseSha,
    merged: pull['merged'] === true,
    author: asString(asObject(pull['user'])['login']) ?? '',
    // Names of repositories ignore case.
    fromFork: asString(asObject(head['repo'])['full_name'])?.toLowerCase() !== repository.toLowerCase(),
  };
}

function readFile(path: string | undefined): string {
  if (!path) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // outside of a workflow, or a file that is gone: there is no pull request to speak of
  }
}
