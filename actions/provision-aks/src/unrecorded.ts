import { count, mapInParallel, type Problem, sentenceList } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { adoptKey, conditionOf, importIdOf, type Unrecorded, whyNotAdopted } from './adopt.ts';
import type { PredictedResource } from './resource-ids.ts';

/** Looks a resource up in Azure: its body, or undefined when there is none. */
export type FindResource = (id: string, apiVersion: string) => Promise<unknown>;

/** Few enough to stay far below ARM's limits for reads. */
const parallel = 8;

/**
 * The resources that a plan would create although Azure has them already: what a run that was killed, or a create whose
 * operation failed, left behind without recording it. Their apply would fail halfway, so it is not begun.
 */
export async function findUnrecorded(
  predicted: readonly PredictedResource[],
  find: FindResource,
): Promise<Unrecorded[]> {
  const found: Unrecorded[] = [];
  // Nothing lies below a resource that is not there, so only what was found is looked into.
  let level = predicted.filter(resource => parentOf(resource, predicted) === undefined);
  while (level.length > 0) {
    const bodies = await mapInParallel(level, parallel, resource => find(resource.id, resource.apiVersion));
    const held = level.flatMap((resource, index) => {
      const body = bodies[index];
      return body !== undefined && resource.heldBy(body)
        ? [{ ...resource, condition: conditionOf(body), importId: importIdOf(resource, body) }]
        : [];
    });
    found.push(...held);
    const ids = new Set(held.map(({ id }) => id));
    level = predicted.filter(resource => ids.has(parentOf(resource, predicted)?.id ?? ''));
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The innermost resource of the plan that this one lies in. */
function parentOf({ id }: PredictedResource, all: readonly PredictedResource[]): PredictedResource | undefined {
  return all
    .filter(other => isInside(id, other.id))
    .reduce<PredictedResource | undefined>(
      (inner, other) => (inner === undefined || other.id.length > inner.id.length ? other : inner),
      undefined,
    );
}

type Adopting = Pick<ScopeView, 'scope' | 'subscription' | 'allow'>;

/** What to do about them, one problem for each that lies in no other one: whoever removes it removes what is in it. */
export function describeUnrecorded(
  resources: readonly Unrecorded[],
  view: Adopting,
): (Problem & { readonly address: string })[] {
  return resources
    .filter(resource => parentOf(resource, resources) === undefined)
    .filter((resource, index, outer) => outer.findIndex(({ id }) => id === resource.id) === index)
    .map(resource => {
      const { address, id } = resource;
      const held = resources.filter(other => other.id === id || isInside(other.id, id));
      const stuck = held.flatMap(other => {
        const why = whyNotAdopted(other, view);
        return why === undefined ? [] : [`${other.id === id ? 'It' : other.id} ${why}`];
      });
      const hindrance = stuck.length === 0 ? '' : ` ${stuck[0]}, so it cannot be adopted as it is.`;
      const inside = resources.filter(other => isInside(other.id, id)).length;
      const more = inside === 0 ? '' : `, nor ${count(inside, 'resource')} in it`;
      return {
        address,
        message: `\`${address}\` would be created, but ${id} exists already and the state does not know it${more}.${hindrance}`,
        remedy: remedyOf(resource, stuck.length > 0, view),
      };
    });
}

/** Whoever plans with the key adopts: a plan that does not was made before the resource was there, or before the key was. */
function adoptNow({ scope }: Adopting): string {
  return `Plan again: \`allow:\` of ${scope} names \`${adoptKey}\`, so the new plan takes it over as it is and shows what it imports. If it is somebody else's, choose another name.`;
}

/** `isPartial`: something in it cannot be adopted. Then that alone has to go, and not all that is around it. */
function remedyOf(resource: Unrecorded, isPartial: boolean, view: Adopting): string {
  const remove = `If a run was cut off before it could record it and it holds nothing of value, remove it with \`${resource.removal}\` and plan again; if it is somebody else's, choose another name.`;
  if (whyNotAdopted(resource, view) !== undefined) return remove;
  if ((view.allow as readonly string[]).includes(adoptKey)) return adoptNow(view);
  const rest = isPartial ? ', and names what it cannot take over, which alone is removed then' : '';
  return `${remove} To take it over as it is, add \`${adoptKey}\` to \`allow:\` of ${view.scope} and plan again: the plan then shows what it imports${rest}.`;
}

const named = 3;

/** What a plan would create that the state has by now: then it was applied, or another run was quicker. */
export function describeApplied(addresses: readonly string[]): Problem {
  const shown = addresses.slice(0, named).map(address => `\`${address}\``);
  if (addresses.length > named) shown.push(`${addresses.length - named} more`);
  return {
    message: `This plan was applied already, or another run has applied since it was made: it would create ${sentenceList(shown)}, which the state has already. Nothing was applied.`,
    remedy: 'Plan again. What is left to do, if anything, is in the new plan.',
  };
}

function isInside(id: string, ancestor: string): boolean {
  return id.toLowerCase().startsWith(`${ancestor.toLowerCase()}/`);
}
