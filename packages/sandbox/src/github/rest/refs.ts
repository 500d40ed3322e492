import { asString } from '@suite/foundation';
import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { api } from '../shapes.ts';
import { leaveBranch } from '../store/pulls.ts';
import { findCommit } from '../store/refs.ts';
import type { Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['contents'] };
const write: Need = { level: 'write', anyOf: ['contents'] };

export const refRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/git/ref/{ref*}',
    need: read,
    isPublic: true,
    docs: 'git/refs#get-a-reference',
    answer: async ({ repository: { git, name }, params }) => {
      const ref = `refs/${params['ref'] ?? ''}`;
      const sha = await git.tryRun(['show-ref', '--verify', '--hash', ref]);
      if (sha === undefined) throw refusals.notFound();
      return json(200, refJson(name, ref, sha));
    },
  },
  {
    method: 'GET',
    pattern: '/git/matching-refs/{ref*}',
    need: read,
    isPublic: true,
    docs: 'git/refs#list-matching-references',
    answer: async ({ repository: { git, name }, params }) => {
      const start = `refs/${params['ref'] ?? ''}`;
      const all = (await git.run(['for-each-ref', '--format=%(refname) %(objectname)'])).split('\n');
      const found = all.map(line => line.split(' ')).filter(([ref = '']) => ref.startsWith(start));
      return json(
        200,
        found.map(([ref = '', sha = '']) => refJson(name, ref, sha)),
      );
    },
  },
  {
    method: 'POST',
    pattern: '/git/refs',
    need: write,
    isPublic: false,
    docs: 'git/refs#create-a-reference',
    answer: ({ repository, body }) => {
      const { git, name } = repository;
      const [ref, sha] = [asString(body['ref']) ?? '', asString(body['sha']) ?? ''];
      return repository.exclusive(async () => {
        if ((await git.tryRun(['show-ref', '--verify', '--quiet', ref])) !== undefined) throw refusals.refExists();
        if ((await findCommit(git, sha)) === undefined) throw refusals.noSuchObject();
        await git.run(['update-ref', ref, sha]);
        return json(201, refJson(name, ref, sha));
      });
    },
  },
  {
    method: 'DELETE',
    pattern: '/git/refs/{ref*}',
    need: write,
    isPublic: false,
    docs: 'git/refs#delete-a-reference',
    answer: ({ state, repository, caller, params }) => {
      const { git } = repository;
      const ref = `refs/${params['ref'] ?? ''}`;
      return repository.exclusive(async () => {
        if ((await git.tryRun(['show-ref', '--verify', '--quiet', ref])) === undefined) throw refusals.noRef();
        await git.run(['update-ref', '-d', ref]);
        await leaveBranch(state, repository, ref.replace('refs/heads/', ''), caller?.login ?? '');
        return { status: 204 };
      });
    },
  },
];

function refJson(repository: string, ref: string, sha: string) {
  return {
    ref,
    node_id: nodeId('REF', `${repository}:${ref}`),
    url: `${api}/repos/${repository}/git/${ref}`,
    object: { sha, type: 'commit', url: `${api}/repos/${repository}/git/commits/${sha}` },
  };
}
