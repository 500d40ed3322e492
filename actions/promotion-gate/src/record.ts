import { type GitOpsBase, gitOpsBaseSchema } from '@suite/change-report';
import { canonicalJson, parseJson, UserError } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { z } from 'zod';
import { type RolledBack, rolledBackSchema } from './rollback/rollback.ts';

/** The proof that an environment runs a bundle in one region: a referrer of the bundle in that region's registry. The one of
 * the shared scope lies beside its state. */
export interface PromotionRecord {
  readonly schema: 'record/v1';
  /** GitHub's id of the repository. */
  readonly repository: string;
  readonly platform: string;
  readonly environment: string;
  readonly region: string;
  /** Digest of the bundle's content. */
  readonly bundle: string;
  readonly commit: string;
  readonly verdict: 'verified';
  /** Digests of the plans that were applied, by action. */
  readonly plans: Readonly<Record<string, string>>;
  /** What tests said after them, by action; absent where there were none. */
  readonly tests?: Readonly<Record<string, string>> | undefined;
  readonly run: { readonly id: string; readonly attempt: string; readonly url: string };
  readonly actor: string;
  /** What of the repository of the applications Argo CD had synced; absent where there are none, and in records of before. */
  readonly gitops?: GitOpsBase | undefined;
  /** Who approved the deployment, as GitHub says; empty where nobody did. */
  readonly approvers: readonly string[];
  /** What did not count when it was let in, because of an emergency. */
  readonly exception?: Exception | undefined;
  /** That the environment went back to this bundle, from which one and why; absent for a promotion. */
  readonly rollback?: RolledBack | undefined;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
}

/** An emergency, as the platform file declared it (`gate: break-glass:`), and what it lifted. */
export interface Exception {
  readonly reason: string;
  /** ISO 8601. */
  readonly until: string;
  readonly lifted: readonly string[];
}

export const exceptionSchema: z.ZodType<Exception> = z.object({
  reason: z.string(),
  until: z.iso.datetime(),
  lifted: z.array(z.string()),
});

const schema: z.ZodType<PromotionRecord> = z.object({
  schema: z.literal('record/v1'),
  repository: z.string().regex(/^\d+$/),
  platform: z.string(),
  environment: z.string(),
  region: z.string(),
  bundle: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  verdict: z.literal('verified'),
  plans: z.record(z.string(), z.string()),
  tests: z.record(z.string(), z.string()).optional(),
  run: z.object({ id: z.string(), attempt: z.string(), url: z.string() }),
  gitops: gitOpsBaseSchema.optional(),
  actor: z.string(),
  approvers: z.array(z.string()),
  exception: exceptionSchema.optional(),
  rollback: rolledBackSchema.optional(),
  recordedAt: z.iso.datetime(),
});

export function encodeRecord(record: PromotionRecord): Buffer {
  return Buffer.from(canonicalJson(record), 'utf8');
}

/** Undefined for what is no record: it counts for nothing, whoever wrote it. */
export function decodeRecord(bytes: Uint8Array): PromotionRecord | undefined {
  const result = schema.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  return result.success ? result.data : undefined;
}

/** Where a record was read. Only the apply identity of that environment may write there. */
export interface Place {
  readonly repository: string;
  readonly platform: string;
  readonly environment: string;
  readonly region: string;
}

export function placeOf({ platform, scope, region }: ScopeView, repository: string): Place {
  return { repository, platform, environment: scope, region };
}

/** A record speaks for the place it was written in, and for no other: copied or forged ones count for nothing. */
export function speaksFor(record: PromotionRecord, place: Place): boolean {
  return (
    record.repository === place.repository &&
    record.platform === place.platform &&
    record.environment === place.environment &&
    record.region === place.region
  );
}

export function newest(records: readonly PromotionRecord[]): PromotionRecord | undefined {
  return inOrder(records).at(-1);
}

export function oldest(records: readonly PromotionRecord[]): PromotionRecord | undefined {
  return inOrder(records)[0];
}

function inOrder(records: readonly PromotionRecord[]): readonly PromotionRecord[] {
  return records.toSorted((left, right) => (left.recordedAt < right.recordedAt ? -1 : 1));
}

/** What may come next depends on what runs: what cannot be read is not taken for nothing. */
export function unreadableRunning(where: string): UserError {
  return new UserError({
    message: `What runs there cannot be read: the record in ${where} was altered, or written by another release of this suite. Nothing was done.`,
    remedy:
      'Use the release that wrote it, or a newer one. If somebody altered it, look at who may push there, and delete it.',
  });
}
