import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError, type Clock, errorMessage } from '@suite/foundation';
import type { Annotation } from '../annotations.ts';
import type { Scope } from '../expressions/evaluate.ts';
import { resolve, resolveBoolean, resolveNumber, resolveText, resolveTexts } from '../expressions/template.ts';
import { joined, type Permissions } from '../permissions.ts';
import type { EnteredEnvironment, JobIdentity } from '../ports.ts';
import type { Conclusion, JobResult } from '../results.ts';
import { stepContexts } from '../steps/job-state.ts';
import { createMasks, type Masks } from '../steps/masks.ts';
import { runSteps } from '../steps/run-steps.ts';
import type { StepsJob } from '../workflow/model.ts';
import type { Named } from '../workflow/node.ts';
import type { Attempt, FinishedJob, Secrets } from './attempt.ts';
import { type WorkflowSource, workflowRef } from './calls.ts';
import { cancelled } from './cancellation.ts';
import { githubContext, jobSource, runnerContext } from './contexts.ts';
import { holdGroup } from './hold-group.ts';
import type { JobRecord } from './recorder.ts';
import { jobSummaries } from './summaries.ts';

/** One job of steps, of a matrix one configuration. */
export interface StepsJobRequest {
  readonly attempt: Attempt;
  readonly job: StepsJob;
  readonly name: string;
  readonly source: WorkflowSource;
  readonly permissions: Permissions;
  readonly secrets: Secrets;
  /** `env` of the workflow file. */
  readonly workflowEnv: readonly Named[];
  /** needs, inputs, matrix, strategy. */
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly heldGroups: readonly string[];
  /** Aborted when the job is cancelled; the job aborts it itself when its time is up. */
  readonly controller: AbortController;
}

/** Waits for the job's turn, gives it a machine, runs its steps and tells what came of it. */
export async function runStepsJob(request: StepsJobRequest): Promise<FinishedJob> {
  const { attempt, name, controller } = request;
  const record = attempt.recorder.begin(name);
  const cleanups: (() => void)[] = [];
  try {
    return await runInTurn(request, record, cleanups);
  } catch (error) {
    const isCancelled = error instanceof CancelledError || controller.signal.aborted;
    return ended(record, isCancelled ? 'cancelled' : 'failure', [{ level: 'error', message: errorMessage(error) }]);
  } finally {
    for (const cleanup of cleanups.reverse()) cleanup();
  }
}

function ended(record: JobRecord, conclusion: Conclusion, annotations: readonly Annotation[]): FinishedJob {
  return { shown: record.ends({ conclusion, steps: [], annotations }), result: conclusion, outputs: {} };
}

async function runInTurn(request: StepsJobRequest, record: JobRecord, cleanups: (() => void)[]): Promise<FinishedJob> {
  const { attempt, job, controller } = request;
  const { host, run } = attempt;
  const { repository } = run.request;
  const before: Scope = {
    contexts: { github: githubContext(run), vars: host.vars(repository, undefined), ...request.contexts },
  };
  record.waits('pending');
  const { leave } = await holdGroup(attempt.groups, {
    concurrency: job.concurrency,
    scope: before,
    repository,
    held: request.heldGroups,
    controller,
  });
  cleanups.push(leave);

  const environment = job.environment === undefined ? '' : resolveText(job.environment.name, before);
  let entered: EnteredEnvironment | undefined;
  if (job.environment !== undefined && environment !== '') {
    record.waits('waiting');
    entered = await host.enterEnvironment(repository, environment, {
      sha: run.request.sha,
      ref: run.request.ref,
      runId: run.id,
      job: request.name,
      actor: run.triggeringActor,
      deployment: resolveBoolean(job.environment.deployment, before, 'deployment'),
      signal: controller.signal,
      summaries: () => jobSummaries(attempt.recorder.results()),
    });
    if (controller.signal.aborted) {
      entered.end('inactive');
      throw controller.signal.reason;
    }
    if (!entered.approved) {
      return {
        ...ended(record, 'failure', [{ level: 'error', message: `The environment ${environment} was not approved.` }]),
      };
    }
  }

  record.waits('queued');
  let state: 'success' | 'failure' | 'inactive' = 'inactive';
  let url: string | undefined;
  cleanups.push(() => entered?.end(state, url));
  cleanups.push(await attempt.slots.acquire(controller.signal));
  const { finished, environmentUrl } = await runOnMachine(request, record, environment, before, cleanups);
  url = environmentUrl;
  const { conclusion } = finished.shown;
  state = conclusion === 'success' || conclusion === 'failure' ? conclusion : 'inactive';
  return finished;
}

interface OnMachine {
  readonly finished: FinishedJob;
  readonly environmentUrl: string | undefined;
}

async function runOnMachine(
  request: StepsJobRequest,
  record: JobRecord,
  environment: string,
  before: Scope,
  cleanups: (() => void)[],
): Promise<OnMachine> {
  const { attempt, job, controller, source, permissions } = request;
  const { host, run } = attempt;
  const label = labelOf(job, before);
  record.starts(label);

  const folder = join(host.folder, run.id, String(run.attempt), record.id);
  const [workspace, temp] = [join(folder, 'work'), join(folder, 'temp')];
  await Promise.all([workspace, temp].map(path => mkdir(path, { recursive: true })));
  const eventPath = join(temp, '_github_workflow', 'event.json');
  await mkdir(join(temp, '_github_workflow'), { recursive: true });
  await writeFile(eventPath, JSON.stringify(run.request.event.payload, null, 2));

  const token = host.issueToken(run.request.repository, permissions);
  cleanups.push(() => host.revokeToken(token));
  const identity = identityOf(request, environment);
  const idToken = permissions['id-token'] === 'write' ? host.idTokenVariables(identity) : {};
  const named = environment === '' ? undefined : environment;
  const secrets = { ...request.secrets(named), GITHUB_TOKEN: token };
  const masks = createMasks();
  for (const secret of [...Object.values(secrets), idToken['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '']) masks.add(secret);

  const machine = host.machineEnvironment(label);
  const runner = runnerContext(label, temp, machine['RUNNER_TOOL_CACHE']);
  const github = { ...githubContext(run), job: job.id, token, workspace, event_path: eventPath };
  const vars = host.vars(run.request.repository, named);
  const contexts = { ...request.contexts, vars, secrets };
  const scope: Scope = { contexts: { ...contexts, github } };
  const env = { ...resolveTexts(request.workflowEnv, scope), ...resolveTexts(job.env, scope) };

  const annotations: Annotation[] = [];
  const ending = new AbortController();
  const minutes = job.timeoutMinutes === undefined ? 0 : resolveNumber(job.timeoutMinutes, before, 'timeout-minutes');
  if (minutes > 0) {
    const message = `The job running on runner ${runner['name']} has exceeded the maximum execution time of ${minutes} minutes.`;
    // GitHub cancels such a job rather than failing it: failure() of later jobs is false (solvcon/solvcon#772).
    const late = () => {
      annotations.push({ level: 'error', message });
      controller.abort(cancelled(message));
    };
    host.clock.sleep(minutes * 60_000, ending.signal).then(late, () => undefined);
  }
  const deadline = deadlineAfter(controller.signal, host.clock, ending.signal);
  // What the stand-ins of published actions would have used.
  let played: Permissions = {};
  const end = await runSteps({
    host,
    uses: more => {
      played = joined(played, more);
    },
    request: run.request,
    runId: run.id,
    attempt: run.attempt,
    record,
    steps: job.steps,
    source,
    permissions,
    token,
    identity,
    workspace,
    temp,
    artifacts: attempt.artifacts,
    artifactsOf: attempt.artifactsOf,
    masks,
    signal: controller.signal,
    deadline,
    env,
    machine: { ...machine, ...idToken },
    github,
    runner,
    jobContext: { ...jobSource(source), container: {}, services: {} },
    contexts: { ...contexts, runner },
  }).finally(() => ending.abort());

  if (end.status === 'cancelled' && annotations.length === 0) {
    annotations.push({ level: 'error', message: errorMessage(controller.signal.reason) });
  }
  const after: Scope = { contexts: stepContexts(end.state, end.state.env, {}) };
  const { outputs, url, failed } = resolveEnd(job, after, masks, annotations);
  const conclusion = failed && end.status === 'success' ? 'failure' : end.status;
  const forgives = conclusion === 'failure' && resolveBoolean(job.continueOnError, before, 'continue-on-error');
  const shown = record.ends({
    conclusion,
    steps: end.steps,
    annotations,
    rights: {
      job: `${source.path}#${job.id}`,
      granted: permissions,
      used: joined(host.usesOf(token, idToken), played),
    },
    ...shownEnvironment(environment, url),
  });
  return { finished: { shown, result: forgives ? 'success' : conclusion, outputs }, environmentUrl: url };
}

/** GitHub ends a job for good five minutes after it was cancelled (facts §6). */
function deadlineAfter(signal: AbortSignal, clock: Clock, ended: AbortSignal): AbortSignal {
  const deadline = new AbortController();
  const begin = () => {
    clock.sleep(5 * 60_000, ended).then(
      () => deadline.abort(),
      () => undefined,
    );
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return deadline.signal;
}

function shownEnvironment(name: string, url: string | undefined): Pick<JobResult, 'environment'> {
  return name === '' ? {} : { environment: { name, ...(url === undefined ? {} : { url }) } };
}

/** Outputs and the environment's address; one that would tell a secret is left out, as a runner does it. */
function resolveEnd(job: StepsJob, scope: Scope, masks: Masks, annotations: Annotation[]) {
  const outputs: Record<string, string> = {};
  let failed = false;
  let url: string | undefined;
  try {
    for (const { name, value } of job.outputs) {
      const text = resolveText(value, scope);
      // The runner sends no empty ones (JobExtension.cs), so that one leg of a matrix never takes another's value away.
      if (text === '') continue;
      if (masks.finds(text)) {
        annotations.push({ level: 'warning', message: `Skip output '${name}' since it may contain secret.` });
      } else outputs[name] = text;
    }
    url = job.environment?.url === undefined ? undefined : resolveText(job.environment.url, scope) || undefined;
    if (url !== undefined && masks.finds(url)) {
      url = undefined;
      annotations.push({ level: 'warning', message: 'Skip setting environment url as it may contain secret.' });
    }
  } catch (error) {
    failed = true;
    annotations.push({ level: 'error', message: masks.hide(errorMessage(error)) });
  }
  return { outputs, url, failed };
}

function labelOf(job: StepsJob, scope: Scope): string {
  const labels = resolve(job.runsOn, scope);
  const texts = (Array.isArray(labels) ? labels : [labels]).map(String).filter(label => label !== '');
  const [label] = texts;
  if (label === undefined) throw new Error('runs-on must name at least one label.');
  return texts.length === 1 ? label : texts.join(', ');
}

function identityOf({ attempt, source }: StepsJobRequest, environment: string): JobIdentity {
  const { run } = attempt;
  const isCalled = workflowRef(source) !== workflowRef(run.source);
  return {
    repository: run.request.repository,
    ref: run.request.ref,
    sha: run.request.sha,
    ...(environment === '' ? {} : { environment }),
    event: run.request.event.name,
    workflowRef: workflowRef(run.source),
    ...(isCalled ? { jobWorkflowRef: workflowRef(source) } : {}),
    runId: run.id,
    runAttempt: run.attempt,
    actor: run.request.actor,
  };
}
