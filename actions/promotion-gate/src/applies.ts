import type { ChangeReport } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { Reader, Services, Shelf } from './ports.ts';
import { readReport } from './read-report.ts';
import { type Place, type PromotionRecord, speaksFor } from './record.ts';

/** The reports of what was applied, one of each action. Throws a UserError as `readApply` does. */
export async function readApplies(
  files: readonly string[],
  view: ScopeView,
  services: Pick<Services, 'context'>,
): Promise<readonly ChangeReport[]> {
  const reports = await Promise.all(files.map(file => readApply(file, view, services)));
  if (reports.every(isTest)) {
    throw new UserError({
      message: 'holds no report of an apply.',
      location: { kind: 'input', name: 'reports' },
      remedy: 'Give the `report` outputs of the applies.',
    });
  }
  const twice = reports.find(({ action }, index) => reports.findIndex(other => other.action === action) !== index);
  if (twice === undefined) return reports;
  throw new UserError({
    message: `holds two reports of ${twice.action}.`,
    location: { kind: 'input', name: 'reports' },
    remedy: 'Give one of each action.',
  });
}

/** The report of an apply that is recorded. Throws a UserError when it is none, of another place, or did not end well. */
async function readApply(file: string, view: ScopeView, { context }: Pick<Services, 'context'>): Promise<ChangeReport> {
  const report = await readReport(file);
  const fits =
    (report.command === 'apply' || isTest(report)) &&
    report.scope === view.scope &&
    report.region === view.region &&
    report.platform === view.platform &&
    report.run?.id === context.runId &&
    report.commit.head === context.sha;
  if (!fits) {
    throw new UserError({
      message: `The report is not of an apply of ${view.scope} in ${view.region} by this run.`,
      remedy: 'Give the `report` outputs of the applies in this job.',
    });
  }
  // What a test's verdict stops was its own step's matter, by what the platform file says: the record tells it.
  if (isTest(report) || report.verdict === 'applied' || report.verdict === 'no-changes') return report;
  throw new UserError({
    message: `Nothing is recorded: the apply of ${view.scope} in ${view.region} ended as ${report.verdict}.`,
    remedy: 'Put right what its summary says, and run the failed jobs again.',
  });
}

/** A test changes nothing; it says what it found after the applies. */
export function isTest({ action, command }: ChangeReport): boolean {
  return action === 'gpu-smoke-test' && command === 'verify';
}

/** Throws a UserError where there is no registry, though somebody has applied. */
export async function openOwnShelf(
  view: ScopeView,
  reader: Reader,
  { openShelf }: Pick<Services, 'openShelf'>,
): Promise<Shelf> {
  const shelf = await openShelf(view, reader);
  if (shelf !== undefined) return shelf;
  throw new UserError({
    message: `The registry of ${view.scope} in ${view.region} does not exist, though it was applied.`,
    remedy: 'Apply again; if `existing: registry:` names one, check its id.',
  });
}

/**
 * The record of an attempt that was cut off after it, where nothing was left for this one to apply: that attempt has proved it, and of which
 * plan.
 */
export async function earlierRecord(
  reports: readonly ChangeReport[],
  {
    shelf,
    bundle,
    place,
    run,
  }: { readonly shelf: Shelf; readonly bundle: string; readonly place: Place; readonly run: string },
): Promise<PromotionRecord | undefined> {
  if (!reports.every(report => isTest(report) || report.verdict === 'no-changes')) return undefined;
  return (await shelf.records(bundle)).find(own => speaksFor(own, place) && own.run.id === run);
}
