import { randomUUID } from 'node:crypto';
import type { Clock } from '@suite/foundation';
import type { AccessControl } from '../azure/access.ts';
import { at } from '../azure/arm/body.ts';
import type { Resource } from '../azure/arm/store.ts';
import type { TokenMint } from '../azure/tokens.ts';
import { header, json, type WorldRequest, type WorldResponse } from '../network/http.ts';
import { noAccess, RegistryError, refusals } from './errors.ts';
import { type RegistryAction, rightsOver } from './rights.ts';
import type { Access, RegistryTokens } from './tokens.ts';

export interface SignInOptions {
  readonly clock: Clock;
  readonly mint: TokenMint;
  readonly access: AccessControl;
  readonly tokens: RegistryTokens;
}

/** A registry as a caller meets it. */
export interface MetRegistry {
  readonly host: string;
  readonly resource: Resource;
  /** Of its subscription. */
  readonly tenant: string;
}

/** `/oauth2/exchange` and `/oauth2/token` (Azure/acr docs/AAD-OAuth.md). Undefined when it is neither. */
export async function signIn(
  request: WorldRequest,
  registry: MetRegistry,
  options: SignInOptions,
): Promise<WorldResponse | undefined> {
  const { method, path } = request;
  // ACR answers a GET of the exchange with 404 (Azure/acr#166).
  if (path === '/oauth2/exchange' && method === 'POST') return exchange(await readForm(request), registry, options);
  if (path !== '/oauth2/token') return undefined;
  if (method === 'POST') return grant(await readForm(request), registry, options);
  if (method !== 'GET') return undefined;
  // How clients with Docker's configuration come: the refresh token is the password of the null GUID.
  const form = new URLSearchParams(request.query);
  const [user, password = ''] = readBasic(request);
  if (user === '00000000-0000-0000-0000-000000000000') form.set('refresh_token', password);
  form.set('grant_type', 'refresh_token');
  return grant(form, registry, options);
}

async function exchange(form: URLSearchParams, registry: MetRegistry, options: SignInOptions): Promise<WorldResponse> {
  const { clock, mint, access, tokens } = options;
  const grantType = form.get('grant_type');
  if (grantType !== 'access_token') throw refusals.unsupported(`the grant type ${grantType} of a token exchange`);
  demandService(form, registry);
  const token = await mint.read(form.get('access_token') ?? '');
  const isFresh = token !== undefined && clock.now() < token.expires * 1000;
  if (!isFresh || !audiencesOf(registry.resource).includes(token.audience.replace(/\/$/, ''))) throw refused();
  const tenants = [token.tenant, form.get('tenant') || token.tenant].map(tenant => tenant.toLowerCase());
  if (tenants.some(tenant => tenant !== registry.tenant)) throw refused();
  const rights = rightsOver(registry.resource, token.objectId, access);
  if (rights.length === 0) throw refused();
  const { clientId, objectId, tenant } = token;
  return json(200, {
    refresh_token: await tokens.issueRefresh(registry.host, { clientId, objectId, tenant }, rights),
  });
}

async function grant(form: URLSearchParams, registry: MetRegistry, options: SignInOptions): Promise<WorldResponse> {
  const { clock, tokens } = options;
  const grantType = form.get('grant_type');
  if (grantType !== 'refresh_token') throw refusals.unsupported(`the grant type ${grantType} of a token`);
  demandService(form, registry);
  const refresh = await tokens.read(form.get('refresh_token') ?? '');
  const isValid = refresh?.kind === 'refresh_token' && refresh.host === registry.host;
  if (!isValid || clock.now() >= refresh.expires * 1000) throw refused();
  const scopes = form.getAll('scope').flatMap(scope => scope.split(' ').filter(one => one !== ''));
  const access = scopes.flatMap(scope => grantScope(scope, refresh.rights));
  return json(200, { access_token: await tokens.issueAccess(registry.host, refresh.holder, access) });
}

/** What is asked for and may be given: a scope without any allowed action gives nothing, and no error. */
function grantScope(scope: string, rights: readonly RegistryAction[]): readonly Access[] {
  const [, type = '', name = '', asked = ''] = /^([a-z-]+):(.+):([a-z_,*]*)$/.exec(scope) ?? [];
  if (type === 'registry' && name === 'catalog') {
    return rights.includes('catalog') ? [{ type, name, actions: ['*'] }] : [];
  }
  if (type !== 'repository') return [];
  const all = rights.filter(right => right !== 'catalog');
  const wanted = asked.split(',');
  const actions = wanted.includes('*') ? all : all.filter(right => wanted.includes(right));
  return actions.length === 0 ? [] : [{ type, name, actions }];
}

/** Tokens for the resource manager serve too, unless the registry's policy forbids it. */
export function audiencesOf(registry: Resource): readonly string[] {
  const policy = at(registry.body, 'properties', 'policies', 'azureADAuthenticationAsArmPolicy');
  const own = 'https://containerregistry.azure.net';
  return policy['status'] === 'disabled' ? [own] : [own, 'https://management.azure.com'];
}

function demandService(form: URLSearchParams, { host }: MetRegistry): void {
  const service = form.get('service');
  if (service !== host) throw new RegistryError(400, 'BAD_REQUEST', `service ${service} is not ${host}`);
}

async function readForm(request: WorldRequest): Promise<URLSearchParams> {
  return new URLSearchParams((await request.body()).toString('utf8'));
}

function readBasic(request: WorldRequest): readonly string[] {
  const [, encoded = ''] = /^Basic +(\S+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}

function refused(): RegistryError {
  return noAccess(randomUUID());
}
