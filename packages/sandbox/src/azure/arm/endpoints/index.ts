import { json } from '../../../network/http.ts';
import { freePricing } from '../types/governance.ts';
import { activityEndpoints } from './activity.ts';
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

  // Every plan of Defender is there before anybody pays for it.
  'Microsoft.Security/pricings': ({ context, request, demand, id, path }) => {
    const [name] = path.names;
    if (request.method !== 'GET' || name === undefined || context.store.get(id) !== undefined) return undefined;
    demand('Microsoft.Security/pricings/read');
    return json(200, { id, name, type: 'Microsoft.Security/pricings', ...freePricing(name) });
  },
};

const all: ReadonlyMap<string, Endpoint> = new Map(
  Object.entries({
    ...activityEndpoints,
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
