import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import {
  asNumber,
  asObject,
  asString,
  type Clock,
  type Problem,
  parseJson,
  printable,
  shorten,
  UserError,
  withFullStop,
} from '@suite/foundation';
import { type PresentedClaims, readClaims } from './assertion.ts';
import type { Cloud } from './clouds.ts';
import { translateRequestFailure, withRetries } from './failure.ts';
import { describeIdentity, type Identity } from './identity.ts';
import { createSend } from './pipeline.ts';
import { describeSignInFailure } from './sign-in.ts';

export interface CredentialOptions {
  readonly identity: Identity;
  readonly tenant: string;
  readonly cloud: Cloud;
  readonly oidc: {
    /** A fresh OIDC token of this job. Its failures are passed on as they are. */
    requestToken(audience: string): Promise<string>;
  };
  /** Hides a secret from everything that is printed from now on. */
  readonly mask: (secret: string) => void;
  readonly clock: Clock;
  readonly httpClient?: HttpClient;
}

export interface AzureCredential extends TokenCredential {
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
  /** Says what Entra ID's refusal means, wherever its text was met: by this credential or by a tool. */
  explain(text: string): Problem;
}

/** So long before its end a token is renewed, as Azure's SDKs do. */
const renewalMs = 5 * 60_000;

/**
 * Signs in with the job's OIDC token. A token of GitHub lives for minutes and is asked for again at each renewal, so work
 * of several hours keeps its access. `getToken` throws a UserError when Entra ID refuses or cannot be reached.
 *
 * One request of its own instead of `@azure/identity`, which is a megabyte of code to load, asks GitHub for a token before it
 * looks whether it holds one, and hides why a sign-in failed behind errors of its own.
 */
export function createCredential(options: CredentialOptions): AzureCredential {
  const { identity, tenant, cloud, clock, mask } = options;
  const send = createSend(options.httpClient === undefined ? {} : { httpClient: options.httpClient });
  const url = `${cloud.authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  let presented: PresentedClaims | undefined;

  const requestAssertion = async () => {
    const token = await options.oidc.requestToken(cloud.audience);
    mask(token);
    presented = readClaims(token);
    return token;
  };

  const explain = (text: string) => describeSignInFailure(text, { identity, tenant, cloud, presented });

  /** Microsoft Learn, "OAuth 2.0 client credentials flow", with a federated credential. */
  const exchange = async (assertion: string, scopes: readonly string[], claims: string | undefined) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: identity.clientId,
      scope: scopes.join(' '),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...(claims === undefined ? {} : { claims }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const request = { method: 'POST', url, headers, body: String(form), answers: [200, 400, 401, 403, 404] } as const;
    const { status, bodyAsText } = await withRetries(() => send(request), options).catch((error: unknown) => {
      throw translateRequestFailure(error, { identity, doing: 'signing in', host: new URL(cloud.authority).host });
    });
    const answer = asObject(parseJson(bodyAsText ?? ''));
    if (status === 200) return answer;
    const text = asString(answer['error_description']) ?? asString(answer['error']) ?? `HTTP status ${status}`;
    throw new UserError(/AADSTS\d+/.test(text) ? explain(text) : describeOther(text, options));
  };

  const held = new Map<string, AccessToken>();
  const heldFor = (key: string): AccessToken | undefined => {
    const token = held.get(key);
    const now = clock.now();
    if (token === undefined || token.expiresOnTimestamp - now <= renewalMs) return undefined;
    return token.refreshAfterTimestamp !== undefined && token.refreshAfterTimestamp <= now ? undefined : token;
  };

  const signIn = async (key: string, scopes: readonly string[], claims: string | undefined): Promise<AccessToken> => {
    const answer = await exchange(await requestAssertion(), scopes, claims);
    const [token, seconds] = [asString(answer['access_token']), asNumber(answer['expires_in'])];
    if (token === undefined || seconds === undefined) {
      throw new UserError(describeOther('it answered without a token', options));
    }
    mask(token);
    const now = clock.now();
    const refreshSeconds = asNumber(answer['refresh_in']);
    const given: AccessToken = {
      token,
      tokenType: 'Bearer',
      expiresOnTimestamp: now + seconds * 1000,
      ...(refreshSeconds === undefined ? {} : { refreshAfterTimestamp: now + refreshSeconds * 1000 }),
    };
    held.set(key, given);
    return given;
  };

  /** However many ask at once, one of them signs in. */
  const underWay = new Map<string, Promise<AccessToken>>();
  return {
    explain,
    getToken: async (asked, { claims } = {}) => {
      const scopes = typeof asked === 'string' ? [asked] : asked;
      const key = JSON.stringify([scopes, claims]);
      // What a token lacks is asked for by claims: what was given before does not do.
      if (claims !== undefined) held.delete(key);
      const known = heldFor(key);
      if (known !== undefined) return known;
      const turn = underWay.get(key) ?? signIn(key, scopes, claims).finally(() => underWay.delete(key));
      underWay.set(key, turn);
      return turn;
    },
  };
}

function describeOther(text: string, { identity, cloud }: CredentialOptions): Problem {
  return {
    message: `${describeIdentity(identity)} cannot sign in at ${new URL(cloud.authority).host}: ${withFullStop(shorten(printable(text), 500))}`,
    remedy: 'Check tenant and client id.',
  };
}
