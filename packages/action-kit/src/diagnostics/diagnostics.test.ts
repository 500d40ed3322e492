import { channel } from 'node:diagnostics_channel';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { resolvedChannel } from '@suite/foundation';
import { readContext } from '../context.ts';
import { mask } from '../secrets.ts';
import { openDiagnostics } from './diagnostics.ts';

const canary = 'canary-d5f0a2c7e9';
let temp: string;
let server: http.Server;
let address: string;

beforeEach(async () => {
  temp = await mkdtemp(join(tmpdir(), 'diagnostics-'));
  server = http.createServer((_request, response) => {
    response.writeHead(503, { 'x-ms-request-id': 'id-1', 'retry-after': '2', 'set-cookie': canary }).end(canary);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(temp, { recursive: true, force: true });
});

const silent = {
  info() {},
  debug() {},
  notice() {},
  warning() {},
  error() {},
  group: <T>(_title: string, work: () => Promise<T>) => work(),
};
const warnings: string[] = [];
const open = (env: Readonly<Record<string, string>>, folder = temp) =>
  openDiagnostics(env, readContext(env, { cwd: temp, temp: folder }), '/somewhere/push-acr/dist/index.js', message =>
    warnings.push(message),
  );

test('nothing is recorded unless the runner debugs', async () => {
  expect(open({ RUNNER_DEBUG: '0' })).toBeUndefined();
  expect(await readdir(temp)).toEqual([]);
});

test('a folder that takes nothing is told once, and ends no run', async () => {
  const file = join(temp, 'file');
  await writeFile(file, '');
  const diagnostics = open({ RUNNER_DEBUG: '1' }, file);
  diagnostics?.log(silent).info('goes on');
  expect(diagnostics?.input(() => 'dev')('scope')).toBe('dev');
  diagnostics?.close(new Error('of the run itself'));
  expect(warnings).toEqual([
    expect.stringMatching(/^The diagnostics of this run end here: .*ENOTDIR: not a directory/),
  ]);
});

test('a run is written down, and no secret with it', async () => {
  const diagnostics = open({ RUNNER_DEBUG: '1', GITHUB_RUN_ID: '7', HTTPS_PROXY: `http://u:${canary}@proxy.example` });
  if (diagnostics === undefined) throw new Error('Nothing is recorded.');
  const input = diagnostics.input(name => ({ scope: 'dev', 'gitops-token': canary })[name] ?? '');
  expect([input('scope'), input('gitops-token'), input('region')]).toEqual(['dev', canary, '']);
  const log = diagnostics.log(silent);
  // Said before anybody knew that it is one.
  log.info(`signed in as ${canary}`);
  mask(canary);
  channel(resolvedChannel).publish({ scope: 'dev', note: canary });
  await fetch(`${address}/subscriptions/1?api-version=2025-01-01&code=${canary}`, {
    headers: { authorization: `Bearer ${canary}` },
  });
  await new Promise((resolve, reject) => {
    http.get(`${address}/blob?sig=${canary}`, response => response.resume().on('end', resolve)).on('error', reject);
  });
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
  await fetch(`${address}/nobody`).catch(() => undefined);
  const runner = diagnostics.processes({
    run: async ({ onStdout, onStderr }) => {
      onStdout?.('an answer');
      onStderr?.(`level=DEBUG msg="signed in with ${canary}"`);
      return { code: 3, signal: null, stdout: canary, stderr: canary, interrupted: false };
    },
  });
  const heard: string[] = [];
  const hear = (line: string) => void heard.push(line);
  const upgrade = { file: '/usr/bin/helm', args: ['upgrade', `--set=a=${canary}`], cwd: temp, env: { TOKEN: canary } };
  await runner.run({ ...upgrade, onStderr: hear });
  await runner.run({ ...upgrade, file: 'terraform', args: ['apply'], onStdout: hear });
  await runner.run({ ...upgrade, args: ['template'], captureStdout: true, onStdout: hear });
  diagnostics.close(new Error(`It failed: ${canary}`, { cause: new Error('why') }));

  const files = await readdir(diagnostics.folder);
  const texts = await Promise.all(
    files.map(async file => [file, await readFile(join(diagnostics.folder, file), 'utf8')] as const),
  );
  const text = Object.fromEntries(texts);
  for (const [, content] of texts) expect(content).not.toContain(canary);
  const entries = (file: string) =>
    (text[file] ?? '')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
  expect(diagnostics.folder).toMatch(/diagnostics\/\d{4}-[^/]*-push-acr$/);
  expect(JSON.parse(text['about.json'] ?? '')).toMatchObject({
    action: 'push-acr',
    run: { runId: '7' },
    network: { HTTPS_PROXY: true },
  });
  expect(entries('inputs.jsonl')).toMatchObject([
    { name: 'scope', value: 'dev' },
    { name: 'gitops-token', value: '***' },
  ]);
  expect(entries('requests.jsonl')).toMatchObject([
    {
      method: 'GET',
      url: `${address}/subscriptions/1?api-version=2025-01-01&code=***`,
      status: 503,
      ids: { 'x-ms-request-id': 'id-1', 'retry-after': '2' },
    },
    { method: 'GET', url: `${address}/blob?sig=***`, status: 503 },
    { method: 'GET', url: `${address}/nobody`, status: 0, error: expect.any(String) },
  ]);
  expect(entries('tools.jsonl')).toMatchObject([
    { file: '/usr/bin/helm', code: 3, args: ['upgrade', '--set=a=***'] },
    { file: 'terraform', code: 3, args: ['apply'] },
    { file: '/usr/bin/helm', code: 3, args: ['template'] },
  ]);
  // What it tells is written down; what is kept whole, or read by nobody, may be a manifest or a state.
  expect((text['tools.txt'] ?? '').trim().split('\n')).toEqual([
    expect.stringMatching(/^\S+Z helm level=DEBUG msg="signed in with \*\*\*"$/),
    expect.stringMatching(/^\S+Z terraform an answer$/),
    expect.stringMatching(/^\S+Z terraform level=DEBUG/),
    expect.stringMatching(/^\S+Z helm level=DEBUG/),
  ]);
  expect(heard).toEqual([expect.stringContaining(canary), 'an answer', 'an answer']);
  expect(text['log.txt']).toContain('info signed in as ***');
  expect(text['error.txt']).toMatch(/It failed: \*\*\*[\s\S]*caused by: why/);
  expect(JSON.parse(text['platform.json'] ?? '')).toEqual({ scope: 'dev', note: '***' });
  expect((await stat(diagnostics.folder)).mode & 0o077).toBe(0);
});

test('nothing more is recorded once it is closed', async () => {
  const diagnostics = open({ RUNNER_DEBUG: '1' });
  diagnostics?.close(undefined);
  await fetch(address);
  channel(resolvedChannel).publish({});
  expect(await readdir(diagnostics?.folder ?? '')).toEqual(['about.json']);
});
