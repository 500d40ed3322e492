import { z } from 'zod';
import { hiddenMarker } from '../comment/hidden.ts';

/** What an issue about newer charts says of itself, hidden in its first line; it proves nothing. */
export interface ChartsMarker {
  /** Path of the platform file in the repository: one issue for each. */
  readonly file: string;
  readonly head: string;
  readonly run: string;
  readonly attempt: number;
  /** ISO 8601; since when something was newer. */
  readonly since: string;
}

const hidden = hiddenMarker<ChartsMarker>(
  'platform-charts:v1',
  z.object({
    file: z.string(),
    head: z.string(),
    run: z.string(),
    attempt: z.int().positive(),
    since: z.string(),
  }),
);

export const writeChartsMarker = hidden.write;
export const readChartsMarker = hidden.read;
