import { json } from '../../../network/http.ts';
import { authorizationEndpoints } from './authorization.ts';
import { computeEndpoints } from './compute.ts';
import type { Endpoint, Endpoints } from './endpoint.ts';
import { kubernetesEndpoints } from './kubernetes.ts';
import { nameEndpoints } from './names.ts';
import { policyEndpoints } from './policy.ts';

const others: Endpoints = {
  'Microsoft.OperationalInsights/deletedWorkspaces': ({ demand, scope }) => {
    demand('Microsoft.OperationalInsights/deletedWorkspaces/read', scope);
    return json(200, { value: [] });
  },
};

const all: ReadonlyMap<string, Endpoint> = new Map(
  Object.entries({
    ...authorizationEndpoints,
    ...computeEndpoints,
    ...kubernetesEndpoints,
    ...nameEndpoints,
    ...policyEndpoints,
    ...others,
  }).map(([type, endpoint]) => [type.toLowerCase(), endpoint]),
);

/** By type as a path has it, in any case. */
export function endpointOf(type: string): Endpoint | undefined {
  return all.get(type.toLowerCase());
}
