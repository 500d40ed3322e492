import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { StepResult } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import { hurried } from '../support/held-step.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  sandbox.world.settings.operationMs = 0;
  await sandbox.deploy('shared');
  await sandbox.deploy('dev');
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

const subscription = '33333333-3333-3333-3333-333333333333';
const group = `/subscriptions/${subscription}/resourceGroups/rg-contoso-dev-westeurope`;
const armWrites = () => sandbox.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');
const idsIn = (place: string) =>
  sandbox.world.azure
    .resources()
    .map(({ id }) => id)
    .filter(id => id.includes(place));

/** But for what dev has in them: its delegation, and its rights. */
const sharedThings = () => idsIn('/22222222-').filter(id => !/\/NS\/|\/providers\/Microsoft\.Authorization\//.test(id));

async function allow(...keys: readonly string[]): Promise<void> {
  await sandbox.restore();
  await sandbox.edit('platform.yaml', text =>
    text.replace('    cluster:\n      tier: free', `    allow: [${keys.join(', ')}]\n    cluster:\n      tier: free`),
  );
}
const plan = () => sandbox.run({ command: 'plan', scope: 'dev', destroy: 'true' });
function destroy({ outputs }: StepResult, inputs: Readonly<Record<string, string>> = {}) {
  return sandbox.run(
    { command: 'destroy', scope: 'dev', 'plan-file': outputs['plan-file'] ?? '', confirm: 'dev', ...inputs },
    { environment: hurried },
  );
}

test('the wrong name, no name, and what is shared: one message, nothing is asked for anywhere', async () => {
  const before = sandbox.world.ledger.requests.length;
  const attempts = [
    [{ confirm: 'prod' }, /confirm.*is "prod", but the environment is `dev`\. Nothing was touched/],
    [{ confirm: '' }, /confirm.*is needed: it repeats the name of the environment that goes, `dev`/],
    [{ scope: 'shared', confirm: 'shared' }, /scope.*is `shared`, which every environment uses/],
  ] as const;
  for (const [inputs, message] of attempts) {
    const result = await sandbox.run({ command: 'destroy', scope: 'dev', 'plan-file': 'x', ...inputs });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringMatching(message)]);
  }
  const planned = await sandbox.run({ command: 'plan', scope: 'shared', destroy: 'true' });
  expect(errors(planned)).toEqual([expect.stringMatching(/scope.*only environments are destroyed/)]);
  expect(sandbox.world.ledger.requests).toHaveLength(before);
});

test('nothing goes that `allow:` does not name: the plan says what to name, and destroy refuses it', async () => {
  const planned = succeeded(await plan());
  const report = await reportOf(planned);
  expect(report.verdict).toBe('blocked');
  expect(report.checks.filter(({ status }) => status === 'blocked')).toEqual([
    expect.objectContaining({
      id: 'allow/cluster',
      remedy: expect.stringContaining('add `cluster` to `allow:` of dev'),
    }),
  ]);
  expect(report.changes.every(({ kind }) => kind === 'delete')).toBe(true);
  const writes = armWrites();
  const refused = await destroy(planned);
  expect(refused.exitCode).toBe(1);
  expect(errors(refused)).toEqual([expect.stringMatching(/is not allowed.*add `cluster`/)]);
  expect(armWrites()).toEqual(writes);
});

test('a plan that builds is no plan to destroy', async () => {
  await sandbox.edit('platform.yaml', text => text.replace('tier: free', 'tier: standard'));
  const built = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
  expect(errors(await destroy(built))).toEqual([expect.stringMatching(/was not made to destroy/)]);
  await sandbox.restore();
  const same = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
  expect((await reportOf(same)).verdict).toBe('no-changes');
  expect(errors(await destroy(same))).toEqual([expect.stringMatching(/^This plan was not made to destroy/)]);
});

test('a plan to destroy is no plan to apply, though `allow:` names all of it', async () => {
  const first = await reportOf(succeeded(await plan()));
  const keys = [...first.changes, ...first.checks].flatMap(one => ('allowKey' in one ? (one.allowKey ?? []) : []));
  const named = [...first.warnings.join('\n').matchAll(/does not name `([^`]+)`/g)].map(([, key]) => key ?? '');
  // What goes with the cluster as well: an apply asks for each by name.
  await allow(...new Set(['cluster', 'resource-group', ...keys, ...named]));
  const planned = succeeded(await plan());
  expect((await reportOf(planned)).verdict).toBe('changes');
  const writes = armWrites();
  const result = await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': planned.outputs['plan-file'] ?? '' });
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([
    expect.stringMatching(/^This plan was made to destroy.* Nothing was applied\. .*command `destroy`/),
  ]);
  expect(armWrites()).toEqual(writes);
  await sandbox.restore();
});

test('a lock that somebody made is named with the command that removes it', async () => {
  await allow('cluster');
  const lock = `${group}/providers/Microsoft.Authorization/locks/frozen`;
  sandbox.world.azure.putResource(lock, { properties: { level: 'CanNotDelete' } });
  const report = await reportOf(succeeded(await plan()));
  expect(report.verdict).toBe('blocked');
  const blocked = report.checks.filter(({ status }) => status === 'blocked');
  expect(blocked).toEqual([
    expect.objectContaining({ id: 'destroy/locks', remedy: expect.stringContaining(`az lock delete --ids ${lock}`) }),
  ]);
  sandbox.world.azure.remove(lock);
});

test('with the cluster named, everything goes but what holds data; a subnet in use is tried again', async () => {
  const shared = sharedThings();
  await allow('cluster');
  const planned = succeeded(await plan());
  const seen = await reportOf(planned);
  expect(seen.verdict).toBe('changes');
  expect(seen.warnings.join('\n')).toMatch(/stays: it holds data, and `allow:` of dev does not name `registry`/);
  expect(seen.changes.map(({ type }) => type)).not.toContain('azurerm_container_registry');
  expect(seen.changes.map(({ type }) => type)).not.toContain('azurerm_resource_group');

  const busy = sandbox.world.faults.add({
    match: ({ method, path }) => method === 'DELETE' && /\/subnets\/[^/]+$/.test(path),
    times: 1,
    answer: {
      status: 400,
      body: JSON.stringify({
        error: {
          code: 'InUseSubnetCannotBeDeleted',
          message: 'Subnet is in use by an association and cannot be deleted.',
        },
      }),
    },
  });
  const done = succeeded(await destroy(planned));
  expect(busy.struck()).toBe(1);
  expect(done.log.join('\n')).toMatch(/Azure says InUseSubnetCannotBeDeleted.*trying again in 25 s \(1 of 24\)/);
  expect((await reportOf(done)).verdict).toBe('applied');
  expect(idsIn(group).filter(id => id.includes('/managedClusters/'))).toEqual([]);
  expect(idsIn(group).filter(id => id.includes('/subnets/'))).toEqual([]);
  expect(idsIn(group).filter(id => /\/registries\/[^/]+$/.test(id))).toHaveLength(1);
  expect(sharedThings()).toEqual(shared);
  expect(sandbox.world.azure.resources('Microsoft.OperationalInsights/workspaces')).toHaveLength(1);
});

test('again: nothing is left that may go', async () => {
  const planned = succeeded(await plan());
  expect((await reportOf(planned)).verdict).toBe('no-changes');
  const done = succeeded(await destroy(planned));
  expect(done.log.join('\n')).toContain('Nothing is left to destroy.');
});

test('a group that is not empty is refused before Terraform waits for it; emptied, all of it goes', async () => {
  const report = await reportOf(succeeded(await plan()));
  const keys = [...report.warnings.join('\n').matchAll(/does not name `([^`]+)`/g)].map(([, key]) => key ?? '');
  await allow('cluster', ...keys);
  const disk = `${group}/providers/Microsoft.Compute/disks/forgotten`;
  sandbox.world.azure.putResource(disk, { location: 'westeurope', properties: {} });
  const blocked = await reportOf(succeeded(await plan()));
  expect(blocked.verdict).toBe('blocked');
  expect(blocked.checks.filter(({ status }) => status === 'blocked')).toEqual([
    expect.objectContaining({ id: 'destroy/strangers', message: expect.stringContaining(disk) }),
  ]);

  sandbox.world.azure.remove(disk);
  const planned = succeeded(await plan());
  succeeded(await destroy(planned));
  expect(sandbox.world.azure.resource(group)).toBeUndefined();
  expect(idsIn(group)).toEqual([]);
});
