import { asNumber, asObject, type Clock, parseJson } from '@suite/foundation';
import type { Right } from './failure.ts';

/** What a request needs to be allowed. */
export interface Scope {
  readonly repository: string;
  readonly right: Right;
  /** Repository of the same registry that a blob is mounted from: it must be readable, too. */
  readonly from?: string;
}

/** How one registry is signed in to; tokens are kept per scope and renewed before they expire. */
export interface SignIn {
  /** Value of `Authorization`; undefined where nothing is known to be needed. */
  authorization(scope: Scope): Promise<string | undefined>;
  /** The registry answered 401: what was kept is forgotten, and what its challenge says is learnt. */
  refused(headers: Headers): void;
}

/** As tokens are asked for: `repository:shop/api:pull,push`. */
export function scopesOf({ repository, right, from }: Scope): readonly string[] {
  const own = `repository:${repository}:${right === 'push' ? 'pull,push' : right}`;
  return from === undefined || from === repository ? [own] : [own, `repository:${from}:pull`];
}

export interface KeptToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** A token is renewed this long before its end: it has to outlive the request that carries it. */
const longestMarginMs = 2 * 60_000;

export interface TokenShelf<Key> {
  get(key: Key): Promise<string>;
  clear(): void;
}

/** Keeps what `make` makes until shortly before its end; one token for all who wait for it. */
export function keepTokens<Key>(clock: Clock, make: (key: Key) => Promise<KeptToken>): TokenShelf<Key> {
  const kept = new Map<Key, Promise<KeptToken & { readonly until: number }>>();
  const get = async (key: Key): Promise<string> => {
    const current = kept.get(key);
    const known = await current?.catch(() => undefined);
    if (known !== undefined && clock.now() < known.until) return known.token;
    // Somebody else was faster.
    if (kept.get(key) !== current) return get(key);
    const made = make(key).then(one => ({ ...one, until: renewalOf(one.expires, clock.now()) }));
    kept.set(key, made);
    return (await made).token;
  };
  return { get, clear: () => kept.clear() };
}

/** Tokens that live for a minute, as those of other registries do, are used for half of it. */
function renewalOf(expires: number, now: number): number {
  return expires - Math.min(longestMarginMs, (expires - now) / 2);
}

/** `exp` of a token, in milliseconds since 1970; undefined for a token that does not tell its end. */
export function endOf(token: string): number | undefined {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const seconds = asNumber(asObject(claims)['exp']);
  return seconds === undefined ? undefined : seconds * 1000;
}
