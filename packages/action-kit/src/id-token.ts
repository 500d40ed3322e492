import { CancelledError, type Clock, isTransientStatus, quote, retry, UserError } from '@suite/foundation';
import type { Environment } from './context.ts';
import { mask } from './secrets.ts';

export interface IdTokens {
  readonly env: Environment;
  readonly clock: Clock;
  /** Asks GitHub once. */
  readonly issue?: (audience: string) => Promise<string>;
}

const patience = { attempts: 4, baseMs: 1000, capMs: 10_000 };

/**
 * Gives fresh OIDC tokens of this job for an audience. @actions/core gives up where a connection breaks, so that is tried again here: an
 * apply of hours renews its tokens, and must not end because one answer got lost. Throws a UserError when the job may not have one.
 */
export function createIdTokenRequest({ env, clock, issue = askGitHub }: IdTokens) {
  return async (audience: string): Promise<string> => {
    if (!env['ACTIONS_ID_TOKEN_REQUEST_URL']) {
      throw new UserError({
        message: 'This job cannot prove who it is: GitHub offers it no OIDC token.',
        remedy: 'Add `permissions: { id-token: write }` to the job. Pull requests from forks never get one.',
      });
    }
    try {
      const token = await retry(() => issue(audience), {
        ...patience,
        clock,
        judge: error => {
          const { status } = read(error);
          return { retry: !/^4\d\d$/.test(status) || isTransientStatus(Number(status)) };
        },
      });
      mask(token);
      return token;
    } catch (cause) {
      if (cause instanceof CancelledError) throw cause;
      throw new UserError(
        {
          message: `GitHub did not issue an OIDC token for this job: ${quote(read(cause).said)}`,
          remedy:
            'Check the runner’s network, proxy and certificates (HTTPS_PROXY, NODE_EXTRA_CA_CERTS), and run the job again; see githubstatus.com if it persists.',
        },
        { cause },
      );
    }
  };
}

async function askGitHub(audience: string): Promise<string> {
  const { getIDToken } = await import('@actions/core');
  return getIDToken(audience);
}

/** What @actions/core 3 makes a text of (lib/oidc-utils.js). */
function read(error: unknown): { readonly status: string; readonly said: string } {
  const text = error instanceof Error ? error.message : String(error);
  const [, status = '', said = ''] = /Error Code : (\S*)\s+Error Message: (.*)/s.exec(text) ?? [];
  return { status, said: said === '' ? text.replace(/^Error message: /, '') : said };
}
