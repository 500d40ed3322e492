import { channel } from 'node:diagnostics_channel';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { basename, dirname, join } from 'node:path';
import { causes, errorMessage, type Location, resolvedChannel } from '@suite/foundation';
import type { Environment, RunContext } from '../context.ts';
import type { InputSource } from '../inputs.ts';
import type { Log } from '../log.ts';
import type { Command, ProcessRunner } from '../process.ts';
import { maskedSecrets } from '../secrets.ts';
import { redact } from './redact.ts';
import { watchRequests } from './requests.ts';

/** Writes down what an action does, for whoever has to find out why it went wrong. */
export interface Diagnostics {
  /** Where the files are. */
  readonly folder: string;
  input(source: InputSource): InputSource;
  log(log: Log): Log;
  processes(runner: ProcessRunner): ProcessRunner;
  /** Takes out what became known as a secret after it was written. */
  close(error: unknown): void;
}

/**
 * Records a run into a folder of its own below `diagnostics` in the runner's temporary folder, when the runner is debugging: versions,
 * inputs, the resolved platform file, requests with their times and ids, tools with arguments, exit codes and what they tell of their
 * work, and everything that was printed. No body of a request, no header, no answer of a tool (a state, a plan, rendered manifests) and no
 * secret is in it. Each entry is on the disk at once, so that a run that is killed leaves what it had.
 *
 * Undefined when the runner does not debug (`RUNNER_DEBUG`: GitHub Docs, "Variables reference"). `warn` is told when the disk takes
 * nothing more: the run goes on without a record, because what it does matters more.
 */
export function openDiagnostics(
  env: Environment,
  context: RunContext,
  program: string,
  warn: (message: string) => void,
): Diagnostics | undefined {
  if (env['RUNNER_DEBUG'] !== '1') return undefined;
  const began = new Date();
  // `provision-aks/dist/index.js`
  const action = basename(dirname(dirname(program)));
  const folder = join(context.temp, 'diagnostics', `${began.toISOString().replaceAll(':', '-')}-${action}`);
  let isWritable = true;
  const attempt = (write: () => void) => {
    if (!isWritable) return;
    try {
      write();
    } catch (error) {
      isWritable = false;
      warn(`The diagnostics of this run end here: ${errorMessage(error)}`);
    }
  };
  attempt(() => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  const clean = (text: string) => redact(text, maskedSecrets());
  const append = (file: string, text: string) =>
    attempt(() => appendFileSync(join(folder, file), `${clean(text)}\n`, { mode: 0o600 }));
  const appendEntry = (file: string, entry: object) =>
    append(file, JSON.stringify({ at: new Date().toISOString(), ...entry }));
  append('about.json', JSON.stringify(about(action, env, context, began), null, 2));
  const endRequests = watchRequests(
    entry => appendEntry('requests.jsonl', entry),
    () => performance.now(),
  );
  const resolved = (view: unknown) => append('platform.json', JSON.stringify(view, null, 2));
  channel(resolvedChannel).subscribe(resolved);
  const sayIn = (file: string) => (who: string, text: string) =>
    append(file, `${new Date().toISOString()} ${who} ${text}`);
  const say = sayIn('log.txt');
  /** What is kept whole is an answer; what is read line by line tells how the work goes. */
  const listenTo = (command: Command): Command => {
    const hear = (listener: Command['onStderr']) => (line: string) => {
      sayIn('tools.txt')(basename(command.file), line);
      listener?.(line);
    };
    const tells = command.onStdout !== undefined && command.captureStdout !== true;
    return {
      ...command,
      onStderr: hear(command.onStderr),
      ...(tells ? { onStdout: hear(command.onStdout) } : {}),
    };
  };
  return {
    folder,
    input: source => name => {
      const value = source(name);
      const shown = isSecretName(name) && value !== '' ? '***' : value;
      if (value !== '') appendEntry('inputs.jsonl', { name, value: shown });
      return value;
    },
    log: log => {
      const both = (level: string, print: Log['error']) => (message: string, location?: Location) => {
        say(level, message);
        print(message, location);
      };
      return {
        info: both('info', log.info),
        debug: both('debug', log.debug),
        notice: both('notice', log.notice),
        warning: both('warning', log.warning),
        error: both('error', log.error),
        group: (title, work) => {
          say('group', title);
          return log.group(title, work);
        },
      };
    },
    processes: runner => ({
      run: async command => {
        const start = performance.now();
        const entry = { file: command.file, args: command.args, cwd: command.cwd };
        const took = () => Math.round(performance.now() - start);
        try {
          const exit = await runner.run(listenTo(command));
          appendEntry('tools.jsonl', { ...entry, code: exit.code, signal: exit.signal, milliseconds: took() });
          return exit;
        } catch (error) {
          appendEntry('tools.jsonl', { ...entry, error: errorMessage(error), milliseconds: took() });
          throw error;
        }
      },
    }),
    close: error => {
      endRequests();
      channel(resolvedChannel).unsubscribe(resolved);
      if (error !== undefined) {
        const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
        append('error.txt', [stack, ...causes(error).map(line => `caused by: ${line}`)].join('\n'));
      }
      // What a full disk kept of them is cleaned as well.
      isWritable = existsSync(folder);
      attempt(() => {
        for (const file of readdirSync(folder)) {
          const path = join(folder, file);
          const text = readFileSync(path, 'utf8');
          const after = clean(text);
          if (after !== text) writeFileSync(path, after);
        }
      });
    },
  };
}

function isSecretName(name: string): boolean {
  return /token|password|secret|key$|source-username/i.test(name);
}

function about(action: string, env: Environment, context: RunContext, began: Date) {
  const { repository, sha, ref, event, workflow, job, runId, runAttempt, runUrl } = context;
  return {
    action,
    source: context.action,
    began: began.toISOString(),
    run: { repository, sha, ref, event, workflow, job, runId, runAttempt, runUrl },
    node: process.version,
    system: {
      platform: os.platform(),
      release: os.release(),
      architecture: os.arch(),
      cores: os.availableParallelism(),
      memoryMiB: Math.round(os.totalmem() / 2 ** 20),
      freeMemoryMiB: Math.round(os.freemem() / 2 ** 20),
    },
    runner: { name: env['RUNNER_NAME'], os: env['RUNNER_OS'], environment: env['RUNNER_ENVIRONMENT'] },
    // Addresses of proxies may hold a password.
    network: Object.fromEntries(
      ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'].map(name => [
        name,
        env[name] !== undefined || env[name.toLowerCase()] !== undefined,
      ]),
    ),
  };
}
