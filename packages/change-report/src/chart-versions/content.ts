import { parseJson, UserError } from '@suite/foundation';
import { z } from 'zod';

/** A version that a registry has, and what pins it. */
export interface ChartVersion {
  readonly version: string;
  /** `sha256:…`: of the manifest in an OCI registry, of the archive in a repository. */
  readonly digest: string;
}

/** A chart that a platform uses, and what its registry has by now. */
export interface ChartRow {
  /** Name of the Helm release. */
  readonly release: string;
  readonly environments: readonly string[];
  /** Where the platform file decides it: `releases.cert-manager`. */
  readonly setting: string;
  /** `oci://…`, or the `https://…` of its repository. */
  readonly from: string;
  /** What runs, or will with the next apply. */
  readonly version: string;
  /** Whether the platform file names it; else the suite does. */
  readonly isNamed: boolean;
  /** What the suite was tested with; undefined for a chart of the platform's own. */
  readonly tested?: string | undefined;
  /** Whether that is newer than what runs. */
  readonly isBehind: boolean;
  /** The newest one; undefined where nothing is newer than what runs. */
  readonly newest?: ChartVersion | undefined;
  /** The newest one that Helm's rules call compatible with what runs, where the newest one of all is not. */
  readonly compatible?: ChartVersion | undefined;
  /** Whether `newest` and `compatible` are no newer than what the suite was tested with. */
  readonly isTested: boolean;
  /** Why its registry could not be asked. */
  readonly problem?: string | undefined;
}

/** Of one platform file. */
export interface ChartVersions {
  readonly platform: string;
  readonly rows: readonly ChartRow[];
}

/** `incomplete`: nothing newer was found, and not every registry could be asked. */
export type ChartVerdict = 'newer' | 'current' | 'incomplete';

export const isNewer = ({ newest, isBehind }: ChartRow): boolean => newest !== undefined || isBehind;

export function chartVerdict({ rows }: Pick<ChartVersions, 'rows'>): ChartVerdict {
  if (rows.some(isNewer)) return 'newer';
  return rows.some(({ problem }) => problem !== undefined) ? 'incomplete' : 'current';
}

const word = z.string().max(1000);
const chartVersion = z.object({ version: word, digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) });
const schema = z.object({
  platform: word,
  rows: z.array(
    z.object({
      release: word,
      environments: z.array(word),
      setting: word,
      from: word,
      version: word,
      isNamed: z.boolean(),
      tested: word.optional(),
      isBehind: z.boolean(),
      newest: chartVersion.optional(),
      compatible: chartVersion.optional(),
      isTested: z.boolean(),
      problem: z.string().max(4000).optional(),
    }),
  ),
});

/** Reads what `deploy-platform` has found. Throws a UserError when it is nothing of the kind. */
export function parseChartVersions(text: string): ChartVersions {
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  throw new UserError({
    message: 'is not what `deploy-platform` has found.',
    location: { kind: 'input', name: 'versions' },
    remedy: 'Give the `versions` output of a step `deploy-platform` with `command: versions`.',
  });
}
