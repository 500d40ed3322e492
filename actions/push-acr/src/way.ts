import { mostImportedManifests } from '@suite/azure';
import type { PlannedImage } from '@suite/registry';
import type { OpenRegistry } from './ports.ts';

/** How an image gets into a registry. */
export type Way =
  /** Azure fetches it; nothing passes the runner. */
  | { readonly kind: 'import' }
  /** It is in the same registry: layers are mounted. */
  | { readonly kind: 'mount' }
  /** Through the runner; `why` is a clause, absent where there is no other way. */
  | { readonly kind: 'stream'; readonly why?: string };

type Facts = Pick<OpenRegistry, 'host' | 'resource'>;

/** What is known before anything was tried. Pure. */
export function chooseWay(from: Facts | undefined, to: Facts, { manifests }: Pick<PlannedImage, 'manifests'>): Way {
  if (from === undefined) return { kind: 'stream' };
  if (from.host === to.host) return { kind: 'mount' };
  if (from.resource === undefined || to.resource === undefined) return { kind: 'stream' };
  const closed = [from.resource, to.resource].find(
    ({ network }) => !(network.isPublic && network.isOpen) && !network.trustsServices,
  );
  if (closed !== undefined) {
    return {
      kind: 'stream',
      why: `the network rules of ${closed.name} let no trusted services of Azure in (networkRuleBypassOptions)`,
    };
  }
  const own = manifests.filter(({ role }) => role === 'image').length;
  if (own > mostImportedManifests) {
    return { kind: 'stream', why: `it has ${own} manifests, and Azure imports at most ${mostImportedManifests}` };
  }
  return { kind: 'import' };
}
