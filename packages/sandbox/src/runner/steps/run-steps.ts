import { randomUUID } from 'node:crypto';
import { errorMessage } from '@suite/foundation';
import type { Conclusion, StepResult } from '../results.ts';
import type { JobState } from './job-state.ts';
import { endOrphans, trackingVariable } from './orphans.ts';
import { resolveAction } from './resolve-action.ts';
import { scriptTask } from './run-script.ts';
import { runTask } from './run-task.ts';
import { usesTasks } from './run-uses.ts';
import { createStepLog } from './step-log.ts';
import type { StepsJobRun } from './steps-job-run.ts';
import type { Task } from './task.ts';

export interface StepsEnd {
  readonly status: Conclusion;
  readonly steps: readonly StepResult[];
  /** For the job's outputs and the address of its environment. */
  readonly state: JobState;
}

/** Runs the steps of a job, and ends then what they left running in the background. */
export async function runSteps(run: StepsJobRun): Promise<StepsEnd> {
  const trackingId = `github_${randomUUID()}`;
  try {
    return await runAllStages({ ...run, machine: { ...run.machine, [trackingVariable]: trackingId } });
  } finally {
    await endOrphans(trackingId);
  }
}

/** Pre stages, the steps, then the post stages of what has begun, in reverse order. */
async function runAllStages(run: StepsJobRun): Promise<StepsEnd> {
  const state: JobState = { run, env: { ...run.env }, path: [], status: 'success', steps: {} };
  const posts: Task[] = [];
  const results: StepResult[] = [];
  const prepared = await prepare(state, task => posts.push(task));
  if ('failed' in prepared) return { status: 'failure', steps: [prepared.failed], state };
  for (const task of prepared.tasks) results.push(await runTask(task, state));
  for (let task = posts.pop(); task !== undefined; task = posts.pop()) results.push(await runTask(task, state));
  return { status: state.status, steps: results, state };
}

type Prepared = { readonly tasks: readonly Task[] } | { readonly failed: StepResult };

/** As a runner does it in "Set up job": every action is fetched first, also of steps that will not run. */
async function prepare(state: JobState, addPost: (task: Task) => void): Promise<Prepared> {
  const pres: Task[] = [];
  const mains: Task[] = [];
  try {
    for (const step of state.run.steps) {
      if (step.kind === 'run') {
        mains.push(scriptTask(step, state));
        continue;
      }
      const { pre, main } = usesTasks(step, await resolveAction(step.uses, state.run), state, addPost);
      if (pre !== undefined) pres.push(pre);
      mains.push(main);
    }
    return { tasks: [...pres, ...mains] };
  } catch (error) {
    return { failed: setUpFailure(state.run, errorMessage(error)) };
  }
}

function setUpFailure(run: StepsJobRun, message: string): StepResult {
  const log = createStepLog(run.masks, run.workspace);
  log.say('error', message);
  run.record.stepStarts('Set up job')('failure');
  return {
    name: 'Set up job',
    conclusion: 'failure',
    seconds: 0,
    log: log.lines,
    annotations: log.annotations,
    outputs: {},
    summary: '',
  };
}
