import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { asArray, asObject, parseJson } from '@suite/foundation';
import type { RunResult, WorldRequest } from '@suite/sandbox';
import { recordPromotions } from '../../packages/sandbox/src/platform/run-record.ts';
import { loseMachinesOf } from '../support/lost-machine.ts';
import {
  conclusions,
  currentStep,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  transcript,
  withoutLaterEnvironments,
} from '../support/pipeline.ts';

type Scope = 'shared' | 'dev';

let sandbox: PipelineWorld;
let step: () => string | undefined;
let first: string;
/** The one run of this file, as its last attempt left it. */
let run: RunResult | undefined;
/** What the killed apply had made, and a person then removed. */
let removed: readonly string[] = [];

beforeAll(async () => {
  sandbox = await openPipelineWorld({ platform: withoutLaterEnvironments });
  sandbox.world.settings.operationMs = 0;
  step = currentStep(sandbox);
  first = await sandbox.repository.resolve('refs/heads/main');
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

function viewOf(scope: Scope) {
  const found = sandbox.views.find(view => view.scope === scope);
  if (found === undefined) throw new Error(`The platform has no ${scope}.`);
  return found;
}

/** The run's first attempt, then “Re-run failed jobs”; “Re-run all jobs” never. */
async function attempt(): Promise<RunResult> {
  const { runner } = sandbox;
  const next =
    run === undefined ? runner.start(sandbox.push('0'.repeat(40), first)) : runner.rerun(run, { failedOnly: true });
  run = await next.result;
  return run;
}

type Match = (request: WorldRequest) => boolean;

/** An attempt in which the machine is lost as soon as a step of a job makes a request, which arrives unless it is `unsent`. */
async function cutOff(job: string, name: string, match: Match, unsent = false): Promise<void> {
  const inStep: Match = request => step() === `${job}: ${name}` && match(request);
  const { faults } = sandbox.world;
  const fault = faults.add({ match: inStep, times: 1, answer: { call: () => loseMachinesOf(sandbox.world) } });
  if (unsent) faults.add({ match: inStep, times: 1, answer: 'reset' });
  const ended = await attempt();
  if (fault.struck() !== 1) throw new Error(`Nothing was cut off.\n${transcript(ended)}`);
  expect(ended.conclusion).toBe('failure');
  expect(jobOf(ended, job).steps.find(each => each.conclusion === 'failure')).toMatchObject({ name, exitCode: null });
}

/** What the only failed job says. */
async function refusal(job: string): Promise<string[]> {
  const from = armWrites().length;
  const ended = await attempt();
  const failed = Object.entries(conclusions(ended)).filter(([, conclusion]) => conclusion === 'failure');
  expect(failed).toEqual([[job, 'failure']]);
  expect(armWrites().slice(from)).toEqual([]);
  return errorMessages(jobOf(ended, job));
}

const on =
  (scope: Scope, method: string, path: RegExp): Match =>
  request =>
    request.method === method && request.host.startsWith(viewOf(scope).state.account) && path.test(request.path);
const arm =
  (method: string, path: RegExp): Match =>
  request =>
    request.method === method && request.host === 'management.azure.com' && path.test(request.path);
const registry =
  (method: string, path: RegExp): Match =>
  request =>
    request.method === method && request.host.endsWith('.azurecr.io') && path.test(request.path);

function blobOf(scope: Scope, suffix: '' | '.run') {
  const { account, container, key } = viewOf(scope).state;
  return sandbox.world.azure.readBlob(account, container, `${key}${suffix}`);
}
const isLeased = (scope: Scope, suffix: '' | '.run') => blobOf(scope, suffix)?.lease.state === 'leased';

/** Types of the resources that the state knows. */
function recorded(scope: Scope): string[] {
  const state = asObject(parseJson(blobOf(scope, '')?.content.toString('utf8') ?? ''));
  return asArray(state['resources']).map(resource => String(asObject(resource)['type']));
}

function breakLease(scope: Scope, suffix: '' | '.run') {
  const { account, container, key } = viewOf(scope).state;
  sandbox.world.azure.breakLease(account, container, `${key}${suffix}`);
}

/** The lease of a run that is gone runs out. */
const aMinutePasses = (scope: Scope) => breakLease(scope, '.run');
/** As the message about Terraform's lock says. */
const forceUnlock = (scope: Scope) => breakLease(scope, '');

const armWrites = () =>
  sandbox.world.ledger.requests.filter(
    ({ host, method, status }) => host === 'management.azure.com' && method === 'PUT' && status !== 'reset',
  );

function resourcesOf(scope: Scope): string[] {
  const { subscription, resourceGroup } = viewOf(scope);
  const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  return sandbox.world.azure
    .resources()
    .map(({ id }) => id)
    .filter(id => id === group || id.startsWith(`${group}/`));
}

describe('a step that is killed is done again by “Re-run failed jobs”', () => {
  test.each<[string, string, string, () => Match]>([
    ['while it reads what runs', 'Plan shared', 'Gate', () => on('shared', 'GET', /\.record$/)],
    ['when the plan has been stored', 'Plan shared', 'Plan infrastructure', () => on('shared', 'PUT', /^\/plans\//)],
    ['while it reads what runs', 'Apply shared', 'Gate', () => on('shared', 'GET', /\.record$/)],
    ['while it fetches the plan', 'Apply shared', 'Apply infrastructure', () => on('shared', 'GET', /^\/plans\//)],
  ])('%s: %s, %s', (_, job, name, match) => cutOff(job, name, match()));

  test('with its lease held and nothing begun: Apply shared, Apply infrastructure', async () => {
    const state = on('shared', 'HEAD', /\.tfstate$/);
    await cutOff('Apply shared', 'Apply infrastructure', request => isLeased('shared', '.run') && state(request));
    expect([isLeased('shared', '.run'), isLeased('shared', '')]).toEqual([true, false]);
    expect(armWrites()).toEqual([]);
    aMinutePasses('shared');
  });

  test('before its first request, which is a machine lost between two steps: Apply shared, Record', async () => {
    await cutOff('Apply shared', 'Record', () => true, true);
    expect(resourcesOf('shared')).toHaveLength(7);
  });

  test('before the record is written: Apply shared, Record', () =>
    cutOff('Apply shared', 'Record', on('shared', 'PUT', /\.record$/), true));
});

describe('an apply that is killed while Terraform applies', () => {
  const locked =
    /^The state tfstate\/contoso\/dev\/westeurope\.tfstate in stcontosodev41c9 is locked by an apply of .*; nothing was changed\. .*(?:az storage blob lease release|gh workflow run unlock\.yml -f environment=dev -f region=westeurope -f run=)/;

  test('before its first write: the next attempt says who holds the lock, and changes nothing', async () => {
    await cutOff('Apply dev', 'Apply infrastructure', arm('PUT', /\/resourceGroups\/[^/]+$/), true);
    expect([isLeased('dev', '.run'), isLeased('dev', '')]).toEqual([true, true]);
    expect(resourcesOf('dev')).toEqual([]);
    aMinutePasses('dev');
    expect(await refusal('Apply dev')).toEqual([expect.stringMatching(locked)]);
    forceUnlock('dev');
  });

  test('in the middle: the same, and then what Azure has and the state has not', async () => {
    await cutOff('Apply dev', 'Apply infrastructure', arm('PUT', /\/managedClusters\/[^/]+$/));
    removed = resourcesOf('dev');
    expect(removed.length).toBeGreaterThan(10);
    expect(recorded('dev')).toEqual([]);
    aMinutePasses('dev');
    expect(await refusal('Apply dev')).toEqual([expect.stringMatching(locked)]);
    forceUnlock('dev');

    const messages = await refusal('Apply dev');
    const { subscription, resourceGroup } = viewOf('dev');
    const message = messages.find(text => text.includes('azurerm_resource_group'));
    // What it made in the shared scope: the delegation of its domain.
    const elsewhere = messages.flatMap(text => /but (\S+\/dnsZones\/\S+) exists already/i.exec(text)?.[1] ?? []);
    expect({ messages: messages.length, elsewhere }).toEqual({
      messages: 2,
      elsewhere: [expect.stringMatching(/\/NS\/dev$/)],
    });
    for (const id of elsewhere) sandbox.world.azure.remove(id);
    removed = [...removed, ...elsewhere];
    expect(message).toContain(`/resourceGroups/${resourceGroup} exists already and the state does not know it`);
    expect(message).toContain(`\`az group delete --subscription ${subscription} --name ${resourceGroup}\``);
    sandbox.world.azure.remove(`/subscriptions/${subscription}/resourceGroups/${resourceGroup}`);
    expect(resourcesOf('dev')).toEqual([]);
  });

  test('after its last write, while it verifies: the plan still lies there, and is not taken for one to apply', async () => {
    const cluster = arm('GET', /\/managedClusters\/[^/]+$/);
    const isApplied = () => recorded('dev').includes('azurerm_kubernetes_cluster') && !isLeased('dev', '');
    await cutOff('Apply dev', 'Apply infrastructure', request => isApplied() && cluster(request));
    expect([isLeased('dev', '.run'), isLeased('dev', '')]).toEqual([true, false]);
    aMinutePasses('dev');
  });
});

describe('a record that is cut off', () => {
  test.each<[string, Match]>([
    ['before the bundle’s blob is pushed', registry('POST', /\/blobs\/uploads\/$/)],
    ['between the bundle and its record', registry('PUT', /\/manifests\/sha256:[0-9a-f]{64}$/)],
    ['between the record and the tag that says what runs', registry('PUT', /\/manifests\/running-dev-westeurope$/)],
  ])('%s', async (_, match) => {
    await cutOff('Apply dev', 'Record', match, true);
    expect(runningIn('dev')).toEqual([]);
  });

  test('is written by the next attempt', async () => {
    const from = armWrites().length;
    const ended = await attempt();
    if (ended.conclusion !== 'success') throw new Error(transcript(ended));
    expect(armWrites().slice(from)).toEqual([]);
  });
});

function runningIn(scope: Scope) {
  const view = viewOf(scope);
  if (view.kind === 'shared' || view.registry.existing) throw new Error(`${scope} has no registry of its own.`);
  const manifests = sandbox.world.registries.registry(view.registry.name).manifests('promotion/contoso');
  return manifests.filter(({ tags }) => tags.includes(`running-${scope}-${view.region}`));
}

describe('after all of it', () => {
  test('each resource was created once, but for those that a person removed', () => {
    const created = new Map<string, number>();
    for (const { path, status } of armWrites()) {
      if (status === 201) created.set(path, (created.get(path) ?? 0) + 1);
    }
    for (const scope of ['shared', 'dev'] as const)
      expect([...created.keys()]).toEqual(
        expect.arrayContaining([expect.stringMatching(`/${viewOf(scope).resourceGroup}$`)]),
      );
    expect(
      [...created]
        .filter(([, times]) => times > 1)
        .map(([path]) => path)
        .sort(),
    ).toEqual(removed.filter(id => created.has(id)).toSorted());
    expect([...created.values()].every(times => times <= 2)).toBe(true);
  });

  test('nothing is locked or leased, no plan is left, and the proof is there once', () => {
    const left = sandbox.views.flatMap(({ state }) =>
      ['tfstate', 'plans'].flatMap(container => sandbox.world.azure.blobs(state.account, container)),
    );
    expect(left.map(({ name, lease }) => [name, lease.state])).toEqual([
      ['contoso/shared/westeurope.tfstate', 'available'],
      ['contoso/shared/westeurope.tfstate.record', 'available'],
      ['contoso/dev/westeurope.tfstate', 'available'],
    ]);
    const { azure, registries } = sandbox.world;
    expect(recordPromotions(azure, registries)).toMatchObject([
      { environment: 'dev', commit: first, approvers: ['mona'] },
    ]);
    expect(runningIn('dev')).toHaveLength(1);
    expect(sandbox.world.ledger.refusedHosts).toEqual([]);
  });
});
