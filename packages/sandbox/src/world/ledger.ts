import type { WorldRequest } from '../network/http.ts';

export interface Caller {
  readonly clientId: string;
  readonly name: string;
}

/** One request as a stand-in saw it. */
export interface LedgerEntry {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** `comp`, `restype`, `api-version` and the like; never a signature or token. */
  readonly query: string;
  /** `reset` when the connection was broken instead. */
  readonly status: number | 'reset';
  /** Who the request's token proves it to be from. */
  readonly identity?: Caller;
  /** A GraphQL query: a POST that only reads. */
  readonly isQuery?: true;
}

/** A token as its issuer gave it out. */
export interface IssuedToken {
  readonly time: number;
  readonly issuer: 'github' | 'entra';
  readonly subject: string;
  readonly audience: string;
  /** Of Entra's tokens. */
  readonly identity?: Caller;
}

/** What `run.json` holds of writes. */
export interface WriteCount {
  /** Client id; empty when the request proved nobody. */
  readonly identity: string;
  readonly host: string;
  readonly method: string;
  /**
   * With `?comp=…` for blobs, where it tells a lease from a write of content; without the ids that a registry gives its
   * uploads.
   */
  readonly path: string;
  readonly count: number;
}

/** What was seen, in order. */
export interface Ledger {
  readonly requests: readonly LedgerEntry[];
  readonly tokens: readonly IssuedToken[];
  /** Hosts that were asked for and nobody plays, once each; of GitHub's API also requests: `api.github.com: GET /zen`. */
  readonly refusedHosts: readonly string[];
  /**
   * Requests that ask for a change, counted: PUT, PATCH, DELETE and POST, whatever became of them, except tokens,
   * actions that only read, GraphQL queries, and what Kubernetes only tries or answers.
   */
  writes(from?: number): WriteCount[];
}

export interface LedgerBook extends Ledger {
  addRequest(
    time: number,
    request: WorldRequest,
    status: LedgerEntry['status'],
    identity: Caller | undefined,
    isQuery?: boolean,
  ): void;
  addToken(token: IssuedToken): void;
  addRefusedHost(host: string): void;
}

export function createLedger(): LedgerBook {
  const requests: LedgerEntry[] = [];
  const tokens: IssuedToken[] = [];
  const refusedHosts: string[] = [];
  return {
    requests,
    tokens,
    refusedHosts,
    writes: (from = 0) => countWrites(requests.filter(entry => entry.time >= from)),
    addRequest: (time, { host, method, path, query }, status, identity, isQuery = false) =>
      void requests.push({
        time,
        host,
        method,
        path,
        query: harmlessQuery(query),
        status,
        ...(identity === undefined ? {} : { identity }),
        ...(isQuery ? { isQuery } : {}),
      }),
    addToken: token => void tokens.push(token),
    addRefusedHost: host => {
      if (!refusedHosts.includes(host)) refusedHosts.push(host);
    },
  };
}

function countWrites(entries: readonly LedgerEntry[]): WriteCount[] {
  const counts = new Map<string, WriteCount>();
  for (const entry of entries.filter(asksForChange)) {
    const comp = new URLSearchParams(entry.query).get('comp');
    const place = entry.path.replace(uploadIds, '/blobs/uploads/*');
    const path = comp === null ? place : `${place}?comp=${comp}`;
    const identity = entry.identity?.clientId ?? '';
    const key = [identity, entry.host, entry.method, path].join(' ');
    counts.set(key, {
      identity,
      host: entry.host,
      method: entry.method,
      path,
      count: (counts.get(key)?.count ?? 0) + 1,
    });
  }
  return [...counts.values()];
}

const uploadIds = /\/blobs\/uploads\/[^/]+$/;
const tokenPaths = /\/oauth2\/(v2\.0\/)?(token|exchange)$|^\/app\/installations\/\d+\/access_tokens$/;
/** An App gives a token back. */
const tokenEnd = '/installation/token';
/** Questions that Kubernetes takes as POST. */
const reviews = /\/apis\/(?:authorization|authentication)\.k8s\.io\/v1\/[a-z]+reviews$/;
const readActions = /\/(list[A-Za-z]*|sharedKeys|checkNameAvailability|checkPolicyRestrictions)$/;

/** Whether a request asks for a change, whatever becomes of it. */
export function asksForChange({
  method,
  path,
  query,
  isQuery,
}: Pick<LedgerEntry, 'method' | 'path' | 'query' | 'isQuery'>): boolean {
  if (isQuery === true || query.includes('dryRun=All')) return false;
  if (!['PUT', 'PATCH', 'DELETE', 'POST'].includes(method)) return false;
  if (method === 'DELETE' && path === tokenEnd) return false;
  return !(method === 'POST' && (tokenPaths.test(path) || readActions.test(path) || reviews.test(path)));
}

const harmless = new Set([
  'api-version',
  'comp',
  'restype',
  'prefix',
  'include',
  '$filter',
  '$top',
  'audience',
  'force',
  'dryRun',
  'fieldManager',
  'watch',
  'labelSelector',
  'fieldSelector',
]);

function harmlessQuery(query: URLSearchParams): string {
  return new URLSearchParams([...query].filter(([name]) => harmless.has(name))).toString();
}
