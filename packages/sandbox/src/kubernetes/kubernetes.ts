import type { Clock } from '@suite/foundation';
import type { AccessControl } from '../azure/access.ts';
import { at, properties, text } from '../azure/arm/body.ts';
import { sameId } from '../azure/arm/ids.ts';
import type { Resource } from '../azure/arm/store.ts';
import type { TokenMint } from '../azure/tokens.ts';
import type { Handler, WorldRequest } from '../network/http.ts';
import type { User } from './access/attributes.ts';
import { createAuthorizer } from './access/authorizer.ts';
import { createUserOf } from './access/users.ts';
import { createApi } from './api/service.ts';
import { createView, type KubernetesView } from './back-door.ts';
import { furnishCluster } from './birth.ts';
import { type Cluster, createCluster, type Durations, usualDurations } from './cluster.ts';
import { startControllers } from './controllers/controller.ts';
import { allControllers } from './controllers/index.ts';
import { answerThroughGateway, isRouted } from './entrance.ts';
import { machinesOf } from './gpu/managed-machines.ts';
import { bringNodes, nodesOf } from './nodes.ts';
import type { Outside } from './outside.ts';
import { answerError, refusals } from './status.ts';
import type { Upstream } from './upstream.ts';

/** Where API servers of AKS answer. */
export const apiServerSuffix = '.azmk8s.io';

const clusterType = 'Microsoft.ContainerService/managedClusters';
const poolType = `${clusterType}/agentPools`;

/** The clusters of a world, by the back door. */
export interface Kubernetes {
  /** By resource id; throws when Azure holds no such cluster, or when another server answers for it. */
  of(clusterId: string): KubernetesView;
  /** Lets another API server answer for a cluster, now or later. Who the caller is stays the sandbox's business. The returned function ends it. */
  attach(clusterId: string, upstream: Upstream): () => void;
}

export interface KubernetesOptions {
  readonly clock: Clock;
  readonly mint: TokenMint;
  readonly access: AccessControl;
  /** Every resource of the resource manager as it stands now. */
  readonly resources: () => readonly Resource[];
  /** Whether callers sit in the network of the clusters: private API servers answer them. */
  readonly isInside: () => boolean;
  readonly closing: AbortSignal;
  readonly durations?: Partial<Durations>;
  readonly outside?: Outside;
}

export interface KubernetesService {
  readonly handler: Handler;
  readonly exists: (host: string) => boolean;
  readonly backDoor: Kubernetes;
  /** Gateways of all clusters, under the host names that their routes have. */
  readonly entrance: { readonly handler: Handler; readonly exists: (host: string) => boolean };
  /** Who a request to an API server is from; undefined when its token proves nobody. */
  readonly userOf: (request: WorldRequest) => Promise<User | undefined>;
}

interface Running {
  readonly resource: Resource;
  readonly cluster: Cluster;
  readonly answer: Upstream;
  readonly view: KubernetesView;
  readonly end: AbortController;
  /** Brings the nodes to what the pools say now. */
  follow(): void;
}

/** The API servers of the managed clusters that the resource manager holds: one small cluster for each, made when it is first asked. */
export function createKubernetes(options: KubernetesOptions): KubernetesService {
  const { resources, isInside, closing } = options;
  const running = new Map<string, Running>();
  const upstreams = new Map<string, Upstream>();
  const userOf = createUserOf(options);
  const clusters = () => resources().filter(({ type }) => type === clusterType);
  const poolsOf = (cluster: Resource) => {
    const place = `${cluster.id}/agentPools/`.toLowerCase();
    return resources().filter(({ id, type }) => type === poolType && id.toLowerCase().startsWith(place));
  };

  const start = (resource: Resource): Running => {
    const end = new AbortController();
    closing.addEventListener('abort', () => end.abort(), { once: true });
    const follow = () => bringNodes(cluster, nodesOf(resource, poolsOf(resource)));
    const cluster: Cluster = createCluster({
      id: resource.id,
      machines: machinesOf(resource, () => poolsOf(resource), follow),
      clock: options.clock,
      closing: end.signal,
      durations: { ...usualDurations, ...options.durations },
      ...(options.outside === undefined ? {} : { outside: options.outside }),
      neighbour: address => {
        const { hostname } = new URL(address);
        const found = byHost(hostname);
        return found === undefined ? undefined : runningFor(found).cluster;
      },
      version: () => text(properties(resource.body)['currentKubernetesVersion']) ?? '1.34.4',
    });
    const asksAzure = () => at(properties(resource.body), 'aadProfile')['enableAzureRBAC'] === true;
    const authorize = createAuthorizer({
      clusterId: resource.id,
      store: cluster.store,
      azure: () =>
        asksAzure() ? (objectId, action, scope) => options.access.permits(objectId, action, scope, 'data') : undefined,
    });
    const controllers = startControllers(cluster, allControllers);
    furnishCluster(cluster, {
      hasSecretsStore:
        at(properties(resource.body), 'addonProfiles', 'azureKeyvaultSecretsProvider')['enabled'] === true,
    });
    return {
      resource,
      cluster,
      end,
      view: createView(cluster, controllers),
      answer: createApi({ cluster, authorize, hasOtherJudges: asksAzure }),
      follow,
    };
  };

  /** The small cluster behind a resource. Those whose resource is gone, or was made anew, are forgotten first. */
  const runningFor = (resource: Resource): Running => {
    const all = clusters();
    for (const [id, one] of running) {
      if (all.includes(one.resource)) continue;
      one.end.abort();
      running.delete(id);
    }
    const key = resource.id.toLowerCase();
    const found = running.get(key) ?? start(resource);
    running.set(key, found);
    found.follow();
    return found;
  };

  const byHost = (host: string): Resource | undefined =>
    clusters().find(({ body }) => {
      const { fqdn, privateFQDN, powerState } = properties(body);
      // Nobody listens where a cluster is stopped.
      if (at({ powerState }, 'powerState')['code'] === 'Stopped') return false;
      return host === fqdn || (host === privateFQDN && isInside());
    });
  const callerOf = async (request: WorldRequest) => {
    const resource = byHost(request.host);
    return resource === undefined ? undefined : userOf(request, resource);
  };

  const behind = (host: string) =>
    [...running.values()].find(({ cluster, end }) => !end.signal.aborted && isRouted(cluster, host))?.cluster;

  return {
    exists: host => byHost(host) !== undefined,
    entrance: {
      exists: host => behind(host) !== undefined,
      handler: async request => {
        const cluster = behind(request.host);
        if (cluster === undefined) throw new Error(`No gateway has the host ${request.host} any more.`);
        return answerThroughGateway(cluster, request);
      },
    },
    userOf: callerOf,
    handler: async request => {
      const resource = byHost(request.host);
      if (resource === undefined) throw new Error(`There is no cluster ${request.host} any more.`);
      const user = await userOf(request, resource);
      if (user === undefined) return answerError(refusals.unauthorized());
      const upstream = upstreams.get(resource.id.toLowerCase());
      return upstream === undefined ? runningFor(resource).answer(request, user) : upstream(request, user);
    },
    backDoor: {
      of: clusterId => {
        const resource = clusters().find(({ id }) => sameId(id, clusterId));
        if (resource === undefined) throw new Error(`The sandbox's Azure holds no cluster ${clusterId}.`);
        if (upstreams.has(clusterId.toLowerCase())) {
          throw new Error(`Another API server answers for ${clusterId}: ask that one.`);
        }
        return runningFor(resource).view;
      },
      attach: (clusterId, upstream) => {
        upstreams.set(clusterId.toLowerCase(), upstream);
        return () => void upstreams.delete(clusterId.toLowerCase());
      },
    },
  };
}
