import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BundleWorld, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

// No package registry has the provider, so its path is given by hand: AZURERM=PATH pnpm test reality
const azurerm = process.env['AZURERM'];
const given = azurerm === undefined ? describe.skip : describe;

given('the real azurerm 5.2.0 (set AZURERM to its path)', () => {
  let sandbox: BundleWorld;
  beforeAll(async () => {
    sandbox = await openBundleWorld(azurerm);
  });
  afterAll(() => sandbox.close());

  test('makes the example’s shared scope and production, and finds nothing to do afterwards', async () => {
    for (const scope of ['shared', 'prod']) {
      await sandbox.deploy(scope);
      const again = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope })));
      expect(again).toMatchObject({ verdict: 'no-changes', changes: [], drift: [] });
    }
  });

  test('rotates a pool through a temporary one when that is allowed', async () => {
    await sandbox.edit('platform.yaml', text =>
      text.replace(
        'runner: aks-prod-runners',
        'runner: aks-prod-runners\n    allow: [node-pool/user]\n    cluster: { pools: { user: { size: Standard_D8ds_v5 } } }',
      ),
    );
    const plan = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'prod' })));
    expect(plan.changes).toEqual([expect.objectContaining({ kind: 'rotate', allowKey: 'node-pool/user' })]);
    await sandbox.deploy('prod');
    const again = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'prod' })));
    expect(again).toMatchObject({ verdict: 'no-changes', changes: [], drift: [] });
  });
});
