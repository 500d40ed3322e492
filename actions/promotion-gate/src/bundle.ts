import { createHash } from 'node:crypto';
import { type GitOpsBase, gitOpsBasesSchema, type PinnedChart, pinnedChartsSchema } from '@suite/change-report';
import { canonicalJson, parseJson, printable, UserError } from '@suite/foundation';
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

/** What a later release may add or change: one that reads less of a bundle than there is would promote something else. */
const kindOf = z.looseObject({
  schema: z.string().regex(/^bundle\/v\d+$/),
  suite: z.looseObject({ repository: z.string(), ref: z.string() }).optional(),
});

/** Reads a bundle. Throws a UserError when it is none, or not written as this suite writes it. */
export function decodeBundle(bytes: Uint8Array): Bundle {
  const value = parseJson(Buffer.from(bytes).toString('utf8'));
  const result = schema.safeParse(value);
  if (result.success && encodeBundle(result.data).equals(bytes)) return result.data;
  const kind = kindOf.safeParse(value);
  const isNewer = kind.success && (kind.data.schema !== 'bundle/v1' || hasMore(result.error));
  if (isNewer) {
    const by = kind.data.suite === undefined ? '' : ` (${kind.data.suite.repository}@${kind.data.suite.ref} made it)`;
    throw new UserError(
      {
        message: printable(
          `This bundle is of a later release of the suite than this one, which cannot read all of it${by}.`,
        ),
        remedy: 'Call the release of the suite that made it, or a later one, in the workflow that promotes.',
      },
      { cause: result.error },
    );
  }
  throw new UserError(
    {
      message: 'This is no bundle of version 1.',
      remedy: 'Let the same release of the suite make it (`command: bundle`) that reads it.',
    },
    { cause: result.success ? undefined : result.error },
  );
}

/** Whether nothing is wrong with a bundle but that it has fields which this release does not know. */
function hasMore(error: z.ZodError | undefined): boolean {
  return error?.issues.every(({ code }) => code === 'unrecognized_keys') === true;
}
