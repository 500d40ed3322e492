import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { api, isoTime, userJson, web } from '../shapes.ts';
import type { Environment, RepositoryState } from '../store/state.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['actions'] };

export const environmentRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/environments',
    need: read,
    isPublic: true,
    docs: 'deployments/environments#list-environments',
    answer: call => {
      const all = [...call.repository.environments.values()];
      const { items, headers } = pageOf(call, '/environments', all);
      const environments = items.map(environment => environmentJson(call.repository, environment));
      return json(200, { total_count: all.length, environments }, headers);
    },
  },
  {
    method: 'GET',
    pattern: '/environments/{name}',
    need: read,
    isPublic: true,
    docs: 'deployments/environments#get-an-environment',
    answer: call => json(200, environmentJson(call.repository, demandEnvironment(call))),
  },
  {
    method: 'GET',
    pattern: '/environments/{name}/deployment-branch-policies',
    need: read,
    isPublic: true,
    docs: 'deployments/branch-policies#list-deployment-branch-policies',
    answer: call => {
      const { id, name, branches = [] } = demandEnvironment(call);
      const path = `/environments/${encodeURIComponent(name)}/deployment-branch-policies`;
      const policies = branches.map((branch, index) => ({
        id: part(id, index),
        node_id: nodeId('DBP', part(id, index)),
        name: branch,
        type: 'branch',
      }));
      const { items, headers } = pageOf(call, path, policies);
      return json(200, { total_count: policies.length, branch_policies: items }, headers);
    },
  },
];

function environmentJson({ name: repository }: RepositoryState, environment: Environment) {
  const { id, waitMinutes, reviewers, branches, preventSelfReview } = environment;
  const rules: object[] = [
    ...(waitMinutes > 0 ? [{ type: 'wait_timer', wait_timer: waitMinutes }] : []),
    ...(reviewers.length > 0
      ? [
          {
            type: 'required_reviewers',
            prevent_self_review: preventSelfReview,
            reviewers: reviewers.map(login => ({ type: 'User', reviewer: userJson(login) })),
          },
        ]
      : []),
    ...(branches === undefined ? [] : [{ type: 'branch_policy' }]),
  ];
  return {
    ...linkJson(repository, environment),
    can_admins_bypass: true,
    protection_rules: rules.map((rule, index) => ({
      id: part(id, index),
      node_id: nodeId('GA', part(id, index)),
      ...rule,
    })),
    deployment_branch_policy:
      branches === undefined ? null : { protected_branches: false, custom_branch_policies: true },
  };
}

function linkJson(repository: string, { id, name, createdAt }: Pick<Environment, 'id' | 'name' | 'createdAt'>) {
  return {
    id,
    node_id: nodeId('EN', id),
    name,
    url: `${api}/repos/${repository}/environments/${encodeURIComponent(name)}`,
    html_url: `${web}/${repository}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: isoTime(createdAt),
    updated_at: isoTime(createdAt),
  };
}

/** An environment as other answers name it; one that was removed since has its name only. */
export function environmentLinkJson({ name: repository, environments }: RepositoryState, name: string) {
  const environment = environments.get(name.toLowerCase());
  return environment === undefined ? { name } : linkJson(repository, environment);
}

function demandEnvironment({ repository, params }: Call): Environment {
  const environment = repository.environments.get((params['name'] ?? '').toLowerCase());
  if (environment === undefined) throw refusals.notFound();
  return environment;
}

/** Ids of an environment's rules and policies, which nobody asks for by number. */
function part(environment: number, index: number): number {
  return environment * 10 + index;
}
