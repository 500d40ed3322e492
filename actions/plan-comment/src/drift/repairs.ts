import { type ChangeReport, type DriftContent, driftedAddresses, parseReport, type Repair } from '@suite/change-report';
import { errorMessage, parseJson, UserError } from '@suite/foundation';
import type { IssueTracker, OpenPull, Services } from '../ports.ts';

export interface ScopedRepair {
  readonly scope: string;
  readonly repair: Repair;
}

type Drifted = Pick<DriftContent, 'platform' | 'scope' | 'rows'>;

// More open pull requests than a person looks at; the newest come first.
const most = 20;

/**
 * Open pull requests whose last plan changes what drifted, so that merging and promoting one puts it back. They are a service: what
 * cannot be read of them is said in the log and stops nothing.
 */
export async function findRepairs(
  drifted: readonly Drifted[],
  tracker: Pick<IssueTracker, 'openPulls' | 'reportsOf'>,
  log: Services['log'],
): Promise<ScopedRepair[]> {
  try {
    const pulls = await tracker.openPulls();
    const found: ScopedRepair[] = [];
    for (const pull of pulls.slice(0, most)) {
      for (const one of drifted) {
        if (await putsBack(pull, one, tracker)) found.push({ scope: one.scope, repair: pull });
      }
    }
    return found;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.info(`Without pull requests that would put it back: ${errorMessage(error)}`);
    return [];
  }
}

async function putsBack(
  { headSha }: OpenPull,
  { platform, scope, rows }: Drifted,
  { reportsOf }: Pick<IssueTracker, 'reportsOf'>,
): Promise<boolean> {
  const addresses = driftedAddresses(rows);
  for (const { region, reports } of rows) {
    if (!reports.some(({ drift }) => drift.length > 0)) continue;
    const texts = await reportsOf(headSha, `report-${platform}-${scope}-${region}`);
    const planned = texts.flatMap(readPlan);
    if (planned.some(({ action, changes }) => changes.some(({ address }) => addresses.has(`${action} ${address}`)))) {
      return true;
    }
  }
  return false;
}

/** An artifact may hold anything: what is no plan counts for nothing. */
function readPlan(text: string): ChangeReport[] {
  try {
    const report = parseReport(parseJson(text));
    return report.command === 'plan' ? [report] : [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [];
  }
}
