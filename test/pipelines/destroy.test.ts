import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runAction, type StepResult } from '@suite/sandbox';
import { loseMachinesOf } from '../support/lost-machine.ts';
import {
  conclusions,
  dispatch,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  summaryOf,
  transcript,
  withoutLaterEnvironments,
} from '../support/pipeline.ts';

/** `destroy.yml` and `unlock.yml`, started by hand in the example repository, whose dev may go. */
let sandbox: PipelineWorld;
/** Who owns the subscriptions while a bootstrap runs. */
const owner = 'b0000000-0000-4000-8000-000000000001';

beforeAll(async () => {
  sandbox = await openPipelineWorld({
    vars: { BOOTSTRAP_CLIENT_ID: owner },
    platform: text =>
      withoutLaterEnvironments(text).replace(
        '    cluster:',
        '    allow: [cluster]\n    production: false\n    cluster:',
      ),
  });
  sandbox.world.settings.operationMs = 0;
  for (const scope of ['shared', 'dev']) await deploy(scope);
});
afterAll(() => sandbox.close());

async function step(inputs: Readonly<Record<string, string>>, environment?: string): Promise<StepResult> {
  const result = await runAction({
    name: inputs['command'] ?? '',
    action: join(import.meta.dirname, '..', '..', 'out', 'release', 'provision-aks'),
    inputs,
    environment: sandbox.environmentOf(environment === undefined ? {} : { environment }),
    workspace: sandbox.checkout,
    temp: join(sandbox.checkout, '..', 'temp'),
  });
  if (result.conclusion !== 'success') throw new Error(result.log.join('\n'));
  return result;
}
async function deploy(scope: string): Promise<void> {
  const { outputs } = await step({ command: 'plan', scope });
  await step({ command: 'apply', scope, 'plan-file': outputs['plan-file'] ?? '' }, scope);
}

const clusters = () => sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters').length;
const armWrites = () => sandbox.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');

test('an environment that nobody approves, or that there is none of, does not go', async () => {
  sandbox.repository.defineEnvironment({ name: 'dev', branches: ['main'] });
  const writes = armWrites();
  const open = await dispatch(sandbox, 'destroy.yml', { environment: 'dev', confirm: 'dev' });
  expect(errorMessages(jobOf(open, 'Resolve'))).toEqual([expect.stringMatching(/Nobody has to approve .* dev/)]);
  const unknown = await dispatch(sandbox, 'destroy.yml', { environment: 'production', confirm: 'production' });
  expect(errorMessages(jobOf(unknown, 'Resolve'))).toEqual([
    expect.stringMatching(/is `production`, which the platform file does not have/),
  ]);
  expect(armWrites()).toEqual(writes);
  sandbox.repository.defineEnvironment({ name: 'dev', branches: ['main'], reviewers: ['mona'] });
  const alone = await dispatch(sandbox, 'destroy.yml', { environment: 'dev', confirm: 'dev' });
  expect(errorMessages(jobOf(alone, 'Resolve'))).toEqual([expect.stringMatching(/may approve it alone .* dev/)]);
  expect(armWrites()).toEqual(writes);
  const reviewers = ['mona', 'hubot'];
  sandbox.repository.defineEnvironment({ name: 'dev', branches: ['main'], reviewers, preventSelfReview: true });
});

test('another name typed: one message, nothing touched', async () => {
  const writes = armWrites();
  const run = await dispatch(sandbox, 'destroy.yml', { environment: 'dev', confirm: 'prod' });
  expect(run.conclusion).toBe('failure');
  expect(errorMessages(jobOf(run, 'Plan the end of dev'))).toEqual([
    expect.stringMatching(/confirm.*is "prod", but the environment is `dev`\. Nothing was touched/),
  ]);
  // GitHub does not evaluate the name of a job that is skipped.
  const last = Object.entries(conclusions(run)).find(([name]) => name.startsWith('Destroy'));
  expect(last?.[1]).toBe('skipped');
  expect(armWrites()).toEqual(writes);
});

test('a machine that is lost in the middle leaves locks, which its job names once it is run again, and unlock.yml releases', async () => {
  const dev = sandbox.views.find(({ scope }) => scope === 'dev');
  const { account = '', container = '', key = '' } = dev?.state ?? {};
  const isLocked = () => sandbox.world.azure.readBlob(account, container, key)?.lease.state === 'leased';
  expect(clusters()).toBe(1);
  sandbox.world.faults.add({
    match: ({ host, method, path }) =>
      host === 'management.azure.com' && method === 'DELETE' && /\/managedClusters\/[^/]+$/.test(path),
    times: 1,
    answer: { call: () => loseMachinesOf(sandbox.world) },
  });
  const lost = await dispatch(sandbox, 'destroy.yml', { environment: 'dev', confirm: 'dev' });
  expect({ conclusion: lost.conclusion, locked: isLocked(), clusters: clusters() }).toEqual({
    conclusion: 'failure',
    locked: true,
    clusters: 0,
  });
  // A minute passes.
  sandbox.world.azure.breakLease(account, container, `${key}.run`);
  const writes = armWrites();
  const again = await sandbox.runner.rerun(lost, { failedOnly: true }).result;
  const command = `gh workflow run unlock.yml -f environment=dev -f region=westeurope -f run=${lost.id}`;
  expect(errorMessages(jobOf(again, 'Destroy dev'))).toEqual([
    expect.stringMatching(`If that run is over, release it with \`${command}\``),
  ]);
  expect(armWrites()).toEqual(writes);
  const released = await dispatch(sandbox, 'unlock.yml', { environment: 'dev', run: lost.id });
  if (released.conclusion !== 'success') throw new Error(transcript(released));
  expect({ locked: isLocked(), writes: armWrites() }).toEqual({ locked: false, writes });
}, 600_000);

test('planned, approved, and gone, but for what holds data', async () => {
  const run = await dispatch(sandbox, 'destroy.yml', { environment: 'dev', confirm: 'dev' });
  if (run.conclusion !== 'success') throw new Error(transcript(run));
  expect(summaryOf(jobOf(run, 'Plan the end of dev'))).toMatch(/stays: it holds data/);
  expect(clusters()).toBe(0);
  expect(sandbox.world.azure.resources('Microsoft.ContainerRegistry/registries')).toHaveLength(1);
  const deployments = sandbox.repository.deployments().filter(({ environment }) => environment === 'dev');
  expect(deployments.length).toBeGreaterThan(0);
});

test('unlock.yml: nothing is held, so nothing is released', async () => {
  const run = await dispatch(sandbox, 'unlock.yml', { environment: 'dev', run: '4711' });
  if (run.conclusion !== 'success') throw new Error(transcript(run));
  expect(summaryOf(jobOf(run, 'Unlock dev'))).toMatch(/Nothing is held on dev in westeurope/);
});

test('bootstrap.yml: what is there already is told, by an identity that may see it', async () => {
  const { azure, github } = sandbox.world;
  const [{ tenant } = { tenant: '' }] = sandbox.views;
  const subject = github.subjectFor(sandbox.jobOf({ environment: 'bootstrap' }));
  const principal = azure.addApplication({ tenant, name: 'bootstrap', clientId: owner, githubSubjects: [subject] });
  for (const subscription of new Set(sandbox.views.map(view => view.subscription))) {
    azure.assignRole({ principal, role: 'Owner', scope: `/subscriptions/${subscription}` });
  }
  sandbox.repository.defineEnvironment({ name: 'bootstrap', branches: ['main'] });
  const writes = armWrites();
  const run = await dispatch(sandbox, 'bootstrap.yml', { 'dry-run': 'true' });
  if (run.conclusion !== 'success') throw new Error(transcript(run));
  expect(armWrites()).toEqual(writes);
});

test('every permission that a job of an end, a release of locks and a bootstrap asks for is used', async () => {
  expect(await sandbox.unusedPermissions('destroy.yml', 'unlock.yml', 'bootstrap.yml')).toEqual([]);
});
