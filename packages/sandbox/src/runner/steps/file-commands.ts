import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '@suite/foundation';
import type { StepLog } from './step-log.ts';

/** What a step wrote into its command files. */
export interface FileCommands {
  readonly outputs: Readonly<Record<string, string>>;
  /** For the step's own post step, as `STATE_*`. */
  readonly state: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  /** Markdown; empty when it was too large. Not masked. */
  readonly summary: string;
  /** A file could not be read, which fails the step. */
  readonly failed: boolean;
}

export interface CommandFiles {
  /** `GITHUB_OUTPUT` and its like. */
  readonly variables: Readonly<Record<string, string>>;
  /** What stands in them after the step; problems go into the log in actions/runner's words. */
  read(log: StepLog): Promise<FileCommands>;
}

// actions/runner, FileCommandManager.cs: AttachmentSizeLimit.
const summaryLimit = 1024 * 1024;
const names = ['output', 'state', 'env', 'path', 'step_summary'] as const;

/** Makes files of its own for one step, below the job's temp folder. */
export async function createCommandFiles(temp: string): Promise<CommandFiles> {
  const folder = join(temp, '_runner_file_commands');
  await mkdir(folder, { recursive: true });
  const suffix = randomUUID();
  const fileOf = (name: (typeof names)[number]) => join(folder, `${name}_${suffix}`);
  await Promise.all(names.map(name => writeFile(fileOf(name), '')));
  return {
    variables: Object.fromEntries(names.map(name => [`GITHUB_${name.toUpperCase()}`, fileOf(name)])),
    read: async log => {
      let failed = false;
      const attempt = async <T>(name: (typeof names)[number], otherwise: T, read: (text: string) => T): Promise<T> => {
        try {
          return read(await readFile(fileOf(name), 'utf8').catch(() => ''));
        } catch (error) {
          failed = true;
          log.say('error', `Unable to process file command '${name}' successfully.`);
          log.say('error', errorMessage(error));
          return otherwise;
        }
      };
      const outputs = await attempt('output', {}, readPairs);
      const state = await attempt('state', {}, readPairs);
      const environment = await attempt('env', {}, text => readEnvironment(text, log));
      const path = await attempt('path', [], text => text.split(/\r?\n/).filter(line => line !== ''));
      return { outputs, state, environment, path, summary: await readSummary(fileOf('step_summary'), log), failed };
    },
  };
}

/** `name=value` lines and `name<<DELIMITER` blocks, with the errors of actions/runner. */
export function readPairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    if (line === '') continue;
    const equals = line.indexOf('=');
    const block = line.indexOf('<<');
    if (equals >= 0 && (block < 0 || equals < block)) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
    } else if (block >= 0) {
      const [name, delimiter] = [line.slice(0, block), line.slice(block + 2)];
      if (name === '' || delimiter === '') {
        throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`);
      }
      const end = lines.indexOf(delimiter, index + 1);
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
      pairs[name] = lines.slice(index + 1, end).join('\n');
      index = end;
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return pairs;
}

function readEnvironment(text: string, log: StepLog): Record<string, string> {
  const pairs = Object.entries(readPairs(text)).filter(([name]) => {
    if (name.toUpperCase() !== 'NODE_OPTIONS') return true;
    log.say('error', "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
    return false;
  });
  return Object.fromEntries(pairs);
}

async function readSummary(file: string, log: StepLog): Promise<string> {
  const size = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (size <= summaryLimit) return size === 0 ? '' : readFile(file, 'utf8');
  const kibibytes = (bytes: number) => Math.floor(bytes / 1024);
  log.say(
    'error',
    `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${kibibytes(summaryLimit)}k, got ${kibibytes(size)}k. For more information see: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary`,
  );
  return '';
}
