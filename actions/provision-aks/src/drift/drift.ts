import { type Change, judgeDrift } from '@suite/change-report';
import { errorMessage, type Problem, UserError } from '@suite/foundation';
import { whileAtRest } from '@suite/lease';
import { placeOf } from '@suite/platform-file';
import { describeLock, readPlan } from '@suite/terraform';
import { withoutAutomaticUpgrades } from '../automatic-upgrades.ts';
import type { Outcome } from '../commands.ts';
import type { JudgedPlan } from '../plan.ts';
import type { Azure, Services } from '../ports.ts';
import { makePlan, type Prepared, prepare } from '../prepared.ts';
import { shownDifference } from '../report.ts';
import { withSettings } from '../settings.ts';
import { describeOwnRoot, hasOwnRoot } from '../sources/describe-sources.ts';
import type { Target } from '../target.ts';
import type { Difference } from '../verify/compare.ts';
import type { Inspected } from '../verify/resources/index.ts';
import { verifyScope } from '../verify/verify.ts';
import type { Workspace } from '../workspace.ts';
import { describeLeftAlone } from './left-alone.ts';
import { sortDifferences } from './sort-differences.ts';
import { activityDays, describeWho } from './who.ts';

/**
 * What others have changed since the last apply, as Terraform sees it and, beyond that, as Azure answers. Writes nothing. Drift
 * is no failure; the step fails where nothing was found and not everything could be looked at.
 */
export async function drift(target: Target, services: Services, workspace: Workspace): Promise<Outcome> {
  const { view } = target;
  try {
    const azure = services.connect(target);
    const readState = () => azure.readState();
    const options = {
      ...services,
      place: placeOf(view),
      view,
      lease: azure.lease,
      readState,
      describeLock,
    };
    return await whileAtRest(options, () => look(target, services, workspace, azure));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { verdict, checks } = judgeDrift({ drift: [], gaps: error.problems });
    return { findings: { verdict, checks }, error };
  }
}

async function look(target: Target, services: Services, workspace: Workspace, azure: Azure): Promise<Outcome> {
  const { view } = target;
  const prepared = await prepare(target, services, azure, workspace);
  const [{ plan, refreshed, problems }, live] = await Promise.all([
    planAll(target, services, prepared, workspace),
    hasOwnRoot(view) ? { differences: [], problems: [] } : readable(verifyScope(view, azure)),
  ]);
  const found = plan?.content.drift ?? refreshed;
  const { unseen, moving } = sortDifferences(live.differences, {
    changes: plan?.content.changes ?? [],
    drift: found,
    systemPool: view.kind === 'environment' ? view.cluster.pools.system.name : '',
  });
  // Without a plan nobody knows whether a difference waits for an apply.
  const differences = plan === undefined ? [] : unseen;
  const who =
    found.length + differences.length === 0 ? [] : await describeChangers(target, services, azure, found, differences);
  const { verdict, checks, error } = judgeDrift({
    drift: found,
    differences: differences.map(shownDifference),
    gaps: [...problems, ...live.problems, ...moving],
  });
  return {
    findings: {
      verdict,
      ...(plan === undefined ? {} : { plan }),
      drift: withSettings(found, view),
      differences,
      // Whether an apply would be let put it back; what else a plan checks is no question of drift.
      checks: [
        ...(found.length === 0 ? [] : (plan?.checks ?? []).filter(({ status }) => status === 'blocked')),
        ...checks,
      ],
      warnings: [...describeOwnRoot(view), ...who, ...(plan === undefined ? [] : describeLeftAlone(refreshed, found))],
    },
    ...(error === undefined ? {} : { error }),
  };
}

/** Who did it is worth knowing and no more: where the log may not be read nobody is named. */
async function describeChangers(
  { view }: Target,
  { clock, log }: Services,
  { readActivity }: Pick<Azure, 'readActivity'>,
  found: readonly Change[],
  differences: readonly Difference[],
): Promise<string[]> {
  const now = clock.now();
  try {
    const activity = await readActivity(now - activityDays * 86_400_000, now);
    return describeWho(found, differences, activity, {
      own: Object.values(view.identities),
      cluster: view.kind === 'shared' ? '' : view.cluster.name,
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.info(`Without the names of those who changed it: ${errorMessage(error)}`);
    return [];
  }
}

interface Plans {
  /** Undefined where it could not be made: the problems say why. */
  readonly plan: JudgedPlan | undefined;
  /** What differs from the state, whatever an apply would do about it. */
  readonly refreshed: readonly Change[];
  readonly problems: readonly Problem[];
}

/**
 * The plan proper, which refreshes first and tells both. Where what the platform file says today makes it fail, a plan that only
 * refreshes needs nothing of that.
 */
async function planAll(target: Target, services: Services, prepared: Prepared, workspace: Workspace): Promise<Plans> {
  const { terraform, varFiles } = prepared;
  const file = workspace.planFile;
  try {
    const plan = await makePlan(target, services, prepared, file).catch(error => {
      if (error instanceof UserError) return error;
      throw error;
    });
    if (!(plan instanceof UserError))
      return { plan, refreshed: withoutAutomaticUpgrades(plan.content.refreshed), problems: [] };
    await services.log.group(`${terraform.engine.command} plan -refresh-only`, () =>
      terraform.plan({ out: file, varFiles, refreshOnly: true }),
    );
    const { drift } = readPlan(await terraform.show(file));
    return { plan: undefined, refreshed: withoutAutomaticUpgrades(drift), problems: plan.problems };
  } finally {
    // It holds values of the state.
    await workspace.discard(file);
  }
}

/** What may not be read hides nothing that Terraform sees. */
function readable(looking: Promise<Inspected>): Promise<Inspected> {
  return looking.catch(error => {
    if (!(error instanceof UserError)) throw error;
    return { differences: [], problems: error.problems };
  });
}
