import type { Path } from './position.ts';

/** Keys that stand in blocks like this one, and why not in it. */
const reasons: readonly (readonly [end: string, reason: string])[] = [
  [
    'pools.system.taints',
    'The system pool has the taint of `dedicated` and no other: Terraform cannot give it any, and AKS needs room for its own pods.',
  ],
];

export function whyElsewhere(path: Path): string | undefined {
  return reasons.find(([end]) => path.join('.').endsWith(`.${end}`))?.[1];
}
