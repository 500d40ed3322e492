import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { asObject, asString } from '@suite/foundation';
import { parse } from 'yaml';
import { type Annotation, readLog, readOutputs } from './command-files.ts';

/** One `uses:` step, run as the runner runs it: a Node process of its own with `INPUT_*` and the command files. */
export interface ActionStep {
  readonly name: string;
  /** Folder of the action in a release tree; holds action.yml. */
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What the job's environment adds: `GITHUB_*`, proxy, certificates, OIDC. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** Emptied between jobs; holds the step's command files. */
  readonly temp: string;
  readonly onLine?: (line: string) => void;
  /** Told as soon as the process runs, for tests that cancel or kill it. */
  readonly onStart?: (running: RunningStep) => void;
}

export interface RunningStep {
  readonly pid: number;
  /** As the runner cancels: SIGINT, after 7.5 s SIGTERM, after 2.5 s more the whole process is killed. */
  cancel(): void;
  /** SIGKILL at once, as when the machine is lost. */
  kill(): void;
}

export interface StepResult {
  readonly name: string;
  readonly uses: string;
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  readonly exitCode: number | null;
  readonly seconds: number;
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown that the step wrote. */
  readonly summary: string;
}

/** Runs the step to its end. A failing action is a result, not an exception. */
export async function runAction(step: ActionStep): Promise<StepResult> {
  const metadata = asObject(parse(await readFile(join(step.action, 'action.yml'), 'utf8')));
  const main = asString(asObject(metadata['runs'])['main']);
  if (main === undefined) throw new Error(`${step.action}/action.yml names no \`runs.main\`.`);
  const files = join(step.temp, '_runner_file_commands');
  await mkdir(files, { recursive: true });
  const unique = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const outputFile = join(files, `set_output_${unique}`);
  const summaryFile = join(files, `step_summary_${unique}`);
  await Promise.all([outputFile, summaryFile].map(file => writeFile(file, '')));

  const started = performance.now();
  const exit = await runProcess(step, join(step.action, main), {
    ...step.environment,
    ...inputVariables(asObject(metadata['inputs']), step.inputs),
    GITHUB_WORKSPACE: step.workspace,
    GITHUB_OUTPUT: outputFile,
    GITHUB_STEP_SUMMARY: summaryFile,
    RUNNER_TEMP: step.temp,
  });
  const { lines, annotations } = readLog(exit.output);
  return {
    name: step.name,
    uses: step.action,
    conclusion: exit.cancelled ? 'cancelled' : exit.code === 0 ? 'success' : 'failure',
    exitCode: exit.code,
    seconds: (performance.now() - started) / 1000,
    log: lines,
    annotations,
    outputs: readOutputs(await readFile(outputFile, 'utf8')),
    summary: await readFile(summaryFile, 'utf8'),
  };
}

/** `INPUT_*` as the runner makes them: defaults of action.yml filled in, names in upper case, only spaces replaced. */
function inputVariables(declared: Readonly<Record<string, unknown>>, given: Readonly<Record<string, string>>) {
  const variables: Record<string, string> = {};
  for (const name of new Set([...Object.keys(declared), ...Object.keys(given)])) {
    const value = given[name] ?? String(asObject(declared[name])['default'] ?? '');
    variables[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
  }
  return variables;
}

function runProcess(step: ActionStep, file: string, environment: Record<string, string>) {
  return new Promise<{ code: number | null; output: string; cancelled: boolean }>((resolve, reject) => {
    const child = spawn(process.execPath, [file], {
      cwd: step.workspace,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let partial = '';
    const timers: NodeJS.Timeout[] = [];
    let cancelled = false;
    const listen = (stream: NodeJS.ReadableStream) => {
      const decoder = new StringDecoder('utf8');
      stream.on('data', (chunk: Buffer) => {
        const text = decoder.write(chunk);
        output += text;
        const lines = (partial + text).split('\n');
        partial = lines.pop() ?? '';
        for (const line of lines) step.onLine?.(line);
      });
    };
    listen(child.stdout);
    listen(child.stderr);
    child.on('error', reject);
    child.on('close', code => {
      for (const timer of timers) clearTimeout(timer);
      resolve({ code, output, cancelled });
    });
    const { pid } = child;
    if (pid === undefined) return;
    step.onStart?.({
      pid,
      cancel: () => {
        cancelled = true;
        child.kill('SIGINT');
        timers.push(
          setTimeout(() => child.kill('SIGTERM'), 7_500),
          setTimeout(() => child.kill('SIGKILL'), 10_000),
        );
      },
      kill: () => {
        cancelled = true;
        child.kill('SIGKILL');
      },
    });
  });
}
