import { basename } from 'node:path';
import { type ProcessRunner, which } from '@suite/action-kit';
import { type Clock, quote, UserError } from '@suite/foundation';
import { NotRendered } from './not-rendered.ts';
import type { Kustomize } from './ports.ts';

export interface KustomizeProgram {
  /** Full path of `kustomize` or of `kubectl`. */
  readonly file: string;
  readonly processes: ProcessRunner;
  readonly clock: Clock;
  /** A folder that is there. */
  readonly cwd: string;
}

const deadlineMs = 120_000;
const mostOutput = 64 * 1024 * 1024;

/**
 * Full path of `kustomize`, else of `kubectl`, which has it built in; undefined where the runner has neither. GitHub's runners have
 * both.
 */
export async function locateKustomize(env: Readonly<Record<string, string | undefined>>): Promise<string | undefined> {
  const path = { PATH: env['PATH'] ?? '' };
  return (await which('kustomize', path)) ?? (await which('kubectl', path));
}

export function createKustomize({ file, processes, clock, cwd }: KustomizeProgram): Kustomize {
  const command = /^kubectl(?:\.exe)?$/.test(basename(file)) ? ['kustomize'] : ['build'];
  return {
    build: async folder => {
      const [kill, ended] = [new AbortController(), new AbortController()];
      let why = '';
      const stop = (reason: string) => {
        why ||= reason;
        kill.abort();
      };
      const watch = clock.sleep(deadlineMs, ended.signal).then(
        () => stop('it took more than two minutes'),
        () => undefined,
      );
      let size = 0;
      try {
        const exit = await processes.run({
          file,
          args: [...command, folder],
          cwd,
          env: closedEnvironment,
          captureStdout: true,
          onStdout: line => {
            size += line.length;
            if (size > mostOutput) stop(`it gave more than ${mostOutput / 1024 / 1024} MiB`);
          },
          kill: kill.signal,
        });
        if (why !== '') throw new NotRendered(`Kustomize was ended: ${why}.`);
        if (exit.code !== 0) throw new NotRendered(explain(exit.stderr));
        return exit.stdout;
      } catch (error) {
        if (error instanceof UserError) throw new NotRendered(error.message);
        throw error;
      } finally {
        ended.abort();
        await watch;
      }
    },
  };
}

/**
 * Nothing is to be fetched, whatever a kustomization says: there is no git on this PATH, and what asks a proxy finds nobody at the
 * discard port.
 */
const closedEnvironment = {
  PATH: '',
  HOME: '/nonexistent',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '',
};

/** What Kustomize prints, without the prefixes of logs. */
function explain(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !line.startsWith('# Warning'));
  const text = lines
    .join(' ')
    .replace(/^[IWEF]\d{4} \S+ +\d+ \S+\] "command failed" err=/, '')
    .replace(/^[Ee]rror: /, '')
    .replace(/^"(.*)"$/s, '$1')
    .replaceAll('\\"', '"');
  return `Kustomize: ${quote(text === '' ? 'it failed without a word' : text)}`;
}
