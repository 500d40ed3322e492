import { asNumber, asObject, asString, type Clock, parseJson, quote, UserError } from '@suite/foundation';
import { readServer } from './client.ts';

export interface DexExchange {
  readonly server: string;
  /** Id of Dex's connector for the subject's issuer. */
  readonly connector: string;
  /** An id token of GitHub or of Entra; fetched again for each exchange. */
  readonly subjectToken: () => Promise<string>;
  readonly mask: (secret: string) => void;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** How a job signs in to an Argo CD server. */
export type ServerAccess =
  /** A token that somebody has made: of a local account, or of a role of the project. */
  | { readonly kind: 'token'; readonly token: string }
  /** The job's own identity in Entra asks for a token for Argo CD's registration; the server trusts Entra (`oidc.config`). */
  | { readonly kind: 'entra'; readonly audience: string }
  /** GitHub's token of the job, for this audience, is exchanged at the Dex of the server. */
  | { readonly kind: 'dex'; readonly connector: string; readonly audience: string };

export interface SignIn extends Pick<DexExchange, 'server' | 'mask' | 'fetch' | 'clock'> {
  /** A token of Entra for a scope, new or still good. */
  readonly entraToken: (scope: string) => Promise<string>;
  /** A token of GitHub for an audience. */
  readonly idToken: (audience: string) => Promise<string>;
}

/**
 * Who asks the server. Argo CD takes any token of the issuer that `oidc.config` names, for one of its audiences, and looks in its RBAC for the
 * token's subject and groups (util/session VerifyToken, util/oidc Verify, rbacpolicy EnforceClaims; user-management/github-actions.md).
 */
export function tokenOf(access: ServerAccess, { entraToken, idToken, ...more }: SignIn): () => Promise<string> {
  switch (access.kind) {
    case 'token':
      more.mask(access.token);
      return async () => access.token;
    case 'entra':
      return () => entraToken(`${access.audience}/.default`);
    case 'dex':
      return exchangeAtDex({ ...more, connector: access.connector, subjectToken: () => idToken(access.audience) });
  }
}

/** Renewed when only this much is left of it. */
const marginMs = 60_000;
/** Where Dex does not say how long: its tokens live a day, and asking again costs one request. */
const usualSeconds = 300;

/**
 * Tokens of an Argo CD server for an identity that another issuer vouches for (RFC 8693; Argo CD, user-management/github-actions.md,
 * "Using Dex"): nothing long-lived is kept anywhere. Throws UserError.
 */
export function exchangeAtDex({
  server,
  connector,
  subjectToken,
  mask,
  fetch: go,
  clock,
}: DexExchange): () => Promise<string> {
  const { href, host } = readServer(server);
  let known: { readonly token: string; readonly until: number } | undefined;
  const renew = async () => {
    const subject = await subjectToken();
    const answer = await go(`${href}/api/dex/token`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        // The public client of Argo CD's command line, which has no secret.
        Authorization: `Basic ${btoa('argo-cd-cli:')}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        connector_id: connector,
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        scope: 'openid email profile federated:id',
        requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token: subject,
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      }),
    }).catch(error => {
      throw new UserError(
        { message: `Could not sign in to the Argo CD server ${host}: it cannot be reached.` },
        { cause: error },
      );
    });
    const said = asObject(parseJson(await answer.text().catch(() => '')));
    const token = asString(said['access_token']);
    if (token === undefined) {
      const why = asString(said['error_description']) ?? asString(said['error']) ?? `HTTP ${answer.status}`;
      throw new UserError({
        message: `Could not sign in to the Argo CD server ${host} through its connector ${connector}: ${quote(why)}`,
        remedy:
          'Dex has to allow the grant type token-exchange (oauth2.grantTypes), and to have an OIDC connector of this id for the issuer of the token.',
      });
    }
    mask(token);
    return { token, until: clock.now() + (asNumber(said['expires_in']) ?? usualSeconds) * 1000 - marginMs };
  };
  return async () => {
    if (known === undefined || clock.now() >= known.until) known = await renew();
    return known.token;
  };
}
