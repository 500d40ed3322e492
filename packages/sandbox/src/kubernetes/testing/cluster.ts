import { parseJson } from '@suite/foundation';
import type { Resource } from '../../azure/arm/store.ts';
import { makeRequest, type WorldRequest, type WorldResponse } from '../../network/http.ts';
import type { User } from '../access/attributes.ts';
import { createAuthorizer } from '../access/authorizer.ts';
import type { AzurePermits } from '../access/azure-roles.ts';
import { createApi } from '../api/service.ts';
import { createView } from '../back-door.ts';
import { furnishCluster } from '../birth.ts';
import { type Cluster, createCluster, usualDurations } from '../cluster.ts';
import { startControllers } from '../controllers/controller.ts';
import { allControllers } from '../controllers/index.ts';
import { machinesOf } from '../gpu/managed-machines.ts';
import type { NodeSpec } from '../node-spec.ts';
import { bringNodes, nodesOf } from '../nodes.ts';
import { at, type Fields } from '../objects.ts';
import type { Outside } from '../outside.ts';
import { steppedClock } from './clock.ts';
import { users } from './recorded.ts';

export const clusterId =
  '/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks';

const managedCluster: Resource = {
  id: clusterId,
  type: 'Microsoft.ContainerService/managedClusters',
  name: 'aks',
  etag: '1',
  body: { location: 'westeurope', properties: { nodeResourceGroup: 'MC_rg_aks_westeurope' } },
};

/** A pool of it, as the resource manager holds one. */
export function managedPool(name: string, properties: Readonly<Fields>): Resource {
  return {
    id: `${clusterId}/agentPools/${name}`,
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    name,
    etag: '1',
    body: { properties },
  };
}

export interface TestAnswer {
  readonly status: number;
  readonly body: Readonly<Fields>;
  /** Of a Status. */
  readonly message: string;
}

/** A small cluster without a network, on a clock that stands still until it is told to go on. */
export function startTestCluster(
  options: {
    readonly azure?: AzurePermits;
    readonly nodes?: readonly NodeSpec[];
    readonly outside?: Outside;
    /** Pools of the resource manager, which make the nodes. */
    readonly pools?: readonly Resource[];
  } = {},
) {
  const clock = steppedClock();
  const end = new AbortController();
  const { pools } = options;
  const followPools = () => bringNodes(cluster, nodesOf(managedCluster, pools ?? []));
  const cluster: Cluster = createCluster({
    id: clusterId,
    ...(pools === undefined ? {} : { machines: machinesOf(managedCluster, () => pools, followPools) }),
    clock,
    closing: end.signal,
    durations: usualDurations,
    version: () => '1.34.4',
    ...(options.outside === undefined ? {} : { outside: options.outside }),
  });
  const authorize = createAuthorizer({ clusterId, store: cluster.store, azure: () => options.azure });
  const controllers = startControllers(cluster, allControllers);
  furnishCluster(cluster);
  const setNodes = (nodes: readonly NodeSpec[]) => bringNodes(cluster, nodes);
  if (pools === undefined) setNodes(options.nodes ?? [node('a'), node('b')]);
  else followPools();
  const answer = createApi({ cluster, authorize, hasOtherJudges: () => options.azure !== undefined });

  const send = (method: string, path: string, body?: unknown, more: SendOptions = {}): Promise<WorldResponse> =>
    answer(requestFor(method, path, body, more), more.as ?? users.admin);

  return {
    cluster,
    clock,
    answer,
    authorize,
    send,
    setNodes,
    view: createView(cluster, controllers),
    /** Lets controllers finish what they can, then time pass. */
    pass: (milliseconds = 2000) => clock.advance(milliseconds),
    call: async (method: string, path: string, body?: unknown, more: SendOptions = {}): Promise<TestAnswer> => {
      const { status, body: sent = '' } = await send(method, path, body, more);
      const read = at(parseJson(Buffer.from(sent as string).toString('utf8')));
      return { status, body: read, message: String(read['message'] ?? sent) };
    },
    close: () => end.abort(),
  };
}

export interface SendOptions {
  readonly as?: User;
  readonly headers?: Readonly<Record<string, string>>;
}

const patchTypes: Readonly<Record<string, string>> = { PATCH: 'application/merge-patch+json' };

function requestFor(method: string, path: string, body: unknown, { headers = {} }: SendOptions): WorldRequest {
  return makeRequest(method, `https://cluster.example${path}`, {
    headers: {
      'user-agent': 'test/1',
      ...(body === undefined ? {} : { 'content-type': patchTypes[method] ?? 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A node with two cores and seven gibibytes to give. */
export function node(name: string, more: Partial<NodeSpec> = {}): NodeSpec {
  return {
    name,
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.azure.com/agentpool': 'user',
      'topology.kubernetes.io/zone': `zone-${name}`,
    },
    taints: [],
    capacity: { cpu: '2', memory: '8Gi', pods: '30' },
    allocatable: { cpu: '1900m', memory: '7Gi', pods: '30' },
    kubeletVersion: 'v1.34.4',
    ...more,
  };
}
