import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import { heldByAnother } from '../support/held-step.ts';

/** The storage refuses the state at the end of an apply, as in the recorded run `errored-tfstate`. */
let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
});
afterAll(() => sandbox.close());

const state = () => {
  const found = sandbox.views.find(({ scope }) => scope === 'shared');
  if (found === undefined) throw new Error('The example has no shared scope.');
  return found.state;
};
const blob = (name: string) => sandbox.world.azure.readBlob(state().account, state().container, name);
const content = (name: string) => JSON.parse(blob(name)?.content.toString('utf8') ?? '{}');

test('kept beside the state by the apply identity; the message says how it is restored', async () => {
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  const refusing = sandbox.world.faults.add({
    match: ({ method, path, query }) => method === 'PUT' && path.endsWith(`/${state().key}`) && !query.has('comp'),
    answer: {
      status: 403,
      headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' },
      body: '<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>This request is not authorized to perform this operation using this permission.</Message></Error>',
    },
  });
  const inputs = { command: 'apply', scope: 'shared', 'plan-file': plan.outputs['plan-file'] ?? '' };
  const result = await sandbox.run(inputs, { environment: { RUNNER_DEBUG: '1' } });
  expect(refusing.struck()).toBeGreaterThan(0);
  refusing.remove();
  expect(result.exitCode).toBe(1);
  expect(errors(result).join('\n')).toMatch(
    /It is kept in tfstate\/contoso\/shared\/westeurope\.tfstate\.errored in \S+\. .*gh workflow run unlock\.yml -f environment=shared -f region=westeurope/,
  );
  expect(content(`${state().key}.errored`).resources.length).toBeGreaterThan(content(state().key).resources.length);
});

test('where it was debugged, its diagnostics name each call of Terraform, and hold nothing of the state', async () => {
  const folder = join(sandbox.folder, 'temp', 'shared', 'diagnostics');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile());
  const texts = new Map(
    await Promise.all(
      files.map(async ({ name, parentPath }) => [name, await readFile(join(parentPath, name), 'utf8')] as const),
    ),
  );
  const calls = (texts.get('tools.jsonl') ?? '').trim().split('\n');
  expect(calls.map(line => JSON.parse(line).args[0])).toEqual(expect.arrayContaining(['init', 'show', 'apply']));
  const secrets = JSON.stringify(content(`${state().key}.errored`)).matchAll(/"primary_shared_key":"([^"]{8,})"/g);
  const [secret = ''] = [...secrets].map(([, value]) => value);
  expect(secret).not.toBe('');
  for (const text of texts.values()) {
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/eyJ[\w-]{10}/);
  }
});

test('until then nothing is planned on the old state', async () => {
  const result = await sandbox.run({ command: 'plan', scope: 'shared' });
  expect(errors(result)).toEqual([
    expect.stringMatching(/Nothing is planned on the old one.*gh workflow run unlock\.yml/),
  ]);
});

test('restored by nobody while another run works there', async () => {
  const run = `${state().key}.run`;
  const kept = content(`${state().key}.errored`);
  // It has its lease when this run looks for the second time: it came in between.
  let looks = 0;
  const other = sandbox.world.faults.add({
    match: ({ method, path }) => method === 'HEAD' && path.endsWith('.run') && ++looks > 1,
    answer: heldByAnother('apply'),
  });
  const result = await sandbox.run({ command: 'unlock', scope: 'shared', 'lease-wait': '0' });
  other.remove();
  expect(errors(result)).toEqual([expect.stringMatching(/runs\/4712 of hubot .* works on the shared scope\./)]);
  expect(content(`${state().key}.errored`)).toEqual(kept);
  expect(blob(run)).toBeUndefined();
});

test('restored on request, exactly as it was kept; nothing is lost, nothing doubled', async () => {
  const kept = content(`${state().key}.errored`);
  const restored = succeeded(await sandbox.run({ command: 'unlock', scope: 'shared' }));
  expect(restored.log.join('\n')).toContain(`Restored the state of the shared scope: serial ${kept.serial}`);
  // Terraform writes the results of its checks in another order, and counts on.
  const { check_results: _, serial: _s, ...restoredState } = content(state().key);
  const { check_results: __, serial: __s, ...keptState } = kept;
  expect(restoredState).toEqual(keptState);
  expect(blob(`${state().key}.errored`)).toBeUndefined();
  expect(blob(state().key)?.lease.state).toBe('available');
  expect(blob(`${state().key}.run`)).toBeUndefined();
  const next = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'shared' })));
  expect(next.verdict).toBe('no-changes');
});

test('cut off after it was restored: nothing is written again', async () => {
  const kept = content(state().key);
  sandbox.world.azure.writeBlob(state().account, state().container, `${state().key}.errored`, JSON.stringify(kept));
  succeeded(await sandbox.run({ command: 'unlock', scope: 'shared' }));
  expect(content(state().key)).toEqual(kept);
  expect(blob(`${state().key}.errored`)).toBeUndefined();
});

test('one that was overtaken is not restored', async () => {
  const only = { mode: 'managed', type: 't', name: 'lost', instances: [{ attributes: { id: '/lost' } }] };
  const old = { ...content(state().key), serial: 1, resources: [only] };
  sandbox.world.azure.writeBlob(state().account, state().container, `${state().key}.errored`, JSON.stringify(old));
  const result = await sandbox.run({ command: 'unlock', scope: 'shared' });
  expect(errors(result)).toEqual([
    expect.stringMatching(
      /was overtaken: it is serial 1 of .*Only in it is `t\.lost` \(\/lost\)\. Nothing was restored.*az storage blob delete/,
    ),
  ]);
  expect(content(state().key).serial).toBeGreaterThan(1);
});

test('a lock that somebody breaks shows only when the state is written: who did it is to be found out, and nothing is lost', async () => {
  const { account, container, key } = state();
  sandbox.world.azure.deleteBlob(account, container, `${key}.errored`);
  await sandbox.edit('platform.yaml', text => text.replace('shared: #', 'shared:\n  tags: { team: platform }\n  #'));
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  const breaking = sandbox.world.faults.add({
    match: ({ method, host }) => host === 'management.azure.com' && /^(?:PUT|PATCH)$/.test(method),
    times: 1,
    answer: { call: () => sandbox.world.azure.breakLease(account, container, key) },
  });
  const result = await sandbox.run({ command: 'apply', scope: 'shared', 'plan-file': plan.outputs['plan-file'] ?? '' });
  expect(breaking.struck()).toBe(1);
  breaking.remove();
  expect(result.exitCode).toBe(1);
  expect(errors(result).join('\n')).toMatch(
    /could not be written: somebody else released this run's lock while it worked/,
  );
  expect(errors(result).join('\n')).toMatch(/It is kept in \S+\.errored in .*gh workflow run unlock\.yml/);
  succeeded(await sandbox.run({ command: 'unlock', scope: 'shared' }));
  const next = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'shared' })));
  expect(next.verdict).toBe('no-changes');
  await sandbox.restore();
});
