import { block, duration, words } from './vocabulary.ts';

export const rollout = block({
  regions: words('in-order', 'parallel')
    .describe(
      'in-order: one region after another, as they stand in the file, each once the one before it is applied and verified. parallel: all at once. Default: in-order in production, parallel elsewhere.',
    )
    .optional(),
  pause: duration('smh', '15m')
    .describe(
      'With in-order: how long a region has to stay healthy before the next one begins, at most 2h. Default: the next one begins at once.',
    )
    .optional(),
}).describe(
  'How a promotion goes through the regions of an environment. It is said for an environment or for all, and for no single region.',
);
