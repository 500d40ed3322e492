import { copyFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunningStep } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';

/** A machine is lost in an apply of the shared scope: what it made is in Azure, and in no state. */
let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  let running: RunningStep | undefined;
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  const fault = sandbox.world.faults.add({
    match: ({ method, path }) => method === 'PUT' && path.endsWith('/workspaces/log-contoso'),
    times: 1,
    answer: { call: () => loseMachine(running) },
  });
  await sandbox.run(
    { command: 'apply', scope: 'shared', 'plan-file': plan.outputs['plan-file'] ?? '' },
    {
      onStart: started => {
        running = started;
      },
    },
  );
  expect(fault.struck()).toBe(1);
  fault.remove();
  await untilQuiet(sandbox.world);
  const { account, container, key } = state();
  sandbox.world.azure.breakLease(account, container, key);
  sandbox.world.azure.breakLease(account, container, `${key}.run`);
});
afterAll(() => sandbox.close());

const state = () => {
  const found = sandbox.views.find(({ scope }) => scope === 'shared');
  if (found === undefined) throw new Error('The example has no shared scope.');
  return found.state;
};
const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-contoso-shared-westeurope';
const plan = async () => {
  const result = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  return { result, report: await reportOf(result), file: result.outputs['plan-file'] ?? '' };
};
const allowAdoption = () =>
  sandbox.edit('platform.yaml', text => text.replace('shared: #', 'shared:\n  allow: [adopt] #'));

test('what exists and is not recorded is shown with its id, and nothing is applied over it', async () => {
  const { report, file } = await plan();
  expect(report.verdict).toBe('blocked');
  const [found] = report.checks.filter(({ id }) => id.startsWith('unrecorded/'));
  expect(found?.message).toContain(group);
  expect(found?.remedy).toMatch(/To take it over as it is, add `adopt` to `allow:` of shared and plan again/);
  const refused = await sandbox.run({ command: 'apply', scope: 'shared', 'plan-file': file });
  expect(errors(refused)[0]).toMatch(/exists already and the state does not know it/);
});

test('a create that failed halfway is named as that, and not adopted', async () => {
  await allowAdoption();
  const workspace = sandbox.world.azure
    .resources('Microsoft.OperationalInsights/workspaces')
    .find(({ name }) => name === 'log-contoso');
  const setState = (provisioningState: string) =>
    sandbox.world.azure.mutate(workspace?.id ?? '', body => {
      (body['properties'] as { provisioningState: string }).provisioningState = provisioningState;
    });
  setState('Failed');
  const { report } = await plan();
  expect(report.verdict).toBe('blocked');
  expect(report.checks.filter(({ status }) => status === 'blocked').map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /log-contoso exists already.* It was made only in part: its create failed, so it cannot be adopted/,
    ),
  ]);
  setState('Succeeded');
});

test('asked for, the plan imports it, its digest says so, and the apply takes it over', async () => {
  const { report, result, file } = await plan();
  expect(report.verdict).toBe('changes');
  const imported = report.changes.filter(({ kind }) => kind === 'import').map(({ type }) => type);
  expect(imported).toContain('azurerm_resource_group');
  expect(imported).toContain('azurerm_log_analytics_workspace');
  expect(report.changes.map(({ kind }) => kind)).not.toContain('delete');
  expect(report.warnings.join('\n')).not.toContain('`allow:` of shared names adopt');
  expect(result.summary).toContain('import');

  const before = sandbox.world.azure.resource(group);
  const digest = result.outputs['digest'] ?? '';
  // Planned again by another job, the same imports make the same digest.
  const again = await sandbox.run({ command: 'apply', scope: 'shared', 'expected-digest': 'a'.repeat(64) });
  expect(errors(again)[0]).toContain(`its digest is ${digest}`);
  const copy = `${file}.copy`;
  await copyFile(file, copy);
  succeeded(await sandbox.run({ command: 'apply', scope: 'shared', 'plan-file': file, 'expected-digest': digest }));
  // What it made is no dead run's: the state has it.
  const twice = await sandbox.run({ command: 'apply', scope: 'shared', 'plan-file': copy });
  expect(errors(twice)).toEqual([
    expect.stringMatching(
      /^This plan was applied already, .*`module\.\S+`.* which the state has already\. Nothing was applied\. Plan again\./,
    ),
  ]);
  expect(sandbox.world.azure.resource(group)?.id).toBe(before?.id);
  const groups = sandbox.world.azure.resources('Microsoft.OperationalInsights/workspaces');
  expect(groups.filter(({ name }) => name === 'log-contoso')).toHaveLength(1);
});

test('afterwards nothing is left to do, and the key is one to take out', async () => {
  const { report } = await plan();
  expect(report.verdict).toBe('no-changes');
  expect(report.warnings.join('\n')).toMatch(
    /`allow:` of shared names adopt, which this plan does not need: take it out/,
  );
});
