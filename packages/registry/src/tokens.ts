import { asNumber, asObject, asString, type Clock, parseJson } from '@suite/foundation';
import { type Attempt, type Identity, type Right, refusalFailure, untrue } from './failure.ts';
import type { Send } from './http.ts';

export interface TokenOptions {
  /** Login server. */
  readonly host: string;
  readonly tenant: string;
  readonly identity: Identity;
  readonly entraToken: () => Promise<string>;
  readonly mask: (secret: string) => void;
  readonly clock: Clock;
  readonly send: Send;
}

/** Access tokens of a registry, kept per scope and renewed before they expire. */
export interface Tokens {
  get(repository: string, right: Right): Promise<string>;
  /** Forgets all: the next one begins with Entra again, so that it holds what roles give by then. */
  forget(): void;
}

interface Kept {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** A token is renewed this long before its end: it has to outlive the request that carries it. */
const marginMs = 2 * 60_000;
/** Of a token that does not tell its end. */
const shortLifeMs = 10 * 60_000;

/** Entra's token → refresh token → access token (Azure/acr docs/AAD-OAuth.md). */
export function createTokens(options: TokenOptions): Tokens {
  const { host, tenant, identity, entraToken, mask, clock, send } = options;
  const attempt: Attempt = { host, identity, purpose: `sign in to ${host}`, right: undefined };

  const ask = async (path: string, form: Readonly<Record<string, string>>, name: string): Promise<Kept> => {
    const answer = await send({
      url: new URL(`https://${host}${path}`),
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: new TextEncoder().encode(new URLSearchParams(form).toString()),
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

  const keep = <Key>(make: (key: Key) => Promise<Kept>) => {
    const kept = new Map<Key, Promise<Kept>>();
    const get = async (key: Key): Promise<string> => {
      const current = kept.get(key);
      const known = await current?.catch(() => undefined);
      if (known !== undefined && clock.now() < known.expires - marginMs) return known.token;
      // Somebody else was faster: one token for all who wait.
      if (kept.get(key) !== current) return get(key);
      const made = make(key);
      kept.set(key, made);
      return (await made).token;
    };
    return { get, clear: () => kept.clear() };
  };

  const refresh = keep(async () => {
    const accessToken = await entraToken();
    mask(accessToken);
    const form = { grant_type: 'access_token', service: host, tenant, access_token: accessToken };
    return ask('/oauth2/exchange', form, 'refresh_token');
  });
  const access = keep(async (scope: string) => {
    const form = { grant_type: 'refresh_token', service: host, scope, refresh_token: await refresh.get(undefined) };
    return ask('/oauth2/token', form, 'access_token');
  });

  return {
    get: (repository, right) => access.get(`repository:${repository}:${right === 'push' ? 'pull,push' : 'pull'}`),
    forget: () => {
      refresh.clear();
      access.clear();
    },
  };
}

/** `exp` of a token, in milliseconds since 1970. */
function endOf(token: string): number | undefined {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const seconds = asNumber(asObject(claims)['exp']);
  return seconds === undefined ? undefined : seconds * 1000;
}
