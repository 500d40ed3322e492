import { asArray, asObject, asString, type Clock, canonicalJson, mapInParallel, UserError } from '@suite/foundation';
import type { Cluster, KubernetesObject, Selection } from '@suite/kubernetes';
import { asKind, createHeldObjects, type HeldNode, isNode, pathOf, projectOf } from './applications.ts';
import { type ServerClient, ServerFailure } from './client.ts';
import { withoutRecord } from './server-records.ts';

export interface ServerClusterOptions {
  readonly client: ServerClient;
  readonly clock: Clock;
  readonly argoNamespace: string;
  /** Address by which Argo CD knows the cluster that it runs in. */
  readonly ownCluster: string;
  /** Of the platform file, where the server does not tell. */
  readonly cluster: { readonly name: string; readonly version: string };
}

/** What can be done in a cluster through the Argo CD server that runs in it. */
export type ServerCluster = Pick<
  Cluster,
  'host' | 'version' | 'discovery' | 'get' | 'list' | 'logs' | 'apply' | 'remove'
>;

const argo = 'argoproj.io/v1alpha1';
const atOnce = 8;
/** More objects that are not well are not asked for their events. */
const mostAsked = 20;
/** The server may not know yet of a project that it has just written. */
const mostTries = 6;
const pauseMs = 500;

/**
 * A cluster as its Argo CD server shows it: Applications and projects, what Applications hold, and what that has made (pods among it), each
 * read live. Nothing else of the cluster is seen, and nothing but Applications and projects can be written. All throw UserError.
 */
export function createServerCluster(options: ServerClusterOptions): ServerCluster {
  const { client, clock, argoNamespace, ownCluster, cluster } = options;
  const isHere = (application: KubernetesObject) => {
    const { server, name } = asObject(asObject(application['spec'])['destination']);
    return server === ownCluster || name === 'in-cluster' || name === cluster.name;
  };
  const held = createHeldObjects(client, { clock, isHere });
  let facts: Promise<ClusterFacts> | undefined;
  const known = () => {
    facts ??= readFacts(options);
    return facts;
  };
  const projects = async () => {
    const answer = asObject(
      await client.send({
        method: 'GET',
        path: '/projects',
        purpose: 'list the projects',
        needs: 'projects, get, <project>',
      }),
    );
    return asArray(answer['items']).flatMap(item => asKind('AppProject', item) ?? []);
  };
  const live = async (nodes: readonly HeldNode[]) =>
    (await mapInParallel(nodes, atOnce, held.read)).flatMap(object => object ?? []);

  const list: ServerCluster['list'] = async selection => {
    const { apiVersion, kind, namespace, labels, fields } = selection;
    if (apiVersion === argo && kind === 'Application') {
      return (await held.applications()).filter(one => isIn(one, namespace));
    }
    if (apiVersion === argo && kind === 'AppProject') {
      return namespace === argoNamespace ? (await projects()).map(withoutRecord) : [];
    }
    if (kind === 'Event') return events(selection);
    if (fields !== undefined) throw new Error(`An Argo CD server does not select ${kind} by ${fields}.`);
    // Namespaces are seen where an Application holds them.
    const find = async () =>
      (await live((await held.nodes(namespace)).filter(node => isNode(node, selection)))).filter(object =>
        hasLabels(object, labels),
      );
    const found = await find();
    if (labels === undefined || found.length > 0) return found;
    // Who names labels looks for what a Job has just made.
    await held.refresh(namespace);
    return find();
  };

  /** Of what is not well, which alone is asked about here. */
  async function events({ namespace, fields = '' }: Selection): Promise<KubernetesObject[]> {
    const [field = '', wanted] = fields.split('=');
    const unwell = (await held.nodes(namespace)).filter(({ kind, health }) => makers.has(kind) && health !== 'Healthy');
    const lists = await mapInParallel(unwell.slice(0, mostAsked), atOnce, async ({ application, name, uid }) => {
      const query = { resourceName: name, resourceUID: uid, resourceNamespace: namespace ?? '' };
      const answer = await client.send({
        method: 'GET',
        path: pathOf(application, '/events', query),
        purpose: `read the events of ${name}`,
        needs: `applications, get, ${projectOf(application)}/${application.metadata.name}`,
      });
      return asArray(asObject(answer)['items']);
    });
    return lists
      .flat()
      .map(event => ({ apiVersion: 'v1', kind: 'Event', ...asObject(event) }) as unknown as KubernetesObject)
      .filter(event => fields === '' || event[field] === wanted);
  }

  const get: ServerCluster['get'] = async ref => {
    const { apiVersion, kind, name, namespace } = ref;
    if (apiVersion === argo && (kind === 'Application' || kind === 'AppProject')) {
      return (await list({ apiVersion, kind, namespace })).find(one => one.metadata.name === name);
    }
    const node = (await held.nodes(namespace)).find(one => one.name === name && isNode(one, ref));
    return node === undefined ? undefined : held.read(node);
  };

  return {
    host: client.host,
    version: async () => (await known()).version,
    discovery: async () => {
      const { apiVersions } = await known();
      return {
        // It does not say which kinds have namespaces; its own do.
        find: (apiVersion, kind) =>
          apiVersion === argo ? { apiVersion, kind, resource: '', isNamespaced: true } : undefined,
        apiVersions,
      };
    },
    get,
    list,
    logs: async ({ namespace, pod, container, previous = false }, lines) => {
      const node = (await held.nodes(namespace)).find(
        one => one.name === pod && isNode(one, { apiVersion: 'v1', kind: 'Pod' }),
      );
      if (node === undefined) return undefined;
      const query = { namespace, container, tailLines: String(lines), previous: String(previous) };
      const { application } = node;
      const text: string[] = [];
      const answer = client.stream({
        method: 'GET',
        path: pathOf(application, `/pods/${encodeURIComponent(pod)}/logs`, query),
        purpose: `read the log of ${pod}`,
        needs: `logs, get, ${projectOf(application)}/${application.metadata.name}`,
      });
      for await (const line of answer) {
        const { content, last } = asObject(asObject(line)['result']);
        if (last === true) break;
        text.push(asString(content) ?? '');
      }
      return text.join('\n');
    },
    apply: async object => {
      if (object.kind === 'AppProject') return applyProject(object);
      if (object.kind === 'Application') return applyApplication(object);
      throw new UserError({
        message: `An Argo CD server does not write ${object.kind} ${object.metadata.name}: it writes Applications and projects.`,
        remedy: 'Leave `server` out, so that the action works with the cluster itself.',
      });
    },
    remove: async ref => {
      if (ref.kind !== 'Application') {
        throw new UserError({
          message: `An Argo CD server does not take ${ref.kind} ${ref.name} away: it takes Applications.`,
          remedy: 'Leave `server` out, so that the action works with the cluster itself.',
        });
      }
      const found = await get(ref);
      if (found === undefined) return false;
      await client.send({
        method: 'DELETE',
        path: pathOf(found, '', { cascade: 'true' }),
        purpose: `take ${ref.name} away`,
        needs: `applications, delete, ${projectOf(found)}/${ref.name}`,
      });
      return true;
    },
  };

  /** Its specification is replaced where it differs; labels are added, which takes the object as a whole. */
  async function applyProject(wanted: KubernetesObject): Promise<KubernetesObject> {
    const { name } = wanted.metadata;
    const before = (await projects()).find(({ metadata }) => metadata.name === name);
    let now = before;
    if (before === undefined || !isSame(before['spec'], { ...asObject(before['spec']), ...asObject(wanted['spec']) })) {
      const spec = { ...asObject(before?.['spec']), ...asObject(wanted['spec']) };
      const answer = await client.send({
        method: 'POST',
        path: '/projects',
        body: { project: { metadata: wanted.metadata, spec }, upsert: true },
        purpose: `write the project ${name}`,
        needs: `projects, create and update, ${name}`,
      });
      now = asKind('AppProject', answer);
    }
    if (now !== undefined && !hasAll(now.metadata.labels, wanted.metadata.labels)) {
      const labels = { ...now.metadata.labels, ...wanted.metadata.labels };
      const answer = await client.send({
        method: 'PUT',
        path: `/projects/${encodeURIComponent(name)}`,
        body: { project: { ...now, metadata: { ...now.metadata, labels } } },
        purpose: `label the project ${name}`,
        needs: `projects, update, ${name}`,
      });
      now = asKind('AppProject', answer);
    }
    return now ?? wanted;
  }

  /** What others have set beside our fields stays; nothing is written where nothing differs. */
  async function applyApplication(wanted: KubernetesObject): Promise<KubernetesObject> {
    const { name, namespace, labels, finalizers = [] } = wanted.metadata;
    for (let tries = 1; ; tries++) {
      const before = await get({ apiVersion: argo, kind: 'Application', name, namespace });
      const spec = { ...asObject(before?.['spec']), ...asObject(wanted['spec']) };
      const own = new Set([...asArray(before?.metadata['finalizers']), ...asArray(finalizers)]);
      const isThere =
        before !== undefined &&
        isSame(before['spec'], spec) &&
        hasAll(before.metadata.labels, labels) &&
        own.size === asArray(before.metadata['finalizers']).length;
      if (isThere) return before;
      try {
        const answer = await client.send({
          method: 'POST',
          path: '/applications?upsert=true',
          body: {
            apiVersion: argo,
            kind: 'Application',
            metadata: { name, namespace, labels, finalizers: [...own] },
            spec,
          },
          purpose: `write the Application ${name}`,
          needs: `applications, create and update, ${projectOf(wanted)}/${name}`,
        });
        return asKind('Application', answer) ?? wanted;
      } catch (error) {
        const isLate =
          error instanceof ServerFailure &&
          /project|is not permitted/i.test(error.said) &&
          error.status !== 403 &&
          tries < mostTries;
        if (!isLate) throw error;
        await clock.sleep(pauseMs);
      }
    }
  }
}

/** What makes pods, and pods: events about them tell why there are none. */
const makers: ReadonlySet<string> = new Set(['Pod', 'ReplicaSet', 'Job', 'StatefulSet', 'DaemonSet']);

interface ClusterFacts {
  readonly version: string;
  readonly apiVersions: readonly string[];
}

/**
 * What the server knows of its cluster; an account that may not read clusters gets what the platform file says. Throws a UserError where the
 * platform's cluster is another one than the server's own.
 */
async function readFacts({ client, ownCluster, cluster }: ServerClusterOptions): Promise<ClusterFacts> {
  const answer = await client.send({
    method: 'GET',
    path: '/clusters',
    purpose: 'ask which clusters it knows',
    needs: `clusters, get, ${ownCluster}`,
  });
  const clusters = asArray(asObject(answer)['items']).map(asObject);
  const elsewhere = clusters.find(({ name, server }) => name === cluster.name && server !== ownCluster);
  if (elsewhere !== undefined) {
    throw new UserError({
      message: `The Argo CD server ${client.host} runs elsewhere and deploys to ${cluster.name} from there (a hub).`,
      remedy:
        'A hub is worked with by its objects: leave the server out, and name the cluster that it runs in under `applications: argo-cd: cluster:`.',
    });
  }
  const info = asObject(clusters.find(({ server }) => server === ownCluster)?.['info']);
  const version = /\d+\.\d+(\.\d+)?/.exec(asString(info['serverVersion']) || cluster.version)?.[0] ?? cluster.version;
  return {
    version: /^\d+\.\d+$/.test(version) ? `${version}.0` : version,
    apiVersions: asArray(info['apiVersions']).flatMap(one => asString(one) ?? []),
  };
}

function isIn({ metadata }: KubernetesObject, namespace: string | undefined): boolean {
  return namespace === undefined || metadata.namespace === namespace;
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}

function hasAll(labels: KubernetesObject['metadata']['labels'] = {}, wanted: typeof labels = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Equality alone, as it is asked for here: `a=b,c=d`. */
function hasLabels({ metadata: { labels } }: KubernetesObject, selector: string | undefined): boolean {
  if (selector === undefined) return true;
  return hasAll(labels, Object.fromEntries(selector.split(',').map(part => part.split('=') as [string, string])));
}
