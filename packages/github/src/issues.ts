import { asNumber, asObject, asString } from '@suite/foundation';
import { readViewer } from './comments.ts';
import { unexpected } from './failure.ts';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

export interface Issue {
  readonly number: number;
  /** As REST writes it: `github-actions[bot]`. */
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly body: string;
  readonly url: string;
}

export interface IssueSeed {
  readonly title: string;
  readonly body: string;
  /** Made by GitHub where there is none of the name. */
  readonly label: string;
}

export interface IssueChange {
  readonly body?: string;
  readonly state?: Issue['state'];
}

/** The issues of a repository, as whoever the token belongs to. Needs `issues: write`; GitHub answers 410 where they are off. */
export interface IssueTracker {
  /** Login of the token's owner. */
  viewer(): Promise<string>;
  /** Open and closed ones that have a label, from all pages; no pull requests. */
  list(label: string): Promise<readonly Issue[]>;
  open(seed: IssueSeed): Promise<Issue>;
  change(number: number, change: IssueChange): Promise<Issue>;
  comment(number: number, body: string): Promise<void>;
}

export function createIssueTracker(requests: Requests, repository: string): IssueTracker {
  const place = splitRepository(repository);
  return {
    viewer: () => readViewer(requests),
    list: async label => {
      const purpose = `read the issues with the label ${label}`;
      const found = await requests.readAll(purpose, 'GET /repos/{owner}/{repo}/issues', {
        ...place,
        labels: label,
        state: 'all',
      });
      return found
        .filter(issue => asObject(issue)['pull_request'] === undefined)
        .map(issue => readIssue(issue) ?? fail(purpose, false));
    },
    open: async ({ title, body, label }) => {
      const purpose = `open the issue “${title}”`;
      const parameters = { ...place, title, body, labels: [label] };
      return (
        readIssue(await requests.write(purpose, 'POST /repos/{owner}/{repo}/issues', parameters)) ?? fail(purpose, true)
      );
    },
    change: async (number, change) => {
      const purpose = `change issue ${number}`;
      const parameters = { ...place, number, ...change };
      const route = 'PATCH /repos/{owner}/{repo}/issues/{number}';
      return readIssue(await requests.write(purpose, route, parameters)) ?? fail(purpose, true);
    },
    comment: async (number, body) => {
      const route = 'POST /repos/{owner}/{repo}/issues/{number}/comments';
      await requests.write(`comment on issue ${number}`, route, { ...place, number, body });
    },
  };
}

function fail(purpose: string, isWrite: boolean): never {
  throw unexpected(purpose, isWrite);
}

/** Undefined for what is no issue. */
function readIssue(value: unknown): Issue | undefined {
  const issue = asObject(value);
  const number = asNumber(issue['number']);
  const state = issue['state'];
  if (number === undefined || (state !== 'open' && state !== 'closed')) return undefined;
  return {
    number,
    author: asString(asObject(issue['user'])['login']) ?? '',
    state,
    body: asString(issue['body']) ?? '',
    url: asString(issue['html_url']) ?? '',
  };
}
