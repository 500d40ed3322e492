import { z } from 'zod';
import { hiddenMarker } from './hidden.ts';
import { type Promotion, promotionSchema } from './promotion.ts';

/**
 * What a comment says of itself, hidden in its first line. By it the comment is found again, and an older run sees that a
 * newer one was there before. Whoever may write in the repository may change it, so it proves nothing.
 */
export interface Marker {
  readonly pull: number;
  /** Path of the platform file in the repository: one comment for each. */
  readonly file: string;
  /** Commit that the comment speaks about. */
  readonly head: string;
  readonly run: string;
  readonly attempt: number;
  /** When that attempt began, on GitHub's clock; absent when the token could not read it. */
  readonly startedAt?: string;
  readonly state: CommentState;
  /** Once it is merged and promoted. */
  readonly promotion?: Promotion;
}

const states = ['planned', 'planning', 'outdated', 'merged', 'closed'] as const;
/**
 * `planned`: the plan of the newest commit. `planning`: a newer plan is being made. `outdated`: a newer commit came while it
 * was made. `merged` and `closed` end its life.
 */
export type CommentState = (typeof states)[number];

const schema: z.ZodType<Marker> = z.object({
  pull: z.int().positive(),
  file: z.string(),
  head: z.string(),
  run: z.string(),
  attempt: z.int().positive(),
  startedAt: z.string().exactOptional(),
  state: z.enum(states),
  promotion: promotionSchema.exactOptional(),
});

const hidden = hiddenMarker('platform-plan:v1', schema);

export const writeMarker = hidden.write;
export const readMarker = hidden.read;
