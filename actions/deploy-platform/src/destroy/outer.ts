import type { Check } from '@suite/change-report';
import {
  asArray,
  asObject,
  asString,
  CancelledError,
  type Clock,
  duration,
  longestSilenceMs,
  mapInParallel,
  sentenceList,
  UserError,
} from '@suite/foundation';
import { type Cluster, type KubernetesObject, type ObjectRef, refOf, titleOf } from '@suite/kubernetes';

/**
 * What in a cluster makes something outside of it, in the order in which it goes: whoever makes others first. A gateway whose controller
 * has gone leaves its association behind, and Azure then deletes neither its subnet nor its network.
 */
const kinds: readonly (readonly Pick<ObjectRef, 'apiVersion' | 'kind'>[])[] = [
  [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet' }],
  [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }],
  [{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' }],
  [{ apiVersion: 'alb.networking.azure.io/v1', kind: 'ApplicationLoadBalancer' }],
];

/** What goes before the releases. */
export interface Outer {
  /** They go one after the other. */
  readonly groups: readonly (readonly ObjectRef[])[];
  /** Blocked where one would take along what is not in this cluster. */
  readonly checks: readonly Check[];
}

export const noOuter: Outer = { groups: [], checks: [] };

/** All of them. `clusterName`: as the environment calls it. */
export async function findOuter(cluster: Pick<Cluster, 'list'>, clusterName: string): Promise<Outer> {
  const found = await Promise.all(
    kinds.map(async group => (await Promise.all(group.map(kind => cluster.list(kind)))).flat()),
  );
  return { groups: found.map(objects => objects.map(refOf)), checks: elsewhereChecks(found.flat(), clusterName) };
}

/** Argo CD's names for the cluster that it runs in. */
const ownServer = 'https://kubernetes.default.svc';
const ownName = 'in-cluster';
/** Or this with `/foreground` or `/background`: an Application that has it takes along what it deployed. */
const cascading = 'resources-finalizer.argocd.argoproj.io';
const shown = 10;

/** Applications of ApplicationSets are among them: deleting their set deletes them as they are. */
function elsewhereChecks(objects: readonly KubernetesObject[], clusterName: string): Check[] {
  const elsewhere = objects.flatMap(object => {
    if (object.kind !== 'Application' || !isCascading(object)) return [];
    const { server, name } = destinationOf(object);
    const isHere =
      server === undefined ? name === undefined || name === ownName || name === clusterName : server === ownServer;
    return isHere ? [] : [`${titleOf(refOf(object))} to ${server ?? name}`];
  });
  if (elsewhere.length === 0) return [];
  const named = elsewhere.slice(0, shown);
  if (elsewhere.length > shown) named.push(`${elsewhere.length - shown} more`);
  return [
    {
      id: 'destroy/elsewhere',
      name: 'What goes deployed to this cluster alone',
      status: 'blocked',
      message: `Deployed to another cluster, and removed from there when it goes: ${sentenceList(named)}.`,
      remedy: `Move each to another Argo CD, or delete it without what it deployed (\`argocd app delete NAME --cascade=false\`; where an ApplicationSet makes it, set \`spec.syncPolicy.preserveResourcesOnDeletion: true\` there, which takes the finalizer \`${cascading}\` from it). Then plan again.`,
    },
  ];
}

function isCascading({ metadata }: KubernetesObject): boolean {
  const finalizers = asArray(metadata['finalizers']);
  return finalizers.some(one => one === cascading || asString(one)?.startsWith(`${cascading}/`) === true);
}

function destinationOf(application: KubernetesObject) {
  const destination = asObject(asObject(application['spec'])['destination']);
  const text = (field: string) => asString(destination[field])?.replace(/\/+$/, '') || undefined;
  return { server: text('server'), name: text('name') };
}

const longestMs = 15 * 60_000;
const pauseMs = 5_000;

/** Takes them away, group by group, each gone before the next. Throws a UserError that names what stays and what holds it. */
export async function removeOuter(
  groups: readonly (readonly ObjectRef[])[],
  {
    cluster,
    clock,
    log,
    signal,
  }: {
    readonly cluster: Pick<Cluster, 'get' | 'remove'>;
    readonly clock: Clock;
    readonly log: { info(line: string): void };
    readonly signal: AbortSignal;
  },
): Promise<void> {
  for (const group of groups) {
    if (group.length === 0) continue;
    if (signal.aborted) throw new CancelledError('Running this again goes on from there.');
    await mapInParallel(group, 8, ref => cluster.remove(ref));
    const began = clock.now();
    let said = began;
    for (;;) {
      const found = await mapInParallel(group, 8, ref => cluster.get(ref));
      const left = found.flatMap(object => object ?? []);
      if (left.length === 0) break;
      const titles = left.slice(0, 3).map(object => titleOf(refOf(object)));
      if (clock.now() - began >= longestMs) throw stuck(left);
      if (clock.now() - said >= longestSilenceMs) {
        said = clock.now();
        log.info(
          `Waiting until ${sentenceList(titles)} ${left.length === 1 ? 'is' : 'are'} gone (${duration(said - began)})`,
        );
      }
      await clock.sleep(pauseMs, signal);
    }
    for (const ref of group) log.info(`${titleOf(ref)}: taken away`);
  }
}

function stuck(left: readonly KubernetesObject[]): UserError {
  return new UserError(
    left.slice(0, 5).map(object => {
      const finalizers = asArray(object.metadata['finalizers']).flatMap(one => asString(one) ?? []);
      const by =
        finalizers.length === 0 ? 'and nothing says why' : `held by ${finalizers.map(one => `\`${one}\``).join(', ')}`;
      return {
        message: `${titleOf(refOf(object))} is still there after ${duration(longestMs)}, ${by}. The releases were not taken away.`,
        remedy: 'Look at the controller that has to let it go, then run this again.',
      };
    }),
  );
}
