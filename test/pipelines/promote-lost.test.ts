import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunResult } from '@suite/sandbox';
import { recordPromotions } from '../../packages/sandbox/src/platform/run-record.ts';
import { untilQuiet } from '../support/lost-machine.ts';
import { type Loss, loseStep } from '../support/lost-step.ts';
import {
  conclusions,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  transcript,
  withoutLaterEnvironments,
} from '../support/pipeline.ts';

let sandbox: PipelineWorld;
let run: RunResult;

beforeAll(async () => {
  sandbox = await openPipelineWorld({ platform: withoutLaterEnvironments });
  sandbox.world.settings.operationMs = 0;
});
afterAll(() => sandbox.close());

const dev = () => {
  const found = sandbox.views.find(({ scope }) => scope === 'dev');
  if (found === undefined) throw new Error('The platform has no dev.');
  return found;
};

/** One attempt after another of the same run: the first one starts it, each later one is “Re-run failed jobs”. */
async function attempt(failedOnly = true): Promise<void> {
  if (run === undefined) {
    const head = await sandbox.repository.resolve('refs/heads/main');
    run = await sandbox.runner.start(sandbox.push('0'.repeat(40), head)).result;
  } else run = await sandbox.runner.rerun(run, { failedOnly }).result;
}

/** The machine is lost in the next attempt. Resolves once nothing of it is under way any more. */
async function lose({ all = false, ...loss }: Loss & { readonly all?: boolean }): Promise<void> {
  const fault = loseStep(sandbox, loss);
  await attempt(!all);
  await untilQuiet(sandbox.world);
  fault.remove();
  expect({ struck: fault.struck(), log: transcript(run) }).toEqual({ struck: 1, log: expect.any(String) });
  expect({ [loss.job]: conclusions(run)[loss.job], run: run.conclusion }).toEqual({
    [loss.job]: 'failure',
    run: 'failure',
  });
  const step = jobOf(run, loss.job).steps.find(({ name }) => name === loss.step);
  expect(step?.conclusion).toBe('failure');
}

/** What the world's clock does within a minute: the lease of a run that no longer renews it runs out. */
function leaseRunsOut() {
  const { account, container, key } = dev().state;
  sandbox.world.azure.breakLease(account, container, `${key}.run`);
}

const records = () =>
  recordPromotions(sandbox.world.azure, sandbox.world.registries).map(({ environment }) => environment);
const armWritesOf = (since: number) =>
  sandbox.world.ledger
    .writes(since)
    .filter(({ identity, host }) => identity === dev().identities.apply && host === 'management.azure.com');
const isArmWrite = (type: string) => (request: { method: string; path: string }) =>
  request.method === 'PUT' && request.path.includes(type);

describe('a promotion whose machine is lost at every step of a stage, and re-run each time', () => {
  test.each<[string, Loss]>([
    ['in the gate before the plan', { job: 'Plan dev', step: 'Gate', effect: 'before' }],
    ['while it plans', { job: 'Plan dev', step: 'Plan infrastructure', effect: 'before' }],
    [
      'when the plan file is about to be stored',
      { job: 'Plan dev', step: 'Plan infrastructure', at: isArmWrite('/plans/'), effect: 'before' },
    ],
    [
      'when it has been stored, and nobody heard of it',
      { job: 'Plan dev', step: 'Plan infrastructure', at: isArmWrite('/plans/'), effect: 'after' },
    ],
    ['in the gate before the apply', { job: 'Apply dev', step: 'Gate', effect: 'before' }],
    ['before the lease is taken', { job: 'Apply dev', step: 'Apply infrastructure', effect: 'before' }],
  ])('%s: nothing was written there', async (_where, loss) => {
    await lose(loss);
    expect({ writes: armWritesOf(run.startedAt), records: records() }).toEqual({ writes: [], records: [] });
  });

  test('with the lease and the plan in hand: nothing was written there either', async () => {
    const at = ({ method, path }: { method: string; path: string }) => method === 'GET' && path.includes('/plans/');
    await lose({ job: 'Apply dev', step: 'Apply infrastructure', at, effect: 'after' });
    expect({ writes: armWritesOf(run.startedAt), records: records() }).toEqual({ writes: [], records: [] });
    leaseRunsOut();
  });

  test('when the first resource is on its way: the state is locked, and the next attempt says by whom', async () => {
    await lose({
      job: 'Apply dev',
      step: 'Apply infrastructure',
      at: isArmWrite('/virtualNetworks/'),
      effect: 'after',
    });
    leaseRunsOut();
    await attempt();
    expect(errorMessages(jobOf(run, 'Apply dev'))).toEqual([
      expect.stringMatching(/ is locked by an apply of .*runs\/\d+.*force-unlock/),
    ]);
    expect(armWritesOf(run.startedAt)).toEqual([]);
  });

  test('unlocked: what that attempt made and could not record is named with the command that removes it', async () => {
    const { account, container, key } = dev().state;
    sandbox.world.azure.breakLease(account, container, key);
    await attempt(false);
    const messages = errorMessages(jobOf(run, 'Plan dev'));
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) {
      const id = /az group delete --subscription (\S+) --name (\S+)`/.exec(message);
      const path =
        /--ids (\S+)`/.exec(message)?.[1] ?? (id === null ? '' : `/subscriptions/${id[1]}/resourceGroups/${id[2]}`);
      expect({ message, path }).toEqual({
        message: expect.stringContaining('exists already'),
        path: expect.stringMatching(/^\/subscriptions\//),
      });
      sandbox.world.azure.remove(path);
    }
    expect(armWritesOf(run.startedAt)).toEqual([]);
  });

  test('when all is applied: only what is not there yet is made', async () => {
    // Planned anew, as whoever removed something by hand has to.
    const at = ({ method, path }: { method: string; path: string }) => method === 'DELETE' && path.includes('/plans/');
    await lose({ job: 'Apply dev', step: 'Apply infrastructure', at, effect: 'after', all: true });
    expect(sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters')).toHaveLength(1);
    expect(records()).toEqual([]);
    leaseRunsOut();
  });

  test('while it looks at what runs: the failed job alone finds nothing left to do', async () => {
    const at = ({ method, host, path }: { method: string; host: string; path: string }) =>
      method === 'GET' && host === 'management.azure.com' && /\/agentPools$/.test(path);
    await lose({ job: 'Apply dev', step: 'Apply infrastructure', at, effect: 'before' });
    expect({ writes: armWritesOf(run.startedAt), records: records() }).toEqual({ writes: [], records: [] });
    leaseRunsOut();
  });

  const toRegistry =
    (what: RegExp) =>
    ({ method, host, path }: { method: string; host: string; path: string }) =>
      ['PUT', 'POST', 'PATCH'].includes(method) && host.endsWith('.azurecr.io') && what.test(path);

  test.each<[string, Loss]>([
    [
      'before anything of the record is written',
      { job: 'Apply dev', step: 'Record', at: toRegistry(/\/v2\//), effect: 'before' },
    ],
    [
      'between the record and the mark of what runs',
      { job: 'Apply dev', step: 'Record', at: toRegistry(/\/manifests\/running$/), effect: 'before' },
    ],
    [
      'when all is written, and nobody heard of it',
      { job: 'Apply dev', step: 'Record', at: toRegistry(/\/manifests\/running$/), effect: 'after' },
    ],
  ])('in the record, %s: nothing is applied again', async (_where, loss) => {
    await lose(loss);
    expect(armWritesOf(run.startedAt)).toEqual([]);
  });

  test('at last it comes through, and has done everything once', async () => {
    await attempt();
    expect({ run: run.conclusion, log: transcript(run) }).toEqual({ run: 'success', log: expect.any(String) });
    expect(armWritesOf(run.startedAt)).toEqual([]);
    // Every attempt that got so far has said so.
    expect([...new Set(records())]).toEqual(['dev']);
    const clusters = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
    expect(clusters.map(({ name }) => name)).toEqual([
      dev().kind === 'environment' ? 'aks-contoso-dev-westeurope' : '',
    ]);
    const { account, container, key } = dev().state;
    expect(sandbox.world.azure.readBlob(account, container, key)?.lease.state).toBe('available');
    expect(sandbox.world.azure.blobs(account, container).map(({ name }) => name)).not.toContain(`${key}.run`);
  });
});
