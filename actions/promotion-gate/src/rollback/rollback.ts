import { z } from 'zod';

/** A way back that was chosen: what `choose` gives, and `check`, `limits` and `record` are held to. */
export interface Rollback {
  readonly environment: string;
  /** Why, in the words of whoever started it. */
  readonly reason: string;
  /** What ran there, by region, when the way back was chosen. A region that had no record is not among them. */
  readonly from: readonly { readonly region: string; readonly bundle: string; readonly commit: string }[];
  /** What would have kept a promotion out at that time, and is not asked of a way back. */
  readonly notAsked: readonly string[];
}

/** What a record keeps of it. */
export interface RolledBack {
  /** What ran in the region before; absent where it had no record. */
  readonly from?: { readonly bundle: string; readonly commit: string } | undefined;
  readonly reason: string;
  readonly notAsked: readonly string[];
}

const bundle = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const commit = z.string().regex(/^[0-9a-f]{40,64}$/);

export const rollbackSchema: z.ZodType<Rollback> = z.object({
  environment: z.string(),
  reason: z.string().min(1),
  from: z.array(z.object({ region: z.string(), bundle, commit })),
  notAsked: z.array(z.string()),
});

export const rolledBackSchema: z.ZodType<RolledBack> = z.object({
  from: z.object({ bundle, commit }).optional(),
  reason: z.string(),
  notAsked: z.array(z.string()),
});

/** What the record of a region says of it. A region that is there already has come from nowhere. */
export function rolledBackIn({ from, reason, notAsked }: Rollback, region: string, target: string): RolledBack {
  const before = from.find(one => one.region === region && one.bundle !== target);
  return {
    ...(before === undefined ? {} : { from: { bundle: before.bundle, commit: before.commit } }),
    reason,
    notAsked,
  };
}
