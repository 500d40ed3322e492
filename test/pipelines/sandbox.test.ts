import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunRecord } from '@suite/sandbox';
import { chromium } from 'playwright-core';
import { browserFlags, findBrowser } from '../support/browser.ts';

const executablePath = findBrowser();
const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const command = ['--conditions=source', join(root, 'scripts', 'sandbox.ts')];

describe('the example platform through the release tree', () => {
  let record: RunRecord;
  beforeAll(async () => {
    await run(process.execPath, command, { cwd: root });
    record = JSON.parse(await readFile(join(root, '.sandbox', 'run.json'), 'utf8'));
  }, 900_000);

  test('is created, changed on a pull request, and promoted', () => {
    expect(record).toMatchObject({ ok: true, refusedHosts: [] });
    const applied = record.runs.map(({ event, jobs }) => [
      event,
      jobs.filter(({ conclusion, environment }) => conclusion === 'success' && environment).map(job => job.environment),
    ]);
    const all = ['shared', 'dev', 'staging', 'prod'];
    expect(applied).toEqual([
      ['push', all],
      ['pull_request', []],
      ['pull_request', []],
      ['pull_request', []],
      ['push', all],
    ]);
  });

  test('one bundle goes through all environments, and each keeps the proof of it', () => {
    const environments = record.records.map(({ environment }) => environment);
    expect(environments).toEqual(['dev', 'staging', 'prod', 'dev', 'staging', 'prod']);
    const bundles = record.records.map(({ bundle, commit }) => `${bundle} ${commit}`);
    for (const run of [bundles.slice(0, 3), bundles.slice(3)]) expect(new Set(run).size).toBe(1);
    expect(bundles[0]).not.toBe(bundles[3]);
    expect(record.records.map(({ approvers }) => approvers)).toEqual([[], [], ['mona'], [], [], ['mona']]);
  });

  test('plan identities only add plan files, and jobs of pull requests write what GitHub shows', () => {
    // Plan identities have odd numbers in the example's lock.
    const planned = record.writes.filter(({ identity }) => /0[1357]$/.test(identity));
    expect(planned.length).toBeGreaterThan(0);
    for (const { method, path } of planned) expect(`${method} ${path}`).toMatch(/^PUT \/plans\/[\w./-]+\.tfplan$/);
    const writers = new Set(record.writes.map(({ identity }) => identity.slice(-2)));
    expect([...writers].sort()).toEqual(['01', '02', '03', '04', '05', '06', '07', '08', 'rm', 't]']);
    const github = record.writes.filter(({ host }) => host === 'api.github.com');
    expect(github.map(({ method, path, count }) => `${count} ${method} ${path.replace(/\d{6,}$/, 'ID')}`)).toEqual([
      '1 POST /repos/contoso/platform/issues/1/comments',
      '2 POST /repos/contoso/platform/check-runs',
      '3 PATCH /repos/contoso/platform/issues/comments/ID',
      // One commit of digests for each environment, by the App alone.
      '3 POST /graphql',
    ]);
    expect(github.at(-1)?.identity).toBe('github:contoso-gitops[bot]');
  });

  test('the digests that were promoted run in every environment', () => {
    const digests = (application: string) =>
      record.running.filter(one => one.application === application).map(one => [one.environment, ...one.digests]);
    for (const application of ['web', 'worker']) {
      const [first] = digests(application);
      expect(first?.[1]).toMatch(/^sha256:/);
      expect(digests(application)).toEqual(['dev', 'staging', 'prod'].map(name => [name, first?.[1]]));
    }
  });

  test('their bytes pass the runner once, into dev; Azure itself brings them on, with signatures and SBOMs', () => {
    // Two images for two platforms each, with a layer of 1 MiB; the rest of it is small.
    const layers = 4 * 1024 * 1024;
    const small = 64 * 1024;
    const { throughRunner, imported } = record.imageBytes;
    expect([throughRunner >= layers, throughRunner < layers + small]).toEqual([true, true]);
    expect([imported >= 2 * layers, imported < 2 * (layers + small)]).toEqual([true, true]);
    const inOrder = (manifests: RunRecord['images'][number]['manifests']) =>
      manifests.map(({ digest, tags }) => [digest, [...tags].sort()]).sort();
    for (const repository of ['web', 'worker']) {
      const held = record.images.filter(one => one.repository === repository);
      expect(held.map(({ environment }) => environment).sort()).toEqual(['dev', 'prod', 'staging']);
      const [first, ...others] = held.map(({ manifests }) => inOrder(manifests));
      for (const other of others) expect(other).toEqual(first);
      // Index, two platforms, SBOM and signature.
      expect(first).toHaveLength(5);
      expect(first?.flatMap(([, tags]) => tags)).toContainEqual(expect.stringMatching(/^sha256-[0-9a-f]{64}\.sig$/));
    }
  });

  test('one comment tells of all of it', () => {
    expect(record.comments).toHaveLength(1);
    const [comment] = record.comments;
    expect(comment).toMatchObject({ pull: 1, author: 'github-actions[bot]', revisions: 4 });
    expect(comment?.body).toMatch(/^<!-- platform-plan:v1 \S+ -->\n> \[!NOTE\]\n> \*\*Merged as `[0-9a-f]{7}`\.\*\*/);
    expect(comment?.body).toContain('prod rotates node pool `gpu`');
    expect(comment?.body).toContain('`node-pool/gpu` is allowed.');
    expect(comment?.body).toContain('**Only in some environments:** `cluster.pools.gpu.size` (prod)');
  });

  test('the page shows it without running anything', async () => {
    const page = await readFile(join(root, '.sandbox', 'index.html'), 'utf8');
    expect(page).toContain('All is well');
    expect(page).not.toMatch(/<script/i);
  });

  (executablePath === undefined ? test.skip : test)('and fits a desk and a phone (needs Chromium)', async () => {
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...browserFlags] });
    try {
      for (const width of [1280, 390]) {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        await page.goto(pathToFileURL(join(root, '.sandbox', 'index.html')).href);
        await page.screenshot({ path: join(root, 'out', 'screenshots', `sandbox-${width}.png`), fullPage: true });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });
});

test('a wrong argument is answered at once', async () => {
  await expect(run(process.execPath, [...command, 'serv'], { cwd: root })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no command `serv`'),
  });
  await expect(run(process.execPath, [...command, '--azurerm', '/nowhere'], { cwd: root })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no file /nowhere'),
  });
});

describe('serve', () => {
  test('prints variables with which a bundle, terraform and curl work, and leaves no port behind', async () => {
    const served = spawn(process.execPath, [...command, 'serve'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise<number | null>(done => served.on('close', done));
    try {
      const variables = await readJson(served.stdout);
      const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...variables };

      const bundle = join(root, 'out', 'release', 'provision-aks', 'dist', 'index.js');
      const plan = await run(process.execPath, [bundle], {
        cwd: root,
        env: { ...env, INPUT_COMMAND: 'plan', INPUT_SCOPE: 'shared', GITHUB_OUTPUT: '', GITHUB_STEP_SUMMARY: '' },
      });
      expect(plan.stdout).toContain('name=digest');

      const curl = await run(
        'curl',
        ['-sS', 'https://login.microsoftonline.com/common/discovery/instance?api-version=1.1'],
        { env },
      );
      expect(JSON.parse(curl.stdout)).toHaveProperty('tenant_discovery_endpoint');
      const refused = run('curl', ['-sS', 'https://example.com/'], { env });
      await expect(refused).rejects.toThrow();

      const port = Number(new URL(variables['HTTPS_PROXY'] ?? '').port);
      expect(await isOpen(port)).toBe(true);
      served.kill('SIGINT');
      expect(await ended).toBe(0);
      expect(await isOpen(port)).toBe(false);
    } finally {
      served.kill('SIGKILL');
    }
  });
});

function readJson(stream: NodeJS.ReadableStream): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', chunk => {
      text += chunk;
      if (text.trimEnd().endsWith('}')) resolve(JSON.parse(text));
    });
    stream.on('end', () => reject(new Error(`It ended after: ${text}`)));
  });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
