import { asNumber, asObject, asString, type Clock, parseJson } from '@suite/foundation';
import { type Attempt, type Identity, refusalFailure, untrue } from './failure.ts';
import type { Send } from './http.ts';
import { endOf, keepTokens, type SignIn, scopesOf } from './sign-in.ts';

/** What somebody signs in with; `token` is the identity token that `docker login` may leave in place of a password. */
export type Credential =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

export interface ChallengeSignInOptions {
  readonly host: string;
  readonly identity: Identity;
  /** Undefined for anonymous. */
  readonly credential?: Credential;
  readonly mask: (secret: string) => void;
  readonly clock: Clock;
  readonly send: Send;
}

/** What a registry's `WWW-Authenticate` asks for. */
export type Challenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: URL; readonly service: string | undefined };

/** Of a token that tells no end (distribution's token specification, `expires_in`). */
const usualLifeMs = 60_000;

/** Signs in as the registry itself asks for: with nothing until it does, then as its challenge says (RFC 9110 §11, RFC 6750). */
export function createChallengeSignIn(options: ChallengeSignInOptions): SignIn {
  const { host, identity, credential, mask, clock, send } = options;
  const attempt: Attempt = { host, identity, purpose: `sign in to ${host}`, right: undefined };
  let challenge: Challenge | undefined;

  const tokens = keepTokens(clock, async (scopes: string) => {
    if (challenge?.kind !== 'bearer') throw new Error('A token was asked for before the registry asked for one.');
    const answer = await send({ ...tokenRequest(challenge, scopes.split(' '), credential), accept: [200], attempt });
    if (answer.status === 401) throw refusalFailure(answer, attempt, clock.now());
    const said = asObject(parseJson(new TextDecoder().decode(answer.body)));
    const token = asString(said['token']) ?? asString(said['access_token']);
    if (token === undefined) throw untrue(host, 'no token when this job tried to sign in');
    mask(token);
    const life = asNumber(said['expires_in']);
    const end = life === undefined ? endOf(token) : clock.now() + life * 1000;
    return { token, expires: end ?? clock.now() + usualLifeMs };
  });

  return {
    authorization: async scope => {
      if (challenge === undefined) return undefined;
      if (challenge.kind === 'bearer') return `Bearer ${await tokens.get(scopesOf(scope).join(' '))}`;
      return credential?.kind === 'password' ? basic(credential) : undefined;
    },
    refused: headers => {
      tokens.clear();
      challenge = readChallenge(headers.get('www-authenticate') ?? '') ?? challenge;
    },
  };
}

/** Undefined for one that we cannot answer. Tokens are asked for over TLS only: the request carries a password. */
export function readChallenge(header: string): Challenge | undefined {
  const bearer = /\bBearer\s+(?<parameters>.+)/is.exec(header)?.groups?.['parameters'];
  if (bearer === undefined) return /^\s*Basic\b/i.test(header) ? { kind: 'basic' } : undefined;
  const parameter = (name: string) =>
    new RegExp(`(?:^|[\\s,])${name}="(?<value>[^"]*)"`, 'i').exec(bearer)?.groups?.['value'];
  const realm = parameter('realm') ?? '';
  if (!URL.canParse(realm) || new URL(realm).protocol !== 'https:') return undefined;
  return { kind: 'bearer', realm: new URL(realm), service: parameter('service') };
}

function tokenRequest(
  { realm, service }: Challenge & { readonly kind: 'bearer' },
  scopes: readonly string[],
  credential: Credential | undefined,
) {
  const fields: readonly (readonly [string, string])[] = [
    ...(service === undefined ? [] : [['service', service] as const]),
    ...scopes.map(scope => ['scope', scope] as const),
  ];
  if (credential?.kind === 'token') {
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'actions' });
    for (const [name, value] of [...fields, ['refresh_token', credential.token] as const]) form.append(name, value);
    return {
      url: realm,
      method: 'POST' as const,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new TextEncoder().encode(form.toString()),
    };
  }
  const url = new URL(realm);
  for (const [name, value] of fields) url.searchParams.append(name, value);
  return {
    url,
    method: 'GET' as const,
    headers: credential === undefined ? {} : { Authorization: basic(credential) },
  };
}

function basic({ user, password }: Credential & { readonly kind: 'password' }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
