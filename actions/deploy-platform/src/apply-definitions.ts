import type { Clock } from '@suite/foundation';
import { type Cluster, type KubernetesObject, refOf, titleOf } from '@suite/kubernetes';
import { NotReady } from './not-ready.ts';
import type { ReleasePlan } from './plan.ts';
import type { RenderedObject } from './ports.ts';
import { untilEstablished } from './ready.ts';
import { definitionsOf } from './render.ts';

export interface DefinitionOptions {
  readonly cluster: Pick<Cluster, 'apply' | 'follow' | 'discovery' | 'forget'>;
  readonly clock: Clock;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

const limitMs = 60_000;
const betweenMs = 250;

/**
 * The definitions of a chart's folder `crds/` that differ. Helm makes those with the first install, and goes on as soon as they are
 * established, when the API server may not say yet that it serves their kinds: it then knows no such kind. It skips what is there
 * already, and looks at none of them in an upgrade (helm/pkg/action/install.go, `installCRDs`): a newer chart would run with old ones.
 */
export function definitionsToApply(plan: ReleasePlan): readonly KubernetesObject[] {
  return differingObjects(plan)
    .filter(({ isMadeOnce }) => isMadeOnce === true)
    .map(({ object }) => object);
}

/** What a release renders that is not so in the cluster. */
export function differingObjects({ rendered, changes }: ReleasePlan): readonly RenderedObject[] {
  const titles = new Set(changes.map(({ title }) => title));
  return (rendered?.objects ?? []).filter(({ object }) => titles.has(titleOf(refOf(object))));
}

/** Whether an object is of a kind that definitions among these define: the API server takes it by their schema alone. */
export function isDefinedBy(objects: readonly KubernetesObject[]): (object: KubernetesObject) => boolean {
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const defined = new Set(definitions.flatMap(definitionsOf).map(({ apiVersion, kind }) => `${apiVersion}/${kind}`));
  return ({ apiVersion, kind }) => defined.has(`${apiVersion}/${kind}`);
}

/** Applies them as the plan showed them, and waits until the API server serves their kinds, and says so. */
export async function applyDefinitions(
  definitions: readonly KubernetesObject[],
  { cluster, clock, signal }: DefinitionOptions,
): Promise<void> {
  if (definitions.length === 0) return;
  // Whoever made them before, another version of Helm included, manages what is to change.
  for (const definition of definitions) await cluster.apply(definition, { manager: 'helm', force: true });
  const [over, done] = [new AbortController(), new AbortController()];
  const names = definitions.map(({ metadata }) => metadata.name);
  const missing = new Set<string>();
  const say = (what: string, why: string | undefined) =>
    void (why === undefined ? missing.delete(what) : missing.add(what));
  clock.sleep(limitMs, done.signal).then(
    () => over.abort(),
    () => undefined,
  );
  try {
    const ending = AbortSignal.any([signal, over.signal]);
    await untilEstablished(names, { cluster, signal: ending, say });
    await untilDiscovered(definitions, { cluster, clock, signal: ending, say });
  } catch (cause) {
    if (!over.signal.aborted || signal.aborted) throw cause;
    throw new NotReady(`${[...missing][0] ?? names[0]} is not served by the API server.`, undefined, { cause });
  } finally {
    done.abort();
  }
}

/** What the API server says that it serves follows a moment later. */
async function untilDiscovered(
  definitions: readonly KubernetesObject[],
  { cluster, clock, signal, say }: DefinitionOptions & { say(what: string, why: string | undefined): void },
): Promise<void> {
  for (;;) {
    cluster.forget();
    const discovery = await cluster.discovery();
    const hidden = definitions.filter(
      definition =>
        !definitionsOf(definition).every(({ apiVersion, kind }) => discovery.find(apiVersion, kind) !== undefined),
    );
    for (const definition of hidden) say(titleOf(refOf(definition)), 'it to be served');
    if (hidden.length === 0) return;
    await clock.sleep(betweenMs, signal);
  }
}
