import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunRecord } from '@suite/sandbox';
import { chromium } from 'playwright-core';
import { browserFlags, findBrowser, pagePatience } from '../support/browser.ts';

const executablePath = findBrowser();
const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const command = ['--conditions=source', join(root, 'scripts', 'sandbox.ts')];

describe('the example platform through the release tree', () => {
  let record: RunRecord;
  // Six chapters, each with runs of many jobs.
  beforeAll(async () => {
    await run(process.execPath, command, { cwd: root });
    record = JSON.parse(await readFile(join(root, '.sandbox', 'run.json'), 'utf8'));
  }, 1_800_000);

  const all = ['shared', 'dev', 'staging', 'prod'];

  test('lives through all chapters of the story', () => {
    expect(record).toMatchObject({ ok: true, refusedHosts: [] });
    expect(record.chapters.map(({ ok, title }) => [ok, title])).toEqual([
      [true, 'A platform comes to life'],
      [true, 'A change is proposed'],
      [true, 'It is merged, and promoted'],
      [true, 'Somebody changes something by hand'],
      [true, 'A bad image is stopped in staging'],
      [true, 'dev goes back as well'],
    ]);
    for (const { scenes } of record.chapters) expect(scenes.map(({ ok }) => ok)).not.toContain(false);
    const applied = record.runs.map(({ workflow, event, conclusion, jobs }) => [
      `${workflow} (${event}): ${conclusion}`,
      ...jobs.flatMap(job => (job.conclusion === 'success' && job.environment ? job.environment : [])),
    ]);
    const planned = ['Platform (pull_request): success'];
    const promoted = ['Platform (push): success', ...all];
    const looked = ['Drift (schedule): success'];
    expect(applied).toEqual([
      promoted,
      ...[planned, planned, planned, promoted],
      looked,
      ...[planned, planned, ['Platform (push): failure', 'shared', 'dev'], looked],
      ['Roll back (workflow_dispatch): success', 'dev'],
    ]);
  });

  test('one bundle goes through all environments, and each keeps the proof of it', () => {
    const [first = '', second = '', bad = ''] = [...new Set(record.records.map(({ bundle }) => bundle))];
    const through = (bundle: string) => ['dev', 'staging', 'prod'].map(name => [name, bundle]);
    expect(record.records.map(({ environment, bundle }) => [environment, bundle])).toEqual([
      ...[first, second].flatMap(through),
      // The one that crashes in staging is proven in dev alone, which goes back to the one before.
      ['dev', bad],
      ['dev', second],
    ]);
    // What is promoted first has no applications yet; of all others the record keeps what Argo CD synced.
    for (const { bundle, gitops } of record.records) {
      const commit = expect.stringMatching(/^[0-9a-f]{40}$/);
      expect(gitops).toEqual(bundle === first ? undefined : { repository: 'contoso/gitops', branch: 'main', commit });
    }
    const approvers = record.records.map(one => [one.environment, ...one.approvers]);
    for (const [environment, ...who] of approvers) expect(who).toEqual(environment === 'prod' ? ['mona'] : []);
    for (const { bundle, commit } of record.records)
      for (const other of record.records) expect(other.bundle === bundle).toBe(other.commit === commit);
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
      '3 POST /repos/contoso/platform/check-runs',
      // Two plans after the first, the merge, the promotion's begin and its four stages, and dev that comes back to it.
      '9 PATCH /repos/contoso/platform/issues/comments/ID',
      // One commit of digests for each environment that a promotion comes to, that goes back after it, or that is rolled back, by the App alone.
      '7 POST /graphql',
      '1 POST /repos/contoso/platform/issues',
      '1 POST /repos/contoso/platform/issues/3/comments',
      // It stops in its third stage; dev goes back from it.
      '6 PATCH /repos/contoso/platform/issues/comments/ID',
      '1 POST /repos/contoso/platform/issues/2/comments',
      '1 PATCH /repos/contoso/platform/issues/2',
    ]);
    const byApp = github.filter(({ path }) => path === '/graphql').map(({ identity }) => identity);
    expect(byApp).toEqual(['github:contoso-gitops[bot]']);
  });

  test('in the end the digests that were promoted run in every environment', () => {
    const digests = (application: string) =>
      record.running.filter(one => one.application === application).map(one => [one.environment, ...one.digests]);
    for (const application of ['web', 'worker']) {
      const [first] = digests(application);
      expect(first?.[1]).toMatch(/^sha256:/);
      expect(digests(application)).toEqual(['dev', 'staging', 'prod'].map(name => [name, first?.[1]]));
    }
  });

  test('their bytes pass the runner once, into dev; Azure itself brings them on, with signatures and SBOMs', () => {
    // Images of two platforms each, with a layer of 1 MiB for each; the rest of them is small.
    const image = 2 * 1024 * 1024;
    const small = 64 * 1024;
    const { throughRunner, imported } = record.imageBytes;
    // web, worker and the second web, of which the last one does not come to prod.
    expect([throughRunner >= 3 * image, throughRunner < 3 * image + small]).toEqual([true, true]);
    expect([imported >= 5 * image, imported < 5 * image + small]).toEqual([true, true]);
    const held = (environment: string, repository: string) =>
      record.images
        .filter(one => one.environment === environment && one.repository === repository)
        .flatMap(({ manifests }) => manifests.map(({ digest, tags }) => `${digest} ${[...tags].sort().join(' ')}`))
        .sort();
    // Index, two platforms, SBOM and signature of each.
    for (const [repository, inProd, before] of [
      ['web', 5, 10],
      ['worker', 5, 5],
    ] as const) {
      const [dev, staging, prod] = ['dev', 'staging', 'prod'].map(name => held(name, repository));
      expect([dev?.length, prod?.length]).toEqual([before, inProd]);
      expect(staging).toEqual(dev);
      expect(dev).toEqual(expect.arrayContaining(prod ?? []));
      expect(prod).toContainEqual(expect.stringMatching(/ sha256-[0-9a-f]{64}\.sig$/));
    }
  });

  test('each pull request has one comment, which tells of all of it', () => {
    expect(record.comments.map(({ pull, revisions }) => [pull, revisions])).toEqual([
      [1, 10],
      [3, 7],
    ]);
    const [comment] = record.comments;
    expect(comment?.author).toBe('github-actions[bot]');
    expect(comment?.body).toMatch(
      /^<!-- platform-plan:v1 \S+ -->\n> \[!NOTE\]\n> \*\*Verified in prod at [\d: -]+ UTC\.\*\* Merged as `[0-9a-f]{7}`\./,
    );
    expect(comment?.body).toContain('prod rotates node pool `gpu`');
    expect(comment?.body).toContain('`node-pool/gpu` is allowed.');
    expect(comment?.body).toContain('**Only in some environments:** `cluster.pools.gpu.size` (prod)');
  });

  test('which says where a promotion stopped and why, and what went back', () => {
    const bad = record.comments.find(({ pull }) => pull === 3)?.body;
    expect(bad).toMatch(/^<!-- .*\n> \[!WARNING\]\n> \*\*Stopped in staging\.\*\* .*web.* \[Its job\]\(https:/);
    expect(bad).toMatch(/^> \| dev \| \*\*\[went back\]\(/m);
    expect(bad).toContain('> | prod | to come, with an approval |');
  });

  test('the change by hand has one issue, which was closed by the run that found nothing left', () => {
    expect(record.issues).toMatchObject([
      { number: 2, title: 'Drift in dev of contoso', state: 'closed', revisions: 2 },
    ]);
    expect(record.issues[0]?.body).toContain('`image_cleaner_interval_hours`: `24` → `168`');
    expect(record.issues[0]?.comments).toEqual([expect.stringMatching(/^\*\*Clean\.\*\*/)]);
  });

  test('the page shows it without running anything', async () => {
    const page = await readFile(join(root, '.sandbox', 'index.html'), 'utf8');
    expect(page).toContain('All is well');
    expect(page).toContain('6. dev goes back as well');
    expect(page).not.toMatch(/<script/i);
  });

  (executablePath === undefined ? test.skip : test)('and fits a desk and a phone (needs Chromium)', async () => {
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...browserFlags] });
    try {
      for (const width of [1280, 390]) {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        page.setDefaultTimeout(pagePatience);
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
  await expect(run(process.execPath, [...command, '--chapter', '7'], { cwd: root })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/there is no chapter 7\. Use one of these:\n {2}1 {2}A platform comes to life\n/),
  });
  await expect(run(process.execPath, [...command, '--variant', 'two-region'], { cwd: root })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no variant two-region. Did you mean `two-regions`?'),
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
