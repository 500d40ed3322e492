import { count } from '@suite/foundation';
import type { Facts } from './facts.ts';

/** Those who hold the GPUs, as a sentence's object: `2 GPUs are held by jupyter/ada and jupyter/bob`. */
export function describeHolders(holders: Facts['holders']): string {
  const all = holders ?? [];
  const gpus = all.reduce((sum, holder) => sum + holder.gpus, 0);
  const named = all.slice(0, 3).map(({ pod }) => pod);
  const rest = all.length - named.length;
  const names = `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return `${count(gpus, 'GPU is', 'GPUs are')} held by ${names}`;
}
