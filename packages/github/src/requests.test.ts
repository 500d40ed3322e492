import { describe, expect, test } from '@jest/globals';
import { CancelledError, UserError } from '@suite/foundation';
import { GitHubFailure } from './failure.ts';
import { createRequests } from './requests.ts';
import { type StubAnswer, stubGitHub, systemError } from './testing/stub.ts';

const route = 'GET /repos/{owner}/{repo}';
const place = { owner: 'contoso', repo: 'platform' };
const ok: StubAnswer = { body: { id: 1 } };
const read = (answers: readonly (StubAnswer | Error)[]) => {
  const stub = stubGitHub((_, index) => answers[Math.min(index, answers.length - 1)] ?? ok);
  const result = createRequests(stub.options).read('read the repository', route, place);
  return { ...stub, result };
};

async function failureOf(promise: Promise<unknown>): Promise<GitHubFailure> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof GitHubFailure)) throw error ?? new Error('It succeeded.');
  return error;
}

describe('what may pass by itself is read again', () => {
  test.each<readonly [string, StubAnswer | Error, number]>([
    ['503', { status: 503 }, 750],
    ['a broken connection', systemError('ECONNRESET'), 750],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '7' } }, 7000],
    ['a secondary limit with Retry-After', { status: 403, headers: { 'retry-after': '30' } }, 30_000],
    [
      'a secondary limit that names no time',
      { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
      60_000,
    ],
    [
      'the primary limit',
      {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Date.parse('2026-11-26T05:01:00Z') / 1000),
        },
      },
      61_000,
    ],
  ])('%s', async (_, failure, pause) => {
    const { result, pauses, requests } = read([failure, ok]);
    await expect(result).resolves.toEqual({ id: 1 });
    expect(pauses).toEqual([pause]);
    expect(requests).toHaveLength(2);
  });

  test('five times at most', async () => {
    const { result, requests } = read([{ status: 502 }]);
    await expect(result).rejects.toThrow('GitHub answered with 502 when this job tried to read the repository.');
    expect(requests).toHaveLength(5);
  });
});

describe('what stays is told once, with what to do', () => {
  test.each<readonly [string, StubAnswer | Error, string]>([
    [
      'no permission',
      {
        status: 403,
        body: { message: 'Resource not accessible by integration' },
        headers: { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' },
      },
      'The token may not read the repository: Resource not accessible by integration. Add `pull-requests: write` to the `permissions:` of the job, and of the job that calls the workflow. A pull request from a fork never gets more than read.',
    ],
    [
      'an unknown permission',
      { status: 403, body: { message: 'No' } },
      'The token may not read the repository: No. Check the `permissions:` of the job and of the job that calls the workflow.',
    ],
    [
      'no token',
      { status: 401, body: { message: 'Bad credentials' } },
      'GitHub does not accept the token, so this job could not read the repository. Leave out `github-token`, or give one that has not expired.',
    ],
    [
      'nothing there',
      { status: 404 },
      'This job could not read the repository: GitHub shows its token no such thing. Check that it exists.',
    ],
    [
      'a wrong request',
      { status: 422, body: { message: 'Validation Failed', errors: [{ message: 'body is too long' }] } },
      'GitHub refused to read the repository: Validation Failed: body is too long (422).',
    ],
    [
      'a name that does not exist',
      systemError('ENOTFOUND'),
      'GitHub could not be reached to read the repository (ENOTFOUND).',
    ],
    [
      'a certificate that nobody trusts',
      systemError('SELF_SIGNED_CERT_IN_CHAIN'),
      'GitHub could not be reached to read the repository (SELF_SIGNED_CERT_IN_CHAIN).',
    ],
    ['a limit for an hour', { status: 429, headers: { 'retry-after': '3600' } }, 'Run the job again after 06:00 UTC.'],
  ])('%s', async (_, failure, message) => {
    const { result, requests, pauses } = read([failure]);
    const error = await failureOf(result);
    expect(error.message).toContain(message);
    expect(error.retry).toEqual({ retry: false });
    expect(error.cause).toBeDefined();
    expect([requests.length, pauses]).toEqual([1, []]);
  });

  test('never with the token in it', async () => {
    const error = await failureOf(read([{ status: 422, body: { message: 'no' } }]).result);
    expect(JSON.stringify([error.message, error.problems])).not.toContain('ghs_secret');
  });
});

test('a write is done once, and says whether looking again makes sense', async () => {
  const stub = stubGitHub(() => ({ status: 502 }));
  const write = createRequests(stub.options).write('comment', 'POST /repos/{owner}/{repo}/issues/1/comments', place);
  const error = await failureOf(write);
  expect(error.retry).toEqual({ retry: true });
  expect(stub.requests).toHaveLength(1);
});

test('what does no harm when it is done twice is repeated like a read', async () => {
  const limited = stubGitHub((_, index) =>
    index === 0 ? { status: 403, headers: { 'retry-after': '5' } } : { status: 201, body: { id: 1 } },
  );
  const file = 'POST /repos/{owner}/{repo}/check-runs';
  await expect(createRequests(limited.options).append('file', file, place)).resolves.toEqual({ id: 1 });
  expect(limited.pauses).toEqual([5000]);
  const broken = stubGitHub((_, index) => (index === 0 ? { status: 502 } : { body: { id: 1 } }));
  await expect(createRequests(broken.options).append('file', file, place)).resolves.toEqual({ id: 1 });
});

test('pauses have an end that a job outlives', async () => {
  const { result, pauses } = read([{ status: 403, body: { message: 'secondary rate limit' } }]);
  await failureOf(result);
  expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(180_000);
});

test('pages are followed to the end', async () => {
  const stub = stubGitHub(({ path }) => {
    const page = Number(new URLSearchParams(path.split('?')[1]).get('page') ?? 1);
    const next = `<https://api.github.com/repositories/1/issues/1/comments?per_page=100&page=${page + 1}>; rel="next"`;
    return { body: [{ id: page }], headers: page < 4 ? { link: next } : {} };
  });
  const all = await createRequests(stub.options).readAll('read', 'GET /repos/{owner}/{repo}/issues/1/comments', place);
  expect(all).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]);
  expect(stub.requests[0]?.path).toBe('/repos/contoso/platform/issues/1/comments?per_page=100&page=1');
});

describe('what answers may not be GitHub', () => {
  const html = { headers: { 'content-type': 'text/html' }, body: '<html>Please sign in</html>' };
  const list = 'GET /repos/{owner}/{repo}/environments';

  test.each<readonly [string, StubAnswer]>([
    ['a page', html],
    ['an object in place of a list', { body: { message: 'hello' } }],
    ['a list that is none', { body: { environments: 'many' } }],
  ])('%s is no list', async (_, answer) => {
    const stub = stubGitHub(() => answer);
    const error = await failureOf(
      createRequests(stub.options).readAll('read the environments', list, place, 'environments'),
    );
    expect(error.message).toContain('What answered when this job tried to read the environments was not GitHub’s API.');
  });

  test('a page that always has a next one ends, and no address of a header is called', async () => {
    const stub = stubGitHub(() => ({ body: [1], headers: { link: '<http://localhost:1/steal>; rel="next"' } }));
    await failureOf(createRequests(stub.options).readAll('read', list, place));
    expect(stub.requests).toHaveLength(300);
    expect(stub.requests.every(({ path }) => path.startsWith('/repos/contoso/platform/environments?'))).toBe(true);
  });

  test.each(['not a url', 'ftp://api.github.com', 'https://user:s3cret@api.github.com'])(
    'the address %s is refused without being repeated',
    async apiUrl => {
      const stub = stubGitHub(() => ok);
      const error: unknown = await createRequests({ ...stub.options, apiUrl })
        .read('read', route, place)
        .catch(caught => caught);
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toContain('GITHUB_API_URL is no address of an API.');
      expect(String(error)).not.toContain('s3cret');
      expect(stub.requests).toEqual([]);
    },
  );

  test.each(['99999999999999999999', '-1', 'soon'])('Retry-After: %s is no reason to fall over', async value => {
    const { result } = read([{ status: 429, headers: { 'retry-after': value } }]);
    expect((await failureOf(result)).message).toMatch(/Run the job again after (2026-11-27 )?\d\d:\d\d UTC\./);
  });
});

test('a request that is under way ends with the run', async () => {
  const controller = new AbortController();
  const stub = stubGitHub(() => ok);
  const hanging: typeof globalThis.fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      controller.abort(new CancelledError('The run was cancelled.'));
    });
  const result = createRequests({ ...stub.options, fetch: hanging, signal: controller.signal }).read(
    'read',
    route,
    place,
  );
  await expect(result).rejects.toThrow(CancelledError);
});

describe('GraphQL', () => {
  test('errors come with status 200', async () => {
    const limited = { body: { data: null, errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] } };
    const stub = stubGitHub((_, index) => (index === 0 ? limited : { body: { data: { viewer: { login: 'a' } } } }));
    await expect(createRequests(stub.options).query('ask', '{ viewer { login } }', {})).resolves.toEqual({
      viewer: { login: 'a' },
    });
    expect(stub.pauses).toEqual([60_000]);
  });

  test('that is forbidden says so', async () => {
    const stub = stubGitHub(() => ({
      body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }] },
    }));
    await expect(
      createRequests(stub.options).query('ask whose token it is', '{ viewer { login } }', {}),
    ).rejects.toThrow('The token may not ask whose token it is: Resource not accessible by integration.');
  });
});

test.each([
  ['https://api.github.com', '/repos/contoso/platform', '/graphql'],
  ['https://github.example.com/api/v3', '/api/v3/repos/contoso/platform', '/api/graphql'],
  ['https://github.example.com/api/v3/', '/api/v3/repos/contoso/platform', '/api/graphql'],
])('%s is honoured', async (apiUrl, rest, graphql) => {
  const stub = stubGitHub(() => ({ body: { data: {} } }), apiUrl);
  const requests = createRequests(stub.options);
  await requests.read('read', route, place);
  await requests.query('ask', '{ viewer { login } }', {});
  expect(stub.requests.map(({ path }) => path)).toEqual([rest, graphql]);
  expect(stub.requests[0]?.headers.get('authorization')).toBe('token ghs_secret');
});
