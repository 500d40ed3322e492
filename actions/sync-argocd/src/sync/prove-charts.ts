import { type Application, repositoryKey } from '@suite/argocd';
import { UserError } from '@suite/foundation';
import { chartKey, sourceAddress } from '../chart-address.ts';
import type { PlannedApplication, PlannedChart, SyncPlan } from './plan.ts';
import type { ProofPorts } from './ports.ts';
import { lasting, passing, type Unproven } from './unproven.ts';

export interface ProvenCharts {
  /** None where all are proven. */
  readonly problems: readonly Unproven[];
  /** Address of a chart → the version that is synced. */
  readonly running: Readonly<Record<string, string>>;
}

/**
 * Whether an application and what it brings are synced with the charts that it should have: sources that are charts at their versions, and
 * those that stand in Git (dependencies, `helmCharts`) as they stand in the commit that is synced.
 */
export async function proveCharts(
  { name, charts = [] }: Pick<PlannedApplication, 'name' | 'charts'>,
  family: readonly Application[],
  { repository }: Pick<SyncPlan, 'repository'>,
  { chartsAt }: Pick<ProofPorts, 'chartsAt'>,
): Promise<ProvenCharts> {
  if (charts.length === 0) return { problems: [], running: {} };
  const problems: Unproven[] = [];
  const running: Record<string, string> = {};
  const judge = (chart: PlannedChart, version: string | undefined, problem: Unproven) => {
    if (version !== undefined && withoutV(version) === withoutV(chart.version)) running[chart.address] = version;
    else problems.push({ ...problem, message: `${problem.message} instead of ${chart.version}` });
  };
  for (const one of family) {
    for (const [at, { repository: from, chart: named }] of one.sources.entries()) {
      const address = sourceAddress(from, named);
      const chart = address && charts.find(other => chartKey(other.address) === chartKey(address));
      const version = one.status.sync.revisions[at];
      if (chart)
        judge(chart, version, passing(`the chart ${chart.name} is ${version ?? 'in no version'} in ${one.name}`));
    }
  }
  const own = family.find(one => one.name === name);
  const at = own?.sources.findIndex(source => repositoryKey(source.repository) === repositoryKey(repository)) ?? -1;
  const commit = own?.status.sync.revisions[at];
  if (commit === undefined || commit === '') {
    return { problems: [...problems, passing('it is synced with no commit')], running };
  }
  try {
    for (const { name: of, version, place } of await chartsAt(name, charts, commit)) {
      const chart = charts.find(one => one.name === of);
      if (chart === undefined) continue;
      judge(
        chart,
        version,
        lasting(`the commit ${commit.slice(0, 12)}, which is synced, has the chart ${of} in ${version} (${place})`),
      );
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(...error.problems.map(({ message }) => passing(message.replace(/\.$/, ''))));
  }
  return { problems, running };
}

/** Tags may have one where the chart itself has none. */
function withoutV(version: string): string {
  return version.replace(/^v/, '');
}
