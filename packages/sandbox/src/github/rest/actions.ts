import { json } from '../../network/http.ts';
import type { RepositoryState } from '../store/state.ts';
import type { Route } from './route.ts';

export const actionsRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/actions/oidc/customization/sub',
    need: { level: 'read', anyOf: ['actions'] },
    isPublic: false,
    docs: 'actions/oidc#get-the-customization-template-for-an-oidc-subject-claim-for-a-repository',
    answer: ({ repository }) => json(200, subjectJson(repository)),
  },
];

/**
 * A repository with ids in its subjects answers as one created after July 2026 does: the prefix has the ids although
 * `use_immutable_subject`, which only means that somebody opted in, is false (Azure/azure-dev#9382, seen 2026-08).
 */
function subjectJson({ name, id, ownerId, subject }: RepositoryState) {
  const [owner, repo] = name.split('/');
  return {
    use_default: subject.claims === undefined,
    ...(subject.claims === undefined ? {} : { include_claim_keys: subject.claims }),
    use_immutable_subject: false,
    sub_claim_prefix: subject.immutable ? `repo:${owner}@${ownerId}/${repo}@${id}` : `repo:${name}`,
  };
}
