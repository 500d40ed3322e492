import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import { toHtml } from '../support/html.ts';

const hostile =
  '</details></td><img src=x onerror=alert(1)> @org/everyone #1 https://evil.example ```\n# heading\n::add-path::/tmp/evil\n##[add-mask]a \u202egnp.exe \u001b[31m `` |';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  await sandbox.deploy('shared');
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

/** What a runner would obey, and what a reader must not be shown. */
function expectHarmless(lines: readonly string[]) {
  for (const line of lines) {
    expect(line.trimStart()).not.toMatch(/^::/);
    expect(line).not.toContain('##[');
    expect(line).not.toMatch(/\p{Cc}|\u202e/u);
  }
}

test('a tag that somebody wrote in Azure is text in log, summary and report', async () => {
  const [workspace] = sandbox.world.azure.resources('Microsoft.OperationalInsights/workspaces');
  sandbox.world.azure.mutate(workspace?.id ?? '', body => {
    body['tags'] = { ...(body['tags'] as object), note: hostile };
  });
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  expect((await reportOf(plan)).changes).toHaveLength(1);
  expect(plan.summary).toContain('evil.example');
  const html = toHtml(plan.summary);
  expect(html).not.toMatch(/<img|<a [^>]*evil|<h1|href="mailto/);
  expect(html.match(/<details/g)?.length).toBe(html.match(/<\/details>/g)?.length);
  expect(plan.summary).not.toContain('\u202e');
  expectHarmless(plan.log);
});

test('the text of an error from Azure is harmless too', async () => {
  sandbox.world.faults.add({
    match: ({ host, method, path }) =>
      host === 'management.azure.com' && method === 'GET' && path.includes('workspaces'),
    answer: { status: 403, body: JSON.stringify({ error: { code: 'AuthorizationFailed', message: hostile } }) },
  });
  const plan = await sandbox.run({ command: 'plan', scope: 'shared' });
  expect(plan.exitCode).toBe(1);
  expect(errors(plan)).toHaveLength(1);
  expectHarmless(plan.log);
  expectHarmless(errors(plan));
  expect(toHtml(plan.summary)).not.toMatch(/<img|<a [^>]*evil|<h1/);
});

test('a run on a runner that debugs leaves what explains it, and no secret', async () => {
  const plan = succeeded(
    await sandbox.run({ command: 'plan', scope: 'shared' }, { environment: { RUNNER_DEBUG: '1' } }),
  );
  const folder = join(sandbox.folder, 'temp', 'shared', 'diagnostics');
  const [run = ''] = await readdir(folder);
  expect(run).toMatch(/-provision-aks$/);
  const files = await readdir(join(folder, run));
  expect(files.sort()).toEqual([
    'about.json',
    'inputs.jsonl',
    'log.txt',
    'platform.json',
    'requests.jsonl',
    'tools.jsonl',
    'tools.txt',
  ]);
  const texts = await Promise.all(files.map(file => readFile(join(folder, run, file), 'utf8')));
  const [about = '', , log = '', platform = '', asked = '', tools = ''] = texts;
  expect(JSON.parse(about)).toMatchObject({
    action: 'provision-aks',
    source: { repository: 'org/actions', ref: 'v1' },
  });
  expect(JSON.parse(platform)).toMatchObject({ kind: 'shared', scope: 'shared' });
  expect(plan.log.length).toBeGreaterThan(0);
  expect(log).toMatch(/ info /);
  expect(asked).toMatch(/"url":"https:\/\/management\.azure\.com\/[^"]*api-version=[^"]*","status":200/);
  expect(tools).toMatch(/terraform","args":\["init"/);
  const shown = [...texts, ...files].join('\n');
  expect(shown).not.toMatch(/eyJ|[?&]sig=(?!…)/);
});
