import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseJson } from '@suite/foundation';
import { type StubAnswer, type StubRequest, stubGitHub } from '../testing/stub.ts';
import { createAppAccess } from './app-access.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const start = Date.parse('2026-11-26T05:00:00Z');
const installation = {
  id: 77,
  html_url: 'https://github.com/organizations/contoso/settings/installations/77',
  permissions: { contents: 'write', metadata: 'read' },
  suspended_at: null,
};
const date = (ms: number) => new Date(ms).toUTCString();

function open(
  answers: { readonly installation?: StubAnswer; readonly token?: StubAnswer } = {},
  more: { readonly contents?: 'read' | 'write'; readonly pulls?: boolean; readonly apiUrl?: string } = {},
) {
  let issued = 0;
  const stub = stubGitHub(({ path }, index) => {
    if (path.endsWith('/installation')) return answers.installation ?? { body: installation };
    if (path.endsWith('/installation/token')) return { status: 204 };
    issued += 1;
    const expires_at = new Date(start + index + 3_600_000).toISOString();
    return answers.token ?? { status: 201, body: { token: `ghs_${issued}`, expires_at } };
  }, more.apiUrl);
  const masked: string[] = [];
  const { token: _token, ...options } = stub.options;
  const access = createAppAccess({
    ...options,
    app: 'Iv23liExample',
    key,
    inputs: { app: 'gitops-app-id', key: 'gitops-app-key' },
    repository: 'contoso/gitops',
    contents: more.contents ?? 'write',
    pulls: more.pulls ?? false,
    mask: secret => void masked.push(secret),
  });
  return { ...stub, access, masked };
}

function claimsOf({ headers }: StubRequest) {
  const [, token = ''] = /^bearer (.+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  const [head = '', body = '', signature = ''] = token.split('.');
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    createPublicKey(key),
    Buffer.from(signature, 'base64url'),
  );
  return { token, isSigned, claims: parseJson(Buffer.from(body, 'base64url').toString()) };
}

test('one that opens pull requests asks for that right, and an App without it is told so', async () => {
  const permissions = { contents: 'write', pull_requests: 'write' };
  const { access, requests } = open({ installation: { body: { ...installation, permissions } } }, { pulls: true });
  await access.token();
  expect(requests[1]?.body).toEqual({ repositories: ['gitops'], permissions });
  const without = open({}, { pulls: true });
  await expect(without.access.token()).rejects.toThrow('may open no pull requests in contoso/gitops');
});

test('an App’s token is for one repository and one right', async () => {
  const { access, requests, masked } = open();
  expect(await access.token()).toBe('ghs_1');
  expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual([
    ['GET', '/repos/contoso/gitops/installation', undefined],
    ['POST', '/app/installations/77/access_tokens', { repositories: ['gitops'], permissions: { contents: 'write' } }],
  ]);
  const { token, isSigned, claims } = claimsOf(requests[0] as StubRequest);
  expect(isSigned).toBe(true);
  expect(claims).toEqual({ iss: 'Iv23liExample', iat: start / 1000 - 60, exp: start / 1000 + 480 });
  expect(masked).toEqual([token, 'ghs_1']);
});

test('an enterprise server is asked at its own address', async () => {
  const { access, requests } = open({}, { apiUrl: 'https://github.example.com/api/v3', contents: 'read' });
  await access.token();
  expect(requests.map(({ path }) => path)).toEqual([
    '/api/v3/repos/contoso/gitops/installation',
    '/api/v3/app/installations/77/access_tokens',
  ]);
});

test('a token is used until five minutes before its end, then given back', async () => {
  const { access, clock, requests } = open();
  expect(await Promise.all([access.token(), access.token()])).toContain('ghs_1');
  const first = await access.token();
  await clock.sleep(54 * 60_000);
  expect(await access.token()).toBe(first);
  await clock.sleep(2 * 60_000);
  const second = await access.token();
  expect(second).not.toBe(first);
  await access.revoke();
  const last = requests.at(-1);
  expect([last?.method, last?.path, last?.headers.get('authorization')]).toEqual([
    'DELETE',
    '/installation/token',
    `token ${second}`,
  ]);
  const count = requests.length;
  await access.revoke();
  expect(requests).toHaveLength(count);
});

test('one token is made for all who ask at once', async () => {
  const { access, requests } = open();
  expect(await Promise.all([access.token(), access.token(), access.token()])).toEqual(['ghs_1', 'ghs_1', 'ghs_1']);
  expect(requests).toHaveLength(2);
});

describe('clocks that disagree', () => {
  const early = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  const refuse = (now: number): StubAnswer => ({ status: 401, headers: { date: date(now) }, body: { message: early } });

  test('GitHub’s is taken', async () => {
    let asked = 0;
    const github = start - 10 * 60_000;
    const stub = stubGitHub(({ path }) => {
      asked += 1;
      if (asked === 1) return refuse(github);
      if (path.endsWith('/installation')) return { body: installation };
      return { status: 201, body: { token: 'ghs_1', expires_at: new Date(github + 3_600_000).toISOString() } };
    });
    const { token: _token, ...options } = stub.options;
    const access = createAppAccess({
      ...options,
      app: '1',
      key,
      inputs: { app: 'gitops-app-id', key: 'gitops-app-key' },
      repository: 'contoso/gitops',
      contents: 'write',
      mask: () => undefined,
    });
    expect(await access.token()).toBe('ghs_1');
    expect(claimsOf(stub.requests[1] as StubRequest).claims).toMatchObject({ iat: github / 1000 - 60 });
    // Its hour is counted on this machine's clock.
    await stub.clock.sleep(54 * 60_000);
    expect(await access.token()).toBe('ghs_1');
    expect(stub.requests).toHaveLength(3);
  });

  test('and told, when that does not help', async () => {
    const { access, requests } = open({ installation: refuse(start - 600_000) });
    await expect(access.token()).rejects.toThrow(
      'The runner’s clock is 600 seconds ahead of GitHub’s, so GitHub does not accept what the App signs. Set the clock of the runner (NTP).',
    );
    expect(requests).toHaveLength(2);
  });
});

describe('what GitHub refuses is told once', () => {
  const said = (status: number, message: string): StubAnswer => ({ status, body: { message } });
  test.each<readonly [string, Parameters<typeof open>[0], string]>([
    [
      'a key of another App',
      { installation: said(401, 'A JSON web token could not be decoded') },
      'input gitops-app-key: GitHub does not accept the key for the App Iv23liExample: A JSON web token could not be decoded. Check that `gitops-app-id` and `gitops-app-key` are of the same App',
    ],
    [
      'an App that there is not',
      { installation: said(404, 'Integration not found') },
      'input gitops-app-key: GitHub does not accept the key for the App Iv23liExample: Integration not found.',
    ],
    [
      'a repository without the App',
      { installation: said(404, 'Not Found') },
      'input gitops-app-id: The App Iv23liExample is not installed on contoso/gitops, or there is no such repository.',
    ],
    [
      'an App that may only read',
      { installation: { body: { ...installation, permissions: { contents: 'read' } } } },
      'input gitops-app-id: The App Iv23liExample may not write the contents of contoso/gitops: it has `contents: read`.',
    ],
    [
      'an App without the right at all',
      { installation: { body: { ...installation, permissions: {} } } },
      'it has `contents: none`',
    ],
    [
      'an installation that is suspended',
      { installation: { body: { ...installation, suspended_at: '2026-01-01T00:00:00Z' } } },
      'The App’s installation on contoso/gitops is suspended. An owner of the organisation can end that at https://github.com/organizations/contoso/settings/installations/77.',
    ],
    [
      'one that is suspended meanwhile',
      { token: said(403, 'This installation has been suspended') },
      'The App’s installation on contoso/gitops is suspended.',
    ],
    [
      'a permission that nobody accepted',
      { token: said(422, 'The permissions requested are not granted to this installation.') },
      'input gitops-app-id: GitHub gives the App no token to write contoso/gitops: The permissions requested are not granted to this installation. Check at https://github.com/organizations/contoso/settings/installations/77',
    ],
    ['a page that is not GitHub’s', { installation: { body: '<html></html>' } }, 'was not GitHub’s API'],
    ['a token that is none', { token: { status: 201, body: {} } }, 'was not GitHub’s API'],
  ])('%s', async (_, answers, message) => {
    const { access } = open(answers);
    await expect(access.token()).rejects.toThrow(message);
    // The next one to ask is answered anew.
    await expect(access.token()).rejects.toThrow(message);
  });
});
