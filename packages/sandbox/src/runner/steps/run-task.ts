import { errorMessage } from '@suite/foundation';
import { evaluate, isTruthy, type Scope } from '../expressions/evaluate.ts';
import { resolveBoolean, resolveNumber, resolveTexts } from '../expressions/template.ts';
import { githubVariables } from '../jobs/contexts.ts';
import { stepStatusFunctions } from '../jobs/status-functions.ts';
import type { Conclusion, StepResult } from '../results.ts';
import { type JobState, stepContexts } from './job-state.ts';
import { createStepLog, type StepLog } from './step-log.ts';
import type { Performed, Task } from './task.ts';

/** Runs one task in its turn, if its condition lets it, and takes what came of it over into the job. */
export async function runTask(task: Task, state: JobState): Promise<StepResult> {
  const { run } = state;
  const { clock } = run.host;
  if (run.signal.aborted) state.status = 'cancelled';
  const log = createStepLog(run.masks, run.workspace);
  const begun = clock.now();
  const scopeOf = (env: Readonly<Record<string, string>>): Scope => ({
    contexts: stepContexts(state, env, task.action),
    functions: { ...stepStatusFunctions(state.status), hashFiles: notPlayed('hashFiles') },
  });

  const env = attempt(log, () => ({ ...state.env, ...resolveTexts(task.env, scopeOf(state.env)) }));
  const scope = scopeOf(env ?? state.env);
  // A name that cannot be told yet must not hide what the step does.
  const name = attempt(createStepLog(run.masks, ''), () => task.name(scope)) ?? task.uses ?? 'Run';
  const ended = run.record.stepStarts(run.masks.hide(name));
  const isOver = run.deadline.aborted;
  const isDue = isOver
    ? false
    : env === undefined
      ? undefined
      : attempt(log, () => isTruthy(evaluate(task.condition, scope)));

  const done = isDue === true ? await performTask(task, state, scopeOf, env ?? {}, log, name) : undefined;
  const outcome = isDue === false ? 'skipped' : (done?.outcome ?? 'failure');
  const forgives = () =>
    task.continueOnError !== undefined && resolveBoolean(task.continueOnError, scope, 'continue-on-error');
  const conclusion = outcome === 'failure' && attempt(log, forgives) === true ? 'success' : outcome;
  const outputs = done?.performed?.outputs ?? {};
  if (task.id !== undefined) state.steps[task.id] = { outputs, outcome, conclusion };
  if (conclusion === 'failure' && state.status !== 'cancelled') state.status = 'failure';
  ended(conclusion);
  return {
    name: run.masks.hide(name),
    ...(task.uses === undefined ? {} : { uses: task.uses }),
    conclusion,
    ...(done?.performed?.exitCode === undefined ? {} : { exitCode: done.performed.exitCode }),
    seconds: (clock.now() - begun) / 1000,
    log: log.lines,
    annotations: log.annotations,
    outputs,
    summary: done?.performed?.summary ?? '',
  };
}

interface Done {
  readonly outcome: Conclusion;
  readonly performed: Performed | undefined;
}

async function performTask(
  task: Task,
  state: JobState,
  scopeOf: (env: Readonly<Record<string, string>>) => Scope,
  env: Readonly<Record<string, string>>,
  log: StepLog,
  name: string,
): Promise<Done> {
  const { run } = state;
  const ending = new AbortController();
  const ended = new AbortController();
  const onCancel = () => {
    state.status = 'cancelled';
    // GitHub asks the condition again, and lets an always() step go on.
    if (attempt(log, () => isTruthy(evaluate(task.condition, scopeOf(env)))) !== true) ending.abort();
  };
  if (!run.signal.aborted) run.signal.addEventListener('abort', onCancel, { once: true });
  const minutes =
    task.timeoutMinutes === undefined ? 0 : resolveNumber(task.timeoutMinutes, scopeOf(env), 'timeout-minutes');
  let isLate = false;
  if (minutes > 0) {
    const late = () => {
      isLate = true;
      ending.abort();
    };
    run.host.clock.sleep(minutes * 60_000, ended.signal).then(late, () => undefined);
  }
  let performed: Performed | undefined;
  try {
    const environment = processEnvironment(state, env, task);
    performed = await task.perform({ scope: scopeOf(env), log, environment, signal: ending.signal });
  } catch (error) {
    log.say('error', errorMessage(error));
  } finally {
    run.signal.removeEventListener('abort', onCancel);
    ended.abort();
  }
  if (isLate) {
    log.say('error', `The action '${name}' has timed out after ${minutes} minutes.`);
    return { outcome: 'failure', performed };
  }
  if (ending.signal.aborted || run.deadline.aborted) {
    log.say('error', 'The operation was canceled.');
    return { outcome: 'cancelled', performed };
  }
  return { outcome: performed?.isSuccess === true ? 'success' : 'failure', performed };
}

/** What the runner puts into a process: the machine's, the workflow's, and over both its own. */
function processEnvironment(
  { run, path }: JobState,
  env: Readonly<Record<string, string>>,
  task: Task,
): Readonly<Record<string, string>> {
  const runner = Object.entries(run.runner).map(([name, value]) => [`RUNNER_${name.toUpperCase()}`, value]);
  const variables: Record<string, string> = {
    ...run.machine,
    ...env,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    ...githubVariables({ ...run.github, ...task.action }),
    ...Object.fromEntries(runner),
  };
  if (path.length > 0) variables['PATH'] = [...path, variables['PATH'] ?? ''].join(':');
  return variables;
}

function attempt<T>(log: StepLog, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    log.say('error', errorMessage(error));
    return undefined;
  }
}

function notPlayed(name: string) {
  return {
    maxArgs: 255,
    call: (): never => {
      throw new Error(`The sandbox's runner does not play ${name}().`);
    },
  };
}
