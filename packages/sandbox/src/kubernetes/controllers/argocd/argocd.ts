import type { Cluster } from '../../cluster.ts';
import {
  at,
  copyOf,
  type Fields,
  isSame,
  type KubeObject,
  list,
  numberAt,
  objects,
  strings,
  text,
  timestamp,
} from '../../objects.ts';
import { storeKey } from '../../resources/resource-type.ts';
import type { Change } from '../../store/store.ts';
import { removeObject } from '../../writes/remove.ts';
import { type Controller, type ControllerContext, keyOf, placeOf } from '../controller.ts';
import { change, ensure, setStatus, withCondition } from '../keep.ts';
import { statefulSetKey } from '../workloads/stateful-sets.ts';
import {
  type AppCondition,
  applicationKey,
  applicationSetKey,
  cascade,
  hasManySources,
  projectKey,
  refreshAnnotation,
  sourcesOf,
  statusOf,
} from './application.ts';
import { autoSync } from './auto-sync.ts';
import { compare } from './compare.ts';
import { manager, patched, processOperation } from './operation.ts';
import { judgeSpec } from './projects.ts';
import { imagesOf, isOwnId, rootApplicationOf, trackedObjects } from './tracking.ts';
import { canSync } from './windows.ts';

/** How much is looked at anew: the last revision again, what the revision's name means now, or that without any memory. */
type Level = 1 | 2 | 3;

/** `timeout.reconciliation` and half of its jitter. */
const resyncMs = 150_000;
/** For how long Argo CD takes trouble with a repository for a passing one. */
const graceMs = 180_000;

/**
 * Argo CD's application controller, for Applications of plain directories and simple kustomizations in the sandbox's Git repositories,
 * which deploy to its own cluster, or to another of the sandbox's by its Secret. It works while its StatefulSet has a ready pod.
 */
export function argoCd(cluster: Cluster): Controller {
  const asked = new Map<string, Level>();
  const trouble = new Map<string, number>();
  const watched = new Set<Cluster>();
  const ask = (key: string, level: Level) => asked.set(key, Math.max(level, asked.get(key) ?? 1) as Level);
  const applications = () => cluster.store.list(applicationKey);

  return {
    name: manager,
    keysFor: change => {
      const { key, kind, object } = change;
      if (key === 'events' || key === 'leases.coordination.k8s.io') return [];
      const own = key === applicationKey && kind !== 'DELETED' ? [keyOf(object)] : [];
      if (key === applicationSetKey && kind !== 'DELETED') return [`${keyOf(object)}/set`];
      if (key === statefulSetKey && isController(object))
        return [...applications().map(keyOf), `${object.metadata.namespace}/`];
      if (isSetting(change)) return applications().map(keyOf);
      if (applications().length === 0) return own;
      const roots = [object, change.before].flatMap(one =>
        one === undefined ? [] : (rootApplicationOf(cluster, one) ?? []),
      );
      const owners = applications()
        .filter(({ metadata }) => roots.includes(metadata.name))
        .map(keyOf);
      for (const owner of owners) ask(owner, 1);
      return [...new Set([...own, ...owners])];
    },
    reconcile: (place, context) => {
      const argoNamespace = workingNamespace(cluster);
      const [namespace, name] = placeOf(place);
      if (argoNamespace === undefined || argoNamespace !== namespace) return;
      if (name === '') return void makeDefaultProject(cluster, namespace);
      if (place.endsWith('/set')) return void refuseSet(cluster, namespace, name);
      const application = cluster.store.get(applicationKey, namespace, name);
      const key = `${namespace}/${name}`;
      if (application === undefined) {
        asked.delete(key);
        trouble.delete(key);
        return;
      }
      const own = `${key}/${application.metadata.uid}`;
      // It takes a moment to notice, and then sees everything that has happened meanwhile.
      if (!context.isRipe(`${own}/turn`)) return void context.later(cluster.durations.operatorMs, `${own}/turn`);
      if (context.isRipe(`${own}/resync`)) ask(key, 2);
      if (context.isRipe(`${own}/heal`)) ask(key, 1);
      if (context.isRipe(`${key}/elsewhere`)) ask(key, 1);
      if (application.metadata.deletionTimestamp !== undefined) return void finish(cluster, application, argoNamespace);
      const level = levelOf(application, cluster.clock.now(), asked.get(key));
      asked.delete(key);
      const refreshed = level === undefined ? application : refresh(application, level, argoNamespace, context);
      context.later(resyncMs, `${own}/resync`);
      if (refreshed['operation'] === undefined) return;
      const progress = processOperation(cluster, refreshed, argoNamespace);
      if (progress.is === 'retry') context.later(progress.afterMs, `${own}/retry`);
      if (progress.is !== 'done' || progress.wasDry) return;
      ask(key, 3);
      context.later(cluster.durations.operatorMs, `${own}/turn`);
    },
  };

  /** What changes in another cluster is nothing that this one's controllers are woken by. */
  function watch(other: Cluster, context: ControllerContext): void {
    if (other === cluster || watched.has(other)) return;
    watched.add(other);
    other.store.subscribe(({ key, object, before }) => {
      if (key === 'events' || key === 'leases.coordination.k8s.io') return;
      const roots = [object, before].flatMap(one => (one === undefined ? [] : (rootApplicationOf(other, one) ?? [])));
      for (const one of applications()) {
        if (roots.includes(one.metadata.name)) context.later(0, `${keyOf(one)}/elsewhere`);
      }
    });
  }

  function refresh(
    application: KubeObject,
    level: Level,
    argoNamespace: string,
    context: ControllerContext,
  ): KubeObject {
    const now = cluster.clock.now();
    const key = keyOf(application);
    const before = statusOf(application);
    const { project, target, conditions } = judgeSpec(cluster, argoNamespace, application);
    if (project === undefined || target === undefined || conditions.length > 0) {
      return persist(cluster, application, {
        ...before,
        conditions: conditionsWith(before, conditions, ['InvalidSpecError', 'UnknownError'], now),
        sync: { ...at(before, 'sync'), status: 'Unknown' },
        health: { ...at(before, 'health'), status: 'Unknown' },
      });
    }
    watch(target.cluster, context);
    const isMany = hasManySources(application);
    const sources = sourcesOf(application);
    const known = at(before, 'sync');
    const recent = isMany ? strings(known['revisions']) : [text(known['revision']) ?? ''];
    const comparison = compare(cluster, application, {
      argoNamespace,
      destination: target.cluster,
      project,
      sources,
      revisions: level === 1 ? recent : [],
    });
    const hasFailed = comparison.conditions.some(({ type }) => type === 'ComparisonError');
    if (!hasFailed) trouble.delete(key);
    else if (level < 3) {
      const since = trouble.get(key) ?? now;
      trouble.set(key, since);
      if (now - since <= graceMs) return application;
    }
    const isOpen = opens(() => canSync(project, application, false, now));
    const automatic = isOpen ? autoSync(application, comparison, now) : {};
    if (automatic.againMs !== undefined) context.later(automatic.againMs, `${key}/${application.metadata.uid}/heal`);
    const judged = [
      'InvalidSpecError',
      'UnknownError',
      'ComparisonError',
      'SharedResourceWarning',
      'RepeatedResourceWarning',
    ];
    const found = [...comparison.conditions, ...(automatic.condition === undefined ? [] : [automatic.condition])];
    const images = imagesOf(target.cluster, application.metadata.name);
    const spec = at(application, 'spec');
    const status: Fields = {
      ...before,
      conditions: conditionsWith(before, found, isOpen ? [...judged, 'SyncError'] : judged, now),
      reconciledAt: level >= 2 ? timestamp(now) : (before['reconciledAt'] ?? timestamp(now)),
      sync: {
        status: comparison.sync,
        comparedTo: {
          destination: spec['destination'],
          ...(spec['ignoreDifferences'] === undefined ? {} : { ignoreDifferences: spec['ignoreDifferences'] }),
          ...(isMany ? { sources: spec['sources'] } : { source: spec['source'] }),
        },
        ...(isMany ? { revisions: comparison.revisions } : {}),
        ...(isMany || comparison.revisions[0] === undefined ? {} : { revision: comparison.revisions[0] }),
      },
      health: { ...at(before, 'health'), status: comparison.health },
      resources: comparison.resources,
      summary: { images },
      controllerNamespace: argoNamespace,
      resourceHealthSource: 'appTree',
      ...(isMany
        ? { sourceTypes: comparison.sourceTypes }
        : comparison.sourceTypes[0]
          ? { sourceType: comparison.sourceTypes[0] }
          : {}),
    };
    const { operation } = automatic;
    return persist(cluster, application, status, operation);
  }
}

function levelOf(application: KubeObject, now: number, asked: Level | undefined): Level | undefined {
  if (refreshAnnotation in (application.metadata.annotations ?? {})) return 3;
  const [spec, status] = [at(application, 'spec'), statusOf(application)];
  const compared = at(status, 'sync', 'comparedTo');
  const isSameSource = hasManySources(application)
    ? isSame(spec['sources'], compared['sources'])
    : isSame(spec['source'], compared['source']);
  if (!isSameSource) return 3;
  const reconciledAt = Date.parse(text(status['reconciledAt']) ?? '');
  if (Number.isNaN(reconciledAt) || reconciledAt + resyncMs < now) return 2;
  if (!isSame(spec['destination'], compared['destination'])) return 2;
  return asked;
}

/** Writes what was found and takes the request for it away; an operation of its own goes in as another write would. */
function persist(cluster: Cluster, live: KubeObject, status: Fields, operation?: Readonly<Fields>): KubeObject {
  const before = statusOf(live);
  const health = at(status, 'health');
  const isSteady = at(before, 'health')['status'] === health['status'];
  const next: Fields = copyOf({
    ...status,
    health: isSteady ? { ...at(before, 'health') } : { ...health, lastTransitionTime: timestamp(cluster.clock.now()) },
  });
  // Argo CD writes what has changed, and an empty list is none.
  for (const key of ['conditions', 'resources']) if (list(next[key]).length === 0) delete next[key];
  if (list(at(next, 'summary')['images']).length === 0) {
    if (before['summary'] === undefined) delete next['summary'];
    else next['summary'] = {};
  }
  const isAsked = refreshAnnotation in (live.metadata.annotations ?? {});
  if (!isAsked && operation === undefined && isSame(before, next)) return live;
  return change(
    cluster,
    applicationKey,
    live,
    object => {
      delete object.metadata.annotations?.[refreshAnnotation];
      if (Object.keys(object.metadata.annotations ?? {}).length === 0) delete object.metadata.annotations;
      object['status'] = next;
      if (operation === undefined) return;
      // Where it sets an operation of its own it writes the whole object, with its empty parts.
      object['operation'] = copyOf(operation);
      object['status'] = { summary: {}, sourceHydrator: {}, ...next };
    },
    manager,
  );
}

/** Conditions of these types are what was found now; others stay, and so does the time of one that was there. */
function conditionsWith(
  before: Readonly<Fields>,
  found: readonly AppCondition[],
  types: readonly string[],
  now: number,
): readonly Fields[] {
  const old = objects(before['conditions']);
  const others = old.filter(one => !types.includes(String(one['type'])));
  const mine = found.map(({ type, message }) => {
    const same = old.find(one => one['type'] === type && one['message'] === message);
    return same ?? { type, message, lastTransitionTime: timestamp(now) };
  });
  return [...others, ...mine];
}

function opens(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return false;
  }
}

/** Where the controller works; it minds the Applications of its own namespace. */
function workingNamespace(cluster: Cluster): string | undefined {
  const found = cluster.store
    .list(statefulSetKey)
    .find(set => isController(set) && (numberAt(at(set, 'status'), 'readyReplicas') ?? 0) > 0);
  return found?.metadata.namespace;
}

function isController(set: KubeObject): boolean {
  return objects(at(set, 'spec', 'template', 'spec')['containers']).some(container =>
    [...strings(container['command']), ...strings(container['args'])].some(word =>
      word.endsWith('argocd-application-controller'),
    ),
  );
}

/** Projects, clusters and credentials of repositories. */
function isSetting({ key, object }: Change): boolean {
  if (key === projectKey) return true;
  return key === 'secrets' && 'argocd.argoproj.io/secret-type' in (object.metadata.labels ?? {});
}

/** As Argo CD's API server does when it starts. */
function makeDefaultProject(cluster: Cluster, namespace: string): void {
  if (cluster.types.byKey(projectKey) === undefined) return;
  if (cluster.store.get(projectKey, namespace, 'default') !== undefined) return;
  const spec = {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  };
  const metadata = { name: 'default', namespace };
  ensure(
    cluster,
    projectKey,
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata, spec },
    'argocd-server',
  );
}

function refuseSet(cluster: Cluster, namespace: string, name: string): void {
  const set = cluster.store.get(applicationSetKey, namespace, name);
  if (set === undefined) return;
  const message = "The sandbox's Argo CD makes no Applications of ApplicationSets.";
  const condition = { type: 'ErrorOccurred', status: 'True' as const, reason: 'NotPlayed', message };
  const status = at(set, 'status');
  const conditions = withCondition(status['conditions'], condition, cluster.clock.now());
  setStatus(cluster, applicationSetKey, set, { ...status, conditions }, 'argocd-applicationset-controller');
}

/** An Application that takes its objects along goes when they have gone. */
function finish(cluster: Cluster, application: KubeObject, argoNamespace: string): void {
  const finalizers = application.metadata.finalizers ?? [];
  const isMine = (one: string) => one === cascade || one.startsWith(`${cascade}/`);
  if (!finalizers.some(isMine)) return;
  const { namespace = '' } = at(application, 'spec', 'destination') as { namespace?: string };
  const { cluster: other } = judgeSpec(cluster, argoNamespace, application).target ?? { cluster };
  const owned = trackedObjects(other, application.metadata.name).filter(({ object }) => isOwnId(object, namespace));
  for (const { type, object } of owned) {
    if (object.metadata.deletionTimestamp === undefined)
      removeObject(other, type, object, { propagation: 'Foreground' });
  }
  const isLeft = owned.some(
    ({ type, object }) =>
      other.store.get(storeKey(type), object.metadata.namespace, object.metadata.name) !== undefined,
  );
  if (isLeft) return;
  const live = cluster.store.get(applicationKey, application.metadata.namespace, application.metadata.name);
  if (live !== undefined) patched(cluster, live, { metadata: { finalizers: finalizers.filter(one => !isMine(one)) } });
}
