import {
  asObject,
  asString,
  type Clock,
  isTransientStatus,
  networkCode,
  parseJson,
  parseRetryAfter,
  quote,
  retry,
  UserError,
  type Verdict,
} from '@suite/foundation';

export interface ServerOptions {
  /** `https://argocd.contoso.com`, with a path where it is served below one. */
  readonly server: string;
  /** Asked before each request; whoever gives it renews it. */
  readonly token: () => Promise<string>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

export interface ServerRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly body?: unknown;
  /** Reads on after "could not". */
  readonly purpose: string;
  /** What it takes in the server's RBAC: `applications, sync, contoso/web`. */
  readonly needs: string;
  readonly signal?: AbortSignal;
}

/** An Argo CD server that refused or did not answer; `status` is 0 where there was no answer. */
export class ServerFailure extends UserError {
  readonly status: number;
  /** What it said. */
  readonly said: string;
  readonly retry: Verdict;

  constructor(
    status: number,
    said: string,
    problem: ConstructorParameters<typeof UserError>[0],
    more: { retry: Verdict; cause?: unknown },
  ) {
    super(problem, { cause: more.cause });
    this.status = status;
    this.said = said;
    this.retry = more.retry;
  }
}

export interface ServerClient {
  readonly host: string;
  /** The answer's JSON. What only reads is repeated where a failure may pass by itself. */
  send(request: ServerRequest): Promise<unknown>;
  /** Lines of an answer that goes on, as JSON. */
  stream(request: ServerRequest): AsyncGenerator<unknown>;
}

/** Argo CD's HTTP API (gRPC gateway): errors are `{ code, message }`, streams have a `{ result }` on each line. */
export function createServerClient({ server, token, fetch: go, clock }: ServerOptions): ServerClient {
  const base = readServer(server);
  const once = async (request: ServerRequest): Promise<Response> => {
    const { method, path, body, purpose, signal } = request;
    const authorization = `Bearer ${await token()}`;
    const answer = await go(`${base.href}/api/v1${path}`, {
      method,
      headers: {
        Accept: 'application/json',
        Authorization: authorization,
        // Demanded of everything that writes, with a body or without (server.go, enforceContentTypes).
        ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }),
      },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch(error => {
      if (signal?.aborted) throw signal.reason;
      throw unreachable(base.host, purpose, error);
    });
    if (answer.ok) return answer;
    throw refused(base.host, request, answer, await answer.text().catch(() => ''), clock.now());
  };
  return {
    host: base.host,
    send: request =>
      retry(
        async () => {
          const answer = await once(request);
          const text = await answer.text().catch(error => {
            if (request.signal?.aborted) throw request.signal.reason;
            throw unreachable(base.host, request.purpose, error);
          });
          const said = parseJson(text);
          // Addresses that it does not know lead to its user interface; a sign-in page of somebody's proxy is none, too.
          if (said === undefined) throw noJson(base.host, request.purpose);
          return said;
        },
        {
          clock,
          attempts: request.method === 'GET' ? 4 : 1,
          baseMs: 500,
          capMs: 30_000,
          judge: error => (error instanceof ServerFailure ? error.retry : { retry: false }),
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        },
      ),
    stream: async function* (request) {
      const answer = await once(request);
      const decoder = new TextDecoder();
      let rest = '';
      for await (const chunk of answer.body ?? []) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        // As events (`data: …`) where a proxy asks for them, as plain lines otherwise.
        for (const line of lines) {
          if (line.trim() === '') continue;
          const value = parseJson(line.replace(/^data:\s*/, ''));
          const said = asString(asObject(asObject(value)['error'])['message']);
          if (said !== undefined) throw broken(base.host, request.purpose, said);
          yield value;
        }
      }
    },
  };
}

/** Where a server is. Throws UserError for everything that is no https address. */
export function readServer(server: string): { readonly href: string; readonly host: string } {
  const url = URL.parse(/^[a-z]+:\/\//.test(server) ? server : `https://${server}`);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new UserError({
      message: `${JSON.stringify(server)} is no address of an Argo CD server.`,
      location: { kind: 'input', name: 'server' },
      remedy: 'Write it as https://argocd.contoso.com.',
    });
  }
  return { href: url.href.replace(/\/+$/, ''), host: url.host };
}

function unreachable(host: string, purpose: string, error: unknown): ServerFailure {
  const code = networkCode(error) ?? 'no answer';
  return new ServerFailure(
    0,
    code,
    {
      message: `Could not ${purpose}: the Argo CD server ${host} cannot be reached from this runner (${code}).`,
      remedy: /CERT|SIGNATURE/.test(code)
        ? 'Name its certificate authority in NODE_EXTRA_CA_CERTS.'
        : 'Set `runner:` of the environment to a runner that reaches it.',
    },
    { retry: { retry: code !== 'ENOTFOUND' && !/CERT|SIGNATURE/.test(code) }, cause: error },
  );
}

/** A stream that ends with an error; a new one may go on. */
function broken(host: string, purpose: string, said: string): ServerFailure {
  const message = `Could not ${purpose}: the Argo CD server ${host} broke off: ${quote(said)}`;
  return new ServerFailure(0, said, { message }, { retry: { retry: true } });
}

function noJson(host: string, purpose: string): ServerFailure {
  return new ServerFailure(
    0,
    'no JSON',
    {
      message: `Could not ${purpose}: what answers at ${host} is not the API of an Argo CD server.`,
      location: { kind: 'input', name: 'server' },
      remedy: 'Give the address of argocd-server, with the path where it is served below one (--rootpath).',
    },
    { retry: { retry: false } },
  );
}

function refused(
  host: string,
  { purpose, needs }: ServerRequest,
  answer: Response,
  text: string,
  now: number,
): ServerFailure {
  const { status } = answer;
  const answered = asObject(parseJson(text));
  // Streams say it one level below.
  const said = asString(answered['message']) ?? asString(asObject(answered['error'])['message']) ?? text.slice(0, 500);
  const afterMs = parseRetryAfter(answer.headers.get('retry-after'), now);
  const message = `Could not ${purpose}: the Argo CD server ${host} answered HTTP ${status}${said.trim() === '' ? '.' : `: ${quote(said)}`}`;
  const remedy = remedyOf(status, needs);
  const verdict: Verdict = isTransientStatus(status)
    ? { retry: true, ...(afterMs === undefined ? {} : { afterMs }) }
    : { retry: false };
  return new ServerFailure(status, said, { message, ...(remedy === undefined ? {} : { remedy }) }, { retry: verdict });
}

function remedyOf(status: number, needs: string): string | undefined {
  if (status === 401) {
    return 'Its token is not accepted: it is over, of another server, or of an issuer or for an audience that `oidc.config` in argocd-cm does not name.';
  }
  if (status === 403) return `Its account needs \`${needs}\` in argocd-rbac-cm or in a role of the project.`;
  if (status >= 300 && status < 400) {
    return 'Something in front of it asks people to sign in, or it is served elsewhere: `server` has to be an address that takes bearer tokens.';
  }
  return undefined;
}
