import type { Row } from '../comment/content.ts';
import type { ChangeReport } from '../model.ts';

/** Everything that an issue about the drift of one scope is rendered from. */
export interface DriftContent {
  readonly platform: string;
  readonly scope: string;
  /** Path of the platform file, as people name it. */
  readonly file: string;
  readonly commit: { readonly head: string };
  readonly run: { readonly id: string; readonly attempt: string; readonly url: string };
  /** ISO 8601. */
  readonly finishedAt: string;
  /** ISO 8601; when it was first seen. */
  readonly since: string;
  /** One for each region, with the reports of what looked for drift there. */
  readonly rows: readonly Row[];
  /** Open pull requests whose last plan puts it back. */
  readonly repairs: readonly Repair[];
}

export interface Repair {
  readonly number: number;
  readonly title: string;
  readonly url: string;
}

/** `incomplete`: nothing was found, and not everything could be looked at. */
export type DriftVerdict = 'drifted' | 'clean' | 'incomplete';

/** Drift that was found stands, whatever else could not be looked at; clean is only what was looked at to the end. */
export function driftVerdict(rows: readonly Row[]): DriftVerdict {
  if (rows.some(({ reports }) => reports.some(({ verdict }) => verdict === 'drifted'))) return 'drifted';
  const isClean = ({ reports, missing }: Row) =>
    missing === undefined && reports.length > 0 && reports.every(({ verdict }) => verdict === 'clean');
  return rows.length > 0 && rows.every(isClean) ? 'clean' : 'incomplete';
}

/** What could not be looked at, one sentence each; backticks mark code. */
export function gapsOf({ title, reports, missing }: Row): string[] {
  return [
    ...(missing === undefined
      ? []
      : [`${title}: nothing is known of ${missing.actions.join(', ')}, because ${missing.reason}.`]),
    ...reports.flatMap(report =>
      report.checks
        .filter(({ status }) => status === 'unknown' || (status === 'failed' && report.verdict === 'incomplete'))
        .map(({ message, remedy }) => `${title}: ${message}${remedy === undefined ? '' : ` ${remedy}`}`),
    ),
  ];
}

/** Whatever was changed by others, by the address of the tool that would put it back. */
export function driftedAddresses(rows: readonly Row[]): ReadonlySet<string> {
  const of = ({ action, drift }: ChangeReport) => drift.map(({ address }) => `${action} ${address}`);
  return new Set(rows.flatMap(({ reports }) => reports.flatMap(of)));
}
