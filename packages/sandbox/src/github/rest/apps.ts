import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import { json, type WorldResponse } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import { type PermissionName, type Permissions, permits } from '../permissions.ts';
import { Refusal, refusals } from '../refusals.ts';
import { api, isoTime, ownerJson, repositoryJson, web } from '../shapes.ts';
import { type App, botOf, type Installation, reaches } from '../store/apps.ts';
import type { GitHubState, RepositoryState } from '../store/state.ts';
import type { Identity, Tokens } from '../tokens.ts';

export interface AppCall {
  readonly state: GitHubState;
  readonly tokens: Tokens;
  readonly method: string;
  readonly path: string;
  readonly caller: Identity | undefined;
  /** What the request's token is. */
  readonly token: string | undefined;
  readonly body: () => Promise<JsonObject>;
}

const docs = 'https://docs.github.com/rest/apps';
/** A token of an installation ends after an hour (docs, create an installation access token for an app). */
const tokenMs = 60 * 60_000;

/** What an App asks as itself, and an installation's token of itself; undefined for every other request. */
export async function answerApp(call: AppCall): Promise<WorldResponse | undefined> {
  const { method, path } = call;
  const [, repository] = /^\/repos\/([^/]+\/[^/]+)\/installation$/.exec(path) ?? [];
  const [, installation] = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(path) ?? [];
  try {
    if (method === 'GET' && path === '/app') return json(200, appJson(demandApp(call)));
    if (method === 'GET' && repository !== undefined) return findInstallation(call, decodeURIComponent(repository));
    if (method === 'POST' && installation !== undefined) return await createToken(call, Number(installation));
    if (method === 'DELETE' && path === '/installation/token') return revokeToken(call);
  } catch (error) {
    if (error instanceof Refusal) return error.response(`${docs}/apps`);
    throw error;
  }
  return undefined;
}

function demandApp({ caller, token }: AppCall): App {
  if (caller?.kind === 'app') return caller.app;
  // Whatever else a token is, as a JSON web token it makes no sense.
  throw token === undefined ? refusals.needsLogin() : refusals.badAppToken();
}

function findInstallation(call: AppCall, name: string): WorldResponse {
  const app = demandApp(call);
  const installation = app.installations.find(one => reaches(one, name));
  if (installation === undefined || !call.state.repositories.has(name.toLowerCase())) throw refusals.notFound();
  return json(200, installationJson(call.state, app, installation));
}

async function createToken(call: AppCall, id: number): Promise<WorldResponse> {
  const { state, tokens } = call;
  const app = demandApp(call);
  const installation = app.installations.find(one => one.id === id);
  if (installation === undefined) throw refusals.notFound();
  if (installation.suspendedAt !== undefined) throw refusals.suspended();
  const body = await call.body();
  const all = [...state.repositories.values()].filter(({ name }) => reaches(installation, name));
  const chosen = body['repositories'] === undefined ? all : chosenRepositories(body, all);
  const asked = body['permissions'];
  const permissions = asked === undefined ? installation.permissions : askedPermissions(asObject(asked), installation);
  const until = state.clock.now() + tokenMs;
  const token = tokens.issue({
    kind: 'installation',
    login: botOf(app),
    repositories: chosen.map(({ name }) => name),
    permissions,
    until,
  });
  return json(201, {
    token,
    expires_at: isoTime(until),
    permissions: { ...apiNames(permissions), metadata: 'read' },
    repository_selection:
      body['repositories'] === undefined && installation.repositories === 'all' ? 'all' : 'selected',
    ...(body['repositories'] === undefined ? {} : { repositories: chosen.map(repositoryJson) }),
  });
}

/** Names without their owner, as the API wants them. */
function chosenRepositories(body: JsonObject, all: readonly RepositoryState[]): readonly RepositoryState[] {
  return asArray(body['repositories']).map(name => {
    const wanted = asString(name)?.toLowerCase();
    const found = all.find(one => one.name.split('/')[1]?.toLowerCase() === wanted);
    if (found === undefined) throw refusals.repositoryNotInInstallation();
    return found;
  });
}

/** More than the installation has is refused, not trimmed. */
function askedPermissions(asked: JsonObject, { permissions }: Installation): Permissions {
  const entries = Object.entries(asked).map(([key, level]) => {
    const name = key.replaceAll('_', '-') as PermissionName;
    if (level !== 'read' && level !== 'write')
      throw refusals.invalidRequest([`"${level}" is not a member of ["read", "write"].`]);
    if (permissions[name] === undefined) throw refusals.permissionNotGranted();
    if (!permits(permissions, { level, anyOf: [name] })) throw refusals.levelNotGranted();
    return [name, level] as const;
  });
  return Object.fromEntries(entries);
}

function revokeToken({ caller, token, tokens }: AppCall): WorldResponse {
  if (caller === undefined || token === undefined) throw refusals.needsLogin();
  if (caller.kind !== 'installation') throw refusals.notAccessible();
  tokens.revoke(token);
  return { status: 204 };
}

function apiNames(permissions: Permissions): Record<string, string> {
  return Object.fromEntries(Object.entries(permissions).map(([name, level]) => [name.replaceAll('-', '_'), level]));
}

function appJson({ id, clientId, slug }: App) {
  return {
    id,
    client_id: clientId,
    slug,
    node_id: nodeId('A', id),
    name: slug,
    html_url: `${web}/apps/${slug}`,
  };
}

function installationJson({ repositories }: GitHubState, app: App, installation: Installation) {
  const { id, owner, permissions, suspendedAt } = installation;
  const known = [...repositories.values()].find(
    ({ name }) => name.split('/')[0]?.toLowerCase() === owner.toLowerCase(),
  );
  return {
    id,
    client_id: app.clientId,
    account: ownerJson(known ?? { name: `${owner}/`, ownerId: '0' }),
    repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
    access_tokens_url: `${api}/app/installations/${id}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `${web}/organizations/${owner}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_type: 'Organization',
    permissions: { ...apiNames(permissions), metadata: 'read' },
    suspended_at: suspendedAt === undefined ? null : isoTime(suspendedAt),
  };
}
