import type { Clock } from '@suite/foundation';
import { type Cluster, type KubernetesObject, refOf, titleOf } from '@suite/kubernetes';
import { NotReady } from './not-ready.ts';
import type { ReleasePlan } from './plan.ts';
import { untilEstablished } from './ready.ts';

export interface DefinitionOptions {
  readonly cluster: Pick<Cluster, 'apply' | 'follow' | 'forget'>;
  readonly clock: Clock;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

const limitMs = 60_000;

/**
 * The definitions of a chart's folder `crds/` that Helm would leave as they are: it makes those with the first install, skips what is there
 * already, and looks at none of them in an upgrade (helm/pkg/action/install.go, `installCRDs`). A newer chart would run with old ones.
 */
export function definitionsToApply({ rendered, changes, action }: ReleasePlan): readonly KubernetesObject[] {
  const differing = new Map(changes.map(({ title, kind }) => [title, kind]));
  return (rendered?.objects ?? [])
    .filter(({ isMadeOnce }) => isMadeOnce === true)
    .map(({ object }) => object)
    .filter(object => {
      const kind = differing.get(titleOf(refOf(object)));
      return kind !== undefined && (action === 'upgrade' || kind !== 'create');
    });
}

/** Applies them as the plan showed them, and waits until the API server serves their kinds. */
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
    await untilEstablished(names, { cluster, signal: AbortSignal.any([signal, over.signal]), say });
  } catch (cause) {
    if (!over.signal.aborted || signal.aborted) throw cause;
    throw new NotReady(`${[...missing][0] ?? names[0]} is not served by the API server.`, undefined, { cause });
  } finally {
    done.abort();
  }
  cluster.forget();
}
