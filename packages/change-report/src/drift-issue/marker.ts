import { z } from 'zod';
import { hiddenMarker } from '../comment/hidden.ts';

/**
 * What an issue about drift says of itself, hidden in its first line. By it the issue is found again, and an older run sees that
 * a newer one was there before. Whoever may write in the repository may change it, so it proves nothing.
 */
export interface DriftMarker {
  /** Path of the platform file in the repository, and the scope: one issue for each. */
  readonly file: string;
  readonly scope: string;
  /** Commit that the platform was compared with. */
  readonly head: string;
  readonly run: string;
  readonly attempt: number;
  /** ISO 8601; when the drift that it tells of was first seen. */
  readonly since: string;
}

const hidden = hiddenMarker<DriftMarker>(
  'platform-drift:v1',
  z.object({
    file: z.string(),
    scope: z.string(),
    head: z.string(),
    run: z.string(),
    attempt: z.int().positive(),
    since: z.string(),
  }),
);

export const writeDriftMarker = hidden.write;
export const readDriftMarker = hidden.read;
