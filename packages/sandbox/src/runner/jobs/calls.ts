import type { Json } from '@suite/foundation';
import { defaultPermissions, excess, type Permissions } from '../permissions.ts';
import type { RunnerHost } from '../ports.ts';
import type { CallJob, InputDefinition, Workflow } from '../workflow/model.ts';
import { type Place, WorkflowError } from '../workflow/node.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';

/** Where a workflow file comes from. */
export interface WorkflowSource {
  readonly repository: string;
  /** As GitHub shows it behind the `@`: `refs/heads/main`, `refs/tags/v1`, a sha. */
  readonly ref: string;
  readonly sha: string;
  readonly path: string;
}

/** A workflow file and every file that it calls, checked before anything runs. */
export interface LoadedWorkflow {
  readonly source: WorkflowSource;
  readonly workflow: Workflow;
  /** By the id of the calling job. */
  readonly calls: ReadonlyMap<string, LoadedWorkflow>;
  /** What the token of each job may do, by the job's id. */
  readonly permissions: ReadonlyMap<string, Permissions>;
}

type Files = Pick<RunnerHost, 'readFile' | 'resolveRef'>;

/** GitHub's figures, since November 2025. */
const deepest = 10;
const mostCalled = 50;
/** GitHub has such a limit, but does not tell its figure (actions/runner, JobCountValidator.cs). */
const mostJobs = 1_000;

/** What the files of one run have in common while they are loaded. */
interface Loading {
  readonly host: Files;
  /** Called files as they were read, by repository, path and commit; undefined where there is none. */
  readonly called: Map<string, Promise<Workflow | undefined>>;
  jobs: number;
}

/** `owner/name/.github/workflows/file.yml@ref`. */
export function workflowRef({ repository, path, ref }: WorkflowSource): string {
  return `${repository}/${path}@${ref}`;
}

/** Reads a workflow with all that it calls. Throws an Error with GitHub's words when the run cannot begin. */
export async function loadWorkflow(host: Files, source: WorkflowSource): Promise<LoadedWorkflow> {
  const text = await host.readFile(source.repository, source.sha, source.path);
  if (text === undefined) throw new Error(`${source.repository} has no ${source.path} at ${source.sha}.`);
  const inCaller = (error: WorkflowError) =>
    new Error(
      `Invalid workflow file: ${source.path}#L${error.place.line}\nThe workflow is not valid. ${located(source.path, error)}`,
    );
  try {
    const workflow = await readWorkflow(source.path, text);
    const loading: Loading = { host, called: new Map(), jobs: 0 };
    const loaded = await loadCalls(loading, source, workflow, workflow.permissions, 1);
    if (loading.called.size <= mostCalled) return loaded;
    const numbers = `total: ${loading.called.size}, limit: ${mostCalled}`;
    throw new Error(`Invalid workflow file: ${source.path}#L1\ntoo many workflows are referenced, ${numbers}`);
  } catch (error) {
    throw error instanceof WorkflowError ? inCaller(error) : error;
  }
}

async function loadCalls(
  loading: Loading,
  source: WorkflowSource,
  workflow: Workflow,
  explicit: Permissions | undefined,
  depth: number,
): Promise<LoadedWorkflow> {
  const calls = new Map<string, LoadedWorkflow>();
  const permissions = new Map<string, Permissions>();
  loading.jobs += workflow.jobs.length;
  if (loading.jobs > mostJobs) {
    throw new Error(`The sandbox plays no more than ${mostJobs} jobs in a workflow with all files that it calls.`);
  }
  for (const job of workflow.jobs) {
    const granted = job.permissions ?? explicit;
    permissions.set(job.id, granted ?? defaultPermissions);
    if (job.kind === 'call') calls.set(job.id, await loadCall(loading, source, job, granted, depth));
  }
  return { source, workflow, calls, permissions };
}

async function loadCall(
  loading: Loading,
  caller: WorkflowSource,
  job: CallJob,
  granted: Permissions | undefined,
  depth: number,
): Promise<LoadedWorkflow> {
  if (depth >= deepest)
    throw new WorkflowError(`Nested reusable workflow depth exceeded ${deepest - 1}.`, job.usesPlace);
  const notFound = () =>
    new WorkflowError(
      `error parsing called workflow "${caller.path}" -> "${job.uses}" : workflow was not found.`,
      job.usesPlace,
    );
  const source = await locate(loading.host, caller, job);
  if (source === undefined) throw notFound();
  const called = `${source.repository}/${source.path}@${source.sha}`;
  const shown = /^[.$]\//.test(job.uses) ? called : job.uses;
  const inside = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      throw new WorkflowError(`${fromCalled} ${located(shown, error)}`, job.usesPlace);
    }
  };
  const workflow = await inside(readCalled(loading, called, source));
  if (workflow === undefined) throw notFound();
  checkCall(job, workflow);
  checkPermissions(job, shown, workflow, granted ?? defaultPermissions);
  return inside(loadCalls(loading, source, workflow, workflow.permissions ?? granted, depth + 1));
}

/** Reads a file once, however often it is called. */
function readCalled({ host, called }: Loading, key: string, source: WorkflowSource): Promise<Workflow | undefined> {
  const read = async () => {
    const text = await host.readFile(source.repository, source.sha, source.path);
    return text === undefined ? undefined : readWorkflow(source.path, text);
  };
  const workflow = called.get(key) ?? read();
  called.set(key, workflow);
  return workflow;
}

const fromCalled = 'Error from called workflow';

async function locate(host: Files, caller: WorkflowSource, job: CallJob): Promise<WorkflowSource | undefined> {
  if (/^[.$]\//.test(job.uses)) return { ...caller, path: job.uses.slice(2) };
  const parts = /^([^/@]+\/[^/@]+)\/(\.github\/workflows\/[^/@]+)@(.+)$/.exec(job.uses);
  if (parts === null) {
    throw new WorkflowError(
      `invalid value workflow reference: '${job.uses}'. Name a file in .github/workflows of a repository and a ref.`,
      job.usesPlace,
    );
  }
  const [, repository = '', path = '', given = ''] = parts;
  for (const ref of candidates(given)) {
    const sha = await host.resolveRef(repository, ref);
    if (sha !== undefined) return { repository, path, sha, ref };
  }
  return undefined;
}

/** A tag goes before a branch of the same name; what is whole already stays. */
function candidates(ref: string): readonly string[] {
  if (ref.startsWith('refs/') || /^[0-9a-f]{40}$/.test(ref)) return [ref];
  return [`refs/tags/${ref}`, `refs/heads/${ref}`, ref];
}

function checkCall(job: CallJob, { call }: Workflow): void {
  const fail = (message: string, place: Place = job.usesPlace): never => {
    throw new WorkflowError(message, place);
  };
  if (call === undefined) {
    throw new WorkflowError('workflow_call key is not defined in the referenced workflow.', job.usesPlace);
  }
  const given = (names: readonly { readonly name: string }[], name: string) =>
    names.some(each => sameName(each.name, name));
  for (const input of call.inputs) {
    if (input.required && !given(job.inputs, input.name)) {
      fail(`Input ${input.name} is required, but not provided while calling.`);
    }
  }
  for (const { name, value } of job.inputs) {
    if (!given(call.inputs, name))
      fail(`Invalid input, ${name} is not defined in the referenced workflow.`, value.place);
  }
  const { secrets } = job;
  if (secrets === 'inherit') return;
  for (const secret of call.secrets) {
    if (secret.required && !given(secrets, secret.name)) {
      fail(`Secret ${secret.name} is required, but not provided while calling.`);
    }
  }
  for (const { name, value } of secrets) {
    if (!given(call.secrets, name))
      fail(`Invalid secret, ${name} is not defined in the referenced workflow.`, value.place);
  }
}

/** A called file that asks for more than its caller has ends the whole run, even behind a false `if` (actions/runner#4151). */
function checkPermissions(job: CallJob, called: string, { permissions, jobs }: Workflow, granted: Permissions): void {
  const check = (who: string, requested: Permissions | undefined) => {
    const over = requested === undefined ? undefined : excess(requested, granted);
    if (over === undefined) return;
    throw new WorkflowError(
      `Error calling workflow '${called}'. ${who} is requesting '${over.requested}', but is only allowed '${over.allowed}'.`,
      job.place,
    );
  };
  check('The workflow', permissions);
  for (const nested of jobs) check(`The nested job '${nested.id}'`, nested.permissions);
}

function located(file: string, { message, place }: WorkflowError): string {
  const prefix = message.startsWith(fromCalled) ? 'In ' : '';
  return `${prefix}${file} (Line: ${place.line}, Col: ${place.column}): ${message}`;
}

export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The value of an input as its type wants it; a called workflow takes no text for true or a number. */
export function convertInput({ name, type }: InputDefinition, value: Json): Json {
  if (type === 'string' && (value === null || typeof value !== 'object')) return value === null ? '' : String(value);
  if (typeof value === type) return value;
  throw new Error(
    `Input ${name} must be a ${type}: Unexpected value '${typeof value === 'string' ? value : JSON.stringify(value)}'`,
  );
}

export function emptyInput({ type }: InputDefinition): Json {
  return type === 'boolean' ? false : type === 'number' ? 0 : '';
}

/** What a person or the API sends with `workflow_dispatch` is text, whatever the input's type. */
export function dispatchInput(definition: InputDefinition, text: string): Json {
  if (definition.type === 'boolean') return text === 'true';
  return definition.type === 'number' ? Number(text) : text;
}
