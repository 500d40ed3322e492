import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BundleWorld, openBundleWorld, succeeded } from '../support/bundle.ts';
import { openStoredMatrix, type StoredMatrix } from '../support/kill-matrix.ts';

/** `destroy`, whose machine is lost before and after each thing that it changes: the next run comes to the same end. */
let sandbox: BundleWorld;
let matrix: StoredMatrix;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  sandbox.world.settings.operationMs = 0;
  await sandbox.deploy('shared');
  await makeBeginning();
  matrix = await openStoredMatrix(sandbox, 'dev', 'destroy');
});
afterAll(() => sandbox.close());

/** An environment whose first apply was refused early: small, and with things that go only in an order. */
async function makeBeginning(): Promise<void> {
  const made = /\/(?:resourceGroups|virtualNetworks)\/[^/]+$|\/subnets\/snet-data$|\/trafficControllers\//;
  const refusal = sandbox.world.faults.add({
    match: ({ method, host, path }) => method === 'PUT' && host === 'management.azure.com' && !made.test(path),
    answer: { status: 400, body: '{"error":{"code":"BadRequest","message":"Not today."}}' },
  });
  const { outputs } = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
  const { exitCode } = await sandbox.run({ command: 'apply', scope: 'dev', 'plan-file': outputs['plan-file'] ?? '' });
  expect(exitCode).toBe(1);
  refusal.remove();
}

test('undisturbed, everything goes, in an order, and nothing is held afterwards', () => {
  expect(matrix.end).toMatchObject({ recorded: [], lock: 'free', isHeld: false, plans: [] });
  const gone = matrix.effects.flatMap(
    ({ what }) => /^DELETE management\.azure\.com.*\/([^/]+\/[^/]+)$/.exec(what)?.[1] ?? [],
  );
  expect(gone.at(-1)).toBe('resourceGroups/rg-contoso-dev-westeurope');
  expect(gone).toHaveLength(5);
});

test('lost at each of its effects, the next run comes to the same end', () => matrix.play());
