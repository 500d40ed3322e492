import type { IncomingMessage } from 'node:http';
import { asArray, asBoolean, asObject, asString, parseJson } from '@suite/foundation';
import { type Discovery, discover, type ServedKind } from './discovery.ts';
import { KubernetesFailure } from './failure.ts';
import { type KubernetesObject, type ObjectRef, refOf, titleOf } from './objects.ts';
import { type Connection, createTransport, type Transport } from './transport.ts';

/** A cluster as one identity sees it. All throw KubernetesFailure. */
export interface Cluster {
  readonly host: string;
  /** `1.34.4`, without what a vendor adds. */
  version(): Promise<string>;
  /** What is served now; asked once until `forget`. */
  discovery(): Promise<Discovery>;
  /** Custom resource definitions have come or gone. */
  forget(): void;
  /** Undefined when there is none, or when its kind is not served. */
  get(ref: ObjectRef, signal?: AbortSignal): Promise<KubernetesObject | undefined>;
  /** Empty when the kind is not served. */
  list(selection: Selection, signal?: AbortSignal): Promise<KubernetesObject[]>;
  /** The same, of each object what `read` makes of it: the objects themselves are let go page by page. */
  listAs<T>(selection: Selection, read: (object: KubernetesObject) => T, signal?: AbortSignal): Promise<T[]>;
  /** The same, of each object its metadata alone: what a Secret holds stays where it is. */
  listMetadata(selection: Selection, signal?: AbortSignal): Promise<KubernetesObject[]>;
  /** Server-side apply. */
  apply(object: KubernetesObject, options: ApplyOptions): Promise<KubernetesObject>;
  /**
   * Changes some fields of an object that is there. A merge patch that names `metadata.resourceVersion` holds for that version only:
   * otherwise it fails as a conflict. So it does as well where it was done and its answer lost: whoever guards a patch so looks again.
   */
  patch(ref: ObjectRef, body: unknown, type?: PatchType): Promise<void>;
  /** Whether it could be created; nothing is. */
  tryCreate(object: KubernetesObject, signal?: AbortSignal): Promise<void>;
  /** False when there was none. */
  remove(ref: ObjectRef): Promise<boolean>;
  /**
   * Tells `onChange` all selected objects, at first and after every change, until it gives true or the signal is aborted
   * (then rejects with its reason). Watches; begins anew where a watch ends.
   */
  follow(
    selection: Selection,
    onChange: (objects: ReadonlyMap<string, KubernetesObject>) => boolean,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * The same with what `read` makes of each object, once for each version of it; the objects themselves are let go. `changed`: the key of
   * the one that has changed; undefined where all were read anew.
   */
  followAs<T>(
    selection: Selection,
    read: (object: KubernetesObject) => T,
    onChange: (objects: ReadonlyMap<string, T>, changed: string | undefined) => boolean,
    signal: AbortSignal,
  ): Promise<void>;
  /** The last lines of a container's log. Undefined when there is none. */
  logs(pod: ContainerRef, lines: number): Promise<string | undefined>;
  /** A GET to a service, a pod or a node's own port through the API server's proxy: its body. */
  ask(target: ProxyTarget, signal?: AbortSignal): Promise<string>;
  /** Whether this identity may do it. */
  may(action: ReviewedAction): Promise<boolean>;
  close(): void;
}

export interface Selection {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined: of all namespaces, or of the cluster. */
  readonly namespace?: string | undefined;
  readonly labels?: string;
  readonly fields?: string;
}

export interface ApplyOptions {
  /** Who owns the fields. */
  readonly manager: string;
  /** Take fields that somebody else owns. */
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** RFC 7396, or RFC 6902. */
export type PatchType = 'merge' | 'json';

export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the run before the last restart. */
  readonly previous?: boolean;
}

interface ProxiedPort {
  readonly port: string;
  readonly scheme: 'http' | 'https';
  readonly path: string;
}

export interface ServiceRef extends ProxiedPort {
  readonly namespace: string;
  readonly service: string;
}

export type ProxyTarget =
  | ServiceRef
  | (ProxiedPort & { readonly namespace: string; readonly pod: string })
  | (ProxiedPort & { readonly node: string });

export interface ReviewedAction {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const metadataOnlyList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json';
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json';
const pageSize = 500;
/** Where objects are let go page by page, a page is what is held at once: a hundred kilobytes of what may be large objects. */
const smallPageSize = 10;
/** Watches that nothing happens in are ended by the server after this long, and begun again. */
const watchSeconds = 240;

export function createCluster(connection: Connection, transport: Transport = createTransport(connection)): Cluster {
  let discovered: Promise<Discovery> | undefined;
  const discovery = () => {
    discovered ??= discover(transport);
    discovered.catch(() => {
      discovered = undefined;
    });
    return discovered;
  };
  const served = async ({ apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>) =>
    (await discovery()).find(apiVersion, kind);
  const demand = async (ref: ObjectRef): Promise<ServedKind> => {
    const found = await served(ref);
    if (found !== undefined) return found;
    throw new KubernetesFailure('absent', {
      message: `${transport.host} serves no ${ref.kind} of ${ref.apiVersion}, which ${titleOf(ref)} needs.`,
      remedy: 'Its CustomResourceDefinition has to be there first.',
    });
  };
  const json = async (request: Parameters<typeof transport.send>[0]) => parseJson(await transport.send(request));

  const get: Cluster['get'] = async (ref, signal) => {
    const kind = await served(ref);
    if (kind === undefined) return undefined;
    try {
      return toObject(
        await json({ method: 'GET', path: pathOf(kind, ref), purpose: `read ${titleOf(ref)}`, ...signalled(signal) }),
      );
    } catch (error) {
      if (error instanceof KubernetesFailure && error.kind === 'absent') return undefined;
      throw error;
    }
  };

  interface ListOptions {
    readonly accept?: string;
    readonly pageSize?: number;
    readonly signal?: AbortSignal | undefined;
  }

  /** Gives `take` each object as its page comes. */
  const listPages = async (
    selection: Selection,
    take: (object: KubernetesObject) => void,
    { accept, pageSize: limit = pageSize, signal }: ListOptions = {},
  ) => {
    const kind = await served(selection);
    if (kind === undefined) return { kind, resourceVersion: '' };
    for (let token = ''; ; ) {
      const query = queryOf(selection, { limit: String(limit), ...(token === '' ? {} : { continue: token }) });
      const page = asObject(
        await json({
          method: 'GET',
          path: `${collectionOf(kind, selection.namespace)}?${query}`,
          purpose: `list ${kind.resource}${selection.namespace === undefined ? '' : ` in ${selection.namespace}`}`,
          ...(accept === undefined ? {} : { accept }),
          ...signalled(signal),
        }),
      );
      for (const item of asArray(page['items'])) {
        take(toObject({ ...asObject(item), apiVersion: kind.apiVersion, kind: kind.kind }));
      }
      const metadata = asObject(page['metadata']);
      token = asString(metadata['continue']) ?? '';
      if (token === '') return { kind, resourceVersion: asString(metadata['resourceVersion']) ?? '' };
    }
  };

  const listAs = async <T>(selection: Selection, read: (object: KubernetesObject) => T, options: ListOptions) => {
    const found: T[] = [];
    await listPages(selection, object => found.push(read(object)), options);
    return found;
  };

  const followAs = async <T>(
    selection: Selection,
    read: (object: KubernetesObject) => T,
    onChange: (objects: ReadonlyMap<string, T>, changed: string | undefined) => boolean,
    signal: AbortSignal,
    size?: number,
  ): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      const objects = new Map<string, T>();
      const { kind, resourceVersion } = await listPages(selection, object => objects.set(keyOf(object), read(object)), {
        signal,
        ...(size === undefined ? {} : { pageSize: size }),
      });
      if (onChange(objects, undefined)) return;
      if (kind === undefined) {
        throw new KubernetesFailure('absent', {
          message: `${transport.host} serves no ${selection.kind} of ${selection.apiVersion}.`,
        });
      }
      const ended = await watch(kind, selection, resourceVersion, objects, read, onChange, signal);
      if (ended === 'satisfied') return;
      // A server that ends watches at once must not be asked in a tight loop.
      await connection.clock.sleep(1000, signal);
    }
  };

  return {
    host: transport.host,
    version: async () => {
      const version = asObject(await json({ method: 'GET', path: '/version', purpose: 'ask for its version' }));
      return /\d+\.\d+\.\d+/.exec(asString(version['gitVersion']) ?? '')?.[0] ?? '';
    },
    discovery,
    forget: () => {
      discovered = undefined;
    },
    get,
    list: (selection, signal) => listAs(selection, same, { signal }),
    listAs: (selection, read, signal) => listAs(selection, read, { signal, pageSize: smallPageSize }),
    listMetadata: (selection, signal) =>
      listAs(selection, ({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }), {
        signal,
        accept: metadataOnlyList,
      }),
    apply: async (object, { manager, force = false, dryRun = false }) => {
      const ref = refOf(object);
      const query = new URLSearchParams({ fieldManager: manager, force: String(force) });
      if (dryRun) query.set('dryRun', 'All');
      return toObject(
        await json({
          method: 'PATCH',
          path: `${pathOf(await demand(ref), ref)}?${query}`,
          contentType: 'application/apply-patch+yaml',
          body: object,
          purpose: `apply ${titleOf(ref)}`,
        }),
      );
    },
    patch: async (ref, body, type = 'merge') => {
      await transport.send({
        method: 'PATCH',
        path: pathOf(await demand(ref), ref),
        contentType: `application/${type}-patch+json`,
        // Who changes thousands of objects has no use for all of each.
        accept: metadataOnly,
        body,
        purpose: `change ${titleOf(ref)}`,
      });
    },
    tryCreate: async (object, signal) => {
      const ref = refOf(object);
      const collection = collectionOf(await demand(ref), ref.namespace);
      await transport.send({
        method: 'POST',
        path: `${collection}?dryRun=All`,
        body: object,
        purpose: `try to create ${titleOf(ref)}`,
        ...signalled(signal),
      });
    },
    remove: async ref => {
      const kind = await served(ref);
      if (kind === undefined) return false;
      try {
        await transport.send({
          method: 'DELETE',
          path: `${pathOf(kind, ref)}?propagationPolicy=Background`,
          purpose: `delete ${titleOf(ref)}`,
        });
        return true;
      } catch (error) {
        if (error instanceof KubernetesFailure && error.kind === 'absent') return false;
        throw error;
      }
    },
    follow: (selection, onChange, signal) => followAs(selection, same, onChange, signal),
    followAs: (selection, read, onChange, signal) => followAs(selection, read, onChange, signal, smallPageSize),
    logs: async ({ namespace, pod, container, previous = false }, lines) => {
      const query = new URLSearchParams({ container, tailLines: String(lines), previous: String(previous) });
      try {
        return await transport.send({
          method: 'GET',
          path: `/api/v1/namespaces/${segment(namespace)}/pods/${segment(pod)}/log?${query}`,
          accept: '*/*',
          purpose: `read the log of ${namespace}/${pod}`,
        });
      } catch (error) {
        if (error instanceof KubernetesFailure && error.kind !== 'unreachable') return undefined;
        throw error;
      }
    },
    ask: (target, signal) => {
      const { place, name, title } = proxied(target);
      const { port, scheme, path } = target;
      return transport.send({
        method: 'GET',
        path: `/api/v1/${place}/${scheme}:${segment(name)}:${segment(port)}/proxy${path}`,
        accept: '*/*',
        purpose: `ask ${title}:${port}${path}`,
        behind: title,
        ...signalled(signal),
      });
    },
    may: async ({ verb, group, resource, namespace }) => {
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, group, resource, ...(namespace === undefined ? {} : { namespace }) } },
      };
      const answer = await json({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: review,
        purpose: 'ask what it may do',
      });
      return asBoolean(asObject(asObject(answer)['status'])['allowed']) ?? false;
    },
    close: transport.close,
  };

  async function watch<T>(
    kind: ServedKind,
    selection: Selection,
    resourceVersion: string,
    objects: Map<string, T>,
    read: (object: KubernetesObject) => T,
    onChange: (objects: ReadonlyMap<string, T>, changed: string | undefined) => boolean,
    signal: AbortSignal,
  ): Promise<'satisfied' | 'ended'> {
    const query = queryOf(selection, { watch: 'true', resourceVersion, timeoutSeconds: String(watchSeconds) });
    const stop = new AbortController();
    /** What the listener throws is not a broken watch. */
    let refusal: { readonly error: unknown } | undefined;
    const tell = (key: string) => {
      try {
        return onChange(objects, key);
      } catch (error) {
        refusal = { error };
        throw error;
      }
    };
    try {
      const answer = await transport.stream({
        method: 'GET',
        path: `${collectionOf(kind, selection.namespace)}?${query}`,
        purpose: `watch ${kind.resource}`,
        patienceMs: (watchSeconds + 30) * 1000,
        signal: AbortSignal.any([signal, stop.signal]),
      });
      for await (const line of linesOf(answer)) {
        const { type, object } = asObject(parseJson(line));
        // The server has forgotten what happened since: the next list says where things stand.
        if (type === 'ERROR' || type === undefined) return 'ended';
        if (type === 'BOOKMARK') continue;
        const changed = toObject({ apiVersion: kind.apiVersion, kind: kind.kind, ...asObject(object) });
        const key = keyOf(changed);
        if (type === 'DELETED') objects.delete(key);
        else objects.set(key, read(changed));
        if (tell(key)) return 'satisfied';
      }
      return 'ended';
    } catch (error) {
      if (refusal !== undefined) throw refusal.error;
      signal.throwIfAborted();
      if (error instanceof KubernetesFailure && error.kind !== 'expired' && !error.retry.retry) throw error;
      return 'ended';
    } finally {
      stop.abort();
    }
  }
}

/** Complete lines as they come. Throws when the connection breaks. */
async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  // Once the lines are left, how the connection ends is nobody's business.
  answer.on('error', () => undefined);
  answer.setEncoding('utf8');
  let rest = '';
  for await (const chunk of answer) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Where the API server passes requests on: what it calls `proxy` of services, pods and nodes. */
function proxied(target: ProxyTarget): { readonly place: string; readonly name: string; readonly title: string } {
  if ('node' in target) return { place: 'nodes', name: target.node, title: target.node };
  const [kind, name] = 'pod' in target ? ['pods', target.pod] : ['services', target.service];
  return { place: `namespaces/${segment(target.namespace)}/${kind}`, name, title: `${target.namespace}/${name}` };
}

function same(object: KubernetesObject): KubernetesObject {
  return object;
}

function signalled(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { signal };
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function collectionOf({ apiVersion, resource, isNamespaced }: ServedKind, namespace: string | undefined): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return isNamespaced && namespace !== undefined
    ? `${root}/namespaces/${segment(namespace)}/${resource}`
    : `${root}/${resource}`;
}

function pathOf(kind: ServedKind, { name, namespace }: Pick<ObjectRef, 'name' | 'namespace'>): string {
  return `${collectionOf(kind, kind.isNamespaced ? (namespace ?? 'default') : undefined)}/${segment(name)}`;
}

function segment(text: string): string {
  return encodeURIComponent(text);
}

function queryOf({ labels, fields }: Selection, more: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams({
    ...(labels === undefined ? {} : { labelSelector: labels }),
    ...(fields === undefined ? {} : { fieldSelector: fields }),
    ...more,
  });
}

function toObject(value: unknown): KubernetesObject {
  return asObject(value) as unknown as KubernetesObject;
}
