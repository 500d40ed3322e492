import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aksError, type KubernetesView, type RunResult } from '@suite/sandbox';
import { recordPromotions } from '../../packages/sandbox/src/platform/run-record.ts';
import type { RunProgress } from '../../packages/sandbox/src/runner/index.ts';
import {
  conclusions,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  summaryOf,
  transcript,
  withoutStaging,
} from '../support/pipeline.ts';

const regions = ['westeurope', 'northeurope'] as const;

let sandbox: PipelineWorld;
let run: RunResult;

beforeAll(async () => {
  sandbox = await openPipelineWorld({
    // dev in two regions, one after the other; prod after it, in one.
    platform: text =>
      withoutStaging(text).replace(
        /^( {2}dev:\n(?: {4}.*\n)*?) {4}location: westeurope\n/m,
        '$1    rollout: { regions: in-order, pause: 1s }\n    regions:\n      westeurope:\n      northeurope:\n',
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

/** Does something as soon as a step of a job runs. */
function when(job: string, step: string, act: () => void): void {
  const watch = ({ jobs }: RunProgress) => {
    const found = jobs.find(({ name }) => name.endsWith(` / ${job}`));
    if (!found?.steps.some(({ name, status }) => name === step && status === 'in_progress')) return;
    sandbox.watchers.delete(watch);
    act();
  };
  sandbox.watchers.add(watch);
}

function clusterIn(region: string): KubernetesView {
  const found = sandbox.world.azure
    .resources('Microsoft.ContainerService/managedClusters')
    .find(({ name }) => name === `aks-contoso-dev-${region}`);
  if (found === undefined) throw new Error(`There is no cluster of dev in ${region}.`);
  return sandbox.world.kubernetes.of(found.id);
}

/** What the runner did in the steps of a job, by name. */
const stepsOf = (job: string) =>
  Object.fromEntries(jobOf(run, job).steps.map(({ name, conclusion }) => [name, conclusion]));

const west = 'Apply dev · westeurope';
const north = 'Apply dev · northeurope';
const pause = 'Wait whether it stays healthy';

describe('an environment of two regions, one after the other', () => {
  let mend: () => void;

  test('the first one becomes unhealthy in its pause: the second one is not begun', async () => {
    when(west, pause, () => {
      const { metadata } = clusterIn('westeurope').list('deployments', 'cert-manager')[0] ?? {};
      const place = { resource: 'deployments', namespace: 'cert-manager', name: metadata?.name ?? '' };
      clusterIn('westeurope').patch(place, { spec: { replicas: 0 } });
      mend = () => void clusterIn('westeurope').patch(place, { spec: { replicas: 1 } });
    });
    const head = await sandbox.repository.resolve('refs/heads/main');
    run = await sandbox.runner.start(sandbox.push('0'.repeat(40), head)).result;
    expect({ jobs: ran(), log: transcript(run) }).toEqual({
      jobs: { ...before, [west]: 'failure', [north]: 'cancelled' },
      log: expect.any(String),
    });
    expect(stepsOf(west)).toMatchObject({
      [pause]: 'success',
      'Verify the platform again': 'failure',
      Record: 'skipped',
    });
    expect(summaryOf(jobOf(run, west))).toMatch(
      /### dev stopped in westeurope\s+- northeurope was not begun\.\s+- westeurope was healthy at .* UTC and no longer at .* UTC \(deploy-platform\): Deployment cert-manager.* should be 1, and is 0\./,
    );
    expect({ north: applyWritesOf('dev', 'northeurope'), records: records() }).toEqual({ north: [], records: [] });
  });

  test('the failed jobs again: it is healthy and recorded, and then the second one begins, and fails', async () => {
    mend();
    sandbox.world.faults.add({
      match: ({ method, path }) =>
        method === 'PUT' && path.includes('-northeurope/') && /\/managedClusters\/[^/]+$/.test(path),
      answer: aksError(400, 'BadRequest', 'No capacity in northeurope.'),
    });
    run = await sandbox.runner.rerun(run, { failedOnly: true }).result;
    expect({ jobs: ran(), log: transcript(run) }).toEqual({
      jobs: { ...before, [west]: 'success', [north]: 'failure' },
      log: expect.any(String),
    });
    expect(applyWritesOf('dev', 'westeurope')).toEqual([]);
    expect(stepsOf(west)).toMatchObject({ 'Verify the platform again': 'success', Record: 'success' });
    expect(errorMessages(jobOf(run, north))).toEqual([expect.stringMatching(/No capacity in northeurope\.$/)]);
    expect({ conclusion: run.conclusion, records: records() }).toEqual({ conclusion: 'failure', records: ['dev'] });
  });

  test('the failed job alone touches nothing in the region that is done, and says what is left here', async () => {
    sandbox.world.faults.clear();
    run = await sandbox.runner.rerun(run, { failedOnly: true }).result;
    expect(errorMessages(jobOf(run, north))).toEqual([
      expect.stringContaining('run all jobs of the workflow again to have them reviewed'),
    ]);
    expect(regions.map(region => applyWritesOf('dev', region))).toEqual([[], []]);
  });

  test('all jobs again: the region that is done stays as it is and pauses no more, the other one is completed, and prod opens', async () => {
    run = await sandbox.runner.rerun(run, { failedOnly: false }).result;
    expect({ jobs: ran(), log: transcript(run) }).toEqual({
      jobs: { ...before, [west]: 'success', [north]: 'success', 'Plan prod': 'success', 'Apply prod': 'success' },
      log: expect.any(String),
    });
    expect(jobOf(run, west).steps.find(({ name }) => name === pause)?.log).toContainEqual(
      expect.stringContaining('westeurope stayed healthy in attempt 2, and nothing changed there since: no pause.'),
    );
    expect(stepsOf(west)).toMatchObject({ 'Verify the platform again': 'skipped', Record: 'success' });
    const [inWest, inNorth] = regions.map(region => applyWritesOf('dev', region));
    expect(inWest).toEqual([]);
    expect(inNorth?.some(path => path.endsWith('/managedClusters/aks-contoso-dev-northeurope'))).toBe(true);
    expect(inNorth?.some(path => path.endsWith('/virtualNetworks/vnet-contoso-dev-northeurope'))).toBe(false);
    const clusters = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
    expect(clusters.map(({ name }) => name).sort()).toEqual([
      'aks-contoso-dev-northeurope',
      'aks-contoso-dev-westeurope',
      'aks-contoso-prod-westeurope',
    ]);
  }, 300_000);
});
