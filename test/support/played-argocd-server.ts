import { Readable } from 'node:stream';
import { asArray, asObject, type JsonObject, parseJson } from '@suite/foundation';
import {
  json,
  type KubeObject,
  type KubernetesView,
  type Route,
  type WorldRequest,
  type WorldResponse,
} from '@suite/sandbox';

const namespace = 'argocd';
const ownCluster = 'https://kubernetes.default.svc';
const streamMs = 100;

/**
 * What `sync-argocd` asks of an Argo CD server, answered from a cluster of the sandbox, whose small controller does the rest. The adapter is
 * held to the real one by `test/reality/argocd`; this one is there so that the bundle meets one at all.
 */
export function playArgoCdServer(
  cluster: KubernetesView,
  options: { readonly host: string; readonly takes: (token: string) => boolean },
): Route {
  const applications = () => cluster.list('applications.argoproj.io', namespace);
  const find = (resource: 'applications' | 'appprojects', name: string) =>
    cluster.get({ resource: `${resource}.argoproj.io`, namespace, name });
  const patch = (resource: 'applications' | 'appprojects', name: string, body: JsonObject) =>
    cluster.patch({ resource: `${resource}.argoproj.io`, namespace, name }, body);

  const write = (kind: 'Application' | 'AppProject', body: JsonObject): KubeObject => {
    const { name, labels, annotations, finalizers } = asObject(body['metadata']);
    const resource = kind === 'Application' ? 'applications' : 'appprojects';
    const metadata = { labels, annotations, finalizers };
    if (find(resource, String(name)) !== undefined)
      return patch(resource, String(name), { metadata, spec: body['spec'] });
    return cluster.put({
      apiVersion: 'argoproj.io/v1alpha1',
      kind,
      metadata: { name, namespace, ...metadata },
      spec: body['spec'],
    });
  };

  const routes: Readonly<
    Record<string, (request: WorldRequest, names: readonly string[]) => WorldResponse | Promise<WorldResponse>>
  > = {
    'GET /clusters': () =>
      json(200, {
        items: [{ name: 'in-cluster', server: ownCluster, info: { serverVersion: '1.34', apiVersions: ['v1'] } }],
      }),
    'GET /applications': () => json(200, { metadata: {}, items: applications() }),
    'POST /applications': async request => json(200, write('Application', await bodyOf(request))),
    'GET /stream/applications': request => ({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: changes(applications, request),
    }),
    'GET /projects': () => json(200, { items: cluster.list('appprojects.argoproj.io', namespace) }),
    'POST /projects': async request => json(200, write('AppProject', asObject((await bodyOf(request))['project']))),
    'GET /projects/*': (_, [name = '']) => found(find('appprojects', name)),
    'PUT /projects/*': async request => json(200, write('AppProject', asObject((await bodyOf(request))['project']))),
    'GET /applications/*': ({ query }, [name = '']) => {
      const refresh = query.get('refresh');
      if (refresh === null || find('applications', name) === undefined) return found(find('applications', name));
      return json(
        200,
        patch('applications', name, { metadata: { annotations: { 'argocd.argoproj.io/refresh': refresh } } }),
      );
    },
    'DELETE /applications/*': (_, [name = '']) => {
      cluster.delete({ resource: 'applications.argoproj.io', namespace, name });
      return json(200, {});
    },
    'POST /applications/*/sync': async (request, [name = '']) => {
      const live = asObject(find('applications', name));
      if (live['operation'] !== undefined) return failure(400, 9, 'another operation is already in progress');
      const { revision, prune, infos, strategy, retryStrategy, syncOptions } = await bodyOf(request);
      return json(
        200,
        patch('applications', name, {
          operation: {
            initiatedBy: { username: 'ci' },
            info: infos,
            retry: retryStrategy,
            sync: { revision, prune, syncStrategy: strategy, syncOptions: asObject(syncOptions)['items'] },
          },
          status: { operationState: null },
        }),
      );
    },
    'GET /applications/*/resource-tree': (_, [name = '']) =>
      json(200, { nodes: treeOf(find('applications', name), cluster) }),
    'GET /applications/*/resource': ({ query }) => {
      const object = cluster.everything().find(one => {
        const [kind, place, name] = [query.get('kind'), query.get('namespace') ?? undefined, query.get('resourceName')];
        return one.kind === kind && one.metadata.namespace === place && one.metadata.name === name;
      });
      return object === undefined
        ? failure(400, 3, `${query.get('resourceName')} not found as part of application`)
        : json(200, { manifest: JSON.stringify(object) });
    },
    'GET /applications/*/events': ({ query }) => {
      const about = query.get('resourceName');
      const events = cluster.events(query.get('resourceNamespace') ?? '');
      return json(200, { items: events.filter(one => asObject(one['involvedObject'])['name'] === about) });
    },
    'GET /applications/*/pods/*/logs': () => json(200, { result: { content: '', last: true } }),
  };

  return {
    host: options.host,
    handler: request => {
      const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
      if (!options.takes(token)) return failure(401, 16, 'invalid session: token is malformed');
      const parts = request.path.replace('/api/v1/', '').split('/');
      for (const [route, answer] of Object.entries(routes)) {
        const [method, pattern = ''] = route.split(' /');
        const names = pattern.split('/');
        const isIt = names.length === parts.length && names.every((part, at) => part === '*' || part === parts[at]);
        if (method !== request.method || !isIt) continue;
        return answer(request, parts.filter((_, at) => names[at] === '*').map(decodeURIComponent));
      }
      return failure(501, 12, `The played server has no ${request.method} ${request.path}.`);
    },
  };
}

function failure(status: number, code: number, message: string): WorldResponse {
  return json(status, { code, message, error: message });
}

function found(object: KubeObject | undefined): WorldResponse {
  return object === undefined ? failure(404, 5, 'not found') : json(200, object);
}

async function bodyOf(request: WorldRequest): Promise<JsonObject> {
  return asObject(parseJson((await request.body()).toString('utf8')));
}

/** What an Application says it holds, and what has that as an owner, at any depth. */
function treeOf(application: KubeObject | undefined, cluster: KubernetesView): readonly object[] {
  const held = asArray(asObject(application?.['status'])['resources']).map(asObject);
  const all = cluster.everything();
  const nodes = all.filter(({ kind, metadata }) =>
    held.some(
      one =>
        one['kind'] === kind && one['name'] === metadata.name && (one['namespace'] ?? undefined) === metadata.namespace,
    ),
  );
  for (const node of nodes) {
    for (const child of all) {
      const isOwned = asArray(child.metadata['ownerReferences']).some(
        owner => asObject(owner)['uid'] === node.metadata.uid,
      );
      if (isOwned && !nodes.includes(child)) nodes.push(child);
    }
  }
  return nodes.map(({ apiVersion, kind, metadata }) => {
    const [version, group = ''] = apiVersion.split('/').reverse();
    return { group, version, kind, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid };
  });
}

/** A line for each Application that has changed, until nobody listens any more. */
function changes(applications: () => readonly KubeObject[], { query }: WorldRequest): Readable {
  const told = new Map<string, unknown>();
  const only = query.get('name');
  let timer: NodeJS.Timeout | undefined;
  const stream = new Readable({
    read: () => undefined,
    destroy: (error, done) => {
      clearInterval(timer);
      done(error);
    },
  });
  timer = setInterval(() => {
    for (const application of applications()) {
      const { name, resourceVersion } = application.metadata;
      if ((only !== null && only !== name) || told.get(name) === resourceVersion) continue;
      told.set(name, resourceVersion);
      stream.push(`${JSON.stringify({ result: { type: 'MODIFIED', application } })}\n`);
    }
  }, streamMs);
  return stream;
}
