import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { blobError, type RunningStep, type WorldRequest } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, type RunOptions, reportOf, succeeded } from '../support/bundle.ts';
import { holdAt, hurried, hurriedLease } from '../support/held-step.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

const view = () => {
  const found = sandbox.views.find(({ scope }) => scope === 'shared');
  if (found === undefined) throw new Error('The example has no shared scope.');
  return found;
};
const runBlob = () => {
  const { account, container, key } = view().state;
  return sandbox.world.azure.readBlob(account, container, `${key}.run`);
};
const breakRunLease = () => {
  const { account, container, key } = view().state;
  sandbox.world.azure.breakLease(account, container, `${key}.run`);
};
const armWrites = () => sandbox.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');

const onState = (method: string) => (request: WorldRequest) =>
  request.method === method && request.path.endsWith('/contoso/shared/westeurope.tfstate');
const createsGroup = ({ method, path }: WorldRequest) =>
  method === 'PUT' && path.endsWith('/rg-contoso-shared-westeurope');

const laterRun = { GITHUB_RUN_ID: '4712', GITHUB_ACTOR: 'hubot' };

async function plan(): Promise<{ readonly file: string; readonly digest: string }> {
  const { outputs } = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }, { machine: 'planner' }));
  return { file: outputs['plan-file'] ?? '', digest: outputs['digest'] ?? '' };
}

function apply(digest: string, options: RunOptions = {}, inputs: Readonly<Record<string, string>> = {}) {
  return sandbox.run(
    { command: 'apply', scope: 'shared', 'expected-digest': digest, ...inputs },
    { machine: 'applier', ...options },
  );
}

test('a plan neither takes the lease nor cares for it', async () => {
  await plan();
  expect(runBlob()).toBeUndefined();
  expect(sandbox.world.ledger.writes()).toEqual([]);
});

test('a run that dies before Terraform locks anything: named, then its lease runs out and the next one takes over', async () => {
  const { digest } = await plan();
  const dying = await holdAt(sandbox.world, onState('HEAD'), options => apply(digest, options));
  expect(runBlob()).toMatchObject({
    lease: { state: 'leased' },
    metadata: {
      run: 'https://github.com/contoso/platform/actions/runs/4711',
      runid: '4711',
      actor: 'mona',
      command: 'apply',
    },
  });
  dying.running.kill();
  dying.goOn();
  expect((await dying.result).exitCode).not.toBe(0);

  const seen = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'shared' })));
  expect(seen.warnings.join('\n')).toMatch(
    /may be outdated soon\. The run \S+\/runs\/4711 of mona .* works on the shared scope/,
  );
  const before = armWrites();
  const impatient = await apply(digest, { environment: laterRun }, { 'lease-wait': '0' });
  expect(errors(impatient)).toEqual([
    expect.stringMatching(
      /^The run https:\S+\/runs\/4711 of mona \(apply, since .* ago\) works on the shared scope\. Nothing was changed\. .*lease-wait/,
    ),
  ]);
  expect(armWrites()).toEqual(before);
  expect(runBlob()?.metadata['runid']).toBe('4711');

  // A minute passes without a renewal.
  breakRunLease();
  const next = succeeded(await apply(digest, { environment: laterRun }));
  expect(next.log.join('\n')).toMatch(/The run \S+\/runs\/4711 of mona .* ended without saying so.* takes over/);
  expect((await reportOf(next)).verdict).toBe('applied');
  expect(runBlob()).toBeUndefined();
});

test('two at once: the second one waits, says for whom, and then finds its plan outdated', async () => {
  await sandbox.edit('platform.yaml', text => text.replace('shared: #', 'shared:\n  logs: { retention: 60d } #'));
  const { digest, file } = await plan();
  const changesLogs = ({ method, path }: WorldRequest) => method === 'PUT' && path.endsWith('/workspaces/log-contoso');
  const first = await holdAt(sandbox.world, changesLogs, options => apply(digest, options));

  const waiting = Promise.withResolvers<void>();
  const second = sandbox.run(
    { command: 'apply', scope: 'shared', 'plan-file': file, 'expected-digest': digest },
    {
      machine: 'second',
      environment: { ...hurried, ...laterRun },
      onLine: line => {
        if (/runs\/4711 of mona .* works on the shared scope: waiting for it, .* of 30 min/.test(line))
          waiting.resolve();
      },
    },
  );
  await Promise.race([waiting.promise, second]);
  first.goOn();
  expect((await reportOf(succeeded(await first.result))).verdict).toBe('applied');
  const after = armWrites();
  const outdated = await second;
  expect(errors(outdated)).toEqual([expect.stringMatching(/Nothing was applied: the state was changed/)]);
  expect(armWrites()).toEqual(after);
  expect(runBlob()).toBeUndefined();
});

test('cancelled while it waits: it says so and leaves the lease to its holder', async () => {
  const { digest } = await plan();
  const first = await holdAt(sandbox.world, onState('HEAD'), options => apply(digest, options));
  let running: RunningStep | undefined;
  const second = await apply(digest, {
    machine: 'second',
    environment: laterRun,
    onStart: started => {
      running = started;
    },
    onLine: line => {
      if (line.includes('waiting for it')) running?.cancel();
    },
  });
  expect(second.exitCode).toBe(1);
  expect(errors(second)).toEqual([expect.stringMatching(/^Cancelled\./)]);
  expect(runBlob()?.metadata['runid']).toBe('4711');
  first.goOn();
  succeeded(await first.result);
  expect(runBlob()).toBeUndefined();
});

test('cancelled while it works: the lease is free at once', async () => {
  const { digest } = await plan();
  const held = await holdAt(sandbox.world, onState('HEAD'), options => apply(digest, options));
  held.running.cancel();
  held.goOn();
  expect((await held.result).exitCode).toBe(1);
  expect(runBlob()).toBeUndefined();
});

/** Nothing of the shared scope is there. */
async function beforeTheFirstApply(): Promise<void> {
  await sandbox.restore();
  for (const { id } of sandbox.world.azure.resources('Microsoft.Resources/resourceGroups')) {
    if (id.endsWith('/rg-contoso-shared-westeurope')) sandbox.world.azure.remove(id);
  }
}

test('lost in the middle: Terraform is stopped once and saves, and the message says why', async () => {
  await beforeTheFirstApply();
  const { digest } = await plan();
  const noticed = Promise.withResolvers<void>();
  const held = await holdAt(sandbox.world, createsGroup, options =>
    apply(digest, {
      ...options,
      environment: hurried,
      onLine: line => {
        if (line.includes('has lost its lease')) noticed.resolve();
      },
    }),
  );
  breakRunLease();
  await Promise.race([noticed.promise, held.result]);
  held.goOn();
  const result = await held.result;
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([
    expect.stringMatching(
      /^This run has lost its lease on the shared scope: somebody broke it\. Terraform was asked to stop: what had been done is saved/,
    ),
  ]);
  const report = await reportOf(result);
  expect(report.verdict).toBe('failed');
  expect(report.checks.map(({ name }) => name)).toContain('Failed');
  const { account, container, key } = view().state;
  expect(sandbox.world.azure.readBlob(account, container, key)?.lease.state).toBe('available');
});

test('not renewed for so long that it may be of another run soon: nothing more is begun, and the next run goes on', async () => {
  await beforeTheFirstApply();
  const { digest } = await plan();
  const noticed = Promise.withResolvers<void>();
  const lines: string[] = [];
  const held = await holdAt(sandbox.world, createsGroup, options =>
    apply(digest, {
      ...options,
      environment: hurriedLease,
      onLine: line => {
        lines.push(line);
        if (line.includes('can no longer be sure of its lease')) noticed.resolve();
      },
    }),
  );
  const closed = sandbox.world.faults.add({
    match: ({ method, path, headers }) =>
      method === 'PUT' && path.endsWith('.run') && headers['x-ms-lease-action'] === 'renew',
    answer: blobError(403, 'AuthorizationFailure', 'This request is not authorized.'),
  });
  await Promise.race([noticed.promise, held.result]);
  const written = () => armWrites().reduce((sum, { count }) => sum + count, 0);
  const before = written();
  held.goOn();
  const result = await held.result;
  expect(closed.struck()).toBeGreaterThan(1);
  expect(errors(result)).toEqual([
    expect.stringMatching(
      /^This run can no longer be sure of its lease on the shared scope: it was confirmed .+ ago for the last time, .*refuses this runner's network\..* Terraform was asked to stop: what had been done is saved.* run this again/,
    ),
  ]);
  expect(lines.filter(line => line.includes('could not be renewed'))).toHaveLength(1);
  // The one that was on its way.
  expect(written()).toBe(before + 1);
  expect((await reportOf(result)).verdict).toBe('failed');
  const { account, container, key } = view().state;
  expect(sandbox.world.azure.readBlob(account, container, key)?.lease.state).toBe('available');
  closed.remove();
  // The group was on its way: Azure has it, and the state too where Terraform still heard of it. If not, the next run says so; nor is it
  // replaced where Terraform heard of it and was stopped before the provider had read it back.
  const next = await reportOf(
    succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }, { machine: 'planner' })),
  );
  const blocked = next.checks.filter(({ status }) => status === 'blocked').map(({ message }) => message);
  const group = next.changes.find(({ type }) => type === 'azurerm_resource_group')?.kind;
  const said: Readonly<Record<string, RegExp>> = {
    create: /rg-contoso-shared-westeurope exists already and the state does not know it/,
    replace:
      /^Replacing resource group `rg-contoso-shared-westeurope` is not allowed; it happens because the resource is tainted/,
  };
  expect(blocked).toEqual(
    Object.entries(said).flatMap(([kind, message]) => (kind === group ? [expect.stringMatching(message)] : [])),
  );
  await beforeTheFirstApply();
  const { digest: left } = await plan();
  expect((await reportOf(succeeded(await apply(left, { environment: laterRun })))).verdict).toBe('applied');
});
