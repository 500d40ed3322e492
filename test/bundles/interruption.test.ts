import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunningStep, StepResult } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  await sandbox.deploy('shared');
});
afterAll(() => sandbox.close());

const state = () => {
  const view = sandbox.views.find(({ scope }) => scope === 'dev');
  if (view === undefined) throw new Error('The example has no dev.');
  const blob = sandbox.world.azure.readBlob(view.state.account, view.state.container, view.state.key);
  if (blob === undefined) throw new Error('dev has no state.');
  return { ...view.state, lease: blob.lease, content: JSON.parse(blob.content.toString('utf8')) };
};
const recorded = () =>
  state()
    .content.resources.filter(({ mode }: { mode: string }) => mode === 'managed')
    .map(({ type }: { type: string }) => type);

/** Applies dev and strikes when the request that creates the cluster arrives: a counted request, not a moment. */
async function applyAndStrike(strike: (running: RunningStep) => void): Promise<StepResult> {
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
  let running: RunningStep | undefined;
  const fault = sandbox.world.faults.add({
    match: ({ method, path }) => method === 'PUT' && path.includes('/managedClusters/') && !path.includes('agentPools'),
    times: 1,
    answer: {
      call: () => {
        if (running !== undefined) strike(running);
      },
    },
  });
  const inputs = { command: 'apply', scope: 'dev', 'plan-file': plan.outputs['plan-file'] ?? '' };
  const result = await sandbox.run(inputs, {
    onStart: started => {
      running = started;
    },
  });
  expect(fault.struck()).toBe(1);
  fault.remove();
  return result;
}

test('cancelled: Terraform stops, the state is saved, the lease is released, the next run says what is left', async () => {
  const result = await applyAndStrike(running => running.cancel());
  expect(result.exitCode).toBe(1);
  expect(errors(result)[0]).toMatch(/^Cancelled\./);
  expect(state().lease.state).toBe('available');
  expect(recorded()).toContain('azurerm_virtual_network');
  expect(recorded()).not.toContain('azurerm_kubernetes_cluster');
  expect(sandbox.world.azure.blobs(state().account, state().container).map(({ name }) => name)).not.toContain(
    `${state().key}.run`,
  );

  // The cluster was on its way: Azure has it, the state has not.
  const next = await sandbox.run({ command: 'plan', scope: 'dev' });
  const report = await reportOf(succeeded(next));
  expect(report.verdict).toBe('blocked');
  const unrecorded = report.checks.filter(({ id }) => id.startsWith('unrecorded/'));
  // Whatever else was under way at that moment may be among them.
  expect(unrecorded.map(({ message }) => message)).toEqual(
    expect.arrayContaining([expect.stringMatching(/managedClusters\/aks-contoso-dev-westeurope exists already/)]),
  );
  for (const { remedy } of unrecorded) expect(remedy).toMatch(/az resource delete --ids \/subscriptions\//);

  for (const { remedy } of unrecorded) sandbox.world.azure.remove(/--ids (\S+)`/.exec(remedy ?? '')?.[1] ?? '');
});

test('killed: the lease stays; the next apply stops before any change and names who holds it', async () => {
  const result = await applyAndStrike(loseMachine);
  expect(result.exitCode).not.toBe(0);
  await untilQuiet(sandbox.world);
  expect(state().lease.state).toBe('leased');

  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
  expect((await reportOf(plan)).warnings.join('\n')).toMatch(
    /locked by an apply of .* in the run https:\/\/github\.com\/contoso\/platform\/actions\/runs\/4711 started by mona since/,
  );

  // Within a minute the lease of the environment runs out, which tells that run from one that works.
  sandbox.world.azure.breakLease(state().account, state().container, `${state().key}.run`);
  const writes = sandbox.world.ledger.writes();
  const next = await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': plan.outputs['plan-file'] ?? '' });
  expect(next.exitCode).toBe(1);
  expect(errors(next)).toEqual([
    // Without a token nobody can ask whether that run is over; `unlock.yml` does.
    expect.stringMatching(
      /is locked by an apply of .*runs\/4711.*If that run is over, release it with `gh workflow run unlock\.yml -f environment=dev -f region=westeurope -f run=4711`/,
    ),
  ]);
  // Another action would overwrite the note that proves whose the lock is.
  const other = await sandbox.run(
    { command: 'apply', scope: 'dev', 'expected-digest': 'a'.repeat(64) },
    { action: 'deploy-platform', environment: { GITHUB_RUN_ID: '4712', GITHUB_ACTOR: 'hubot' } },
  );
  expect(errors(other)).toEqual([
    expect.stringMatching(/is locked by an apply of .*runs\/4711.*gh workflow run unlock\.yml .*-f run=4711`/),
  ]);
  expect(sandbox.world.ledger.writes()).toEqual(writes);
});

test('once the lock is broken and the leftovers are removed, the next run completes', async () => {
  const { account, container, key } = state();
  sandbox.world.azure.breakLease(account, container, key);
  const blocked = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'dev' })));
  const unrecorded = blocked.checks.filter(({ id }) => id.startsWith('unrecorded/'));
  // The state was written when the first apply was cancelled, so the group is known and what the second one made is not.
  expect(unrecorded.length).toBeGreaterThan(0);
  for (const { remedy } of unrecorded) sandbox.world.azure.remove(/--ids (\S+)`/.exec(remedy ?? '')?.[1] ?? '');
  await sandbox.deploy('dev');
  expect(state().lease.state).toBe('available');
});
