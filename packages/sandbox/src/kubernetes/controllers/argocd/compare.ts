import type { Cluster } from '../../cluster.ts';
import { at, type Fields, type KubeObject, text } from '../../objects.ts';
import { type ResourceType, storeKey } from '../../resources/resource-type.ts';
import { type AppCondition, destinationOf, type Source, type SyncCode, syncOptionsOf } from './application.ts';
import { type ApplyWay, differs } from './apply.ts';
import { type Rendered, renderSource } from './git-sources.ts';
import { type HealthCode, hasHealth, healthOf, worse } from './health.ts';
import { isHook, isSkipped, waveOf } from './hooks.ts';
import { SourceError } from './manifests.ts';
import { isKindPermitted } from './projects.ts';
import { applicationOf, groupOf, isOwnId, trackedObjects, trackingAnnotation, trackingId } from './tracking.ts';

/** What should be there and what is; one of both at least. */
export interface Pair {
  readonly target: KubeObject | undefined;
  readonly live: KubeObject | undefined;
  /** Undefined for kinds that the cluster does not serve. */
  readonly type: ResourceType | undefined;
  readonly isModified: boolean;
}

export interface Comparison {
  readonly sync: SyncCode;
  readonly revisions: readonly string[];
  readonly health: HealthCode;
  /** `status.resources`. */
  readonly resources: readonly Fields[];
  readonly conditions: readonly AppCondition[];
  readonly sourceTypes: readonly string[];
  readonly pairs: readonly Pair[];
  readonly hooks: readonly KubeObject[];
}

export interface CompareOptions {
  readonly argoNamespace: string;
  /** Where it deploys to. */
  readonly destination: Cluster;
  readonly project: KubeObject;
  readonly sources: readonly Source[];
  /** One for each source; empty ones are those of the sources. */
  readonly revisions: readonly string[];
}

/** Compares what Git holds with what the cluster does (argo-cd, controller/state.go, CompareAppState). */
export function compare(cluster: Cluster, application: KubeObject, options: CompareOptions): Comparison {
  const { sources, revisions, project, argoNamespace, destination } = options;
  const { name } = application.metadata;
  const { namespace } = destinationOf(application);
  const rendered: Rendered[] = [];
  const conditions: AppCondition[] = [];
  sources.forEach((source, index) => {
    if (conditions.length > 0) return;
    try {
      const wanted = revisions[index] ?? '';
      rendered.push(renderSource(cluster, argoNamespace, source, wanted === '' ? source.targetRevision : wanted));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const code = text(error.cause) ?? 'Unknown';
      const where = `source ${index + 1} of ${sources.length}`;
      const message = `Failed to load target state: failed to generate manifest for ${where}: rpc error: code = ${code} desc = ${error.message}`;
      conditions.push({ type: 'ComparisonError', message });
    }
  });
  const hasFailed = conditions.length > 0;
  const targets = hasFailed
    ? []
    : placed(
        destination,
        name,
        namespace,
        rendered.flatMap(one => one.objects),
        conditions,
      );
  const hooks = targets.filter(isHook);
  const way = wayOf(application);
  const pairs = pair(
    destination,
    name,
    targets.filter(one => !isHook(one)),
    way,
  );
  for (const { live } of pairs) {
    const other = live === undefined ? undefined : applicationOf(live);
    if (live === undefined || other === undefined || other === name) continue;
    const message = `${live.kind}/${live.metadata.name} is part of applications ${argoNamespace}/${name} and ${other}`;
    conditions.push({ type: 'SharedResourceWarning', message });
  }
  const judged = pairs.map(one => ({ pair: one, resource: resourceOf(one, project, namespace, hasFailed) }));
  const isOut = judged.some(({ pair: one }) => one.isModified && counts(one, namespace));
  return {
    sync: hasFailed ? 'Unknown' : isOut ? 'OutOfSync' : 'Synced',
    revisions: rendered.map(({ revision }) => revision),
    health: pairs.reduce<HealthCode>((worst, one) => worse(worst, healthOfPair(one)), 'Healthy'),
    resources: judged.map(({ resource }) => resource).sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
    conditions,
    sourceTypes: rendered.map(({ type }) => type),
    pairs,
    hooks,
  };
}

function wayOf(application: KubeObject): ApplyWay {
  const options = syncOptionsOf(at(application, 'spec', 'syncPolicy'));
  return { isServerSide: options.includes('ServerSideApply=true'), isReplace: false };
}

function keyOf(resource: Readonly<Fields>): string {
  return ['group', 'kind', 'namespace', 'name'].map(field => resource[field] ?? '').join('/');
}

/** Targets as they will stand in the cluster: in a namespace where their kind has one, and with their tracking id. */
function placed(
  cluster: Cluster,
  application: string,
  namespace: string,
  objects: readonly KubeObject[],
  conditions: AppCondition[],
): readonly KubeObject[] {
  const found = new Map<string, { readonly object: KubeObject; readonly times: number }>();
  for (const object of objects) {
    const type = cluster.types.byKind(object.apiVersion, object.kind);
    const { namespace: own, ...metadata } = object.metadata;
    const isNamespaced = type?.namespaced ?? true;
    const where = own ?? namespace;
    // Definitions outlive the applications that brought them.
    const tracking =
      object.kind === 'CustomResourceDefinition'
        ? {}
        : { [trackingAnnotation]: trackingId(application, object, where) };
    const annotations = { ...metadata.annotations, ...tracking };
    const place = isNamespaced && where !== '' ? { namespace: where } : {};
    const key = `${groupOf(object.apiVersion)}/${object.kind}/${place.namespace ?? ''}/${metadata.name ?? metadata.generateName}`;
    found.set(key, {
      object: { ...object, metadata: { ...metadata, ...place, annotations } },
      times: (found.get(key)?.times ?? 0) + 1,
    });
  }
  for (const [key, { times }] of found) {
    if (times === 1) continue;
    const message = `Resource ${key} appeared ${times} times among application resources.`;
    conditions.push({ type: 'RepeatedResourceWarning', message });
  }
  return [...found.values()].map(({ object }) => object);
}

function pair(cluster: Cluster, application: string, targets: readonly KubeObject[], way: ApplyWay): readonly Pair[] {
  const tracked = trackedObjects(cluster, application);
  const paired = new Set<string>();
  const wanted = targets.map((target): Pair => {
    const type = cluster.types.byKind(target.apiVersion, target.kind);
    if (type === undefined) return { target, live: undefined, type, isModified: true };
    const live = cluster.store.get(storeKey(type), target.metadata.namespace, target.metadata.name);
    if (live !== undefined) paired.add(live.metadata.uid ?? '');
    return { target, live, type, isModified: live === undefined || differs(cluster, type, live, target, way) };
  });
  const extra = tracked
    .filter(({ object }) => !paired.has(object.metadata.uid ?? ''))
    .map(({ type, object }): Pair => ({ target: undefined, live: object, type, isModified: true }));
  return [...wanted, ...extra];
}

function resourceOf(
  { target, live, type, isModified }: Pair,
  project: KubeObject,
  namespace: string,
  hasFailed: boolean,
): Fields {
  const object = (live ?? target) as KubeObject;
  const [version = '', group = ''] = object.apiVersion.split('/').reverse();
  const isSelf = live === undefined || isOwnId(live, namespace);
  const hook = isHook(object);
  const wave = target === undefined ? 0 : waveOf(target);
  const requiresPruning = target === undefined && live !== undefined && isSelf;
  const isPermitted = isKindPermitted(project, group, object.kind, type?.namespaced ?? true);
  const status =
    hasFailed || !isPermitted
      ? 'Unknown'
      : !counts({ target, live, type, isModified }, namespace)
        ? undefined
        : isModified
          ? 'OutOfSync'
          : 'Synced';
  return {
    ...(group === '' ? {} : { group }),
    version,
    kind: object.kind,
    ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
    name: object.metadata.name,
    ...(status === undefined ? {} : { status }),
    ...(hook ? { hook } : {}),
    ...(requiresPruning ? { requiresPruning } : {}),
    ...(wave === 0 ? {} : { syncWave: wave }),
  };
}

/** Hooks, what is skipped, and copies that others have made of an object do not count. */
function counts({ target, live }: Pair, namespace: string): boolean {
  const isSkippedTarget = target !== undefined && isSkipped(target);
  return (
    !isHook((live ?? target) as KubeObject) && !isSkippedTarget && (live === undefined || isOwnId(live, namespace))
  );
}

function healthOfPair({ target, live }: Pair): HealthCode {
  if (target !== undefined && (isSkipped(target) || isIgnored(target))) return 'Healthy';
  if (live === undefined) return target !== undefined && hasHealth(target) ? 'Missing' : 'Healthy';
  return isHook(live) ? 'Healthy' : (healthOf(live)?.status ?? 'Healthy');
}

function isIgnored({ metadata }: KubeObject): boolean {
  return metadata.annotations?.['argocd.argoproj.io/ignore-healthcheck'] === 'true';
}
