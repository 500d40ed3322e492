import type { Change, ChangeReport } from '../model.ts';
import type { ExpectedScope } from './expected.ts';

/** Everything a comment is rendered from. */
export interface CommentContent {
  readonly platform: string;
  /** Path of the platform file, as people name it. */
  readonly file: string;
  readonly commit: { readonly head: string };
  readonly run: { readonly id: string; readonly attempt: string; readonly url: string };
  /** ISO 8601. */
  readonly finishedAt: string;
  /** In the order of promotion. Empty when the platform file could not be resolved. */
  readonly rows: readonly Row[];
  /** Why nothing could be planned at all: one sentence each, backticks mark code. */
  readonly problems: readonly string[];
}

/** One scope in one region: the reports of its job, or why there are none. */
export interface Row extends ExpectedScope {
  readonly reports: readonly ChangeReport[];
  /** Reports that should be there and are not. */
  readonly missing?: Missing;
}

export interface Missing {
  /** Whose report is missing. */
  readonly actions: readonly string[];
  /** Continues "No plan of dev: ": `its job was cancelled`. */
  readonly reason: string;
  /** Page of the job, where its log stands. */
  readonly url?: string;
}

/** The columns of the table, by the action that reports. */
export const areas = [
  { title: 'Infrastructure', actions: ['provision-aks'] },
  { title: 'Platform', actions: ['deploy-platform'] },
  { title: 'Images', actions: ['push-acr'] },
  { title: 'Applications', actions: ['sync-argocd'] },
] as const;

export function areaOf({ action }: Pick<ChangeReport, 'action'>): string {
  return areas.find(({ actions }) => actions.some(name => name === action))?.title ?? action;
}

/** A change with where it happens. */
export interface PlacedChange {
  readonly row: Row;
  readonly report: ChangeReport;
  readonly change: Change;
}

export function placedChanges(rows: readonly Row[]): PlacedChange[] {
  return rows.flatMap(row => row.reports.flatMap(report => report.changes.map(change => ({ row, report, change }))));
}

export function changesOf({ reports }: Row): Change[] {
  return reports.flatMap(report => report.changes);
}

/** Whether what happens there is known to the last: nothing missing, nothing failed. */
export function isKnown({ missing, reports }: Row): boolean {
  return missing === undefined && reports.length > 0 && reports.every(({ verdict }) => verdict !== 'failed');
}

export function isBlocked({ reports }: Row): boolean {
  return reports.some(({ verdict }) => verdict === 'blocked');
}
