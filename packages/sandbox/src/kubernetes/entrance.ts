import type { WorldRequest, WorldResponse } from '../network/http.ts';
import { answerOfService } from './api/service-proxy.ts';
import type { Cluster } from './cluster.ts';
import { matchesHost, routeKey } from './controllers/alb-routes.ts';
import { at, objects, strings, text } from './objects.ts';
import { answerError, KubeError } from './status.ts';

/** Whether a route that the gateway of a cluster has taken is for this host: then its frontend answers under that name. */
export function isRouted(cluster: Cluster, host: string): boolean {
  return routesFor(cluster, host).length > 0;
}

/** What a person gets who asks a host of the gateway: the answer of the service behind its route. */
export function answerThroughGateway(cluster: Cluster, request: WorldRequest): WorldResponse {
  const [route] = routesFor(cluster, request.host);
  const [rule] = objects(at(route, 'spec')['rules']);
  const [backend] = objects(rule?.['backendRefs']);
  if (route === undefined || backend === undefined) return { status: 404, headers: {}, body: '' };
  const namespace = text(backend['namespace']) ?? route.metadata.namespace;
  try {
    return answerOfService(cluster, namespace, String(backend['name']), String(backend['port']), request.path);
  } catch (error) {
    // Nobody behind the gateway says what an API server would.
    if (error instanceof KubeError) return { ...answerError(error), status: 503 };
    throw error;
  }
}

function routesFor(cluster: Cluster, host: string) {
  return cluster.store.list(routeKey).filter(route => {
    const isTaken = objects(at(route, 'status')['parents']).some(parent =>
      objects(parent['conditions']).some(({ type, status }) => type === 'Programmed' && status === 'True'),
    );
    return isTaken && strings(at(route, 'spec')['hostnames']).some(name => matchesHost(name, host));
  });
}
