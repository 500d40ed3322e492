import { isObject } from '@suite/foundation';
import { z } from 'zod';
import type { Path } from '../position.ts';
import { named } from './vocabulary.ts';

/** Of memory or storage, as Kubernetes writes it. */
export const quantity = named(/^[1-9]\d{0,4}(?:Mi|Gi|Ti)$/, 'Expected a size such as 50Gi.');

/** What Kubernetes takes as the name of a namespace or of an object in DNS. */
export const label = (what: string) =>
  named(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, `Expected ${what}: lower-case letters, digits and dashes.`);

/** Values for a chart: whatever JSON can hold. */
export const values = z
  .record(z.string(), z.unknown(), { error: 'Expected a block of values.' })
  .superRefine((given, { addIssue }) => {
    for (const path of notInJson(given)) {
      addIssue({ code: 'custom', path: [...path], message: 'Expected a number that JSON can hold.' });
    }
  });

/** Paths of what YAML can say and a chart cannot be given: `.inf`, `.nan`. */
function notInJson(value: unknown): Path[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [[]];
  const inside = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  return inside.flatMap(([step, inner]) => notInJson(inner).map(path => [step, ...path]));
}

// Ranges are no versions: what was planned has to be what is applied.
export const version = named(
  /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]{1,60})?(?:\+[0-9A-Za-z.-]{1,60})?$/,
  'Expected one version of the chart, in full, such as 1.2.3.',
);
export const digest = named(/^sha256:[0-9a-f]{64}$/, 'Expected sha256: and 64 digits.');

/** What every release with a chart of somebody else's takes. */
export const chart = {
  version: version.describe('Version of the chart instead of the one that is pinned; needs its `digest`.').optional(),
  digest: digest
    .describe('Digest of the chart: of its manifest in an OCI registry, of its archive in a repository.')
    .optional(),
  values: values
    .describe('Values for the chart, over the ones it gets here: blocks come together, null removes.')
    .optional(),
};
