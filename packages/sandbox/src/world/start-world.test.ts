import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, parseJson } from '@suite/foundation';
import { json, onArm, startWorld, throttled, type World } from './index.ts';
import { grantedJob, platformJob, seedSubscription, subscription } from './testing.ts';

let directory: string;
let world: World;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'world-'));
  world = await startWorld({ directory, subscriptions: [subscription], operationMs: 50 });
  seedSubscription(world);
});

afterAll(async () => {
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

/** curl as a person would use it: proxy and certificate authority, nothing else. */
async function curl(...args: string[]): Promise<{ status: number; body: string; exitCode: number; stderr: string }> {
  const env = { PATH: process.env['PATH'] ?? '', ...world.networkEnvironment() };
  const all = ['-sS', '--cacert', world.caFile, '-w', '\n%{http_code}', ...args];
  const done = await promisify(execFile)('curl', all, { env }).then(
    ({ stdout }) => ({ stdout, stderr: '', exitCode: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => ({ ...error, exitCode: error.code }),
  );
  const lines = done.stdout.split('\n');
  return {
    status: Number(args.includes('-w') ? 0 : lines.pop()),
    body: lines.join('\n'),
    exitCode: done.exitCode,
    stderr: done.stderr,
  };
}

async function armToken(): Promise<string> {
  const { url, token } = requestVariables();
  const assertion = asObject(
    parseJson((await curl('-H', `Authorization: Bearer ${token}`, `${url}&audience=api://AzureADTokenExchange`)).body),
  );
  const form = new URLSearchParams({
    client_id: grantedJob.clientId,
    client_assertion: String(assertion['value']),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    grant_type: 'client_credentials',
    scope: 'https://management.azure.com/.default',
  });
  const answer = await curl(
    '-d',
    form.toString(),
    `https://login.microsoftonline.com/${world.azure.tenant}/oauth2/v2.0/token`,
  );
  return String(asObject(parseJson(answer.body))['access_token']);
}

function requestVariables(): { url: string; token: string } {
  const env = world.jobEnvironment(platformJob);
  return { url: env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '', token: env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '' };
}

const groups = `https://management.azure.com/subscriptions/${subscription}/resourceGroups`;

describe('the world, over its own network', () => {
  test('curl gets a token by OIDC and uses it, and the ledger knows whose request it was', async () => {
    const token = await armToken();
    const answer = await curl(
      '-X',
      'PUT',
      '-H',
      `Authorization: Bearer ${token}`,
      '-d',
      '{"location":"West Europe"}',
      `${groups}/rg-curl?api-version=2023-07-01`,
    );
    expect(answer.status).toBe(201);
    expect(parseJson(answer.body)).toMatchObject({ name: 'rg-curl', location: 'westeurope' });
    expect(world.ledger.writes()).toContainEqual({
      identity: grantedJob.clientId,
      host: 'management.azure.com',
      method: 'PUT',
      path: `/subscriptions/${subscription}/resourceGroups/rg-curl`,
      count: 1,
    });
    expect(world.ledger.writes().some(({ host }) => host === 'login.microsoftonline.com')).toBe(false);
    expect(world.ledger.tokens.map(({ issuer, audience }) => [issuer, audience])).toEqual([
      ['github', 'api://AzureADTokenExchange'],
      ['entra', 'https://management.azure.com'],
    ]);
    expect(JSON.stringify(world.ledger)).not.toContain(token);
  });

  test('a host that nobody plays is refused by name and written down', async () => {
    const { exitCode, stderr } = await curl('https://registry.invalid/');
    expect(exitCode).toBe(56);
    expect(stderr).toContain('502');
    const plain = await curl('http://plain.invalid/x');
    expect(plain).toMatchObject({ status: 502, body: expect.stringContaining('no host named plain.invalid') });
    await curl('https://missing.blob.core.windows.net/');
    await curl('https://management.azure.com:8443/');
    expect(world.ledger.refusedHosts).toEqual([
      'registry.invalid',
      'plain.invalid',
      'missing.blob.core.windows.net',
      'management.azure.com:8443',
    ]);
  });

  test('a body of 20 MB arrives whole, and several requests share a connection', async () => {
    let received = 0;
    world.addRoute({
      host: 'upload.example',
      handler: async ({ stream }) => {
        for await (const chunk of stream) received += (chunk as Buffer).length;
        return json(200, { received });
      },
    });
    const file = path.join(directory, 'large');
    await writeFile(file, Buffer.alloc(20_000_000, 7));
    const answer = await curl('-T', file, 'https://upload.example/a');
    expect(answer).toMatchObject({ status: 200, body: '{"received":20000000}' });
    const connections = await curl('-w', '%{num_connects} ', 'https://upload.example/b', 'https://upload.example/c');
    expect(connections.body).toMatch(/}1 .*}0 $/s);
  });

  test('faults strike counted requests: an answer instead, a broken connection, a call before the answer', async () => {
    const token = await armToken();
    const get = () => curl('-H', `Authorization: Bearer ${token}`, `${groups}/rg-state?api-version=2023-07-01`);
    const isGroup = onArm('GET', /rg-state$/);
    const throttle = world.faults.add({ match: isGroup, skip: 1, times: 1, answer: throttled(3) });
    const reset = world.faults.add({ match: isGroup, skip: 1, times: 1, answer: 'reset' });
    const seen: string[] = [];
    world.faults.add({ match: isGroup, skip: 2, answer: { call: ({ path: at }) => void seen.push(at) } });
    expect((await get()).status).toBe(200);
    expect((await get()).status).toBe(429);
    expect((await get()).exitCode).not.toBe(0);
    expect((await get()).status).toBe(200);
    expect([throttle.struck(), reset.struck(), seen.length]).toEqual([1, 1, 1]);
    world.faults.clear();
  });

  test('GitHub answers clients, and the ledger counts what they write', async () => {
    const seed = path.join(directory, 'seed');
    await mkdir(seed);
    await writeFile(path.join(seed, 'platform.yaml'), 'name: shop');
    const repository = await world.github.createRepository({ name: 'octo-org/shop', folder: seed });
    await repository.commit({ branch: 'change', message: 'x', files: { a: '1' } });
    await repository.openPull({ title: 'x', branch: 'change', author: 'mona' });
    const token = world.github.issueToken({ repository: repository.name, permissions: { 'pull-requests': 'write' } });
    const api = (where: string, ...args: string[]) =>
      curl('-H', `Authorization: Bearer ${token}`, ...args, `https://api.github.com${where}`);
    const comments = '/repos/octo-org/shop/issues/1/comments';
    expect((await api(comments, '-d', '{"body":"hello"}')).status).toBe(201);
    expect(parseJson((await api(comments)).body)).toMatchObject([{ body: 'hello' }]);
    const query = await api('/graphql', '-d', '{"query":"{ viewer { login } }"}');
    expect(query.body).toBe('{"data":{"viewer":{"login":"github-actions[bot]"}}}');
    await api('/repos/octo-org/shop/releases');
    const identity = { clientId: 'github:octo-org/shop', name: 'github-actions[bot]' };
    expect(world.ledger.requests.filter(({ host }) => host === 'api.github.com')).toMatchObject([
      { method: 'POST', path: comments, status: 201, identity },
      { method: 'GET', path: comments, status: 200, identity },
      { method: 'POST', path: '/graphql', status: 200, identity, isQuery: true },
      { method: 'GET', status: 404 },
    ]);
    expect(world.ledger.writes().filter(({ host }) => host === 'api.github.com')).toEqual([
      { identity: identity.clientId, host: 'api.github.com', method: 'POST', path: comments, count: 1 },
    ]);
    expect(world.ledger.refusedHosts).toContain('api.github.com: GET /repos/octo-org/shop/releases');
    expect(JSON.stringify(world.ledger)).not.toContain(token);
  });

  test('closing leaves no port behind', async () => {
    const other = await startWorld({ directory: path.join(directory, 'other') });
    const { port } = new URL(other.proxyUrl);
    await other.close();
    const outcome = await new Promise<string>(resolve => {
      request({ host: '127.0.0.1', port }, () => resolve('answered'))
        .on('error', error => resolve((error as NodeJS.ErrnoException).code ?? ''))
        .end();
    });
    expect(outcome).toBe('ECONNREFUSED');
  });
});
