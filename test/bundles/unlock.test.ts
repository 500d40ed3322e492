import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RecordedRunState, RunningStep } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, succeeded } from '../support/bundle.ts';
import { hurried } from '../support/held-step.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  const { file } = await plan();
  await loseApply(file);
});
afterAll(() => sandbox.close());

const view = () => {
  const found = sandbox.views.find(({ scope }) => scope === 'shared');
  if (found === undefined) throw new Error('The example has no shared scope.');
  return found;
};
const blobs = () => {
  const { account, container, key } = view().state;
  const read = (name: string) => sandbox.world.azure.readBlob(account, container, name);
  return { state: read(key), run: read(`${key}.run`) };
};
/** A minute passes without a renewal. */
const runOut = () => {
  const { account, container, key } = view().state;
  sandbox.world.azure.breakLease(account, container, `${key}.run`);
};
const laterRun = { GITHUB_RUN_ID: '4712', GITHUB_ACTOR: 'hubot' };
const unlock = (inputs: Readonly<Record<string, string>> = {}, onLine?: (line: string) => void) =>
  sandbox.run(
    { command: 'unlock', scope: 'shared', 'github-token': token(), ...inputs },
    { environment: { ...laterRun, ...hurried }, ...(onLine === undefined ? {} : { onLine }) },
  );
const token = () =>
  sandbox.world.github.issueToken({ repository: 'contoso/platform', permissions: { actions: 'read' } });

async function plan(): Promise<{ readonly file: string }> {
  const { outputs } = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  return { file: outputs['plan-file'] ?? '' };
}

/** The machine of an apply is lost while Azure makes the log workspace. */
async function loseApply(file: string): Promise<void> {
  let running: RunningStep | undefined;
  const fault = sandbox.world.faults.add({
    match: ({ method, path }) => method === 'PUT' && path.endsWith('/workspaces/log-contoso'),
    times: 1,
    answer: { call: () => loseMachine(running) },
  });
  await sandbox.run(
    { command: 'apply', scope: 'shared', 'plan-file': file },
    {
      environment: { GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'apply' },
      onStart: started => {
        running = started;
      },
    },
  );
  expect(fault.struck()).toBe(1);
  fault.remove();
  await untilQuiet(sandbox.world);
}

function recordRun(more: Partial<RecordedRunState> = {}): void {
  const now = Date.now();
  sandbox.repository.recordRun({
    id: '4711',
    attempt: 1,
    number: 1,
    name: 'Platform',
    path: '.github/workflows/platform.yml',
    event: 'push',
    status: 'in_progress',
    conclusion: undefined,
    headSha: sandbox.environmentOf({})['GITHUB_SHA'] ?? '',
    headBranch: 'main',
    actor: 'mona',
    startedAt: now - 600_000,
    jobs: [
      {
        id: '1',
        name: 'shared / Apply shared',
        status: 'in_progress',
        conclusion: undefined,
        startedAt: now - 600_000,
        completedAt: undefined,
      },
    ],
    ...more,
  });
}

test('what the dead run left: both locks, and a note that says whose they are', () => {
  const { state, run } = blobs();
  expect(state?.lease.state).toBe('leased');
  expect(run?.metadata).toMatchObject({ runid: '4711', attempt: '1', job: 'apply', host: expect.stringMatching(/./) });
});

test('while GitHub says that its job works, nothing is touched', async () => {
  recordRun();
  const writes = sandbox.world.ledger.writes();
  const result = await unlock();
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([
    expect.stringMatching(
      /^The run https:\S+\/runs\/4711 of mona \(apply, since .* ago\) holds the shared scope\. That run still works, in job "shared \/ Apply shared"\. Nothing was released\./,
    ),
  ]);
  expect(sandbox.world.ledger.writes()).toEqual(writes);
});

test('another run than the one that holds it, and inputs that mean nothing, are refused', async () => {
  const writes = sandbox.world.ledger.writes();
  expect(errors(await unlock({ run: '4000' }))).toEqual([
    expect.stringMatching(/run.*is 4000, but the shared scope is held by the run \S+\/runs\/4711 of mona/),
  ]);
  expect(errors(await unlock({ run: 'all' }))).toEqual([expect.stringMatching(/run.*is "all".*id of a run/)]);
  expect(errors(await unlock({ 'plan-file': 'x' }))).toEqual([expect.stringMatching(/plan-file.*no meaning/)]);
  expect(errors(await unlock({ 'github-token': '' }))).toEqual([expect.stringMatching(/github-token.*is needed/)]);
  expect(sandbox.world.ledger.writes()).toEqual(writes);
});

test('who meets it: the very command that releases it, once the run is over', async () => {
  const { file } = await plan();
  recordRun({ status: 'completed', conclusion: 'failure', jobs: [] });
  // Its end is what GitHub heard last, which has to be after the lock.
  recordRun({
    status: 'completed',
    conclusion: 'failure',
    jobs: [
      {
        id: '1',
        name: 'shared / Apply shared',
        status: 'completed',
        conclusion: 'failure',
        startedAt: Date.now() - 600_000,
        completedAt: Date.now(),
      },
    ],
  });
  runOut();
  const writes = sandbox.world.ledger.writes();
  const result = await sandbox.run(
    { command: 'apply', scope: 'shared', 'plan-file': file, 'github-token': token() },
    { environment: laterRun },
  );
  expect(errors(result)).toEqual([
    expect.stringMatching(
      /is locked by an apply of .*runs\/4711 started by mona.* That run is over: failure\. Release it with `gh workflow run unlock\.yml -f environment=shared -f region=westeurope -f run=4711`/,
    ),
  ]);
  expect(sandbox.world.ledger.writes()).toEqual(writes);
});

test('proven over: lock and lease are released, and nothing of the state is changed', async () => {
  const before = blobs().state?.content.toString('utf8');
  const result = succeeded(await unlock({ run: '4711' }));
  expect(result.outputs['released']).toBe('2');
  expect(result.summary).toContain('Released the shared scope');
  const { state, run } = blobs();
  expect(state?.lease.state).toBe('available');
  expect(state?.metadata).toEqual({});
  expect(state?.content.toString('utf8')).toBe(before);
  expect(run).toBeUndefined();
});

test('again: nothing is held, nothing is written', async () => {
  const writes = sandbox.world.ledger.writes();
  const result = succeeded(await unlock({ run: '4711' }));
  expect(result.outputs['released']).toBe('0');
  expect(sandbox.world.ledger.writes()).toEqual(writes);
});
