import { randomUUID } from 'node:crypto';
import { asArray, asNumber, asObject, asString, type Clock, parseJson } from '@suite/foundation';
import { type CryptoKey, compactVerify } from 'jose';
import { type Handler, json, type WorldResponse } from '../network/http.ts';
import type { Directory, Principal } from './directory.ts';
import type { TokenMint } from './tokens.ts';

export const entraHost = 'login.microsoftonline.com';

export interface EntraOptions {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly mint: TokenMint;
  /** Keys of the outside issuers whose tokens can be presented, by issuer. */
  readonly issuers: ReadonlyMap<string, CryptoKey>;
  /** Life of an access token in seconds; Entra's is about 3600. May be changed while the world runs. */
  readonly tokenSeconds: () => number;
  readonly onIssued: (token: { principal: Principal; audience: string; subject: string }) => void;
}

/** Plays `login.microsoftonline.com`: access tokens for client assertions, and the documents clients ask for first. */
export function createEntra(options: EntraOptions): Handler {
  return async request => {
    const [, tenant = '', ...rest] = request.path.split('/');
    const path = rest.join('/');
    if (path === 'discovery/instance') return json(200, instances);
    if (!options.directory.hasTenant(tenant)) return refuse(options.clock, failures.tenant(tenant));
    if (path === 'v2.0/.well-known/openid-configuration') return json(200, configurationOf(tenant));
    if (path === 'discovery/v2.0/keys') return json(200, options.mint.keys);
    if (request.method === 'POST' && path === 'oauth2/v2.0/token') {
      const form = new URLSearchParams((await request.body()).toString('utf8'));
      return grant(form, tenant, options);
    }
    return { status: 404, headers: { 'Content-Type': 'text/plain' }, body: `Entra has nothing at ${request.path}.\n` };
  };
}

async function grant(form: URLSearchParams, tenant: string, options: EntraOptions): Promise<WorldResponse> {
  const { clock, directory, mint } = options;
  const missing = ['grant_type', 'client_id', 'scope'].find(name => !form.get(name));
  if (missing !== undefined) return refuse(clock, failures.missing(missing));
  const clientId = form.get('client_id') ?? '';
  const scope = form.get('scope') ?? '';
  const assertion = form.get('client_assertion');
  if (form.get('grant_type') !== 'client_credentials')
    return refuse(clock, failures.grantType(form.get('grant_type') ?? ''));
  const audience = audienceOf(scope, client => directory.byClientId(tenant, client) !== undefined);
  if (audience === undefined) return refuse(clock, failures.scope(scope));
  const principal = directory.byClientId(tenant, clientId);
  if (principal === undefined) return refuse(clock, failures.client(clientId, tenant));
  if (!assertion) return refuse(clock, failures.noCredential);
  const presented = await judgeAssertion(assertion, principal, options);
  if ('failure' in presented) return refuse(clock, presented.failure);
  const lifeSeconds = options.tokenSeconds();
  const token = await mint.issue(principal, audience, lifeSeconds);
  options.onIssued({ principal, audience, subject: presented.subject });
  return json(
    200,
    { token_type: 'Bearer', expires_in: lifeSeconds, ext_expires_in: lifeSeconds, access_token: token },
    noStore,
  );
}

async function judgeAssertion(
  assertion: string,
  principal: Principal,
  options: EntraOptions,
): Promise<{ readonly subject: string } | { readonly failure: Failure }> {
  const claims = asObject(parseJson(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8')));
  const issuer = asString(claims['iss']);
  const subject = asString(claims['sub']);
  const audience = typeof claims['aud'] === 'string' ? claims['aud'] : asString(asArray(claims['aud'])[0]);
  if (issuer === undefined || subject === undefined || audience === undefined) return { failure: failures.malformed };
  const credentials = [...principal.credentials.values()];
  const ofIssuer = credentials.filter(credential => credential.issuer === issuer);
  const ofSubject = ofIssuer.filter(credential => credential.subject === subject);
  if (credentials.length === 0) return { failure: failures.noRecord(issuer, subject, audience) };
  if (ofIssuer.length === 0) return { failure: failures.issuer(issuer) };
  if (ofSubject.length === 0) return { failure: failures.subject(subject) };
  if (!ofSubject.some(credential => credential.audiences.includes(audience)))
    return { failure: failures.audience(audience) };
  const key = options.issuers.get(issuer);
  if (key === undefined || !(await isSignedBy(key, assertion))) return { failure: failures.signature };
  const from = asNumber(claims['nbf']) ?? asNumber(claims['iat']) ?? 0;
  const until = asNumber(claims['exp']) ?? 0;
  const now = options.clock.now() / 1000;
  return now < from || now >= until ? { failure: failures.time(options.clock, from, until) } : { subject };
}

async function isSignedBy(key: CryptoKey, token: string): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: ['RS256'] });
    return true;
  } catch {
    return false;
  }
}

/** What tokens of a scope are for. Resources keep a trailing slash of their own, so only `/.default` is cut. */
function audienceOf(scopes: string, isRegistered: (clientId: string) => boolean): string | undefined {
  const scope = scopes.split(' ').find(one => one.endsWith('/.default'));
  const resource = scope?.slice(0, -'/.default'.length);
  if (resource === undefined) return undefined;
  // Whatever is registered in the tenant is a resource, too, by its client id.
  return resources.has(resource.replace(/\/$/, '')) || isRegistered(resource) ? resource : undefined;
}

const resources = new Set([
  'https://management.azure.com',
  'https://management.core.windows.net',
  'https://graph.microsoft.com',
  'https://storage.azure.com',
  'https://vault.azure.net',
  'https://containerregistry.azure.net',
  'https://api.loganalytics.io',
  // The AKS server application, by which clusters with Entra sign-in are reached.
  '6dae42f8-4368-4678-94ff-3960e28e3630',
]);

interface Failure {
  readonly status: 400 | 401;
  readonly error: string;
  readonly code: number;
  readonly text: string;
}

const federationHelp =
  'Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

const invalidClient = (code: number, text: string): Failure => ({ status: 401, error: 'invalid_client', code, text });
const noMatch = 'No matching federated identity record found for presented assertion';

/** Entra's refusals in its own words. */
const failures = {
  tenant: (tenant: string): Failure => ({
    status: 400,
    error: 'invalid_request',
    code: 90002,
    text: `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  }),
  missing: (name: string): Failure => ({
    status: 400,
    error: 'invalid_request',
    code: 900144,
    text: `The request body must contain the following parameter: '${name}'.`,
  }),
  grantType: (grantType: string): Failure => ({
    status: 400,
    error: 'unsupported_grant_type',
    code: 70003,
    text: `The app requested an unsupported grant type '${grantType}'.`,
  }),
  scope: (scope: string): Failure => ({
    status: 400,
    error: 'invalid_resource',
    code: 500011,
    text: `The resource principal named ${scope.replace(/\/\.default$/, '')} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  }),
  client: (clientId: string, tenant: string): Failure => ({
    status: 400,
    error: 'unauthorized_client',
    code: 700016,
    text: `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  }),
  noCredential: invalidClient(
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ),
  malformed: invalidClient(50027, 'JWT token is invalid or malformed.'),
  noRecord: (issuer: string, subject: string, audience: string) =>
    invalidClient(
      70021,
      `${noMatch}. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audience}'. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
    ),
  issuer: (issuer: string) => invalidClient(700211, `${noMatch} issuer '${issuer}'. ${federationHelp}`),
  audience: (audience: string) => invalidClient(700212, `${noMatch} audience '${audience}'. ${federationHelp}`),
  subject: (subject: string) => invalidClient(700213, `${noMatch} subject '${subject}'. ${federationHelp}`),
  signature: invalidClient(700027, 'Client assertion failed signature validation.'),
  time: (clock: Clock, from: number, until: number) =>
    invalidClient(
      700024,
      `Client assertion is not within its valid time range. Current time: ${ticks(clock.now())}, assertion valid from ${ticks(from * 1000)}, expiry time of assertion ${ticks(until * 1000)}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`,
    ),
};

const noStore = { 'Cache-Control': 'no-store, no-cache', Pragma: 'no-cache' };

function refuse(clock: Clock, { status, error, code, text }: Failure): WorldResponse {
  const timestamp = `${new Date(clock.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const [trace, correlation] = [randomUUID(), randomUUID()];
  return json(
    status,
    {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://${entraHost}/error?code=${code}`,
    },
    noStore,
  );
}

/** .NET's round-trip format, with seven digits of a second. */
function ticks(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '0000Z');
}

const instances = {
  tenant_discovery_endpoint: `https://${entraHost}/common/v2.0/.well-known/openid-configuration`,
  'api-version': '1.1',
  metadata: [
    {
      preferred_network: entraHost,
      preferred_cache: 'login.windows.net',
      aliases: [entraHost, 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    },
  ],
};

function configurationOf(tenant: string): object {
  const base = `https://${entraHost}/${tenant}`;
  return {
    issuer: `${base}/v2.0`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
  };
}
