import { createHash } from 'node:crypto';
import { type GitOpsBase, gitOpsBasesSchema, type PinnedChart, pinnedChartsSchema } from '@suite/change-report';
import { canonicalJson, parseJson, UserError } from '@suite/foundation';
import { z } from 'zod';

/**
 * What is promoted through environments: nothing that a later stage could choose anew. Its canonical JSON is its content, and
 * the SHA-256 of that its name.
 */
export interface Bundle {
  readonly schema: 'bundle/v1';
  /** `owner/name` and GitHub's id of it, which outlives a rename and cannot be taken over. */
  readonly repository: { readonly name: string; readonly id: string };
  readonly platform: string;
  /** Path of the platform file in the repository. */
  readonly file: string;
  readonly commit: string;
  /** What the platform file of that commit promotes, in any environment: `ghcr.io/contoso/web@sha256:…`, each once, sorted. */
  readonly images: readonly string[];
  /** What the releases of any environment are installed from, sorted. Absent in bundles of earlier releases of the suite. */
  readonly charts?: readonly PinnedChart[];
  /** Where the branches of the repositories of any environment's applications were when it was made. Absent in earlier bundles. */
  readonly gitops?: readonly GitOpsBase[];
  /** Release of the suite that made it. */
  readonly suite: { readonly repository: string; readonly ref: string };
}

const schema: z.ZodType<Bundle> = z.strictObject({
  schema: z.literal('bundle/v1'),
  repository: z.strictObject({ name: z.string().min(1), id: z.string().regex(/^\d+$/) }),
  platform: z.string().min(1),
  file: z.string().min(1),
  commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  images: z.array(z.string().regex(/@sha256:[0-9a-f]{64}$/)),
  charts: pinnedChartsSchema.exactOptional(),
  gitops: gitOpsBasesSchema.exactOptional(),
  suite: z.strictObject({ repository: z.string(), ref: z.string() }),
});

export function encodeBundle(bundle: Bundle): Buffer {
  return Buffer.from(canonicalJson(bundle), 'utf8');
}

/** `sha256:…` of the bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Reads a bundle. Throws a UserError when it is none, or not written as this suite writes it. */
export function decodeBundle(bytes: Uint8Array): Bundle {
  const result = schema.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  if (result.success && encodeBundle(result.data).equals(bytes)) return result.data;
  throw new UserError(
    {
      message: 'This is no bundle of version 1.',
      remedy: 'Let the same release of the suite make it (`command: bundle`) that reads it.',
    },
    { cause: result.success ? undefined : result.error },
  );
}
