import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../objects.ts';
import type { Change } from '../store/store.ts';
import { recordEvent } from '../writes/event.ts';

/** Brings one kind of thing to where it should be, again and again. It looks at the whole state, never at a change alone. */
export interface Controller {
  readonly name: string;
  /** What has to be looked at after a change: keys of the controller's own. */
  keysFor(change: Change): readonly string[];
  reconcile(key: string, context: ControllerContext): void;
}

export interface ControllerContext {
  readonly cluster: Cluster;
  /** Has a key looked at again after some milliseconds on the world's clock. Asking twice changes nothing. */
  later(milliseconds: number, key: string): void;
  /** Whether a pause that was asked for by {@link later} under this key is over; forgets it. */
  isRipe(key: string): boolean;
}

export interface RunningControllers {
  /** Has every object looked at again, as after a change of what the back door decides. */
  lookAgain(): void;
  /** Resolves once nothing is left to do but wait for time to pass. */
  settled(): Promise<void>;
}

const atOnce = 200;

/** Runs controllers over a cluster until it closes: woken by changes and by pauses that end, never by polling. */
export function startControllers(
  cluster: Cluster,
  create: readonly ((cluster: Cluster) => Controller)[],
): RunningControllers {
  const controllers = create.map(one => one(cluster));
  const queue = new Map<string, { readonly controller: Controller; readonly key: string }>();
  const waiting = new Set<string>();
  const ripe = new Set<string>();
  let running: Promise<void> | undefined;

  const enqueue = (controller: Controller, key: string) => {
    queue.set(`${controller.name}|${key}`, { controller, key });
    running ??= drain().finally(() => {
      running = undefined;
    });
  };
  const contextOf = (controller: Controller): ControllerContext => ({
    cluster,
    later: (milliseconds, key) => {
      const id = `${controller.name}|${key}`;
      if (waiting.has(id) || ripe.has(id)) return;
      waiting.add(id);
      void cluster.clock.sleep(milliseconds, cluster.closing).then(
        () => {
          waiting.delete(id);
          ripe.add(id);
          enqueue(controller, key);
        },
        () => undefined,
      );
    },
    isRipe: key => ripe.delete(`${controller.name}|${key}`),
  });

  const drain = async () => {
    await Promise.resolve();
    for (let done = 0; queue.size > 0 && !cluster.closing.aborted; done += 1) {
      const [next] = queue;
      if (next === undefined) break;
      const [id, { controller, key }] = next;
      queue.delete(id);
      perform(controller, key);
      // Others get their turn while much is going on.
      if (done % atOnce === atOnce - 1) await new Promise(resolve => setImmediate(resolve));
    }
  };
  const perform = (controller: Controller, key: string) => {
    try {
      controller.reconcile(key, contextOf(controller));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      recordEvent(cluster, placeholder(key), 'Warning', 'FailedReconcile', message, controller.name);
    }
  };
  const look = (change: Change) => {
    for (const controller of controllers) for (const key of controller.keysFor(change)) enqueue(controller, key);
  };
  cluster.store.subscribe(look);

  return {
    lookAgain: () => {
      for (const key of cluster.store.keys()) {
        for (const object of cluster.store.list(key))
          look({ kind: 'MODIFIED', key, object, before: object, version: 0 });
      }
    },
    settled: async () => {
      while (running !== undefined) await running;
    },
  };
}

/** What a controller's key is about, as far as the key tells: `name`, `namespace/name…` or `resource|namespace|name`. */
function placeholder(key: string): KubeObject {
  const isLong = key.includes('|');
  const parts = isLong ? key.split('|').slice(1) : key.split('/');
  const [namespace = '', name = namespace] = parts;
  const isNamespaced = parts.length > 1 && namespace !== '';
  return {
    apiVersion: 'v1',
    kind: isLong ? (key.split('|')[0] ?? '') : 'Object',
    metadata: { name, namespace: isNamespaced ? namespace : 'default' },
  };
}

/** `namespace/name`, the key of most controllers. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

export function placeOf(key: string): readonly [namespace: string | undefined, name: string] {
  const [namespace = '', name = ''] = key.split('/');
  return [namespace === '' ? undefined : namespace, name];
}

/** Keys of the owners of a changed object, as far as they are of one kind. */
export function ownerKeys({ object, before }: Change, kind: string): readonly string[] {
  const owners = [object, ...(before === undefined ? [] : [before])].flatMap(one =>
    (one.metadata.ownerReferences ?? []).filter(reference => reference.controller === true && reference.kind === kind),
  );
  return [...new Set(owners.map(({ name }) => `${object.metadata.namespace ?? ''}/${name}`))];
}
