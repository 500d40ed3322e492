import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import {
  type Clock,
  errorMessage,
  isTransientStatus,
  type Problem,
  printable,
  shorten,
  UserError,
} from '@suite/foundation';
import { type PresentedClaims, readClaims } from './assertion.ts';
import type { Cloud } from './clouds.ts';
import { translateRequestFailure, withRetries } from './failure.ts';
import { createHttpClient } from './http-client.ts';
import { describeIdentity, type Identity } from './identity.ts';
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

/** So long before its end a token is renewed, as the SDK does. */
const renewalMs = 5 * 60_000;

/**
 * Signs in with the job's OIDC token. A token of GitHub lives for minutes and is asked for again at each renewal, so work
 * of several hours keeps its access. `getToken` throws a UserError when Entra ID refuses or cannot be reached.
 */
export function createCredential(options: CredentialOptions): AzureCredential {
  const { identity, tenant, cloud } = options;
  let presented: PresentedClaims | undefined;
  let assertion: Promise<string> | undefined;
  let inner: Promise<TokenCredential> | undefined;
  // The SDK hides both behind errors of its own; kept aside so that they arrive unchanged.
  const failures: { assertion?: { error: unknown }; network?: { error: unknown } } = {};

  const requestAssertion = async () => {
    try {
      const token = await options.oidc.requestToken(cloud.audience);
      options.mask(token);
      presented = readClaims(token);
      return token;
    } catch (error) {
      failures.assertion = { error };
      throw error;
    }
  };

  const create = async (): Promise<TokenCredential> => {
    const { ClientAssertionCredential } = await import('@azure/identity');
    const httpClient = await persistent(options, error => {
      failures.network = { error };
    });
    // MSAL asks for the assertion twice per exchange; one token of GitHub serves both.
    const getAssertion = () => {
      assertion ??= requestAssertion();
      return assertion;
    };
    return new ClientAssertionCredential(tenant, identity.clientId, getAssertion, {
      authorityHost: cloud.authority,
      retryOptions: { maxRetries: 0 },
      httpClient,
    });
  };

  const explain = (text: string) => describeSignInFailure(text, { identity, tenant, cloud, presented });

  const translate = (cause: unknown): unknown => {
    if (failures.assertion !== undefined) return failures.assertion.error;
    if (failures.network !== undefined) {
      const host = new URL(cloud.authority).host;
      return translateRequestFailure(failures.network.error, { identity, doing: 'signing in', host });
    }
    const text = errorMessage(cause);
    return new UserError(/AADSTS\d+/.test(text) ? explain(text) : describeOther(text, options), { cause });
  };

  // One at a time: what a failed sign-in was about is kept beside the SDK, not per call.
  let queue: Promise<unknown> = Promise.resolve();

  // The SDK keeps tokens too, and yet asks GitHub for an assertion before it looks for one (msal-node, acquireTokenByClientCredential):
  // whoever sends a thousand requests to an API server would ask a thousand times.
  const held = new Map<string, AccessToken>();
  const heldFor = (key: string): AccessToken | undefined => {
    const token = held.get(key);
    const now = options.clock.now();
    if (token === undefined || token.expiresOnTimestamp - now <= renewalMs) return undefined;
    return token.refreshAfterTimestamp !== undefined && token.refreshAfterTimestamp <= now ? undefined : token;
  };

  const signIn = async (key: string, ...[scopes, tokenOptions]: Parameters<AzureCredential['getToken']>) => {
    const known = heldFor(key);
    if (known !== undefined) return known;
    inner ??= create();
    const credential = await inner;
    assertion = undefined;
    delete failures.assertion;
    delete failures.network;
    const token = await credential.getToken(scopes, tokenOptions).catch((cause: unknown) => {
      throw translate(cause);
    });
    if (token === null) throw new Error('The Azure SDK gave no token and no error.');
    options.mask(token.token);
    held.set(key, token);
    return token;
  };

  return {
    explain,
    getToken: async (scopes, tokenOptions = {}) => {
      const { claims, tenantId, enableCae } = tokenOptions;
      const key = JSON.stringify([scopes, tenantId, enableCae, claims]);
      // What a token lacks is asked for by claims: what was given before does not do.
      if (claims !== undefined) held.delete(key);
      const known = heldFor(key);
      if (known !== undefined) return known;
      const turn = queue.then(() => signIn(key, scopes, tokenOptions));
      queue = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** An HTTP client that repeats what may pass by itself, below MSAL, which would only say `network_error`. */
async function persistent(options: CredentialOptions, onFailure: (error: unknown) => void): Promise<HttpClient> {
  const sdk = await import('@azure/core-rest-pipeline');
  const client = options.httpClient ?? (await createHttpClient());
  return {
    sendRequest: async request => {
      const attempt = async () => {
        const response = await client.sendRequest(request);
        const { status } = response;
        if (!isTransientStatus(status)) return response;
        throw new sdk.RestError(`HTTP status ${status}`, { statusCode: status, request, response });
      };
      return withRetries(attempt, options).catch((error: unknown) => {
        onFailure(error);
        throw error;
      });
    },
  };
}

function describeOther(text: string, { identity, cloud }: CredentialOptions): Problem {
  return {
    message: `${describeIdentity(identity)} cannot sign in at ${new URL(cloud.authority).host}: ${shorten(printable(text), 500)}`,
    remedy: 'Check tenant and client id.',
  };
}
