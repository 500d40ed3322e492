import { parseJson } from '@suite/foundation';
import { z } from 'zod';

/** A chart of a registry, as a bundle keeps it: its version cannot become another chart from one environment to the next. */
export interface PinnedChart {
  /** `oci://…`, or the `https://…` of its repository. */
  readonly from: string;
  /** In a repository, which has many; absent in an OCI registry. */
  readonly name?: string;
  readonly version: string;
  /** `sha256:…`: of the manifest in an OCI registry, of the archive in a repository. */
  readonly digest: string;
}

const word = z.string().min(1).max(1000);

export const pinnedChartsSchema: z.ZodType<readonly PinnedChart[]> = z.array(
  z.strictObject({
    from: word,
    name: word.exactOptional(),
    version: word,
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  }),
);

/** Undefined for what is no such list. */
export function parsePinnedCharts(text: string): readonly PinnedChart[] | undefined {
  const result = pinnedChartsSchema.safeParse(parseJson(text));
  return result.success ? result.data : undefined;
}

/** As people name it, with its version: `argo-cd 10.1.1`. */
export function chartTitle({ from, name, version }: Omit<PinnedChart, 'digest'>): string {
  return `${name ?? from.replace(/^.*\//, '')} ${version}`;
}
