import { join } from 'node:path';
import { asObject, asString, errorMessage, type Json } from '@suite/foundation';
import type { Scope } from './expressions/evaluate.ts';
import { resolve } from './expressions/template.ts';
import type { Attempt, Jobs, Secrets } from './jobs/attempt.ts';
import {
  dispatchInput,
  emptyInput,
  type LoadedWorkflow,
  loadWorkflow,
  sameName,
  type WorkflowSource,
} from './jobs/calls.ts';
import { cancelled } from './jobs/cancellation.ts';
import { createConcurrencyGroups } from './jobs/concurrency.ts';
import { githubContext, type RunIdentity } from './jobs/contexts.ts';
import { holdGroup } from './jobs/hold-group.ts';
import { createRecorder, type Recorder } from './jobs/recorder.ts';
import { runWorkflow } from './jobs/run-workflow.ts';
import { createSlots } from './jobs/slots.ts';
import { restricted } from './permissions.ts';
import type { ProgressStatus, Runner, RunnerHost, RunningWorkflow, RunProgress, RunRequest } from './ports.ts';
import type { RunResult } from './results.ts';
import { type ArtifactStore, createArtifactStore } from './stand-ins/artifact-store.ts';

/** What the runner keeps of a run over its attempts. */
interface Run {
  readonly request: RunRequest;
  readonly id: string;
  readonly number: number;
  readonly artifacts: ArtifactStore;
  attempts: number;
  jobs: Jobs;
}

/** Runs workflow files as GitHub and a hosted runner do, with real processes, on this machine. */
export function createRunner(host: RunnerHost): Runner {
  const runs = new Map<string, Run>();
  const numbers = new Map<string, number>();
  const groups = createConcurrencyGroups();
  const slots = createSlots(host.parallelism);

  const begin = (run: Run, triggeringActor: string, previous: Jobs | undefined): RunningWorkflow => {
    run.attempts += 1;
    const attempt = run.attempts;
    const controller = new AbortController();
    const perform = async (): Promise<RunResult> => {
      const { result, jobs } = await performAttempt({
        host,
        run,
        attempt,
        triggeringActor,
        previous,
        groups,
        slots,
        controller,
        artifactsOf: id => {
          const other = runs.get(id);
          return other !== undefined && isSameRepository(other, run) ? other.artifacts.list() : undefined;
        },
      });
      run.jobs = jobs;
      return result;
    };
    return {
      id: run.id,
      attempt,
      result: perform(),
      cancel: () => controller.abort(cancelled(`The run was canceled by @${triggeringActor}.`)),
    };
  };

  return {
    start: request => {
      const id = host.newId();
      const file = `${request.repository}/${request.path}`;
      const number = (numbers.get(file) ?? 0) + 1;
      numbers.set(file, number);
      const artifacts = createArtifactStore(join(host.folder, id, 'artifacts'), host.clock, host.newId);
      const run: Run = { request, id, number, artifacts, attempts: 0, jobs: new Map() };
      runs.set(id, run);
      return begin(run, request.actor, undefined);
    },
    rerun: (previous, options = {}) => {
      const run = runs.get(previous.id);
      if (run === undefined) throw new Error(`There is no run ${previous.id} to run again.`);
      if (previous.attempt !== run.attempts)
        throw new Error(`Run ${previous.id} has been run again since attempt ${previous.attempt}.`);
      return begin(
        run,
        options.triggeringActor ?? run.request.actor,
        options.failedOnly === true ? run.jobs : undefined,
      );
    },
    artifacts: runId => runs.get(runId)?.artifacts.list() ?? [],
  };
}

interface AttemptRequest extends Pick<Attempt, 'host' | 'groups' | 'slots' | 'previous' | 'artifactsOf'> {
  readonly run: Run;
  readonly attempt: number;
  readonly triggeringActor: string;
  readonly controller: AbortController;
}

async function performAttempt(request: AttemptRequest): Promise<{ result: RunResult; jobs: Jobs }> {
  const { host, run, attempt, controller } = request;
  const { signal } = controller;
  const source: WorkflowSource = { ...run.request, sha: run.request.sha };
  const startedAt = host.clock.now();
  let identity: RunIdentity = {
    request: run.request,
    repositoryIds: host.repositoryIds(run.request.repository) ?? { id: '', ownerId: '' },
    id: run.id,
    number: run.number,
    attempt,
    triggeringActor: request.triggeringActor,
    source: { repository: source.repository, ref: source.ref, sha: source.sha, path: source.path },
    workflow: run.request.path,
  };
  let status: ProgressStatus = 'queued';
  let conclusion: RunProgress['conclusion'];
  const recorder: Recorder = createRecorder(host.clock, host.newId, () => report());
  const report = () => host.onChange(progressOf(identity, recorder, run.artifacts, startedAt, status, conclusion));
  const end = (result: RunResult['conclusion'], startupFailure?: string): RunResult => {
    status = 'completed';
    conclusion = startupFailure === undefined ? result : 'startup_failure';
    report();
    return resultOf(identity, recorder, startedAt, host.clock.now(), result, startupFailure);
  };

  const finished = new Map<string, never>();
  try {
    report();
    const loaded = limit(await loadWorkflow(host, identity.source), run.request.restricted);
    identity = { ...identity, workflow: loaded.workflow.name ?? run.request.path };
    const work: Attempt = { ...request, run: identity, recorder, artifacts: run.artifacts, finished: new Map() };
    const inputs = dispatchInputs(loaded, run.request);
    const scope: Scope = {
      contexts: { github: githubContext(identity), inputs, vars: host.vars(run.request.repository, undefined) },
    };
    status = 'pending';
    report();
    const group = await holdGroup(request.groups, {
      concurrency: loaded.workflow.concurrency,
      scope,
      repository: run.request.repository,
      held: [],
      controller,
    });
    try {
      status = 'in_progress';
      report();
      const { result } = await runWorkflow({
        attempt: work,
        loaded,
        inputs,
        secrets: secretsOf(host, run.request),
        namePrefix: '',
        keyPrefix: '',
        signal,
        heldGroups: group.held,
        isForced: false,
      });
      const wasCancelled = signal.aborted && recorder.results().some(job => job.conclusion === 'cancelled');
      const ended = wasCancelled ? 'cancelled' : result === 'skipped' ? 'success' : result;
      return { result: end(ended), jobs: work.finished };
    } finally {
      group.leave();
    }
  } catch (error) {
    if (signal.aborted) return { result: end('cancelled'), jobs: finished };
    return { result: end('failure', errorMessage(error)), jobs: finished };
  }
}

function progressOf(
  { id, attempt, number, request, workflow }: RunIdentity,
  recorder: Recorder,
  artifacts: ArtifactStore,
  startedAt: number,
  status: ProgressStatus,
  conclusion: RunProgress['conclusion'],
): RunProgress {
  return {
    id,
    attempt,
    number,
    repository: request.repository,
    name: workflow,
    path: request.path,
    event: request.event.name,
    headSha: request.headSha,
    headBranch: request.headRef ?? request.ref.replace(/^refs\/(heads|tags)\//, ''),
    headRepository: headRepositoryOf(request),
    actor: request.actor,
    status,
    ...(conclusion === undefined ? {} : { conclusion }),
    startedAt,
    jobs: recorder.progress(),
    artifacts: artifacts.all(),
  };
}

/** Of a pull request where its branch lives, which may be a fork, or a fork that is gone. */
function headRepositoryOf({ event, repository }: RunRequest): string | null {
  const pull = asObject(event.payload)['pull_request'];
  if (pull === undefined) return repository;
  return asString(asObject(asObject(asObject(pull)['head'])['repo'])['full_name']) ?? null;
}

function isSameRepository(one: Run, other: Run): boolean {
  return sameName(one.request.repository, other.request.repository);
}

function resultOf(
  { id, attempt, request, workflow }: RunIdentity,
  recorder: Recorder,
  startedAt: number,
  endedAt: number,
  conclusion: RunResult['conclusion'],
  startupFailure: string | undefined,
): RunResult {
  return {
    id,
    attempt,
    workflow,
    path: request.path,
    event: request.event.name,
    headSha: request.headSha,
    actor: request.actor,
    conclusion,
    ...(startupFailure === undefined ? {} : { startupFailure }),
    startedAt,
    seconds: (endedAt - startedAt) / 1000,
    jobs: recorder.results(),
  };
}

/** Takes from every token what a run from outside may not have. */
function limit(loaded: LoadedWorkflow, isRestricted: boolean): LoadedWorkflow {
  if (!isRestricted) return loaded;
  return {
    ...loaded,
    permissions: new Map([...loaded.permissions].map(([id, permissions]) => [id, restricted(permissions)])),
    calls: new Map([...loaded.calls].map(([id, called]) => [id, limit(called, true)])),
  };
}

function secretsOf(host: RunnerHost, { repository, restricted: isRestricted }: RunRequest): Secrets {
  return environment => (isRestricted ? {} : host.secrets(repository, environment));
}

function dispatchInputs({ workflow }: LoadedWorkflow, request: RunRequest): Readonly<Record<string, Json>> {
  if (request.event.name !== 'workflow_dispatch') return {};
  const given = Object.entries(request.inputs ?? {});
  const unknown = given.find(([name]) => !workflow.dispatchInputs.some(definition => sameName(definition.name, name)));
  if (unknown !== undefined) throw new Error(`Unexpected inputs provided: ["${unknown[0]}"]`);
  const values = workflow.dispatchInputs.map(definition => {
    const [, text] = given.find(([name]) => sameName(name, definition.name)) ?? [];
    if (text !== undefined) return [definition.name, dispatchInput(definition, text)] as const;
    if (definition.default !== undefined)
      return [definition.name, resolve(definition.default, { contexts: {} })] as const;
    if (definition.required) throw new Error(`Required input '${definition.name}' not provided`);
    return [definition.name, emptyInput(definition)] as const;
  });
  return Object.fromEntries(values);
}
