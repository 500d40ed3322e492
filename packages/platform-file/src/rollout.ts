import type { Merged } from './layers.ts';
import type { Rollout } from './resolved.ts';
import { milliseconds } from './units.ts';

/** A job of a stage ends after four hours; what it applies needs the rest of them. */
export const longestPauseMs = 2 * 60 * 60_000;

/** Where a region stands among those of its environment. What runs in production is not changed in all of them at once. */
export function resolveRollout(
  { rollout }: Pick<Merged, 'rollout'>,
  { region, production }: { readonly region: string; readonly production: boolean },
  regions: readonly string[],
): Rollout {
  const order = rollout?.regions ?? (production ? 'in-order' : 'parallel');
  if (order === 'parallel') return { before: [], after: [], pauseMs: 0 };
  const turn = regions.indexOf(region);
  const after = regions.slice(turn + 1);
  const pause = after.length === 0 ? undefined : rollout?.pause;
  return { before: regions.slice(0, turn), after, pauseMs: pause === undefined ? 0 : milliseconds(pause) };
}
