import { Readable } from 'node:stream';
import type { WorldResponse } from '../../network/http.ts';
import type { Cluster } from '../cluster.ts';
import type { Fields, KubeObject } from '../objects.ts';
import { apiVersionOf, type ResourceType, storeKey } from '../resources/resource-type.ts';
import { refusals, statusOf } from '../status.ts';
import type { Change } from '../store/store.ts';
import type { View } from './media.ts';
import { showObject } from './show.ts';

export interface WatchOptions {
  readonly namespace?: string;
  readonly matches: (object: KubeObject) => boolean;
  readonly view: View;
  readonly query: URLSearchParams;
}

/**
 * A stream of changes. Without a version, or with `0`, it begins with everything that is there; with `sendInitialEvents` also, and
 * then a bookmark says that this was all.
 */
export function watch(cluster: Cluster, type: ResourceType, options: WatchOptions): WorldResponse {
  const { query, namespace, matches, view } = options;
  const key = storeKey(type);
  const sent = query.get('resourceVersion') ?? '';
  const wantsInitial = query.get('sendInitialEvents') === 'true';
  const startsAnew = sent === '' || sent === '0' || wantsInitial;
  const isMeant = (object: KubeObject) =>
    (namespace === undefined || object.metadata.namespace === namespace) && matches(object);

  const lines = new Readable({ read: () => undefined });
  const send = (kind: string, object: Fields) => void lines.push(`${JSON.stringify({ type: kind, object })}\n`);
  const tell = (change: Change) => {
    const [is, was] = [isMeant(change.object), change.before !== undefined && isMeant(change.before)];
    const kind = kindFor(change, is, was);
    if (kind !== undefined) send(kind, showObject(change.object, type, view));
  };

  if (startsAnew) {
    const version = cluster.store.version();
    for (const object of cluster.store.list(key, namespace)) {
      if (isMeant(object)) send('ADDED', showObject(object, type, view));
    }
    if (wantsInitial) send('BOOKMARK', bookmark(type, version));
  } else {
    const missed = cluster.store.changesAfter(key, Number(sent));
    if (missed === undefined) {
      const expired = refusals.expired(`too old resource version: ${sent} (${cluster.store.version()})`);
      return answerEvents([{ type: 'ERROR', object: statusOf(expired) }]);
    }
    for (const change of missed) tell(change);
  }

  const unsubscribe = cluster.store.subscribe(change => {
    if (change.key === key) tell(change);
  });
  const timeout = new AbortController();
  const end = () => {
    unsubscribe();
    cluster.closing.removeEventListener('abort', end);
    timeout.abort();
    if (!lines.readableEnded) lines.push(null);
  };
  lines.on('close', end);
  cluster.closing.addEventListener('abort', end, { once: true });
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  if (seconds > 0) {
    void cluster.clock.sleep(seconds * 1000, timeout.signal).then(end, () => undefined);
  }
  return { status: 200, headers: eventHeaders, body: lines };
}

const eventHeaders = { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' };

function answerEvents(events: readonly Fields[]): WorldResponse {
  return { status: 200, headers: eventHeaders, body: events.map(event => `${JSON.stringify(event)}\n`).join('') };
}

/** An object that begins to match is new to this watcher, and one that no longer does is gone. */
function kindFor({ kind }: Change, is: boolean, was: boolean): string | undefined {
  if (kind === 'DELETED') return was || is ? 'DELETED' : undefined;
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

function bookmark(type: ResourceType, version: number): Fields {
  return {
    kind: type.kind,
    apiVersion: apiVersionOf(type),
    metadata: {
      resourceVersion: String(version),
      creationTimestamp: null,
      annotations: { 'k8s.io/initial-events-end': 'true' },
    },
  };
}
