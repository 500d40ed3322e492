import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aksError, type RunResult } from '@suite/sandbox';
import { recordPromotions } from '../../packages/sandbox/src/platform/run-record.ts';
import {
  conclusions,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  transcript,
  withoutStaging,
} from '../support/pipeline.ts';

const regions = ['westeurope', 'northeurope'] as const;

let sandbox: PipelineWorld;
let run: RunResult;

beforeAll(async () => {
  sandbox = await openPipelineWorld({
    // dev in two regions; prod after it, in one.
    platform: text =>
      withoutStaging(text).replace(
        /^( {2}dev:\n(?: {4}.*\n)*?) {4}location: westeurope\n/m,
        '$1    regions:\n      westeurope:\n      northeurope:\n',
      ),
    lock: text =>
      text.replace(
        /^ {2}staging:/m,
        `    northeurope:
      identities: { plan: a0000000-0000-4000-8000-000000000009, apply: a0000000-0000-4000-8000-00000000000a }
      state: { account: stcontosodevne41c9, container: tfstate }
$&`,
      ),
  });
  sandbox.world.settings.operationMs = 0;
});
afterAll(() => sandbox.close());

function applyWritesOf(scope: string, region: string): string[] {
  const view = sandbox.views.find(each => each.scope === scope && each.region === region);
  if (view === undefined) throw new Error(`The platform has no ${scope} in ${region}.`);
  return sandbox.world.ledger
    .writes(run.startedAt)
    .filter(({ identity, host }) => identity === view.identities.apply && host === 'management.azure.com')
    .map(({ path }) => path);
}

const records = () =>
  recordPromotions(sandbox.world.azure, sandbox.world.registries).map(({ environment }) => environment);

const ran = () =>
  Object.fromEntries(
    Object.entries(conclusions(run)).filter(
      ([name, conclusion]) => conclusion !== 'skipped' && !name.startsWith('Tell the pull request'),
    ),
  );

const before = {
  Resolve: 'success',
  Bundle: 'success',
  'Plan shared': 'success',
  'Apply shared': 'success',
  'Plan dev · westeurope': 'success',
  'Plan dev · northeurope': 'success',
};

describe('an environment of two regions, of which the second one fails', () => {
  test('the first one is applied and recorded, and the environment after it does not open', async () => {
    sandbox.world.faults.add({
      match: ({ method, path }) =>
        method === 'PUT' && path.includes('-northeurope/') && /\/managedClusters\/[^/]+$/.test(path),
      answer: aksError(400, 'BadRequest', 'No capacity in northeurope.'),
    });
    const head = await sandbox.repository.resolve('refs/heads/main');
    run = await sandbox.runner.start(sandbox.push('0'.repeat(40), head)).result;
    expect({ jobs: ran(), log: transcript(run) }).toEqual({
      jobs: { ...before, 'Apply dev · westeurope': 'success', 'Apply dev · northeurope': 'failure' },
      log: expect.any(String),
    });
    expect(errorMessages(jobOf(run, 'Apply dev · northeurope'))).toEqual([
      expect.stringMatching(/No capacity in northeurope\.$/),
    ]);
    expect({ conclusion: run.conclusion, records: records() }).toEqual({ conclusion: 'failure', records: ['dev'] });
  });

  test('the failed job alone touches nothing in the region that is done, and says what is left here', async () => {
    sandbox.world.faults.clear();
    run = await sandbox.runner.rerun(run, { failedOnly: true }).result;
    expect(errorMessages(jobOf(run, 'Apply dev · northeurope'))).toEqual([
      expect.stringContaining('run all jobs of the workflow again to have them reviewed'),
    ]);
    expect(regions.map(region => applyWritesOf('dev', region))).toEqual([[], []]);
  });

  test('all jobs again: the region that is done stays as it is, the other one is completed, and prod opens', async () => {
    run = await sandbox.runner.rerun(run, { failedOnly: false }).result;
    expect({ jobs: ran(), log: transcript(run) }).toEqual({
      jobs: {
        ...before,
        ...Object.fromEntries(regions.map(region => [`Apply dev · ${region}`, 'success'])),
        'Plan prod': 'success',
        'Apply prod': 'success',
      },
      log: expect.any(String),
    });
    const [west, north] = regions.map(region => applyWritesOf('dev', region));
    expect(west).toEqual([]);
    expect(north?.some(path => path.endsWith('/managedClusters/aks-contoso-dev-northeurope'))).toBe(true);
    expect(north?.some(path => path.endsWith('/virtualNetworks/vnet-contoso-dev-northeurope'))).toBe(false);
    const clusters = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
    expect(clusters.map(({ name }) => name).sort()).toEqual([
      'aks-contoso-dev-northeurope',
      'aks-contoso-dev-westeurope',
      'aks-contoso-prod-westeurope',
    ]);
  });
});
