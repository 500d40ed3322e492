import { errorMessage, sentenceList, withFullStop } from '@suite/foundation';
import type { GoodRevision } from './record.ts';

/** What becomes of a release after a failure, its own or one of a release that it hangs together with. */
export type WayBack = { readonly release: string } & (
  | { readonly is: 'kept'; readonly because: 'holds-data' | 'never-ran-well' }
  | { readonly is: 'stuck'; readonly error: unknown }
  | {
      readonly is: 'back';
      readonly to: GoodRevision;
      /** The failed ones that it went back with; none of one that has failed itself. */
      readonly with: readonly string[];
      /** Why it does not run again, as far as one can see. Absent: it does. */
      readonly unready?: string;
    }
);

/** For people. */
export function describeWayBack(way: WayBack): string {
  const { release } = way;
  switch (way.is) {
    case 'kept':
      return way.because === 'holds-data'
        ? `${release} holds data and stays as it is.`
        : `${release} has no earlier revision that ran well, and stays as it is.`;
    case 'stuck':
      return `${release} could not be brought back: ${errorMessage(way.error).split('\n')[0]}`;
    case 'back': {
      const others = way.with.length === 0 ? '' : `, with ${sentenceList(way.with)}`;
      const back = `${release} was brought back to revision ${way.to.revision} (${way.to.chart})${others}`;
      return way.unready === undefined
        ? `${back}, and is ready again.`
        : `${back}, and is not ready again. ${withFullStop(way.unready)}`;
    }
  }
}
