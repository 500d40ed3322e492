import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { api } from '../shapes.ts';
import type { Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['contents'] };

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
      return json(200, {
        ref,
        node_id: nodeId('REF', `${name}:${ref}`),
        url: `${api}/repos/${name}/git/${ref}`,
        object: { sha, type: 'commit', url: `${api}/repos/${name}/git/commits/${sha}` },
      });
    },
  },
];
