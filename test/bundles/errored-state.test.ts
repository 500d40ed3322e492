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
  const result = await sandbox.run({ command: 'apply', scope: 'shared', 'plan-file': plan.outputs['plan-file'] ?? '' });
  expect(refusing.struck()).toBeGreaterThan(0);
  refusing.remove();
  expect(result.exitCode).toBe(1);
  expect(errors(result).join('\n')).toMatch(
    /It is kept in tfstate\/contoso\/shared\/westeurope\.tfstate\.errored in \S+\. .*gh workflow run unlock\.yml -f environment=shared -f region=westeurope/,
  );
  expect(content(`${state().key}.errored`).resources.length).toBeGreaterThan(content(state().key).resources.length);
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
  const old = { ...content(state().key), serial: 1, resources: [] };
  sandbox.world.azure.writeBlob(state().account, state().container, `${state().key}.errored`, JSON.stringify(old));
  const result = await sandbox.run({ command: 'unlock', scope: 'shared' });
  expect(errors(result)).toEqual([
    expect.stringMatching(/was overtaken: it is serial 1 of .*Nothing was restored.*az storage blob delete/),
  ]);
  expect(content(state().key).serial).toBeGreaterThan(1);
});
