import { adopted } from './adopted.ts';
import { byoRoot } from './byo-root.ts';
import { everything } from './everything.ts';
import { tofu } from './tofu.ts';
import { twoRegions } from './two-regions.ts';
import { upgraded } from './upgraded.ts';
import type { Variant } from './variant.ts';

export const variants: readonly Variant[] = [twoRegions, byoRoot, tofu, adopted, upgraded, everything];

export function findVariant(name: string): Variant | undefined {
  return variants.find(one => one.name === name);
}
