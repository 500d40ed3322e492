import { CancelledError, canonicalJson, errorMessage, type Json } from '@suite/foundation';
import { evaluate, isTruthy, type Scope } from '../expressions/evaluate.ts';
import { resolve, resolveBoolean, resolveNumber, resolveTexts } from '../expressions/template.ts';
import type { Conclusion } from '../results.ts';
import type { CallJob, Job } from '../workflow/model.ts';
import type { Attempt, FinishedJob, Secrets } from './attempt.ts';
import { convertInput, emptyInput, type LoadedWorkflow, sameName } from './calls.ts';
import { cancelled, cancelledWith } from './cancellation.ts';
import { githubContext } from './contexts.ts';
import { holdGroup } from './hold-group.ts';
import { type Configuration, expandMatrix } from './matrix.ts';
import { runningName, skippedName } from './names.ts';
import { runStepsJob } from './run-steps-job.ts';
import { createSlots } from './slots.ts';
import { ancestorsOf, combine, jobStatusFunctions } from './status-functions.ts';

/** A workflow file in an attempt: the one that was started, or one that a job calls. */
export interface WorkflowRun {
  readonly attempt: Attempt;
  readonly loaded: LoadedWorkflow;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly secrets: Secrets;
  /** `caller / ` in front of the names of jobs. */
  readonly namePrefix: string;
  /** The same for the keys by which an attempt finds the jobs of the one before. */
  readonly keyPrefix: string;
  readonly signal: AbortSignal;
  readonly heldGroups: readonly string[];
  /** With `failedOnly`: something that this workflow waited for was run again, so all of it is. */
  readonly isForced: boolean;
}

export interface WorkflowEnd {
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** Some job of it was run in this attempt rather than kept. */
  readonly ranAgain: boolean;
}

/** What `needs.<id>` shows of a job. */
type Outcome = WorkflowEnd;

/** Runs the jobs of a workflow in the order of their needs. */
export async function runWorkflow(workflow: WorkflowRun): Promise<WorkflowEnd> {
  const { jobs, call } = workflow.loaded.workflow;
  const graph = new Map(jobs.map(job => [job.id, job.needs]));
  const outcomes = new Map<string, Promise<Outcome>>();
  const settled = new Map<string, Outcome>();
  const start = (id: string): Promise<Outcome> => {
    const known = outcomes.get(id);
    if (known !== undefined) return known;
    const job = jobs.find(each => each.id === id) as Job;
    const outcome = Promise.all(job.needs.map(start)).then(async () => {
      const ancestors = ancestorsOf(id, graph).map(each => ({ id: each, ...(settled.get(each) as Outcome) }));
      const ended = await runJob(workflow, job, ancestors);
      settled.set(id, ended);
      return ended;
    });
    outcomes.set(id, outcome);
    return outcome;
  };
  const ended = await Promise.all(jobs.map(job => start(job.id)));
  // GitHub leaves `jobs.<id>.result` empty here, whatever its page on contexts says (actions/runner#2495, #3087).
  const shown = Object.fromEntries(jobs.map(({ id }) => [id, { outputs: settled.get(id)?.outputs ?? {} }]));
  const scope = workflowScope(workflow, { jobs: shown });
  return {
    result: combine(ended.map(({ result }) => result)),
    outputs: call === undefined ? {} : withoutEmpty(resolveTexts(call.outputs, scope)),
    ranAgain: ended.some(({ ranAgain }) => ranAgain),
  };
}

type Ancestor = Outcome & { readonly id: string };

async function runJob(workflow: WorkflowRun, job: Job, ancestors: readonly Ancestor[]): Promise<Outcome> {
  const { attempt, signal } = workflow;
  const needs = ancestors.filter(({ id }) => job.needs.includes(id));
  const isForced = workflow.isForced || needs.some(({ ranAgain }) => ranAgain);
  const key = `${workflow.keyPrefix}${job.id}`;
  const kept = isForced ? undefined : attempt.previous?.get(key);
  if (kept?.shown.conclusion === 'skipped') return keep(attempt, key, kept);

  const contexts = { needs: Object.fromEntries(needs.map(({ id, result, outputs }) => [id, { result, outputs }])) };
  const holds = (isCancelled: boolean) =>
    isTruthy(
      evaluate(job.condition, {
        ...workflowScope(workflow, contexts),
        functions: jobStatusFunctions(ancestors, isCancelled),
      }),
    );
  try {
    if (!holds(signal.aborted)) return skip(workflow, job, key);
    return await runConfigurations({ workflow, job, key, contexts, isForced, holds });
  } catch (error) {
    return fail(workflow, skippedName(job), key, error);
  }
}

interface DueJob {
  readonly workflow: WorkflowRun;
  readonly job: Job;
  readonly key: string;
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly isForced: boolean;
  readonly holds: (isCancelled: boolean) => boolean;
}

async function runConfigurations(due: DueJob): Promise<Outcome> {
  const { workflow, job, contexts } = due;
  const scope = workflowScope(workflow, contexts);
  const { strategy } = job;
  const failFast = strategy === undefined || resolveBoolean(strategy.failFast, scope, 'fail-fast');
  const isMatrix = strategy?.matrix !== undefined;
  const configurations: readonly Configuration[] =
    strategy?.matrix === undefined
      ? [{ values: {}, segments: [] }]
      : expandMatrix(resolve(strategy.matrix, scope), job.id);
  const limit = strategy?.maxParallel === undefined ? 0 : resolveNumber(strategy.maxParallel, scope, 'max-parallel');
  const slots = createSlots(limit > 0 ? limit : configurations.length);
  const all = cancelledWith(workflow.signal, () => false);

  const ended: Outcome[] = [];
  await Promise.all(
    configurations.map(async (configuration, index) => {
      const leg = legOf(due, configuration, isMatrix, all.signal, {
        'fail-fast': failFast,
        'job-index': index,
        'job-total': configurations.length,
        'max-parallel': limit > 0 ? limit : configurations.length,
      });
      const outcome = await runLeg(leg, slots.acquire(leg.controller.signal));
      ended.push(outcome);
      if (outcome.result === 'failure' && failFast && isMatrix) {
        all.abort(cancelled(`The strategy configuration was canceled because "${leg.name}" failed`));
      }
    }),
  );
  return {
    result: combine(ended.map(({ result }) => result)),
    outputs: mergeOutputs(ended, job.kind === 'call' && isMatrix),
    ranAgain: ended.some(({ ranAgain }) => ranAgain),
  };
}

/**
 * Outputs of all configurations, none of which is empty: of equal names the one that ended last counts. Of called
 * workflows only those that succeeded do (docs, reuse workflows: using outputs from a reusable workflow).
 */
function mergeOutputs(ended: readonly Outcome[], onlySuccessful: boolean): Readonly<Record<string, string>> {
  const heard = onlySuccessful ? ended.filter(({ result }) => result === 'success') : ended;
  return Object.assign({}, ...heard.map(({ outputs }) => outputs));
}

interface Leg {
  readonly due: DueJob;
  readonly name: string;
  readonly key: string;
  readonly contexts: Readonly<Record<string, unknown>>;
  /** Ends its waiting and its steps; not aborted when the job goes on after a cancellation. */
  readonly controller: AbortController;
  /** Tells the jobs of a called workflow of a cancellation; each of them decides for itself. */
  readonly cancelling: AbortSignal;
}

function legOf(
  due: DueJob,
  { values, segments }: Configuration,
  isMatrix: boolean,
  signal: AbortSignal,
  strategy: Readonly<Record<string, Json>>,
): Leg {
  const contexts = { ...due.contexts, matrix: isMatrix ? values : null, strategy };
  const controller = cancelledWith(signal, () => due.holds(true));
  const name = runningName(due.job, segments, workflowScope(due.workflow, contexts));
  return {
    due,
    name: `${due.workflow.namePrefix}${name}`,
    key: isMatrix ? `${due.key}${canonicalJson(values)}` : due.key,
    contexts,
    controller,
    cancelling: AbortSignal.any([due.workflow.signal, signal, controller.signal]),
  };
}

async function runLeg(leg: Leg, turn: Promise<() => void>): Promise<Outcome> {
  const { workflow, job, isForced } = leg.due;
  const { attempt } = workflow;
  let release: (() => void) | undefined;
  try {
    release = await turn;
    if (job.kind === 'call') return await runCall(leg, job);
    const kept = isForced ? undefined : attempt.previous?.get(leg.key);
    if (kept?.shown.conclusion === 'success') return keep(attempt, leg.key, kept);
    const finished = await runStepsJob({
      attempt,
      job,
      name: leg.name,
      source: workflow.loaded.source,
      permissions: workflow.loaded.permissions.get(job.id) ?? {},
      secrets: workflow.secrets,
      workflowEnv: workflow.loaded.workflow.env,
      contexts: { ...leg.contexts, inputs: workflow.inputs },
      heldGroups: workflow.heldGroups,
      controller: leg.controller,
    });
    attempt.finished.set(leg.key, finished);
    return { result: finished.result, outputs: finished.outputs, ranAgain: true };
  } catch (error) {
    return fail(workflow, leg.name, leg.key, error, leg.controller.signal.aborted);
  } finally {
    release?.();
  }
}

/** A job that calls a workflow: its inputs and secrets are settled, then the jobs of the called file run. */
async function runCall(leg: Leg, job: CallJob): Promise<Outcome> {
  const { workflow, isForced } = leg.due;
  const { attempt, loaded } = workflow;
  const called = loaded.calls.get(job.id) as LoadedWorkflow;
  const scope = workflowScope(workflow, leg.contexts);
  const { repository } = attempt.run.request;
  const own = await holdGroup(attempt.groups, {
    concurrency: job.concurrency,
    scope,
    repository,
    held: workflow.heldGroups,
    controller: leg.controller,
  });
  try {
    const inputs = inputsOf(workflow, job, called, scope);
    const child: WorkflowRun = {
      attempt,
      loaded: called,
      inputs,
      secrets: secretsOf(workflow, job, scope),
      namePrefix: `${leg.name} / `,
      keyPrefix: `${leg.key}/`,
      signal: leg.cancelling,
      heldGroups: own.held,
      isForced,
    };
    const embedded = await holdGroup(attempt.groups, {
      concurrency: called.workflow.concurrency,
      scope: workflowScope(child, {}),
      repository,
      held: own.held,
      controller: leg.controller,
    });
    try {
      return await runWorkflow({ ...child, heldGroups: embedded.held });
    } finally {
      embedded.leave();
    }
  } finally {
    own.leave();
  }
}

function inputsOf(workflow: WorkflowRun, job: CallJob, called: LoadedWorkflow, scope: Scope) {
  const values: Record<string, Json> = {};
  const defaults: Scope = workflowScope({ ...workflow, inputs: values }, {});
  for (const definition of called.workflow.call?.inputs ?? []) {
    const given = job.inputs.find(({ name }) => sameName(name, definition.name));
    if (given !== undefined) values[definition.name] = convertInput(definition, resolve(given.value, scope));
    else if (definition.default === undefined) values[definition.name] = emptyInput(definition);
    else values[definition.name] = convertInput(definition, resolve(definition.default, defaults));
  }
  return values;
}

/** Only inherited secrets reach those of an environment that a called job names (actions/runner#1490). */
function secretsOf(workflow: WorkflowRun, { secrets }: CallJob, scope: Scope): Secrets {
  if (secrets === 'inherit') return workflow.secrets;
  const own = { ...workflow.secrets(undefined), GITHUB_TOKEN: '' };
  const given = withoutEmpty(resolveTexts(secrets, { contexts: { ...scope.contexts, secrets: own } }));
  return () => given;
}

function workflowScope({ attempt, inputs }: WorkflowRun, contexts: Readonly<Record<string, unknown>>): Scope {
  const { host, run } = attempt;
  const vars = host.vars(run.request.repository, undefined);
  return { contexts: { github: githubContext(run), inputs, vars, ...contexts } };
}

function keep(attempt: Attempt, key: string, kept: FinishedJob): Outcome {
  attempt.finished.set(key, kept);
  attempt.recorder.add(kept.shown);
  return { result: kept.result, outputs: kept.outputs, ranAgain: false };
}

function skip({ attempt, namePrefix }: WorkflowRun, job: Job, key: string): Outcome {
  const shown = {
    id: attempt.host.newId(),
    name: `${namePrefix}${skippedName(job)}`,
    conclusion: 'skipped',
    runsOn: '',
    startedAt: attempt.host.clock.now(),
    seconds: 0,
    steps: [],
    annotations: [],
  } as const;
  attempt.recorder.add(shown);
  attempt.finished.set(key, { shown, result: 'skipped', outputs: {} });
  return { result: 'skipped', outputs: {}, ranAgain: true };
}

/** A job that could not even begin. */
function fail({ attempt }: WorkflowRun, name: string, key: string, error: unknown, isCancelled = false): Outcome {
  const conclusion = isCancelled || error instanceof CancelledError ? 'cancelled' : 'failure';
  const shown = attempt.recorder.begin(name).ends({
    conclusion,
    steps: [],
    annotations: [{ level: 'error', message: errorMessage(error) }],
  });
  attempt.finished.set(key, { shown, result: conclusion, outputs: {} });
  return { result: conclusion, outputs: {}, ranAgain: true };
}

function withoutEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
