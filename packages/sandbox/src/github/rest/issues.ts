import { asArray, asObject, asString } from '@suite/foundation';
import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { invalid, refusals } from '../refusals.ts';
import { actionsApp, api, associationOf, isoTime, pullJson, userJson, web } from '../shapes.ts';
import { commentBytes, commentsOf } from '../store/comments.ts';
import { changeIssue, openIssue } from '../store/issues.ts';
import type { Issue, Pull, RepositoryState } from '../store/state.ts';
import { actionsBot } from '../tokens.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['issues'] };
const write: Need = { level: 'write', anyOf: ['issues'] };

export const issueRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/issues',
    need: read,
    isPublic: true,
    docs: 'issues/issues#list-repository-issues',
    answer: call => {
      const { repository, query } = call;
      const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
      const state = query.get('state') ?? 'open';
      // Pull requests are issues too. Where issues are switched off the list is empty, not refused.
      const all: (Issue | Pull)[] = repository.hasIssues
        ? [...repository.issues.values(), ...(labels.length === 0 ? repository.pulls.values() : [])]
        : [];
      const found = all
        .filter(({ closed }) => state === 'all' || (closed === undefined) === (state === 'open'))
        .filter(one => labels.every(label => 'labels' in one && one.labels.includes(label)))
        .toSorted((one, other) => other.number - one.number);
      const { items, headers } = pageOf(call, '/issues', found);
      return json(
        200,
        items.map(one => ('labels' in one ? issueJson(repository, one) : pullAsIssue(repository, one))),
        headers,
      );
    },
  },
  {
    method: 'POST',
    pattern: '/issues',
    need: write,
    isPublic: false,
    docs: 'issues/issues#create-an-issue',
    answer: call => {
      const { state, repository, caller, body } = call;
      if (!repository.hasIssues) throw refusals.issuesDisabled();
      const title = asString(body['title']);
      if (title === undefined) throw refusals.invalidRequest([invalid.missing(['title'])]);
      if (title.trim() === '') throw refusals.issueWithoutTitle();
      const labels = labelsOf(body['labels']) ?? [];
      const issue = openIssue(state, repository, {
        title,
        author: caller?.login ?? '',
        body: bodyOf(call) ?? '',
        // Labels that there are not are made (observed of octokit's users; the page says nothing of it).
        labels,
      });
      return json(201, issueJson(repository, issue), {
        location: `${api}/repos/${repository.name}/issues/${issue.number}`,
      });
    },
  },
  {
    method: 'GET',
    pattern: '/issues/{number}',
    need: read,
    isPublic: true,
    docs: 'issues/issues#get-an-issue',
    answer: call => json(200, issueJson(call.repository, demandIssue(call))),
  },
  {
    method: 'PATCH',
    pattern: '/issues/{number}',
    need: write,
    isPublic: false,
    docs: 'issues/issues#update-an-issue',
    answer: call => {
      const { state, repository, caller, body } = call;
      const issue = demandIssue(call);
      if (!repository.hasIssues) throw refusals.issuesDisabled();
      const [title, text, labels, reason] = [
        asString(body['title']),
        bodyOf(call),
        labelsOf(body['labels']),
        asString(body['state_reason']),
      ];
      const wanted = body['state'];
      if (wanted !== undefined && wanted !== 'open' && wanted !== 'closed') {
        throw refusals.invalidRequest([invalid.notMember(wanted, ['open', 'closed'])]);
      }
      changeIssue(
        state,
        issue,
        {
          ...(title === undefined ? {} : { title }),
          ...(text === undefined ? {} : { body: text }),
          ...(labels === undefined ? {} : { labels }),
          ...(wanted === undefined ? {} : { state: wanted }),
          ...(reason === undefined ? {} : { reason }),
        },
        caller?.login ?? '',
      );
      return json(200, issueJson(repository, issue));
    },
  },
];

function demandIssue({ repository, params }: Call): Issue {
  const issue = repository.issues.get(Number(params['number']));
  if (issue === undefined) throw refusals.notFound();
  return issue;
}

function bodyOf({ body }: Call): string | undefined {
  const value = body['body'];
  if (value === undefined || value === null) return undefined;
  const text = asString(value);
  if (text === undefined) throw refusals.invalidRequest([invalid.notA(value, 'a string')]);
  if (Buffer.byteLength(text) > commentBytes) throw refusals.issueTooLong();
  return text;
}

/** Names, or objects that have one. */
function labelsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return asArray(value).flatMap(label => asString(label) ?? asString(asObject(label)['name']) ?? []);
}

function issueJson(repository: RepositoryState, issue: Issue) {
  const { name } = repository;
  const { id, number, title, author, body, labels, createdAt, updatedAt, closed, reason } = issue;
  const url = `${api}/repos/${name}/issues/${number}`;
  return {
    url,
    repository_url: `${api}/repos/${name}`,
    comments_url: `${url}/comments`,
    html_url: `${web}/${name}/issues/${number}`,
    id,
    node_id: nodeId('I', id),
    number,
    title,
    user: userJson(author),
    labels: labels.map(label => ({ name: label, color: 'ededed', default: false, description: null })),
    state: closed === undefined ? 'open' : 'closed',
    state_reason: reason ?? null,
    locked: false,
    assignees: [],
    comments: commentsOf(repository, number).length,
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
    closed_at: closed === undefined ? null : isoTime(closed.at),
    closed_by: closed === undefined ? null : userJson(closed.by),
    author_association: associationOf(author, false),
    body,
    performed_via_github_app: author === actionsBot ? actionsApp : null,
  };
}

function pullAsIssue(repository: RepositoryState, pull: Pull) {
  const { url, html_url, number, title, user, body, state, labels, created_at, updated_at, closed_at } = pullJson(
    repository,
    pull,
  );
  return {
    url: `${api}/repos/${repository.name}/issues/${number}`,
    html_url,
    number,
    title,
    user,
    body,
    state,
    labels,
    created_at,
    updated_at,
    closed_at,
    pull_request: { url, html_url },
  };
}
