import {
  type Application,
  readApplication,
  readApplicationSet,
  readProject,
  refreshApplicationSet,
  type SyncRequest,
  syncPatch,
} from '@suite/argocd';
import { asArray, asObject, asString, type Clock, type JsonObject, UserError } from '@suite/foundation';
import { createKeeper } from '../kept.ts';
import { type ApplicationRef, type ArgoCd, keyOf } from '../ports.ts';
import { type ServerClient, ServerFailure } from './client.ts';

/** A stream is begun anew after this long: the server may miss what happens between its list and its watch. */
const streamMs = 60_000;
const pauseMs = 1000;

/**
 * Argo CD through its server, for those who may not reach the objects. It guards operations itself, and is stricter: where an
 * application syncs by itself it takes no revision (server/application, resolveSourceRevisions), so such a sync goes to the head of the
 * branch, which the wait then holds against the commit.
 */
export function createServerArgo(client: ServerClient, clock: Clock, argoNamespace: string): ArgoCd {
  const pathOf = ({ name }: ApplicationRef, rest = '') => `/applications/${encodeURIComponent(name)}${rest}`;
  const within = ({ namespace }: { readonly namespace: string }, more: Readonly<Record<string, string>> = {}) =>
    `?${new URLSearchParams({ appNamespace: namespace, ...more })}`;
  const keep = createKeeper();
  const list = async (namespace: string, what: 'all' | 'kept' = 'all', signal?: AbortSignal) => {
    const answer = asObject(
      await client.send({
        method: 'GET',
        path: `/applications${within({ namespace })}`,
        purpose: `list the Applications of ${namespace}`,
        needs: 'applications, get, <project>/*',
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    return {
      applications: asArray(answer['items']).map(what === 'kept' ? keep : readApplication),
      version: asString(asObject(answer['metadata'])['resourceVersion']) ?? '',
    };
  };
  const orAbsent = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ServerFailure && error.status === 404) return undefined;
      throw error;
    }
  };
  const readSet = async (name: string): Promise<JsonObject | undefined> => {
    const path = `/applicationsets/${encodeURIComponent(name)}?${new URLSearchParams({ appsetNamespace: argoNamespace })}`;
    const needs = `applicationsets, get, <project>/${name}`;
    const found = await orAbsent(
      client.send({ method: 'GET', path, purpose: `read the ApplicationSet ${name}`, needs }),
    );
    return found === undefined ? undefined : asObject(found);
  };

  return {
    where: `at ${client.host}`,
    get: async ref => {
      try {
        const request = {
          method: 'GET',
          path: pathOf(ref) + within(ref),
          purpose: `read the Application ${ref.name}`,
          needs: `applications, get, <project>/${ref.name}`,
        } as const;
        return readApplication(await client.send(request));
      } catch (error) {
        if (!(error instanceof ServerFailure)) throw error;
        if (error.status === 404) return undefined;
        // It hides what is not there behind 403 (getAppEnforceRBAC).
        const isHidden =
          error.status === 403 && !(await list(ref.namespace)).applications.some(one => one.name === ref.name);
        if (isHidden) return undefined;
        throw error;
      }
    },
    list: async (namespace, what) => (await list(namespace, what)).applications,
    project: async name => {
      const path = `/projects/${encodeURIComponent(name)}`;
      const found = await orAbsent(
        client.send({ method: 'GET', path, purpose: `read the project ${name}`, needs: `projects, get, ${name}` }),
      );
      return found === undefined ? undefined : readProject(found);
    },
    set: async name => {
      const found = await readSet(name);
      return found === undefined ? undefined : readApplicationSet(found);
    },
    sync: async (application, request) => {
      if (request.from !== undefined) demandSameSources(application, request.from);
      try {
        await client.send({
          method: 'POST',
          path: pathOf(application, '/sync'),
          body: syncBody(application, request),
          purpose: `sync ${application.name}`,
          needs: `applications, sync, ${application.project}/${application.name}`,
        });
        return 'begun';
      } catch (error) {
        // Whether it has begun where no answer came, and whose operation is in the way, another look shows.
        if (
          error instanceof ServerFailure &&
          (error.retry.retry || /another operation is already in progress/.test(error.said))
        ) {
          return 'changed';
        }
        throw error;
      }
    },
    refresh: async ref => {
      // It answers when the refresh is over, which others must not wait for; what comes of it is seen in the objects.
      client
        .send({
          method: 'GET',
          path: pathOf(ref) + within(ref, { refresh: 'normal' }),
          purpose: `refresh ${ref.name}`,
          needs: `applications, get, <project>/${ref.name}`,
        })
        .catch(() => undefined);
    },
    refreshSet: async name => {
      const found = await readSet(name);
      if (found === undefined) return;
      const metadata = asObject(found['metadata']);
      const { annotations } = refreshApplicationSet.metadata;
      // There is no other way to annotate one: written as it is, annotations are added to those it has (updateAppSet).
      await client.send({
        method: 'POST',
        path: '/applicationsets?upsert=true',
        body: {
          metadata: {
            name,
            namespace: argoNamespace,
            labels: metadata['labels'],
            annotations: { ...asObject(metadata['annotations']), ...annotations },
            finalizers: metadata['finalizers'],
          },
          spec: found['spec'],
        },
        purpose: `have the generators of the ApplicationSet ${name} read again`,
        needs: `applicationsets, create and update, <project>/${name}`,
      });
    },
    // Ending an operation that is over would make a failure of it.
    clear: async (application, withState) =>
      withState ? terminate(client, pathOf, within, application) : 'impossible',
    terminate: application => terminate(client, pathOf, within, application),
    follow: async ({ namespaces, only }, onChange, signal) => {
      const all = new Map<string, ReadonlyMap<string, Application>>();
      const tell = (changed?: string) => onChange(ref => all.get(ref.namespace)?.get(keyOf(ref)), changed);
      await Promise.all(namespaces.map(namespace => followNamespace(namespace)));

      async function followNamespace(namespace: string): Promise<void> {
        for (;;) {
          signal.throwIfAborted();
          const { applications, version } = await list(namespace, 'kept', signal);
          const known = new Map(applications.map(one => [keyOf(one), one]));
          all.set(namespace, known);
          tell();
          await watch(namespace, version, known);
          await clock.sleep(pauseMs, signal);
        }
      }

      async function watch(namespace: string, version: string, known: Map<string, Application>): Promise<void> {
        const over = new AbortController();
        const ended = AbortSignal.any([signal, over.signal]);
        const timer = clock.sleep(streamMs, ended).then(
          () => over.abort(),
          () => undefined,
        );
        const query = within(
          { namespace },
          { resourceVersion: version, ...(only === undefined ? {} : { name: only }) },
        );
        try {
          const lines = client.stream({
            method: 'GET',
            path: `/stream/applications${query}`,
            purpose: `watch the Applications of ${namespace}`,
            needs: 'applications, get, <project>/*',
            signal: ended,
          });
          for await (const line of lines) {
            const { type, application } = asObject(asObject(line)['result']);
            if (type === undefined) return;
            const changed = keep(application);
            if (type === 'DELETED') known.delete(keyOf(changed));
            else known.set(keyOf(changed), changed);
            tell(keyOf(changed));
          }
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof ServerFailure && !error.retry.retry) throw error;
        } finally {
          over.abort();
          await timer;
        }
      }
    },
  };
}

async function terminate(
  client: ServerClient,
  pathOf: (ref: ApplicationRef, rest?: string) => string,
  within: (ref: ApplicationRef) => string,
  application: Application,
): Promise<'done' | 'changed'> {
  try {
    const path = pathOf(application, '/operation') + within(application);
    await client.send({
      method: 'DELETE',
      path,
      purpose: `end the operation of ${application.name}`,
      needs: `applications, sync, ${application.project}/${application.name}`,
    });
    return 'done';
  } catch (error) {
    // The latter where the controller writes to it all the time (server/application, TerminateOperation).
    const isChanged =
      error instanceof ServerFailure && /No operation is in progress|Too many conflicts/.test(error.said);
    if (isChanged) return 'changed';
    throw error;
  }
}

/** As the patch of an object would be (see `syncPatch`), in the words of the API (application.proto, ApplicationSyncRequest). */
export function syncBody(application: Application, request: SyncRequest): JsonObject {
  const { namespace, name, project, policy, isMultiSource } = application;
  const { info, retry, sync } = asObject(syncPatch(application, request)['operation']);
  const { prune, syncStrategy, syncOptions, revision } = asObject(sync);
  const pinned = request.pins.flatMap((pin, index) => (pin === undefined ? [] : [{ pin, position: index + 1 }]));
  const pins = isMultiSource
    ? { sourcePositions: pinned.map(({ position }) => position), revisions: pinned.map(({ pin }) => pin) }
    : { revision };
  return {
    name,
    appNamespace: namespace,
    project,
    prune,
    strategy: syncStrategy,
    infos: info,
    retryStrategy: retry,
    ...(syncOptions === undefined ? {} : { syncOptions: { items: syncOptions } }),
    ...(policy.isAutomated || pinned.length === 0 ? {} : pins),
  };
}

/** The server's own rollback skips hooks and bears no mark; by revision it goes back as long as the sources are the same. */
function demandSameSources(application: Application, { source, sources }: NonNullable<SyncRequest['from']>): void {
  const before = readApplication({ spec: sources.length > 0 ? { sources } : { source } }).sources;
  const isSame =
    before.length === application.sources.length &&
    before.every(({ repository, path, chart }, index) => {
      const now = application.sources[index];
      return now?.repository === repository && now.path === path && now.chart === chart;
    });
  if (isSame) return;
  throw new UserError({
    message: `${application.name} had other sources then, to which an Argo CD server cannot go back with hooks.`,
    remedy: 'Leave `server` out, so that the action works with the objects themselves, or roll back in Argo CD.',
  });
}
