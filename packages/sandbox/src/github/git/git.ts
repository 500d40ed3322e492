import { execFile, execFileSync } from 'node:child_process';

/** The `git` program on one bare repository, untouched by whatever configuration the machine has. */
export interface Git {
  readonly dir: string;
  /** Standard output without the last newline. Rejects with git's own words. */
  run(args: readonly string[], options?: GitOptions): Promise<string>;
  /** The same, undefined when git exits with an error. */
  tryRun(args: readonly string[], options?: GitOptions): Promise<string | undefined>;
  /** Standard output as it is. */
  bytes(args: readonly string[], options?: GitOptions): Promise<Buffer>;
  /** Blocks for the milliseconds that git takes. */
  runSync(args: readonly string[]): string;
}

export interface GitOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const maxBuffer = 256 * 1024 * 1024;
/** Answers of one repository that are kept, the latest ones. */
const mostKept = 500;

export function createGit(dir: string): Git {
  const start: Git['bytes'] = (args, { input, env = {}, cwd } = {}) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        'git',
        [...args],
        {
          env: { ...isolated(), GIT_DIR: dir, ...env },
          encoding: 'buffer',
          maxBuffer,
          ...(cwd === undefined ? {} : { cwd }),
        },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(`git ${args[0]} failed: ${String(stderr).trim() || error.message}`, { cause: error }));
        },
      );
      // A git that fails early closes its input; its exit code tells why.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input ?? '');
    });
  // To start git costs more than what it does, most of all in a process as large as the sandbox's.
  const kept = new Map<string, Promise<Buffer>>();
  const bytes: Git['bytes'] = (args, options = {}) => {
    if (!isLasting(args) || options.cwd !== undefined) return start(args, options);
    const key = JSON.stringify([args, options.env]);
    const answer = kept.get(key) ?? start(args, options);
    kept.delete(key);
    kept.set(key, answer);
    // What is not there may come yet.
    answer.catch(() => kept.delete(key));
    for (const old of [...kept.keys()].slice(0, -mostKept)) kept.delete(old);
    return answer;
  };
  const run: Git['run'] = async (args, options) => trimEnd(String(await bytes(args, options)));
  return {
    dir,
    bytes,
    run,
    tryRun: (args, options) => run(args, options).catch(() => undefined),
    runSync: args =>
      trimEnd(execFileSync('git', [...args], { env: { ...isolated(), GIT_DIR: dir }, encoding: 'utf8', maxBuffer })),
  };
}

const readers = new Set(['cat-file', 'diff', 'log', 'ls-tree', 'merge-base', 'rev-list']);
const objects = /^[0-9a-f]{40}(?:\.{2,3}[0-9a-f]{40})?$/;

/** Whether git is asked for nothing but what stands in objects that are named by their whole ids, which never changes. */
export function isLasting([command = '', ...words]: readonly string[]): boolean {
  const end = words.indexOf('--');
  const named = (end < 0 ? words : words.slice(0, end)).filter(word => !word.startsWith('-') && word !== 'blob');
  return readers.has(command) && named.length > 0 && named.every(word => objects.test(word));
}

/** No hooks, signing or line endings of whoever runs the sandbox. */
export function isolated(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
}

function trimEnd(text: string): string {
  return text.replace(/\n$/, '');
}
