import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { rememberResources } from '@suite/sandbox';
import { knownChecks } from '../../actions/provision-aks/src/verify/known-checks.ts';
import { beginsWith, coverageRows } from '../../scripts/coverage.ts';
import { type BundleWorld, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import { backupBatches } from './deviations/backup.ts';
import { clusterBatches } from './deviations/cluster.ts';
import { dataBatches } from './deviations/data.ts';
import type { Batch } from './deviations/deviation.ts';
import { gatewayBatches } from './deviations/gateway.ts';
import { identityBatches } from './deviations/identities.ts';
import { networkBatches } from './deviations/network.ts';
import { operationBatches } from './deviations/operations.ts';
import { ids, platformFile } from './deviations/platform.ts';
import { poolBatches } from './deviations/pools.ts';
import { privateLinkBatches } from './deviations/private-link.ts';
import { sharedBatches } from './deviations/shared.ts';

const batches: readonly Batch[] = [
  ...sharedBatches,
  ...networkBatches,
  ...gatewayBatches,
  ...dataBatches,
  ...privateLinkBatches,
  ...clusterBatches,
  ...poolBatches,
  ...identityBatches,
  ...operationBatches,
  ...backupBatches,
];

let sandbox: BundleWorld;
let undo: () => void;
/** Names of what was reported, by scope. */
const reported = { shared: new Set<string>(), prod: new Set<string>() };

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, { 'platform.yaml': () => platformFile });
  const { azure } = sandbox.world;
  azure.putResource(ids.keys, { location: 'westeurope', properties: { enableRbacAuthorization: true } });
  await sandbox.deploy('shared');
  await sandbox.deploy('prod');
  undo = rememberResources(azure);
});
afterEach(() => undo());
afterAll(() => sandbox.close());

describe('what deviates from the platform file is named, and nothing else is', () => {
  test.each(['shared', 'prod'])('as applied, nothing in %s', async scope => {
    const verified = succeeded(await sandbox.run({ command: 'verify', scope }));
    expect((await reportOf(verified)).verdict).toBe('verified');
  });

  test.each(batches)('$scope: $name', async ({ scope, deviations }) => {
    const wanted = deviations.flatMap(deviate => deviate(sandbox.world.azure));
    const result = await sandbox.run({ command: 'verify', scope });
    expect(result.exitCode).toBe(1);
    const { verdict, differences, checks } = await reportOf(result);
    expect(inOrder(differences)).toEqual(inOrder(wanted));
    expect({ verdict, checks }).toEqual({ verdict: 'mismatch', checks: [] });
    for (const { what } of differences) reported[scope].add(what);
  });

  test.each(['shared', 'prod'])('nothing is left behind in %s', async scope => {
    succeeded(await sandbox.run({ command: 'verify', scope }));
  });
});

/** A list and the plan of a subscription are always there. */
const everlasting = ['Replicas of the registry', 'Defender for Containers'];

test.each(['shared', 'prod'] as const)('each check of verify has a deviation in %s', scope => {
  const view = sandbox.views.find(each => each.scope === scope);
  if (view === undefined) throw new Error(`The platform has no ${scope}.`);
  const silent = knownChecks(view).filter(name => !reported[scope].has(name));
  expect(silent).toEqual(scope === 'prod' ? everlasting : []);
});

test('each check that the coverage page names has failed here', async () => {
  const failed = [...reported.shared, ...reported.prod];
  const named = (await coverageRows()).flatMap(({ verified }) => (typeof verified === 'string' ? [] : verified));
  expect(named.filter(words => !failed.some(name => beginsWith(name, words)))).toEqual([]);
});

function inOrder<T extends { readonly what: string }>(differences: readonly T[]): T[] {
  return differences.toSorted((one, other) => one.what.localeCompare(other.what, 'en'));
}
