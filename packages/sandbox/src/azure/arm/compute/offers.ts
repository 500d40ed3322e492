import type { Conditions } from '../conditions.ts';
import { sameId } from '../ids.ts';
import { findVmSize, type VmSizeFacts } from './vm-catalogue.ts';

/** A size as a subscription can have it in a region. */
export interface Offer {
  readonly size: VmSizeFacts;
  /** False when the subscription is kept from it in the whole region. */
  readonly isOffered: boolean;
  /** Zones in which it can be had. */
  readonly zones: readonly string[];
}

/** Regions without availability zones (Microsoft Learn, "Azure regions with availability zone support"). */
const withoutZones = new Set(['northcentralus', 'westcentralus', 'ukwest', 'westus']);

export function zonesOf(location: string): readonly string[] {
  return withoutZones.has(location.toLowerCase()) ? [] : ['1', '2', '3'];
}

/** Undefined for a size that Azure does not have there. */
export function offerOf(
  { restrictions }: Conditions,
  subscription: string,
  location: string,
  name: string,
): Offer | undefined {
  const size = findVmSize(name);
  if (size === undefined) return undefined;
  const mine = restrictions.filter(
    one => sameId(one.subscription, subscription) && sameId(one.location, location) && sameId(one.size, name),
  );
  const closed = new Set(mine.flatMap(({ zones }) => zones ?? []));
  return {
    size,
    isOffered: mine.every(({ zones }) => zones !== undefined),
    zones: zonesOf(location).filter(zone => !closed.has(zone)),
  };
}
