import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AppHandle } from './github.ts';
import { startGitHub, type TestGitHub } from './testing.ts';

let hub: TestGitHub;
let app: AppHandle;
let other: AppHandle;
let installation: number;

beforeAll(async () => {
  hub = await startGitHub();
  await hub.github.createRepository({ name: 'octo-org/gitops', folder: hub.folder });
  await hub.github.createRepository({ name: 'octo-org/secret', folder: hub.folder });
  await hub.github.createRepository({ name: 'elsewhere/thing', folder: hub.folder });
  app = await hub.github.createApp({
    slug: 'octo-gitops',
    installations: [
      { owner: 'octo-org', repositories: ['octo-org/gitops', 'octo-org/platform'], permissions: { contents: 'write' } },
    ],
  });
  other = await hub.github.createApp({
    slug: 'reader',
    installations: [{ owner: 'octo-org', permissions: { contents: 'read', 'pull-requests': 'write' } }],
  });
  installation = (await hub.send(jwt(), 'GET', '/repos/octo-org/gitops/installation')).body.id;
});

afterAll(() => hub.close());

const seconds = () => Math.floor(hub.clock.now() / 1000);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(claims: object = {}, { key = app.privateKey, alg = 'RS256' } = {}): string {
  const now = seconds();
  const content = `${part({ alg, typ: 'JWT' })}.${part({ iss: app.clientId, iat: now - 60, exp: now + 540, ...claims })}`;
  if (alg === 'HS256') return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

const strange = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const readerToken = () => jwt({ iss: String(other.id) }, { key: other.privateKey });
const tokens = (body: object = {}, token = jwt()) =>
  hub.send(token, 'POST', `/app/installations/${installation}/access_tokens`, body);

test('an App is known by its client id and by its id', async () => {
  for (const iss of [app.clientId, String(app.id), app.id]) {
    expect((await hub.send(jwt({ iss }), 'GET', '/app')).body).toMatchObject({ id: app.id, slug: 'octo-gitops' });
  }
});

test('its installation on a repository', async () => {
  expect((await hub.send(jwt(), 'GET', '/repos/OCTO-org/gitops/installation')).body).toMatchObject({
    id: installation,
    app_id: app.id,
    account: { login: 'octo-org' },
    html_url: `https://github.com/organizations/octo-org/settings/installations/${installation}`,
    permissions: { contents: 'write', metadata: 'read' },
    repository_selection: 'selected',
    suspended_at: null,
  });
});

describe('a token of an installation', () => {
  test('has what was asked for, for an hour', async () => {
    const { status, body } = await tokens({ repositories: ['gitops'], permissions: { contents: 'read' } });
    expect([status, body.permissions, body.repositories.length]).toEqual([
      201,
      { contents: 'read', metadata: 'read' },
      1,
    ]);
    expect(Date.parse(body.expires_at)).toBe(hub.clock.now() + 3_600_000);
    const ask = async (path: string) => (await hub.send(body.token, 'GET', path)).status;
    expect(await ask('/repos/octo-org/gitops/contents/')).toBe(200);
    expect(await ask('/repos/octo-org/platform/contents/')).toBe(404);
    expect(await ask('/repos/octo-org/gitops/pulls/1')).toBe(403);
    expect(await ask('/user')).toBe(403);
    hub.clock.advance(3_600_000);
    expect((await hub.send(body.token, 'GET', '/repos/octo-org/gitops')).body.message).toBe('Bad credentials');
  });

  test('reaches all that was selected when nothing is named, and acts as the App', async () => {
    const { body } = await tokens();
    expect([body.repositories, body.repository_selection]).toEqual([undefined, 'selected']);
    expect((await hub.send(body.token, 'GET', '/repos/octo-org/platform')).status).toBe(200);
    expect((await hub.send(body.token, 'GET', '/repos/octo-org/secret')).status).toBe(404);
    expect((await hub.query(body.token, '{ viewer { login } }')).body.data.viewer.login).toBe('octo-gitops[bot]');
  });

  test('can be given back', async () => {
    const { body } = await tokens();
    expect((await hub.send(body.token, 'DELETE', '/installation/token')).status).toBe(204);
    expect((await hub.send(body.token, 'GET', '/repos/octo-org/gitops')).status).toBe(401);
  });

  test('cannot be had while the installation is suspended', async () => {
    app.suspend('octo-org');
    expect(await tokens()).toMatchObject({ status: 403, body: { message: 'This installation has been suspended' } });
    expect((await hub.send(jwt(), 'GET', '/repos/octo-org/gitops/installation')).body.suspended_at).toMatch(/Z$/);
    app.suspend('octo-org', false);
    expect((await tokens()).status).toBe(201);
  });
});

describe('refused', () => {
  const decoded = 'A JSON web token could not be decoded';
  const issued = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  const future =
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  test.each<readonly [string, () => string, number, string]>([
    ['another key', () => jwt({}, { key: strange }), 401, decoded],
    ['another algorithm', () => jwt({}, { alg: 'HS256' }), 401, decoded],
    ['no token', () => 'a.b.c', 401, decoded],
    ['a job’s token', () => hub.job({ contents: 'write' }), 401, decoded],
    ['an App that there is not', () => jwt({ iss: 'Iv1.none' }), 404, 'Integration not found'],
    ['one that is over', () => jwt({ exp: seconds() }), 401, future],
    [
      'one that lasts too long',
      () => jwt({ exp: seconds() + 660 }),
      401,
      "'Expiration time' claim ('exp') is too far in the future",
    ],
    ['one of the future', () => jwt({ iat: seconds() + 60 }), 401, issued],
  ])('%s', async (_, token, status, message) => {
    expect(await hub.send(token(), 'GET', '/app')).toMatchObject({ status, body: { message, status: String(status) } });
  });

  const outside =
    'There is at least one repository that does not exist or is not accessible to the parent installation.';
  test.each([
    ['a repository that was not selected', { repositories: ['gitops', 'secret'] }, outside],
    ['one that there is not', { repositories: ['none'] }, outside],
    ['one of somebody else', { repositories: ['thing'] }, outside],
    [
      'a permission that it has not',
      { permissions: { issues: 'read' } },
      'The permissions requested are not granted to this installation.',
    ],
  ])('a token for %s', async (_, body, message) => {
    expect(await tokens(body)).toMatchObject({ status: 422, body: { message } });
  });

  test('a token for more than it has', async () => {
    const { id } = (await hub.send(readerToken(), 'GET', '/repos/octo-org/secret/installation')).body;
    const body = { permissions: { contents: 'write' } };
    expect(await hub.send(readerToken(), 'POST', `/app/installations/${id}/access_tokens`, body)).toMatchObject({
      status: 422,
      body: { message: 'The level of access for permissions requested are not granted to this installation.' },
    });
  });

  test.each([
    ['GET', '/repos/octo-org/secret/installation'],
    ['GET', '/repos/elsewhere/thing/installation'],
    ['GET', '/repos/octo-org/none/installation'],
    ['POST', '/app/installations/1/access_tokens'],
  ])('%s %s', async (method, path) => {
    expect((await hub.send(jwt(), method, path, method === 'GET' ? undefined : {})).status).toBe(404);
  });

  test.each([
    ['nobody’s request', undefined, 401],
    ['a job’s token', () => hub.job({}), 403],
  ])('%s to end a token', async (_, token, status) => {
    expect((await hub.send(token?.(), 'DELETE', '/installation/token')).status).toBe(status);
  });

  test('an App itself in a repository', async () => {
    expect((await hub.send(jwt(), 'GET', '/repos/octo-org/gitops/contents/')).status).toBe(404);
  });
});
