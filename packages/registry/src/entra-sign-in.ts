import { asObject, asString, type Clock, parseJson } from '@suite/foundation';
import { type Attempt, type Identity, refusalFailure, untrue } from './failure.ts';
import type { Send } from './http.ts';
import { endOf, type KeptToken, keepTokens, type SignIn, scopesOf } from './sign-in.ts';

export interface EntraSignInOptions {
  /** Login server. */
  readonly host: string;
  readonly tenant: string;
  readonly identity: Identity;
  readonly entraToken: () => Promise<string>;
  readonly mask: (secret: string) => void;
  readonly clock: Clock;
  readonly send: Send;
}

/** Of a token that does not tell its end. */
const shortLifeMs = 10 * 60_000;

export interface EntraSignIn extends SignIn {
  /** What tools sign in with that know no Entra; good for three hours. */
  refreshToken(): Promise<string>;
}

/** Entra's token → refresh token → access token (Azure/acr docs/AAD-OAuth.md). */
export function createEntraSignIn(options: EntraSignInOptions): EntraSignIn {
  const { host, tenant, identity, entraToken, mask, clock, send } = options;
  const attempt: Attempt = { host, identity, purpose: `sign in to ${host}`, right: undefined };

  const ask = async (path: string, form: URLSearchParams, name: string): Promise<KeptToken> => {
    const answer = await send({
      url: new URL(`https://${host}${path}`),
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: new TextEncoder().encode(form.toString()),
      accept: [200],
      attempt,
    });
    if (answer.status === 401) throw refusalFailure(answer, attempt, clock.now());
    const token = asString(asObject(parseJson(new TextDecoder().decode(answer.body)))[name]);
    if (token === undefined)
      throw untrue(host, `no ${name} when this job tried to sign in; is it a container registry?`);
    mask(token);
    return { token, expires: endOf(token) ?? clock.now() + shortLifeMs };
  };

  const refresh = keepTokens(clock, async (_: 'refresh') => {
    const accessToken = await entraToken();
    mask(accessToken);
    const form = { grant_type: 'access_token', service: host, tenant, access_token: accessToken };
    return ask('/oauth2/exchange', new URLSearchParams(form), 'refresh_token');
  });
  const access = keepTokens(clock, async (scopes: string) => {
    const form = new URLSearchParams({ grant_type: 'refresh_token', service: host });
    // One parameter for each (Azure/acr docs/AAD-OAuth.md): a list in one is not understood.
    for (const scope of scopes.split(' ')) form.append('scope', scope);
    form.append('refresh_token', await refresh.get('refresh'));
    return ask('/oauth2/token', form, 'access_token');
  });

  return {
    refreshToken: () => refresh.get('refresh'),
    authorization: async scope => `Bearer ${await access.get(scopesOf(scope).join(' '))}`,
    // Begins with Entra again, so that the next token holds what roles give by then.
    refused: () => {
      refresh.clear();
      access.clear();
    },
  };
}
