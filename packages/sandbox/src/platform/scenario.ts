import type { ScopeView } from '@suite/platform-file';
import type { StepResult } from '../runner/run-action.ts';

/** One job of the sandbox's run: a command of an action on one scope. */
export interface ScenarioJob {
  /** `dev · westeurope · plan`. */
  readonly name: string;
  readonly view: ScopeView;
  readonly command: 'plan' | 'apply' | 'verify';
}

export interface FinishedJob extends ScenarioJob {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly step: StepResult;
}

export type RunStep = (job: ScenarioJob, inputs: Readonly<Record<string, string>>) => Promise<StepResult>;

export interface ScenarioEvents {
  readonly onJobStart?: (job: ScenarioJob) => void;
  readonly onJobEnd?: (job: FinishedJob) => void;
}

/**
 * What a team does with a platform, in the order of promotion: for every scope plan, apply that very plan, verify. Stops at
 * the first job that fails, as a pipeline does.
 */
export async function runScenario(
  views: readonly ScopeView[],
  runStep: RunStep,
  events: ScenarioEvents = {},
): Promise<FinishedJob[]> {
  const finished: FinishedJob[] = [];
  const perform = async (view: ScopeView, command: ScenarioJob['command'], inputs: Record<string, string>) => {
    const job: ScenarioJob = { name: `${view.scope} · ${view.region} · ${command}`, view, command };
    events.onJobStart?.(job);
    const startedAt = Date.now();
    const step = await runStep(job, { command, scope: view.scope, region: view.region, ...inputs });
    const done = { ...job, startedAt, step };
    finished.push(done);
    events.onJobEnd?.(done);
    return step.conclusion === 'success' ? step : undefined;
  };
  for (const view of views) {
    const plan = await perform(view, 'plan', {});
    if (plan === undefined) break;
    const { 'plan-file': planFile = '', digest = '' } = plan.outputs;
    if (!(await perform(view, 'apply', { 'plan-file': planFile, 'expected-digest': digest }))) break;
    if (!(await perform(view, 'verify', {}))) break;
  }
  return finished;
}
