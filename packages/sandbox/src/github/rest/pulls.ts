import { asString } from '@suite/foundation';
import { json } from '../../network/http.ts';
import type { Need } from '../permissions.ts';
import { invalid, refusals } from '../refusals.ts';
import { pullJson } from '../shapes.ts';
import { commentsOf } from '../store/comments.ts';
import { closePull, openPull } from '../store/pulls.ts';
import { findCommit, isAncestor } from '../store/refs.ts';
import { defaultBranch, type Pull, type RepositoryState } from '../store/state.ts';
import { actionsBot } from '../tokens.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['pull-requests'] };
const write: Need = { level: 'write', anyOf: ['pull-requests'] };

export const pullRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/pulls/{number}',
    need: read,
    isPublic: true,
    docs: 'pulls/pulls#get-a-pull-request',
    answer: async call => {
      const pull = demandPull(call);
      const counts = await countsOf(call.repository, pull);
      return json(200, { ...pullJson(call.repository, pull), ...counts });
    },
  },
  {
    method: 'GET',
    pattern: '/pulls',
    need: read,
    isPublic: true,
    docs: 'pulls/pulls#list-pull-requests',
    answer: call => {
      const { repository, query } = call;
      const state = query.get('state') ?? 'open';
      const [owner, branch] = query.get('head')?.split(':') ?? [];
      const found = [...repository.pulls.values()]
        .filter(
          ({ headBranch, headRepository }) =>
            branch === undefined || (headBranch === branch && headRepository.split('/')[0] === owner),
        )
        .filter(({ closed }) => state === 'all' || (closed === undefined) === (state === 'open'))
        .toSorted((one, other) => other.number - one.number);
      const { items, headers } = pageOf(call, '/pulls', found);
      return json(
        200,
        items.map(pull => pullJson(repository, pull)),
        headers,
      );
    },
  },
  {
    method: 'POST',
    pattern: '/pulls',
    need: write,
    isPublic: false,
    docs: 'pulls/pulls#create-a-pull-request',
    answer: async call => {
      const { state, repository, caller } = call;
      if (caller?.login === actionsBot && !repository.actionsMayOpenPulls) throw refusals.actionsMayNotOpenPulls();
      const { title = '', head = '', base = '', body = '' } = textsOf(call);
      const lacks = Object.entries({ head, base }).flatMap(([name, value]) => (value === '' ? [name] : []));
      if (lacks.length > 0) throw refusals.invalidRequest([invalid.missing(lacks)]);
      return repository.exclusive(async () => {
        const tip = await findCommit(repository.git, `refs/heads/${head}`);
        if (tip === undefined) throw refusals.noHead();
        if (await isAncestor(repository.git, tip, `refs/heads/${base}`)) throw refusals.nothingToPull(base, head);
        const isSame = (one: Pull) => one.closed === undefined && one.headBranch === head && one.baseBranch === base;
        if ([...repository.pulls.values()].some(isSame)) {
          throw refusals.pullExists(repository.name.split('/')[0] ?? '', head);
        }
        const pull = await openPull(state, repository, {
          title,
          branch: head,
          base,
          author: caller?.login ?? '',
          body,
        });
        const shown = pullJson(repository, pull);
        return json(201, shown, { location: shown.url });
      });
    },
  },
  {
    method: 'PATCH',
    pattern: '/pulls/{number}',
    need: write,
    isPublic: false,
    docs: 'pulls/pulls#update-a-pull-request',
    answer: async call => {
      const { state, repository, caller } = call;
      const pull = demandPull(call);
      const { title, body, state: wanted } = textsOf(call);
      if (wanted !== undefined && wanted !== 'closed') {
        throw new Error(`The sandbox's GitHub plays no change of a pull request to ${wanted}.`);
      }
      pull.title = title ?? pull.title;
      pull.body = body ?? pull.body;
      pull.updatedAt = state.clock.now();
      if (wanted === 'closed' && pull.closed === undefined) {
        await closePull(state, repository, pull, { merge: false, by: caller?.login ?? '' });
      }
      return json(200, pullJson(repository, pull));
    },
  },
  {
    method: 'GET',
    pattern: '/commits/{sha}/pulls',
    need: read,
    isPublic: true,
    docs: 'commits/commits#list-pull-requests-associated-with-a-commit',
    answer: async call => {
      const { repository, params } = call;
      const sha = await findCommit(repository.git, params['sha'] ?? '');
      if (sha === undefined) throw refusals.noCommit(params['sha'] ?? '');
      const pulls = await pullsWith(repository, sha);
      const { items, headers } = pageOf(call, `/commits/${sha}/pulls`, pulls);
      return json(
        200,
        items.map(pull => pullJson(repository, pull)),
        headers,
      );
    },
  },
];

/** Fields of a pull request that are texts. GitHub counts the characters of a body, and not its bytes (objectstack#18826). */
function textsOf({ body }: Call): Readonly<Partial<Record<'title' | 'head' | 'base' | 'body' | 'state', string>>> {
  const texts = Object.fromEntries(
    ['title', 'head', 'base', 'body', 'state'].flatMap(name => {
      const text = asString(body[name]);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  if ([...(texts['body'] ?? '')].length > 65_536) throw refusals.pullTooLong();
  return texts;
}

export function demandPull({ repository, params }: Call): Pull {
  const pull = repository.pulls.get(Number(params['number']));
  if (pull === undefined) throw refusals.notFound();
  return pull;
}

/** Of a commit on the default branch the merged pull request that brought it, of another one those that contain it. */
async function pullsWith(repository: RepositoryState, sha: string): Promise<readonly Pull[]> {
  const { git } = repository;
  const isOnMain = await isAncestor(git, sha, `refs/heads/${defaultBranch}`);
  const found: Pull[] = [];
  for (const pull of repository.pulls.values()) {
    if (isOnMain && pull.closed?.isMerge !== true) continue;
    const isItsMerge = pull.closed?.isMerge === true && pull.mergeSha === sha;
    if (isItsMerge || (await bringsCommit(repository, pull, sha))) found.push(pull);
  }
  return found;
}

async function bringsCommit({ git }: RepositoryState, pull: Pull, sha: string): Promise<boolean> {
  if (!(await isAncestor(git, sha, pull.headSha))) return false;
  // What the base branch had before the merge was not brought by it.
  const base = pull.closed?.isMerge === true ? `${pull.mergeSha}^1` : `refs/heads/${pull.baseBranch}`;
  return !(await isAncestor(git, sha, base));
}

async function countsOf(repository: RepositoryState, pull: Pull) {
  const { git } = repository;
  const base = pull.closed?.isMerge === true ? `${pull.mergeSha}^1` : pull.baseSha;
  const [commits, stat] = await Promise.all([
    git.run(['rev-list', '--count', `${base}..${pull.headSha}`]),
    git.run(['diff', '--shortstat', `${base}...${pull.headSha}`]),
  ]);
  const counted = (pattern: RegExp) => Number(pattern.exec(stat)?.[1] ?? 0);
  return {
    comments: commentsOf(repository, pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: Number(commits),
    additions: counted(/(\d+) insertion/),
    deletions: counted(/(\d+) deletion/),
    changed_files: counted(/(\d+) files? changed/),
  };
}
