import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { canonicalJson } from '@suite/foundation';
import { on, type RegistryView, type RunningStep } from '@suite/sandbox';
import { succeeded } from '../support/bundle.ts';
import {
  applied,
  bundleAt,
  bundleOf,
  check,
  closeGate,
  handed,
  type MadeBundle,
  type Options,
  openGate,
  promoted,
  record,
  refused,
  writeBundle,
  writeFileOf,
} from '../support/gate/commands.ts';
import { contentsIn, type Forged, forge, layerOf, shelf, tagsIn } from '../support/gate/records.ts';
import {
  commits,
  emptyRegistries,
  environments,
  reduceTo,
  registryId,
  registryOf,
  requestsSince,
  runUrl,
  sandbox,
  view,
} from '../support/gate/world.ts';
import { loseMachine } from '../support/lost-machine.ts';

beforeAll(openGate);
afterAll(closeGate);

describe('another bundle than the one that this run made', () => {
  const commands = ['check', 'record'] as const;
  const withContent = async (change: (bundle: ReturnType<typeof bundleAt>) => object): Promise<MadeBundle> =>
    writeBundle(canonicalJson(change(bundleAt(commits.promoted))));
  const refusedUnasked = async (command: (typeof commands)[number], bundle: MadeBundle, more: Options = {}) => {
    const before = sandbox.world.ledger.requests.length;
    const { inputs = {}, ...options } = more;
    const run = command === 'check' ? check : record;
    const found = await refused(run('dev', { ...handed(bundle), ...inputs }, options));
    expect(sandbox.world.ledger.requests).toHaveLength(before);
    return found;
  };

  test.each(commands)('%s: an altered file', async command => {
    const altered = await writeBundle(`${await readFile(promoted.file, 'utf8')} `);
    expect(await refusedUnasked(command, { ...altered, digest: promoted.digest })).toEqual([
      `This is not the bundle that is promoted: its digest is ${altered.digest}, not ${promoted.digest}. Nothing was done. Run all jobs again; if it happens again, somebody writes into the artifacts of this run.`,
    ]);
  });

  test.each(commands)('%s: of another commit', async command => {
    const environment = { GITHUB_SHA: commits.newer };
    expect(await refusedUnasked(command, promoted, { environment })).toEqual([
      `This bundle is of another commit: ${commits.promoted}, not ${commits.newer}. Nothing was done. Promote the bundle that this run made.`,
    ]);
  });

  test('of another repository that has its name, and of another platform: both are told', async () => {
    const other = await withContent(bundle => ({
      ...bundle,
      platform: 'fabrikam',
      repository: { name: 'contoso/platform', id: '7' },
    }));
    expect(await refusedUnasked('check', other)).toEqual([
      expect.stringContaining('another repository: contoso/platform (id 7), not contoso/platform (id 701234567).'),
      'This bundle is of another platform: fabrikam, not contoso. Nothing was done. Promote the bundle that this run made.',
    ]);
  });

  test('of another platform file', async () => {
    const folder = join(sandbox.checkout, 'other');
    await mkdir(folder, { recursive: true });
    for (const name of ['platform.yaml', 'platform.lock.yaml']) {
      await cp(join(sandbox.checkout, name), join(folder, name));
    }
    const inputs = { 'platform-file': 'other/platform.yaml' };
    expect(await refusedUnasked('check', promoted, { inputs })).toEqual([
      'This bundle is of another platform file: platform.yaml, not other/platform.yaml. Nothing was done. Promote the bundle that this run made.',
    ]);
  });

  test('that this suite does not write, under its right digest', async () => {
    const odd = [await writeBundle(JSON.stringify(bundleAt(commits.promoted), null, 1)), await writeBundle('not JSON')];
    for (const bundle of odd) {
      expect(await refusedUnasked('check', bundle)).toEqual([
        'This is no bundle of version 1. Let the same release of the suite make it (`command: bundle`) that reads it.',
      ]);
    }
  });

  test('that a later release made', async () => {
    expect(await refusedUnasked('check', await withContent(bundle => ({ ...bundle, more: 1 })))).toEqual([
      'This bundle is of a later release of the suite than this one, which cannot read all of it (org/actions@v1 made it). Call the release of the suite that made it, or a later one, in the workflow that promotes.',
    ]);
  });

  test('that is not there', async () => {
    const bundle = { ...promoted, file: join(sandbox.folder, 'nothing.json') };
    expect(await refusedUnasked('check', bundle)).toEqual([
      `input bundle: names ${bundle.file}, which cannot be read. Download the artifact that the \`bundle\` command left.`,
    ]);
  });
});

describe('what is not recorded', () => {
  beforeEach(emptyRegistries);
  afterEach(() => sandbox.world.faults.clear());

  /** Refused, and the registries are as they were. */
  const unrecorded = async (...given: Parameters<typeof record>): Promise<string[]> => {
    const state = () => environments().map(view => [registryOf(view).manifests(shelf), registryOf(view).traffic()]);
    const [before, from] = [state(), sandbox.world.ledger.requests.length];
    const found = await refused(record(...given));
    expect(state()).toEqual(before);
    expect(requestsSince(from, '.azurecr.io').filter(({ method }) => method === 'PUT')).toEqual([]);
    return found;
  };
  const notOfThis =
    'The report is not of an apply of dev in westeurope by this run. Give the `report` outputs of the applies in this job.';

  test.each<readonly [string, Partial<ChangeReport>]>([
    ['a plan', { command: 'plan', verdict: 'no-changes' }],
    ['a verification', { command: 'verify', verdict: 'verified' }],
    ['of another environment', { scope: 'staging' }],
    ['of another region', { region: 'northeurope' }],
    ['of another platform', { platform: 'fabrikam' }],
    ['of another run', { run: { id: '4710', attempt: '1', url: `${runUrl}/4710`, actor: 'mona' } }],
    ['of another commit', { commit: { head: 'f'.repeat(40) } }],
  ])('the report is %s', async (_, report) => {
    expect(await unrecorded('dev', {}, { report })).toEqual([notOfThis]);
  });

  test('the report is of a test, and none of an apply is beside it', async () => {
    const report = { action: 'gpu-smoke-test', command: 'verify', verdict: 'verified' } as const;
    expect(await unrecorded('dev', {}, { report })).toEqual([
      'input reports: holds no report of an apply. Give the `report` outputs of the applies.',
    ]);
  });

  test('the report tells no run', async () => {
    const { run: _, ...report } = applied('dev', 'westeurope');
    const file = await writeFileOf(JSON.stringify(report));
    expect(await unrecorded('dev', { reports: file })).toEqual([notOfThis]);
  });

  test.each(['failed', 'mismatch', 'blocked', 'changes'] as const)('the apply ended as %s', async verdict => {
    expect(await unrecorded('dev', {}, { report: { verdict } })).toEqual([
      `Nothing is recorded: the apply of dev in westeurope ended as ${verdict}. Put right what its summary says, and run the failed jobs again.`,
    ]);
  });

  test('there is no report, or none that can be read', async () => {
    expect(await unrecorded('dev', { reports: join(sandbox.folder, 'nothing.json') })).toEqual([
      expect.stringMatching(/^input reports: names \S+nothing\.json, which cannot be read\. Give the `report` outputs/),
    ]);
    expect(await unrecorded('dev', { reports: await writeFileOf('{}') })).toEqual([
      expect.stringMatching(/^This is no change report of version 1: /),
    ]);
  });

  test.each([
    [{}, 'input region: is needed: the environment has several regions. Give one of westeurope, northeurope.'],
    [
      { region: 'uksouth' },
      'input region: is `uksouth`, which the environment does not have. Give one of westeurope, northeurope.',
    ],
  ])('the region is not one of several: %j', async (inputs, message) => {
    expect(await unrecorded('staging', inputs)).toEqual([message]);
  });

  test('who approved cannot be read', async () => {
    expect(await unrecorded('dev', {}, { permissions: { contents: 'read' } })).toEqual([
      expect.stringMatching(/^The token may not read who approved run 4711: .* Add `actions: read` to /),
    ]);
  });

  test('the job is not in the environment, so it is not the apply identity', async () => {
    expect(await unrecorded('dev', {}, { job: {} })).toEqual([expect.stringContaining(view('dev').identities.apply)]);
  });

  test('the identity may only read the registry', async () => {
    const back = reduceTo('Reader', view('dev').identities.apply, view('dev').subscription);
    try {
      const { loginServer } = registryOf(view('dev'));
      expect(await unrecorded('dev')).toEqual([
        `The apply identity of dev in westeurope (client id ${view('dev').identities.apply}) may not push to ${shelf} in the registry ${loginServer}. Give it "AcrPush" (or "Container Registry Repository Writer", where the registry’s role assignment mode is ABAC) on the registry; a new assignment takes some minutes to work.`,
      ]);
    } finally {
      back();
    }
  });

  test('a newer commit was recorded while this one waited for its turn', async () => {
    forge('dev', { bundle: bundleOf(commits.newer), tag: 'running-dev-westeurope', record: { commit: commits.newer } });
    expect(await refused(record('dev', {}, { report: { verdict: 'no-changes' } }))).toEqual([
      expect.stringMatching(
        /^\w{7} is older than \w{7}, which runs in dev · westeurope since .*\. It came while this run was at work\. Nothing is recorded\. /,
      ),
    ]);
    expect(contentsIn('dev').map(({ commit }) => commit)).toEqual([commits.newer]);
  });

  test('an apply without changes is recorded all the same', async () => {
    succeeded(await record('dev', {}, { report: { verdict: 'no-changes' } }));
    expect(contentsIn('dev')).toHaveLength(1);
  });

  test('the machine is lost before what runs is marked: the next try completes it', async () => {
    let running: RunningStep | undefined;
    const fault = sandbox.world.faults.add({
      match: ({ method, path }) => method === 'PUT' && path.endsWith('/manifests/running-dev-westeurope'),
      times: 1,
      answer: { call: () => loseMachine(running) },
    });
    const onStart = (started: RunningStep) => {
      running = started;
    };
    const lost = await record('dev', {}, { onStart });
    expect(fault.struck()).toBe(1);
    expect(lost.conclusion).not.toBe('success');
    expect(contentsIn('dev')).toHaveLength(1);
    succeeded(await record('dev', {}, { environment: { GITHUB_RUN_ATTEMPT: '2' } }));
    expect(tagsIn('dev')).toEqual([['running-dev-westeurope', promoted.digest.replace(':', '-')]]);
    expect(contentsIn('dev').map(({ run }) => run.attempt)).toEqual(['1', '2']);
    succeeded(await check('staging'));
  });
});

describe('a registry', () => {
  beforeEach(emptyRegistries);
  afterEach(() => sandbox.world.faults.clear());

  const planner = () => view('staging').identities.plan;
  const whoReads = () => `The plan identity of staging in westeurope (client id ${planner()})`;
  const host = () => registryOf(view('dev')).loginServer;

  test('that the reader may not see', async () => {
    forge('dev');
    const back = reduceTo(undefined, planner(), view('dev').subscription);
    try {
      expect(await refused(check('staging'))).toEqual([
        `${whoReads()} may not perform \`Microsoft.ContainerRegistry/registries/read\` on ${registryId(view('dev'))}. Give it a role with this action on that scope or above; a new assignment takes some minutes to work.`,
      ]);
    } finally {
      back();
    }
  });

  test('that the reader sees and may not pull from', async () => {
    forge('dev');
    const { azure } = sandbox.world;
    azure.defineRole({ roleName: 'Looks only', actions: ['Microsoft.ContainerRegistry/registries/read'] });
    const back = reduceTo('Looks only', planner(), view('dev').subscription);
    try {
      expect(await refused(check('staging'))).toEqual([
        expect.stringContaining(`${whoReads()} gets no access to the registry ${host()}. Give it "AcrPull" to read`),
      ]);
    } finally {
      back();
    }
  });

  test('that is closed to this network', async () => {
    forge('dev');
    const access = (publicNetworkAccess: string) =>
      sandbox.world.azure.mutate(registryId(view('dev')), body => {
        body['properties'] = { ...(body['properties'] as object), publicNetworkAccess };
      });
    access('Disabled');
    try {
      expect(await refused(check('staging'))).toEqual([
        expect.stringMatching(new RegExp(`^The registry ${host()} refuses this runner's network, .* set \`runner\``)),
      ]);
    } finally {
      access('Enabled');
    }
  });

  const busy = { status: 503, headers: { 'Retry-After': '0' }, body: '' };

  test('that is busy for a while is asked again, and written to again', async () => {
    const atDev = on('*', host());
    const reads = sandbox.world.faults.add({ match: atDev, times: 2, answer: busy });
    forge('dev');
    const { log } = succeeded(await check('staging'));
    expect(reads.struck()).toBe(2);
    expect(log).toContain('Trying again in 0.0 s.');

    emptyRegistries();
    const writes = sandbox.world.faults.add({ match: on('PUT', host()), times: 2, answer: busy });
    succeeded(await record('dev'));
    expect(writes.struck()).toBe(2);
    expect(contentsIn('dev')).toHaveLength(1);
  });

  test('that stays busy ends the check: nobody knows what it holds', async () => {
    forge('dev');
    sandbox.world.faults.add({ match: on('GET', host()), answer: busy });
    expect(await refused(check('staging'))).toEqual([
      expect.stringMatching(new RegExp(`^The registry ${host()} kept answering 503 when this job tried to read `)),
    ]);
  });

  test.each<readonly [string, (registry: RegistryView, forged: Forged) => void, RegExp]>([
    [
      'the manifest of the bundle',
      (registry, { bundle }) => registry.replaceManifest(shelf, bundle.digest, '{"schemaVersion":2}'),
      /sent something else than promotion\/contoso@sha256:[0-9a-f]{64}: it hashes to /,
    ],
    [
      'the manifest of the record',
      (registry, { record: { digest } }) => registry.replaceManifest(shelf, digest, '{"schemaVersion":2}'),
      /sent something else than promotion\/contoso@sha256:[0-9a-f]{64}: it hashes to /,
    ],
    [
      'the record itself, as long as the right one',
      (registry, { record: { digest } }) => {
        const blob = layerOf(registry, digest);
        const content = String(registry.readBlob(shelf, blob));
        registry.replaceBlob(shelf, blob, content.replace('"actor":"mona"', '"actor":"evil"'));
      },
      /sent something else than the blob promotion\/contoso@sha256:[0-9a-f]{64}: it hashes to /,
    ],
    [
      'the record itself, and it is longer',
      (registry, { record: { digest } }) => registry.replaceBlob(shelf, layerOf(registry, digest), 'x'.repeat(100_000)),
      /sent more than \d+ bytes when this job tried to read the blob/,
    ],
  ])('that lies about %s is not believed', async (_, lie, message) => {
    lie(registryOf(view('dev')), forge('dev'));
    expect(await refused(check('staging'))).toEqual([expect.stringMatching(message)]);
  });
});
