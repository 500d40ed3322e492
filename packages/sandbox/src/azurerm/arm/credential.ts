import { asNumber, asObject, asString, type Clock, parseJson } from '@suite/foundation';
import type { ProviderSettings } from './settings.ts';

export interface Identity {
  readonly objectId: string;
  readonly clientId: string;
  readonly tenantId: string;
}

export interface Credential {
  /** A bearer token for Azure Resource Manager, renewed with a fresh assertion five minutes before it expires. */
  token(signal: AbortSignal): Promise<string>;
  /** Who Entra says this is. */
  identity(signal: AbortSignal): Promise<Identity>;
}

const renewAheadMs = 300_000;

/** GitHub's OIDC assertion → Entra token, as azurerm's OIDC authorizer does it. */
export function oidcCredential(settings: ProviderSettings, clock: Clock): Credential {
  const { authority, resourceManager, graph } = settings.endpoints;
  const cached = new Map<string, { readonly token: string; readonly until: number }>();
  const asked = new Map<string, Promise<string>>();

  /** Calls that begin together share one token. */
  function acquire(scope: string, signal: AbortSignal): Promise<string> {
    const held = cached.get(scope);
    if (held !== undefined && clock.now() < held.until) return Promise.resolve(held.token);
    const token = asked.get(scope) ?? request(scope, signal).finally(() => asked.delete(scope));
    asked.set(scope, token);
    return token;
  }

  async function request(scope: string, signal: AbortSignal): Promise<string> {
    const assertion = await requestAssertion(settings, signal);
    const response = await fetch(`${authority}/${settings.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_id: settings.clientId,
        grant_type: 'client_credentials',
        scope,
      }),
      signal,
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`clientCredentialsToken: received HTTP status ${response.status} with response: ${text}`);
    }
    const body = asObject(parseJson(text));
    const token = asString(body['access_token']);
    if (token === undefined) throw new Error('clientCredentialsToken: the response holds no access token');
    const lifetimeMs = (asNumber(body['expires_in']) ?? 0) * 1000;
    cached.set(scope, { token, until: clock.now() + lifetimeMs - Math.min(renewAheadMs, lifetimeMs / 2) });
    return token;
  }

  return {
    token: signal => acquire(`${resourceManager}/.default`, signal),
    identity: async signal => {
      // azurerm reads its claims from a token for Graph, although it never calls Graph.
      const token = await acquire(`${graph}/.default`, signal);
      const claims = asObject(parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
      return {
        objectId: asString(claims['oid']) ?? '',
        clientId: asString(claims['appid']) ?? settings.clientId,
        tenantId: asString(claims['tid']) ?? settings.tenantId,
      };
    },
  };
}

async function requestAssertion(
  { assertionSource: source, endpoints }: ProviderSettings,
  signal: AbortSignal,
): Promise<string> {
  if (source.kind === 'token') return source.token;
  const url = new URL(source.url);
  if (!url.searchParams.has('audience')) url.searchParams.set('audience', endpoints.audience);
  url.searchParams.sort();
  const response = await fetch(url, {
    headers: { accept: 'application/json', authorization: `Bearer ${source.token}` },
    signal,
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`githubAssertion: received HTTP status ${response.status} with response: ${text}`);
  }
  const value = asString(asObject(parseJson(text))['value']);
  if (value === undefined) throw new Error('githubAssertion: the response holds no assertion');
  return value;
}
