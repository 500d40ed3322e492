import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject } from '@suite/foundation';
import type { RunningStep, StepResult, WorldRequest } from '@suite/sandbox';
import { errors, type RunOptions, reportOf, succeeded } from '../support/bundle.ts';
import { holdAt, hurried } from '../support/held-step.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';
import { leftIn, openReleaseWorld, type ReleaseWorld, type Version } from '../support/small-releases.ts';

/** `deploy-platform apply` next to another one, cancelled, and killed at each of its effects. */
let sandbox: ReleaseWorld;
/** What an apply leaves that nobody disturbs. */
const undisturbed = new Map<Version, unknown>();
let current: Version = 'second';

beforeAll(async () => {
  sandbox = await openReleaseWorld();
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

const run = (inputs: Readonly<Record<string, string>>, options: RunOptions = {}) =>
  sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: 'platform', ...options });
/** What an apply is given of a plan. */
interface Reviewed {
  readonly 'expected-digest': string;
  readonly 'expected-releases': string;
}
async function plan(): Promise<Reviewed & { readonly verdict: string | undefined }> {
  const { outputs } = succeeded(await run({ command: 'plan' }, { machine: 'planner' }));
  const { digest = '', releases = '', verdict } = outputs;
  return { 'expected-digest': digest, 'expected-releases': releases, verdict };
}
const apply = (reviewed: Partial<Reviewed>, options?: RunOptions, inputs: Readonly<Record<string, string>> = {}) =>
  run(
    {
      command: 'apply',
      'expected-digest': reviewed['expected-digest'] ?? '',
      'expected-releases': reviewed['expected-releases'] ?? '',
      parallel: '1',
      ...inputs,
    },
    options,
  );

const view = () => {
  const found = sandbox.views.find(({ scope }) => scope === 'dev');
  if (found === undefined) throw new Error('The example has no dev.');
  return found.state;
};
const runBlob = () => sandbox.world.azure.readBlob(view().account, view().container, `${view().key}.run`);
/** A minute passes in which nobody renews it. */
const breakRunLease = () => {
  if (runBlob() !== undefined) sandbox.world.azure.breakLease(view().account, view().container, `${view().key}.run`);
};

/** The other version of the platform file, and what it would change. */
async function turn(): Promise<Reviewed> {
  current = current === 'first' ? 'second' : 'first';
  await sandbox.choose(current);
  return plan();
}

/** The next run completes, and nobody can tell from what is there that there was another one. */
async function expectConverges(): Promise<StepResult> {
  const next = succeeded(await apply(await plan()));
  await sandbox.cluster.settled();
  expect(leftIn(sandbox.cluster)).toEqual(undisturbed.get(current));
  expect((await plan()).verdict).toBe('no-changes');
  expect(runBlob()).toBeUndefined();
  return next;
}

const isHelm = ({ headers }: WorldRequest) => (headers['user-agent'] ?? '').startsWith('Helm/');
const onCluster = (method: string, path: RegExp) => (request: WorldRequest) =>
  request.host.endsWith('.azmk8s.io') &&
  request.method === method &&
  path.test(request.path) &&
  !request.query.has('dryRun');
const byUs = (method: string, path: RegExp) => (request: WorldRequest) =>
  onCluster(method, path)(request) && !isHelm(request);
const byHelm = (method: string, path: RegExp) => (request: WorldRequest) =>
  onCluster(method, path)(request) && isHelm(request);
const onLease = (method: string, comp: string | null) => (request: WorldRequest) =>
  request.method === method && request.path.endsWith('.run') && request.query.get('comp') === comp;

interface Effect {
  readonly what: string;
  readonly match: (request: WorldRequest) => boolean;
  /** Requests that match before it in one apply. */
  readonly skip?: number;
}

/** Everything that an apply writes anywhere. */
const ours: readonly Effect[] = [
  { what: 'the lease is taken', match: onLease('PUT', 'lease') },
  { what: 'the blob of the lease is made', match: onLease('PUT', null) },
  { what: 'the note of the lease is written', match: onLease('PUT', 'metadata') },
  { what: 'a namespace is applied', match: byUs('PATCH', /\/namespaces\/[\w-]+$/) },
  { what: "the plan reader's role is applied", match: byUs('PATCH', /\/clusterroles\/[\w-]+$/) },
  { what: "the plan reader's role is bound", match: byUs('PATCH', /\/clusterrolebindings\/[\w-]+$/) },
  { what: 'a release is noted as being applied', match: byUs('PATCH', /\/configmaps\/release-app$/) },
  { what: 'a release is noted as ready', match: byUs('PATCH', /\/configmaps\/release-app$/), skip: 1 },
  { what: 'the record of a release is taken away', match: byUs('DELETE', /\/configmaps\/release-(?:early|late)$/) },
  { what: 'the lease is given back', match: onLease('DELETE', null) },
];
const helms: readonly Effect[] = [
  { what: 'a pending revision is written', match: byHelm('POST', /\/secrets$/) },
  { what: 'an object is changed', match: byHelm('PATCH', /\/work\/\w+\/app$/) },
  { what: 'an object is made', match: byHelm('PATCH', /\/work\/configmaps\/app-\w+$/) },
  { what: 'an object that is rendered no more is deleted', match: byHelm('DELETE', /\/work\/configmaps\/app-\w+$/) },
  { what: 'a revision gets its status', match: byHelm('PUT', /\/secrets\/sh\.helm\.release\.v1\.app\.v\d+$/) },
  {
    what: 'a release is marked as going',
    match: byHelm('PUT', /\/secrets\/sh\.helm\.release\.v1\.(?:early|late)\.v\d+$/),
  },
  {
    what: 'an object of a release that goes is deleted',
    match: byHelm('DELETE', /\/work\/configmaps\/(?:early|late)$/),
  },
  { what: 'a revision is deleted', match: byHelm('DELETE', /\/secrets\/sh\.helm\.release\.v1\.(?:early|late)\.v\d+$/) },
];

/** Applies, and strikes when the request of an effect arrives: a counted request, not a moment. */
async function applyAndStrike(
  reviewed: Reviewed,
  { match, skip = 0 }: Pick<Effect, 'match' | 'skip'>,
  strike: (running: RunningStep) => void,
): Promise<StepResult> {
  let running: RunningStep | undefined;
  const fault = sandbox.world.faults.add({
    match,
    skip,
    times: 1,
    answer: {
      call: () => {
        if (running !== undefined) strike(running);
      },
    },
  });
  const result = await apply(reviewed, {
    onStart: started => {
      running = started;
    },
  });
  expect(fault.struck()).toBe(1);
  fault.remove();
  await untilQuiet(sandbox.world);
  return result;
}

test('undisturbed, in both directions; nothing is written that is not among the effects below', async () => {
  const unknown: string[] = [];
  const isWrite = ({ method }: WorldRequest) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
  const isKnown = (request: WorldRequest) =>
    [...ours, ...helms].some(({ match }) => match(request)) ||
    // The same of other releases.
    byUs('PATCH', /\/configmaps\/release-\w+$/)(request) ||
    byHelm('PATCH', /\/work\/\w+\/\w+$/)(request) ||
    byHelm('PUT', /\/secrets\/sh\.helm\.release\.v1\.\w+\.v\d+$/)(request);
  sandbox.world.faults.add({
    match: request =>
      isWrite(request) &&
      (request.host.endsWith('.azmk8s.io') || request.host.endsWith('.blob.core.windows.net')) &&
      !request.query.has('dryRun') &&
      !isKnown(request),
    answer: { call: ({ method, path }) => void unknown.push(`${method} ${path}`) },
  });
  for (const _ of [1, 2, 3]) {
    succeeded(await apply(await turn()));
    await sandbox.cluster.settled();
    undisturbed.set(current, leftIn(sandbox.cluster));
    expect((await plan()).verdict).toBe('no-changes');
  }
  expect(unknown).toEqual([]);
  expect(undisturbed.get('first')).toMatchObject({
    'Release app': { last: 'deployed', deployed: 1, unfinished: [] },
    'Release early': { last: 'deployed', deployed: 1, unfinished: [] },
  });
  expect(Object.keys(undisturbed.get('second') ?? {})).not.toContain('Release early');
});

describe('the machine is lost when', () => {
  test.each([...ours, ...helms].map(effect => [effect.what, effect] as const))('%s', async (_, effect) => {
    const killed = await applyAndStrike(await turn(), effect, loseMachine);
    expect(killed.exitCode).not.toBe(0);
    breakRunLease();
    await expectConverges();
  });
});

describe('the action alone dies, and Helm goes on, when', () => {
  test.each(helms.map(effect => [effect.what, effect] as const))('%s', async (_, effect) => {
    const killed = await applyAndStrike(await turn(), effect, running => running.kill());
    expect(killed.exitCode).not.toBe(0);
    breakRunLease();
    await expectConverges();
  });
});

test('killed while it waits until a release is ready', async () => {
  // Nothing else lists workloads, and no other release has one.
  const killed = await applyAndStrike(await turn(), { match: byUs('GET', /\/deployments$/) }, loseMachine);
  expect(killed.exitCode).not.toBe(0);
  breakRunLease();
  await expectConverges();
});

test('killed, and then the other version is wanted: what only the dead run has made goes', async () => {
  const made = helms.find(({ what }) => what === 'an object that is rendered no more is deleted');
  if (made === undefined) throw new Error('Helm deletes nothing.');
  await applyAndStrike(await turn(), made, loseMachine);
  breakRunLease();
  await turn();
  await expectConverges();
});

test('killed while it repairs what another one left that was killed', async () => {
  const [pending] = helms;
  if (pending === undefined) throw new Error('Helm writes nothing.');
  await applyAndStrike(await turn(), pending, loseMachine);
  breakRunLease();
  const repairs = byUs('DELETE', /\/secrets\/sh\.helm\.release\.v1\.\w+\.v\d+$/);
  const killed = await applyAndStrike(await plan(), { match: repairs }, loseMachine);
  expect(killed.log.join('\n')).toMatch(
    /an earlier run was cut off \(pending-\w+, revision \d+\); its mark is taken away/,
  );
  breakRunLease();
  await expectConverges();
});

describe('an upgrade failed, and the machine is lost when', () => {
  test.each<[string, Effect['match'], number]>([
    ['that is noted', byUs('PATCH', /\/configmaps\/release-app$/), 1],
    ['the revision of the rollback is written', byHelm('POST', /\/work\/secrets$/), 1],
    ['an object is rolled back', byHelm('PATCH', /\/work\/configmaps\/app$/), 1],
    // A failed upgrade is not waited for.
    ['what ran before is waited for', byUs('GET', /\/deployments$/), 0],
  ])('%s', async (_, match, skip) => {
    const reviewed = await turn();
    sandbox.world.faults.add({
      match: byHelm('PATCH', /\/work\/configmaps\/app$/),
      times: 1,
      answer: { status: 403, body: JSON.stringify(refusal), headers: { 'content-type': 'application/json' } },
    });
    await applyAndStrike(reviewed, { match, skip }, loseMachine);
    breakRunLease();
    await expectConverges();
  });
});

test('an upgrade that fails halfway goes back whole, with what it would have taken away, as often as it fails', async () => {
  const before = asObject(undisturbed.get(current));
  const reviewed = await turn();
  for (const reviewedNow of [reviewed, undefined]) {
    const fault = sandbox.world.faults.add({
      match: byHelm('PATCH', /\/work\/configmaps\/app$/),
      times: 1,
      answer: { status: 403, body: JSON.stringify(refusal), headers: { 'content-type': 'application/json' } },
    });
    const failed = await apply(reviewedNow ?? (await plan()));
    fault.remove();
    expect(failed.exitCode).toBe(1);
    expect(failed.log.join('\n')).toMatch(/app was brought back to revision \d+ \(app-1\.0\.0\), and is ready again\./);
    await sandbox.cluster.settled();
    const after = leftIn(sandbox.cluster);
    for (const object of Object.keys(before).filter(key => / work\/app/.test(key))) {
      expect({ object, is: after[object] }).toEqual({ object, is: before[object] });
    }
    const left = await reportOf(succeeded(await run({ command: 'plan' }, { machine: 'planner' })));
    expect(left.changes.map(({ title }) => title)).toContain('Secret work/app');
  }
  await expectConverges();
});

test('what a failed upgrade hangs together with goes back as well, and both are planned again', async () => {
  await turn();
  await sandbox.edit('platform.yaml', text =>
    text.replace(/(base: \{ .*) \}/, '$1, values: { text: of the same run } }'),
  );
  const textOfBase = () => asObject(asObject(leftIn(sandbox.cluster)['ConfigMap work/base'])['data'])['text'];
  const fault = sandbox.world.faults.add({
    match: byHelm('PATCH', /\/work\/configmaps\/app$/),
    times: 1,
    answer: { status: 403, body: JSON.stringify(refusal), headers: { 'content-type': 'application/json' } },
  });
  const failed = await apply(await plan());
  fault.remove();
  expect(errors(failed)).toEqual([
    expect.stringMatching(/ base was brought back to revision \d+ \(base-1\.0\.0\), with app, and is ready again\./),
  ]);
  expect(failed.log.join('\n')).toMatch(/base: upgraded and ready/);
  expect(textOfBase()).toBe('none');
  const left = await reportOf(succeeded(await run({ command: 'plan' }, { machine: 'planner' })));
  expect(left.changes.map(({ title }) => title)).toEqual(
    expect.arrayContaining(['ConfigMap work/base', 'Secret work/app']),
  );
  await sandbox.choose(current);
  await expectConverges();
});

const refusal = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'Forbidden',
  code: 403,
  message: 'configmaps "app" is forbidden: not now',
};

describe('cancelled', () => {
  const cancel = (running: RunningStep) => running.cancel();
  /** As the runner does it, but for the 7.5 s between the two. */
  const insist = ({ pid }: RunningStep) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(pid, signal);
  };
  test.each<[string, Effect['match'], (running: RunningStep) => void]>([
    ['before anything is changed', byUs('PATCH', /\/namespaces\/[\w-]+$/), cancel],
    ['while Helm works', byHelm('PATCH', /\/work\/configmaps\/app$/), cancel],
    ['while Helm works, twice', byHelm('PATCH', /\/work\/configmaps\/app$/), insist],
    ['while it waits until a release is ready', byUs('GET', /\/deployments$/), insist],
  ])('%s: the lease is free at once, and the next run goes on', async (_, match, strike) => {
    const result = await applyAndStrike(await turn(), { match }, strike);
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringMatching(/^Cancelled\./)]);
    expect(runBlob()).toBeUndefined();
    await expectConverges();
  });
});

test('killed: its post stage takes the kubeconfig, the token and the folder of Helm away', async () => {
  const killed = await applyAndStrike(await turn(), { match: byUs('GET', /\/deployments$/) }, loseMachine);
  const folder = killed.state['folder'] ?? '';
  expect((await readdir(folder)).sort()).toEqual(['helm', 'kubeconfig', 'token']);
  const modes = ['kubeconfig', 'token'].map(async file => (await stat(join(folder, file))).mode & 0o777);
  expect(await Promise.all(modes)).toEqual([0o600, 0o600]);
  succeeded(await run({ command: 'apply' }, { post: killed.state }));
  expect(existsSync(folder)).toBe(false);
  breakRunLease();
  const next = await expectConverges();
  // Whoever ends by itself leaves no credential behind.
  expect((await readdir(next.state['folder'] ?? '')).sort()).toEqual(['helm']);
});

const laterRun = { GITHUB_RUN_ID: '4712', GITHUB_ACTOR: 'hubot' };

test('two at once: the second one waits, says for whom, and then finds nothing left to do', async () => {
  const reviewed = await turn();
  const first = await holdAt(sandbox.world, byHelm('POST', /\/secrets$/), options => apply(reviewed, options));
  expect(runBlob()?.metadata).toMatchObject({
    runid: '4711',
    command: 'deploy-platform apply',
    host: expect.stringMatching(/./),
  });
  const impatient = await apply(reviewed, { machine: 'second', environment: laterRun }, { 'lease-wait': '0' });
  expect(errors(impatient)).toEqual([
    expect.stringMatching(/^The run \S+\/runs\/4711 of mona .* works on dev in westeurope\. Nothing was changed\./),
  ]);
  const waiting = Promise.withResolvers<void>();
  const second = apply(reviewed, {
    machine: 'second',
    environment: { ...hurried, ...laterRun },
    onLine: line => {
      if (/runs\/4711 of mona .* works on dev in westeurope: waiting for it, .* of 30 min/.test(line))
        waiting.resolve();
    },
  });
  await Promise.race([waiting.promise, second]);
  first.goOn();
  expect((await reportOf(succeeded(await first.result))).verdict).toBe('applied');
  const idle = succeeded(await second);
  expect(idle.log.join('\n')).toMatch(/app: unchanged and ready/);
  expect(idle.log.join('\n')).not.toMatch(/: (?:installed|upgraded|taken away)/);
  // Whoever holds it to the digest alone is told.
  const outdated = await apply({ 'expected-digest': reviewed['expected-digest'] });
  expect(errors(outdated)).toEqual([expect.stringMatching(/its digest differs\. Nothing was changed\./)]);
  await expectConverges();
});

test('the lease is lost in the middle: Helm is stopped, nothing more is begun, and the message says why', async () => {
  const reviewed = await turn();
  const noticed = Promise.withResolvers<void>();
  const held = await holdAt(sandbox.world, byHelm('PATCH', /\/work\/configmaps\/app$/), options =>
    apply(reviewed, {
      ...options,
      environment: hurried,
      onLine: line => {
        if (line.includes('has lost its lease')) noticed.resolve();
      },
    }),
  );
  breakRunLease();
  await Promise.race([noticed.promise, held.result]);
  held.goOn();
  const result = await held.result;
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([
    expect.stringMatching(
      /^This run has lost its lease on dev in westeurope: somebody broke it\. \d releases? of \d (?:was|were) done\. Running this again goes on from there\./,
    ),
  ]);
  expect((await reportOf(result)).verdict).toBe('failed');
  expect(result.log.join('\n')).not.toMatch(/(?:early|late): (?:installed|taken away)/);
  await expectConverges();
});
