import { type Log, type RunContext, readContext } from '@suite/action-kit';

/** A job of a run on main, for tests. */
export const runContext: RunContext = readContext(
  {
    GITHUB_REPOSITORY: 'contoso/platform',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: 'abc',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_ACTOR: 'mona',
    GITHUB_RUN_ID: '7',
    GITHUB_RUN_ATTEMPT: '1',
  },
  { cwd: '/w', temp: '/t' },
);

/** A log that keeps what is printed, each line after its level. */
export function recordingLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const print = (level: string) => (text: string) => void lines.push(`${level}: ${text}`);
  const log: Log = {
    info: print('info'),
    debug: print('debug'),
    notice: print('notice'),
    warning: print('warning'),
    error: print('error'),
    group: (_, work) => work(),
  };
  return { log, lines };
}
