import type { PlannedImage } from '../transfer/plan.ts';

/** How an image gets into a registry. */
export type Way =
  /** Azure fetches it; nothing passes the runner. */
  | { readonly kind: 'import' }
  /** It is in the same registry: layers are mounted. */
  | { readonly kind: 'mount' }
  /** Through the runner; `why` is a clause, absent where there is no other way. */
  | { readonly kind: 'stream'; readonly why?: string };

/** What the choice hangs on, of a registry. */
export interface RegistryFacts {
  readonly host: string;
  /** As the resource manager knows it; undefined for one that was given by its login server. */
  readonly resource:
    | {
        readonly name: string;
        readonly network: { readonly isPublic: boolean; readonly isOpen: boolean; readonly trustsServices: boolean };
      }
    | undefined;
}

/** Gives to everybody: Azure needs no resource of it. */
export interface PublicRegistry {
  readonly host: string;
  readonly isPublic: true;
}

/** What is known before anything was tried. `mostManifests`: of one image that is imported. Pure. */
export function chooseWay(
  from: RegistryFacts | PublicRegistry | undefined,
  to: RegistryFacts,
  { manifests }: Pick<PlannedImage, 'manifests'>,
  mostManifests: number,
): Way {
  if (from === undefined) return { kind: 'stream' };
  if (from.host === to.host) return { kind: 'mount' };
  const source = 'isPublic' in from ? [] : [from.resource];
  const resources = [...source, to.resource];
  if (resources.includes(undefined)) return { kind: 'stream' };
  const closed = resources.find(
    one => one !== undefined && !(one.network.isPublic && one.network.isOpen) && !one.network.trustsServices,
  );
  if (closed !== undefined) {
    return {
      kind: 'stream',
      why: `the network rules of ${closed.name} let no trusted services of Azure in (networkRuleBypassOptions)`,
    };
  }
  const own = manifests.filter(({ role }) => role === 'image').length;
  if (own > mostManifests) {
    return { kind: 'stream', why: `it has ${own} manifests, and Azure imports at most ${mostManifests}` };
  }
  return { kind: 'import' };
}
