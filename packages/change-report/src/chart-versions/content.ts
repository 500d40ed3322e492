import { parseJson, UserError } from '@suite/foundation';
import { z } from 'zod';
import type { Change } from '../model.ts';
import { changeSchema } from '../schema.ts';

/** A version that a registry has, and what pins it. */
export interface ChartVersion {
  readonly version: string;
  /** `sha256:…`: of the manifest in an OCI registry, of the archive in a repository. */
  readonly digest: string;
  /** Of what the chart brings, as it says itself. */
  readonly appVersion?: string | undefined;
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
  /** What its makers say of the support of what runs; undefined where they say nothing that would decide it. */
  readonly support?: ChartSupport | undefined;
  /** Why its registry could not be asked. */
  readonly problem?: string | undefined;
}

/** Whether the makers of a chart still mend what it brings. */
export interface ChartSupport {
  readonly isOver: boolean;
  /** The last day on which they do, where they name one. */
  readonly until?: string | undefined;
  /** Without a full stop. */
  readonly says: string;
  /** Where they say so: `https://…`. */
  readonly source: string;
}

/** Of one platform file. */
export interface ChartVersions {
  readonly platform: string;
  readonly rows: readonly ChartRow[];
}

/** What a proposed chart renders otherwise in an environment, with the values that it has there. */
export interface ChartDifference {
  readonly release: string;
  readonly environment: string;
  /** The versions that are compared. */
  readonly from: string;
  readonly to: string;
  readonly changes: readonly Change[];
  /** How many more there are. */
  readonly omitted: number;
  /** Why it could not be rendered. */
  readonly problem?: string | undefined;
}

/** What was found, with all that a pull request says of it. */
export interface ChartProposals extends ChartVersions {
  readonly differences: readonly ChartDifference[];
}

/** `incomplete`: nothing newer was found, and not every registry could be asked. */
export type ChartVerdict = 'newer' | 'current' | 'incomplete';

export const isOutOfSupport = ({ support }: ChartRow): boolean => support?.isOver === true;

export const isNewer = ({ newest, isBehind }: ChartRow): boolean => newest !== undefined || isBehind;

/** One step at a time: past a compatible version goes the proposal after this one. */
export const proposedVersion = ({ newest, compatible }: ChartRow): ChartVersion | undefined => compatible ?? newest;

export function chartVerdict({ rows }: Pick<ChartVersions, 'rows'>): ChartVerdict {
  if (rows.some(isNewer)) return 'newer';
  return rows.some(({ problem }) => problem !== undefined) ? 'incomplete' : 'current';
}

const word = z.string().max(1000);
/** What the platform file takes. */
const version = z.string().regex(/^v?\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]{1,60})?(?:\+[0-9A-Za-z.-]{1,60})?$/);
/** What charts call the version of what they bring. */
export const appVersionPattern = /^[\w.+-]{1,60}$/;
const chartVersion = z.object({
  version,
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  appVersion: z.string().regex(appVersionPattern).optional(),
});
const row = z.object({
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
  support: z
    .object({
      isOver: z.boolean(),
      until: z
        .string()
        .regex(/^\d{4}-\d{2}-\d{2}$/)
        .optional(),
      says: word,
      source: word,
    })
    .optional(),
  problem: z.string().max(4000).optional(),
});
const schema = z.object({ platform: word, rows: z.array(row) });

/** Branches are named by it, and titles. */
const name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
/** Whoever unpacks charts says only which release is to be changed. */
const setting = z.string().regex(/^releases(?:\.[a-z0-9-]{1,63}){1,3}$/);
const proposals = z.object({
  platform: name,
  rows: z.array(row.extend({ release: name, setting })),
  differences: z.array(
    z.object({
      release: word,
      environment: word,
      from: word,
      to: word,
      changes: z.array(changeSchema),
      omitted: z.int().nonnegative(),
      problem: z.string().max(20_000).optional(),
    }),
  ),
});

/** Reads the same with differences, of the file in which a job hands it over. Throws a UserError when it is nothing of the kind. */
export function parseChartProposals(text: string): ChartProposals {
  const result = proposals.safeParse(parseJson(text));
  if (result.success) return result.data;
  throw new UserError({
    message: 'holds nothing that `deploy-platform` has proposed.',
    location: { kind: 'input', name: 'proposals' },
    remedy: 'Give the file of the `proposals` output of a step `deploy-platform` with `command: versions`.',
  });
}

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
