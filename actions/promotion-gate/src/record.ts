import { canonicalJson, parseJson } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { z } from 'zod';

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
  readonly run: { readonly id: string; readonly attempt: string; readonly url: string };
  readonly actor: string;
  /** Who approved the deployment; empty where nobody had to. */
  readonly approvers: readonly string[];
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
}

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
  run: z.object({ id: z.string(), attempt: z.string(), url: z.string() }),
  actor: z.string(),
  approvers: z.array(z.string()),
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
