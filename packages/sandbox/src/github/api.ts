import { asObject, isObject, type JsonObject, parseJson } from '@suite/foundation';
import { type Handler, header, json, type WorldRequest, type WorldResponse } from '../network/http.ts';
import { isAppToken, readAppToken } from './app-tokens.ts';
import { createArtifactArchives } from './artifact-archives.ts';
import { createCodeload } from './codeload.ts';
import { answerGraphql, type Operation, operationOf } from './graphql/graphql.ts';
import { createLimits, type LimitSettings, type Spending } from './limits.ts';
import { acceptedPermissions, permits } from './permissions.ts';
import { primaryLimitMessage, Refusal, refusals } from './refusals.ts';
import { answerApp } from './rest/apps.ts';
import { routes } from './rest/index.ts';
import { type Call, matchPattern, type Route } from './rest/route.ts';
import { userJson } from './shapes.ts';
import type { GitHubState, RepositoryState } from './store/state.ts';
import { canSee, grantOn, type Identity, noteUse, type Tokens, tokenOf } from './tokens.ts';

export const apiHost = 'api.github.com';

export interface ApiOptions {
  readonly state: GitHubState;
  readonly tokens: Tokens;
  readonly limits: LimitSettings;
  /** How far its clock, as its answers tell it, is ahead of that of the machines. */
  readonly aheadMs: () => number;
  /** Told of each request that no endpoint here answers: `GET /repos/o/r/releases`. */
  readonly onNotPlayed: (request: string) => void;
}

export interface Api {
  /** Plays {@link apiHost}. */
  readonly handler: Handler;
  /** Plays the host of archives. */
  readonly archives: Handler;
  /** Plays the host of artifacts. */
  readonly artifacts: Handler;
  callerOf(request: WorldRequest): Identity | undefined;
  /** Of a GraphQL request; undefined for all others. */
  operationOf(request: WorldRequest): Promise<Operation | undefined>;
}

const docs = 'https://docs.github.com/rest';
const writing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export function createApi({ state, tokens, limits: settings, aheadMs, onNotPlayed }: ApiOptions): Api {
  const limits = createLimits(state.clock, settings);
  let requests = 0;

  const codeload = createCodeload(state);
  const artifactArchives = createArtifactArchives(state.clock);

  /** Whose token it is, or why it is nobody's. */
  const identify = (token: string): Identity | Refusal => {
    if (isAppToken(token)) {
      const app = readAppToken(state, token);
      return app instanceof Refusal ? app : { kind: 'app', login: app.slug, app };
    }
    const known = tokens.find(token);
    const isOver = known?.kind === 'installation' && known.until <= state.clock.now();
    return known === undefined || isOver ? refusals.badCredentials() : known;
  };

  const callerOf: Api['callerOf'] = request => {
    const token = tokenOf(request);
    const identity = token === undefined ? undefined : identify(token);
    return identity instanceof Refusal ? undefined : identity;
  };

  /** Counts against the limits; refuses when they are exceeded. */
  const spend = (caller: Identity | undefined, isGraphql: boolean, isWrite: boolean): Spending => {
    const limit = limitOf(caller, settings);
    const spending = limits.spend(identityOf(caller), isGraphql ? 'graphql' : 'core', limit);
    if (spending.isExceeded) return spending;
    const wait = isWrite ? limits.create(identityOf(caller)) : undefined;
    if (wait !== undefined) throw new Limited(refusals.secondaryLimit(wait), spending);
    return spending;
  };

  const find = (path: string): { readonly repository: RepositoryState; readonly rest: string } | undefined => {
    const [, byName, nameRest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
    const [, byId, idRest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
    const repository =
      byName !== undefined
        ? state.repositories.get(decodeURIComponent(byName).toLowerCase())
        : [...state.repositories.values()].find(({ id }) => id === byId);
    return repository === undefined ? undefined : { repository, rest: byName === undefined ? idRest : nameRest };
  };

  const answerRest = async (request: WorldRequest, caller: Identity | undefined): Promise<WorldResponse> => {
    const { method, path } = request;
    const token = tokenOf(request);
    const ofApp = await answerApp({ state, tokens, method, path, caller, token, body: () => readBody(request) });
    if (ofApp !== undefined) return ofApp;
    const found = find(request.path);
    if (found === undefined) {
      if (request.path === '/user' && request.method === 'GET') return answerUser(caller);
      if (/^\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)(?:\/|$)/.test(request.path)) throw refusals.notFound();
      return notPlayed(request);
    }
    const { repository, rest } = found;
    if (!canSee(caller, repository)) throw refusals.notFound();
    const matched = match(request.method, rest);
    const media = mediaOf(request);
    if (matched === undefined || media === undefined || (media === 'raw' && matched.route.takesRaw !== true)) {
      return notPlayed(request);
    }
    const { route, params } = matched;
    try {
      allow(route, repository, caller);
      const body = writing.has(request.method) && request.method !== 'DELETE' ? await readBody(request) : {};
      const call: Call = {
        state,
        codeload,
        artifactArchives,
        repository,
        caller,
        params,
        query: request.query,
        body,
        media,
      };
      return withHeaders(await route.answer(call), {
        'x-accepted-github-permissions': acceptedPermissions(route.need),
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return withHeaders(error.response(`${docs}/${route.docs}`), {
        'x-accepted-github-permissions': acceptedPermissions(route.need),
      });
    }
  };

  const answer = async (request: WorldRequest): Promise<{ response: WorldResponse; spending?: Spending }> => {
    if ((header(request, 'user-agent') ?? '') === '') throw refusals.noUserAgent();
    const token = tokenOf(request);
    const caller = token === undefined ? undefined : identify(token);
    if (caller instanceof Refusal) throw caller;
    if (request.path === '/graphql') {
      if (request.method !== 'POST') return { response: notPlayed(request) };
      if (caller === undefined) throw refusals.graphqlNeedsLogin();
      const body = await readBody(request);
      const spending = spend(caller, true, operationOf(body) === 'mutation');
      if (spending.isExceeded) {
        const message = primaryLimitMessage(describe(caller));
        return { response: json(200, { errors: [{ type: 'RATE_LIMITED', message }] }), spending };
      }
      return { response: json(200, await answerGraphql({ state, caller }, body)), spending };
    }
    const spending = spend(caller, false, writing.has(request.method));
    if (spending.isExceeded) throw new Limited(refusals.primaryLimit(describe(caller)), spending);
    const response = await answerRest(request, caller).catch(error => {
      if (error instanceof Refusal) return error.response(docs);
      throw error;
    });
    return { response, spending };
  };

  const notPlayed = (request: WorldRequest): WorldResponse => {
    onNotPlayed(`${request.method} ${request.path}`);
    return withHeaders(refusals.notFound().response(docs), { 'x-sandbox': 'not played' });
  };

  const handler: Handler = async request => {
    requests += 1;
    const id = requests.toString(16).toUpperCase().padStart(4, '0');
    const common = {
      server: 'github.com',
      date: new Date(state.clock.now() + aheadMs()).toUTCString(),
      'x-github-media-type': 'github.v3; format=json',
      'x-github-api-version-selected': header(request, 'x-github-api-version') ?? '2022-11-28',
      'x-github-request-id': `5A4D:${id}:1C0DE:2C0DE:${Math.floor(state.clock.now() / 1000)
        .toString(16)
        .toUpperCase()}`,
    };
    try {
      const { response, spending } = await answer(request);
      return withHeaders(response, { ...common, ...rateHeaders(spending) });
    } catch (error) {
      const refusal = error instanceof Limited ? error.refusal : error;
      if (!(refusal instanceof Refusal)) throw error;
      const spending = error instanceof Limited ? error.spending : undefined;
      return withHeaders(refusal.response(docs), { ...common, ...rateHeaders(spending) });
    }
  };

  return {
    handler,
    archives: codeload.handler,
    artifacts: artifactArchives.handler,
    callerOf,
    operationOf: async request =>
      request.path === '/graphql' && request.method === 'POST'
        ? operationOf(asObject(parseJson(String(await request.body()))))
        : undefined,
  };
}

/** A refusal by a limit, which says how much is left. */
class Limited extends Error {
  readonly refusal: Refusal;
  readonly spending: Spending;

  constructor(refusal: Refusal, spending: Spending) {
    super(refusal.message);
    this.refusal = refusal;
    this.spending = spending;
  }
}

/** `github:owner/name` of a job, `github:login` of a person: limits are counted for each, and the ledger names them so. */
export function identityOf(caller: Identity | undefined): string {
  if (caller === undefined) return 'github:';
  return `github:${caller.kind === 'job' ? caller.repository : caller.login}`;
}

function answerUser(caller: Identity | undefined): WorldResponse {
  const page = `${docs}/users/users#get-the-authenticated-user`;
  if (caller === undefined) return refusals.needsLogin().response(page);
  return caller.kind === 'person' ? json(200, userJson(caller.login)) : refusals.notAccessible().response(page);
}

function match(method: string, path: string): { route: Route; params: Readonly<Record<string, string>> } | undefined {
  for (const route of routes) {
    const params = route.method === method ? matchPattern(route.pattern, path) : undefined;
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

/** The repository is visible; may the caller do this there? */
function allow({ need, isPublic }: Route, repository: RepositoryState, caller: Identity | undefined): void {
  if (caller?.kind === 'person') return;
  const granted = caller === undefined ? undefined : grantOn(caller, repository);
  if (caller !== undefined && granted !== undefined) noteUse(caller, granted, need);
  if (isPublic && !repository.isPrivate) return;
  if (caller === undefined) throw refusals.needsLogin();
  if (granted === undefined || !permits(granted, need)) throw refusals.notAccessible();
}

function mediaOf(request: WorldRequest): Call['media'] | undefined {
  const accept = header(request, 'accept') ?? '*/*';
  const [, format] =
    /application\/vnd\.github\.(?:v3\.|[a-z-]+-preview\.)?(raw|html|text|full|diff|patch|object|sha)\b/.exec(accept) ??
    [];
  if (format === undefined) return 'json';
  return format === 'raw' ? 'raw' : undefined;
}

async function readBody(request: WorldRequest): Promise<JsonObject> {
  const text = String(await request.body());
  if (text === '') return {};
  const value = parseJson(text);
  if (value === undefined) throw refusals.badJson();
  if (!isObject(value)) throw refusals.noObject();
  return value;
}

function limitOf(caller: Identity | undefined, settings: LimitSettings): number {
  if (caller === undefined) return settings.anonymousRequests;
  return caller.kind === 'job' ? settings.jobRequests : settings.personRequests;
}

function describe(caller: Identity | undefined): string {
  if (caller === undefined) return '127.0.0.1';
  return caller.kind !== 'person' ? 'installation' : `user ID ${userJson(caller.login).id}`;
}

function rateHeaders(spending: Spending | undefined): Record<string, string> {
  if (spending === undefined) return {};
  return {
    'x-ratelimit-limit': String(spending.limit),
    'x-ratelimit-remaining': String(spending.remaining),
    'x-ratelimit-reset': String(spending.reset),
    'x-ratelimit-used': String(spending.used),
    'x-ratelimit-resource': spending.resource,
  };
}

function withHeaders(response: WorldResponse, headers: Readonly<Record<string, string>>): WorldResponse {
  return { ...response, headers: { ...headers, ...response.headers } };
}
