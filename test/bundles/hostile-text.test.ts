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
