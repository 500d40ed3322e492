import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asksForChange, type RunResult } from '@suite/sandbox';
import { recordPromotions } from '../../packages/sandbox/src/platform/run-record.ts';
import { openVariant, tell, type VariantWorld } from '../support/bundle.ts';
import { conclusions, errorMessages, jobOf, summaryOf, transcript } from '../support/pipeline.ts';

const regions = ['westeurope', 'northeurope'] as const;

/** The variant `two-regions`, whose story each test looks at one run of. */
let sandbox: VariantWorld;
let runs: readonly RunResult[];

beforeAll(async () => {
  sandbox = await openVariant('two-regions');
  ({ runs } = await tell(sandbox, sandbox.variant.chapters));
});
afterAll(() => sandbox.close());

/** By its place in the story. */
function runAt(at: number): RunResult & { readonly until: number } {
  const run = runs[at];
  if (run === undefined) throw new Error(`The story has no run ${at}.`);
  return { ...run, until: runs[at + 1]?.startedAt ?? Number.POSITIVE_INFINITY };
}

function applyWritesOf({ startedAt, until }: ReturnType<typeof runAt>, region: string): string[] {
  const view = sandbox.views.find(each => each.scope === 'dev' && each.region === region);
  if (view === undefined) throw new Error(`The platform has no dev in ${region}.`);
  return sandbox.world.ledger.requests
    .filter(({ time }) => time >= startedAt && time < until)
    .filter(asksForChange)
    .filter(({ identity, host }) => identity?.clientId === view.identities.apply && host === 'management.azure.com')
    .map(({ path }) => path);
}

const recordsAfter = ({ until }: ReturnType<typeof runAt>) =>
  recordPromotions(sandbox.world.azure, sandbox.world.registries)
    .filter(({ recordedAt }) => Date.parse(recordedAt) < until)
    .map(({ environment }) => environment);

const ran = (run: RunResult) =>
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

/** What the runner did in the steps of a job, by name. */
const stepsOf = (run: RunResult, job: string) =>
  Object.fromEntries(jobOf(run, job).steps.map(({ name, conclusion }) => [name, conclusion]));

const west = 'Apply dev · westeurope';
const north = 'Apply dev · northeurope';
const pause = 'Wait whether it stays healthy';

describe('an environment of two regions, one after the other', () => {
  test('the first one becomes unhealthy in its pause: the second one is not begun', () => {
    const run = runAt(0);
    expect({ jobs: ran(run), log: transcript(run) }).toEqual({
      jobs: { ...before, [west]: 'failure', [north]: 'cancelled' },
      log: expect.any(String),
    });
    expect(stepsOf(run, west)).toMatchObject({
      [pause]: 'success',
      'Verify the platform again': 'failure',
      Record: 'skipped',
    });
    expect(summaryOf(jobOf(run, west))).toMatch(
      /### dev stopped in westeurope\s+- northeurope was not begun\.\s+- westeurope was healthy at .* UTC and no longer at .* UTC \(deploy-platform\): Deployment cert-manager.* should be 1, and is 0\./,
    );
    expect({ north: applyWritesOf(run, 'northeurope'), records: recordsAfter(run) }).toEqual({
      north: [],
      records: [],
    });
  });

  test('the failed jobs again: it is healthy and recorded, and then the second one begins, and fails', () => {
    const run = runAt(1);
    expect({ jobs: ran(run), log: transcript(run) }).toEqual({
      jobs: { ...before, [west]: 'success', [north]: 'failure' },
      log: expect.any(String),
    });
    expect(applyWritesOf(run, 'westeurope')).toEqual([]);
    expect(stepsOf(run, west)).toMatchObject({ 'Verify the platform again': 'success', Record: 'success' });
    expect(errorMessages(jobOf(run, north))).toEqual([expect.stringMatching(/No capacity in northeurope\.$/)]);
    expect({ conclusion: run.conclusion, records: recordsAfter(run) }).toEqual({
      conclusion: 'failure',
      records: ['dev'],
    });
  });

  test('the failed job alone touches nothing in the region that is done, and says what is left here', () => {
    const run = runAt(2);
    expect(errorMessages(jobOf(run, north))).toEqual([
      expect.stringContaining('run all jobs of the workflow again to have them reviewed'),
    ]);
    expect(regions.map(region => applyWritesOf(run, region))).toEqual([[], []]);
  });

  test('all jobs again: the region that is done stays as it is and pauses no more, the other one is completed, and prod opens', () => {
    const run = runAt(3);
    expect({ jobs: ran(run), log: transcript(run) }).toEqual({
      jobs: { ...before, [west]: 'success', [north]: 'success', 'Plan prod': 'success', 'Apply prod': 'success' },
      log: expect.any(String),
    });
    expect(jobOf(run, west).steps.find(({ name }) => name === pause)?.log).toContainEqual(
      expect.stringContaining('westeurope stayed healthy in attempt 2, and nothing changed there since: no pause.'),
    );
    expect(stepsOf(run, west)).toMatchObject({ 'Verify the platform again': 'skipped', Record: 'success' });
    const [inWest, inNorth] = regions.map(region => applyWritesOf(run, region));
    expect(inWest).toEqual([]);
    expect(inNorth?.some(path => path.endsWith('/managedClusters/aks-contoso-dev-northeurope'))).toBe(true);
    expect(inNorth?.some(path => path.endsWith('/virtualNetworks/vnet-contoso-dev-northeurope'))).toBe(false);
    const clusters = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
    expect(clusters.map(({ name }) => name).sort()).toEqual([
      'aks-contoso-dev-northeurope',
      'aks-contoso-dev-westeurope',
      'aks-contoso-prod-westeurope',
    ]);
  });
});
