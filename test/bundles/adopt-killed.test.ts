import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BundleWorld, openBundleWorld } from '../support/bundle.ts';
import { openStoredMatrix, type StoredMatrix } from '../support/kill-matrix.ts';

/** An apply that adopts, whose machine is lost before and after each thing that it changes: nothing is made twice, and nothing lost. */
let sandbox: BundleWorld;
let matrix: StoredMatrix;

const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-contoso-shared-westeurope';
const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-contoso`;

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text => text.replace(/^domain: .*\n/m, '').replace('shared: #', 'shared:\n  allow: [adopt] #'),
  });
  sandbox.world.settings.operationMs = 0;
  const { azure } = sandbox.world;
  azure.putResource(group, { location: 'westeurope' });
  azure.putResource(workspace, {
    location: 'westeurope',
    properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30, provisioningState: 'Succeeded' },
  });
  matrix = await openStoredMatrix(sandbox, 'shared', 'apply');
});
afterAll(() => sandbox.close());

test('undisturbed, what was there is taken over, and the rest is made', () => {
  expect(matrix.end).toMatchObject({
    recorded: expect.arrayContaining([expect.stringContaining(` ${group}`), expect.stringContaining(` ${workspace}`)]),
    lock: 'free',
    isHeld: false,
    plans: [],
  });
  const made = matrix.effects.filter(({ what }) => what.startsWith('PUT management.azure.com'));
  expect(made.length).toBeGreaterThan(2);
});

test('lost at each of its effects, the next run comes to the same end', () => matrix.play());
