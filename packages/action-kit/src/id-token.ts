import { UserError } from '@suite/foundation';
import { mask } from './secrets.ts';

/** A fresh OIDC token of this job for `audience`. Throws a UserError when the job may not have one. */
export async function requestIdToken(audience: string): Promise<string> {
  if (!process.env['ACTIONS_ID_TOKEN_REQUEST_URL']) {
    throw new UserError({
      message: 'This job cannot prove who it is: GitHub offers it no OIDC token.',
      remedy: 'Add `permissions: { id-token: write }` to the job. Pull requests from forks never get one.',
    });
  }
  const { getIDToken } = await import('@actions/core');
  try {
    const token = await getIDToken(audience);
    mask(token);
    return token;
  } catch (cause) {
    throw new UserError(
      {
        message: 'GitHub did not issue an OIDC token for this job.',
        remedy: 'Run the job again; see githubstatus.com if it persists.',
      },
      { cause },
    );
  }
}
