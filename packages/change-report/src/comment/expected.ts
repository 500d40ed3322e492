import { parseJson, UserError } from '@suite/foundation';
import { z } from 'zod';

/** A scope and region that a pipeline plans, in the order of promotion: what a comment expects a report of. */
export interface ExpectedScope {
  readonly scope: string;
  readonly region: string;
  /** As people call it: `dev`; `prod · westeurope` where an environment has several regions. */
  readonly title: string;
  readonly production: boolean;
  /** Actions that plan something there, in the order in which they are applied. */
  readonly actions: readonly string[];
  /** What has to happen before its apply begins. */
  readonly gate: Gate;
}

export interface Gate {
  /** The scope that comes before it, or of regions in order the title of the one before it; absent for the first one. */
  readonly after?: string;
  /** How many people or teams may approve it on GitHub; 0 means that nobody has to. */
  readonly reviewers: number;
  readonly waitMinutes: number;
  /** What the platform file asks besides, in a few words each: `soak 24 h`. Absent where it asks nothing. */
  readonly asks?: readonly string[];
}

const count = z.int().nonnegative();
const expected: z.ZodType<readonly ExpectedScope[]> = z.array(
  z.object({
    scope: z.string().min(1),
    region: z.string().min(1),
    title: z.string().min(1),
    production: z.boolean(),
    actions: z.array(z.string()).min(1),
    gate: z.object({
      after: z.string().exactOptional(),
      reviewers: count,
      waitMinutes: count,
      asks: z.array(z.string()).exactOptional(),
    }),
  }),
);

/** Reads what `resolve-platform` gave as `scopes`. Throws a UserError about the input `scopes`. */
export function parseExpected(text: string): readonly ExpectedScope[] {
  const result = expected.safeParse(parseJson(text));
  if (result.success) return result.data;
  throw new UserError(
    {
      message: 'is not the list that `resolve-platform` gives.',
      location: { kind: 'input', name: 'scopes' },
      remedy: 'Hand over its output `scopes` as it is.',
    },
    { cause: result.error },
  );
}
