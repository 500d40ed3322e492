import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '@suite/foundation';
import { sampleReport } from '../../packages/change-report/src/testing/samples.ts';
import { succeeded } from '../support/bundle.ts';
import {
  applied,
  asRead,
  bundleAt,
  bundleOf,
  check,
  closeGate,
  digestOf,
  gate,
  handed,
  type Inputs,
  makeBundle,
  openGate,
  promoted,
  readLedger,
  record,
  refused,
  short,
  writeFileOf,
} from '../support/gate/commands.ts';
import { contentsIn, forge, minute, recordsIn, saidOf, tagsIn } from '../support/gate/records.ts';
import {
  commits,
  emptyRegistries,
  environments,
  registryOf,
  requestsSince,
  runUrl,
  sandbox,
} from '../support/gate/world.ts';

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

beforeAll(openGate);
afterAll(closeGate);

describe('from the bundle to production', () => {
  /** The second try of a run of its own, which people have reviewed. */
  const run = { GITHUB_RUN_ID: '4712', GITHUB_RUN_ATTEMPT: '2' };
  const provenIn = (environment: string, region: string, approvers: readonly string[] = []) => ({
    schema: 'record/v1',
    repository: '701234567',
    platform: 'contoso',
    environment,
    region,
    bundle: promoted.digest,
    commit: commits.promoted,
    verdict: 'verified',
    plans: { 'provision-aks': sampleReport().digest },
    run: { id: '4712', attempt: '2', url: `${runUrl}/4712` },
    actor: 'mona',
    approvers,
    recordedAt: expect.stringMatching(isoTime),
  });

  beforeAll(() => {
    const { repository } = sandbox;
    for (const name of ['staging', 'prod']) repository.defineEnvironment({ name, reviewers: ['mona', 'hubot'] });
    const waiting = (environment: string, runId: string) =>
      repository.enterEnvironment(environment, { sha: commits.promoted, runId, actor: 'mona' });
    waiting('staging', '4712').review({ approved: false, by: 'mona' });
    for (const by of ['hubot', 'hubot']) waiting('staging', '4712').review({ approved: true, by });
    // Neither who approved another environment nor who approved another run.
    waiting('prod', '4712').review({ approved: true, by: 'mona' });
    waiting('staging', '4711').review({ approved: true, by: 'mona' });
  });
  afterAll(emptyRegistries);

  test('the bundle is the same for the same commit, whoever makes it, and asks nobody', async () => {
    const before = sandbox.world.ledger.requests.length;
    const again = await makeBundle(commits.promoted, { environment: { ...run, GITHUB_ACTOR: 'hubot' } });
    expect(again.digest).toBe(promoted.digest);
    expect(await readFile(again.file)).toEqual(await readFile(promoted.file));
    expect(JSON.parse(await readFile(again.file, 'utf8'))).toEqual({
      schema: 'bundle/v1',
      repository: { name: 'contoso/platform', id: '701234567' },
      platform: 'contoso',
      file: 'platform.yaml',
      commit: commits.promoted,
      images: [],
      suite: { repository: 'org/actions', ref: 'v1' },
    });
    expect((await makeBundle(commits.newer)).digest).not.toBe(promoted.digest);
    expect(sandbox.world.ledger.requests).toHaveLength(before);
  });

  test('the bundle names the images of the platform file, each once', async () => {
    const image = (name: string, sign: string) => `ghcr.io/contoso/${name}@sha256:${sign.repeat(64)}`;
    await sandbox.edit('platform.yaml', text =>
      `${text}images:\n  web: { source: ${image('web', 'a')} }\n  api: { source: ${image('api', 'b')} }\n`.replace(
        '  dev:\n',
        `  dev:\n    images: { web: { source: ${image('web', 'c')} } }\n`,
      ),
    );
    const { file } = await makeBundle(commits.promoted);
    await sandbox.restore();
    expect(JSON.parse(await readFile(file, 'utf8')).images).toEqual([
      image('api', 'b'),
      image('web', 'a'),
      image('web', 'c'),
    ]);
  });

  test('the first environment is open, and its record opens the second one', async () => {
    const first = succeeded(await check('dev'));
    expect(first.summary).toContain('### The gate of dev is open');
    expect(first.outputs).toEqual({});
    const recorded = succeeded(await record('dev', {}, { environment: run }));
    const [own] = recordsIn('dev');
    expect(recordsIn('dev')).toEqual([{ digest: recorded.outputs['record'], content: provenIn('dev', 'westeurope') }]);
    expect(tagsIn('dev')).toEqual([['running-dev-westeurope', promoted.digest.replace(':', '-')]]);
    expect(recorded.summary).toContain('| Approved by | nobody |');
    const next = succeeded(await check('staging'));
    expect(asRead(next.summary)).toContain(`Verified in dev · westeurope | ${minute(own)} UTC`);
    expect(next.summary).toContain(promoted.digest);
  });

  test('the record of the second one names who approved, and holds that of the first one', async () => {
    const recorded = succeeded(await record('staging', { region: 'westeurope' }, { environment: run }));
    expect(recorded.summary).toContain('| Approved by | `hubot` |');
    expect(contentsIn('staging')).toEqual([
      provenIn('dev', 'westeurope'),
      provenIn('staging', 'westeurope', ['hubot']),
    ]);
    expect(recordsIn('staging').map(({ digest }) => digest)).toEqual([
      recordsIn('dev')[0]?.digest,
      recorded.outputs['record'],
    ]);
    expect(contentsIn('staging', 'northeurope')).toEqual([]);
  });

  test('its second region begins once this very run has recorded the first one', async () => {
    const begin = (environment: Inputs, region = 'northeurope') =>
      check('staging', { region, identity: 'apply' }, { environment, job: { environment: 'staging' } });
    expect(await refused(begin({ GITHUB_RUN_ID: '4711' }))).toEqual([
      expect.stringMatching(
        /^`staging` goes one region after another, and it is the turn of westeurope: this run has no record of the bundle in westeurope yet\. /,
      ),
    ]);
    succeeded(await begin({ GITHUB_RUN_ID: '4711' }, 'westeurope'));
    const { summary } = succeeded(await begin(run));
    expect(asRead(summary)).toContain(
      `Goes after staging · westeurope | verified ${minute(recordsIn('staging').at(-1))} UTC`,
    );
  });

  test('the third one opens when every region of the second one is there', async () => {
    expect(await refused(check('prod'))).toEqual([
      `This bundle (${short(promoted.digest)}) is not verified in \`staging\`: northeurope has no record of it. Let the stage of staging finish in all its regions; “Re-run failed jobs” continues where it stopped.`,
    ]);
    succeeded(await record('staging', { region: 'northeurope' }, { environment: run }));
    const open = succeeded(await check('prod'));
    for (const region of ['westeurope', 'northeurope']) {
      expect(asRead(open.summary)).toContain(
        `Verified in staging · ${region} | ${minute(recordsIn('staging', region).at(-1))} UTC`,
      );
    }
    succeeded(await record('prod', {}, { environment: run }));
    expect(contentsIn('prod')).toHaveLength(4);
    expect(contentsIn('prod')).toEqual(
      expect.arrayContaining([
        provenIn('dev', 'westeurope'),
        provenIn('staging', 'westeurope', ['hubot']),
        provenIn('staging', 'northeurope', ['hubot']),
        provenIn('prod', 'westeurope', ['mona']),
      ]),
    );
  });

  test('the same bundle may come again, and its record with it', async () => {
    const before = sandbox.world.ledger.requests.length;
    const open = succeeded(await check('staging'));
    expect(open.summary).toContain(`| Runs in staging · northeurope | \`${commits.promoted.slice(0, 7)}\` |`);
    expect(requestsSince(before, 'api.github.com').map(({ path }) => path)).toEqual([
      expect.stringContaining('/contents/platform.yaml'),
    ]);
    succeeded(await record('staging', { region: 'westeurope' }, { environment: { ...run, GITHUB_RUN_ATTEMPT: '3' } }));
    expect(recordsIn('staging')).toHaveLength(3);
    succeeded(await check('prod', { identity: 'apply' }, { job: { environment: 'prod' } }));
  });

  test('a test of GPUs may stand beside the applies, and the record tells what it found', async () => {
    const run = { GITHUB_RUN_ID: '4712', GITHUB_RUN_ATTEMPT: '4' };
    const apply = applied('staging', 'westeurope', '4712');
    const { digest: _, ...tested } = { ...apply, action: 'gpu-smoke-test', command: 'verify', verdict: 'mismatch' };
    const files = await Promise.all([apply, tested].map(report => writeFileOf(JSON.stringify(report))));
    const { summary } = succeeded(
      await record('staging', { region: 'westeurope', reports: files.join('\n') }, { environment: run }),
    );
    expect(summary).toContain('| gpu-smoke-test | `mismatch` |');
    expect(recordsIn('staging').at(-1)?.content).toMatchObject({
      plans: { 'provision-aks': apply.digest },
      tests: { 'gpu-smoke-test': 'mismatch' },
    });
  });

  test('only apply identities have written, each into its own registry', () => {
    const writes = sandbox.world.ledger.writes().filter(({ host }) => host.endsWith('.azurecr.io'));
    expect(new Set(writes.map(({ host, identity }) => `${host} ${identity}`))).toEqual(
      new Set(environments().map(view => `${registryOf(view).loginServer} ${view.identities.apply}`)),
    );
  });
});

describe('the shared scope', () => {
  const shared = () => {
    const found = sandbox.views.find(({ kind }) => kind === 'shared');
    if (found === undefined) throw new Error('The example has no shared scope.');
    return found;
  };
  const blob = () => `${shared().state.key}.record`;
  const kept = () => {
    const { account, container } = shared().state;
    return sandbox.world.azure.readBlob(account, container, blob())?.content.toString();
  };
  const keep = (text: string) => {
    const { account, container } = shared().state;
    sandbox.world.azure.writeBlob(account, container, blob(), text);
  };

  afterAll(() => keep(canonicalJson(saidOf('shared', promoted.digest))));

  test('is open at first, and keeps its record beside its state', async () => {
    succeeded(await check('shared'));
    const from = sandbox.world.ledger.requests.length;
    const { outputs } = succeeded(await record('shared'));
    expect(outputs['record']).toBe(digestOf(kept() ?? ''));
    const run = { id: '4711', attempt: '1', url: `${runUrl}/4711` };
    const recordedAt = expect.stringMatching(isoTime);
    expect(JSON.parse(kept() ?? '')).toEqual({
      ...saidOf('shared', promoted.digest),
      plans: { 'provision-aks': sampleReport().digest },
      run,
      recordedAt,
    });
    expect(requestsSince(from, '.azurecr.io')).toEqual([]);
    const { summary } = succeeded(await check('shared'));
    expect(summary).toContain(`| Runs in shared · westeurope | \`${commits.promoted.slice(0, 7)}\` |`);
  });

  test('refuses what is older than that, and believes no record of another place', async () => {
    const newer = saidOf('shared', bundleOf(commits.newer).digest, commits.newer);
    keep(canonicalJson(newer));
    expect(await refused(check('shared'))).toEqual([
      expect.stringMatching(/ is older than [0-9a-f]{7}, which runs in shared · westeurope since /),
    ]);
    for (const text of [canonicalJson({ ...newer, repository: '1' }), canonicalJson({ ...newer, region: 'x' })]) {
      keep(text);
      expect(succeeded(await check('shared')).summary).not.toContain('Runs in');
    }
  });

  test('takes what it cannot read for nothing that it knows, and lets nothing in', async () => {
    keep('{');
    expect(await refused(check('shared'))).toEqual([expect.stringContaining('What runs there cannot be read')]);
  });

  test('is written by its apply identity alone', async () => {
    keep('unchanged');
    expect(await refused(record('shared', {}, { job: {} }))).toEqual([
      expect.stringContaining(shared().identities.apply),
    ]);
    expect(kept()).toBe('unchanged');
  });
});

describe('the ledger', () => {
  beforeEach(emptyRegistries);

  test('tells of every place what its own registry proves, newest first, and changes nothing', async () => {
    const charts = [{ from: 'oci://ghcr.io/a/app', version: '1.0.0', digest: `sha256:${'a'.repeat(64)}` }];
    const charted = await makeBundle(commits.promoted, { inputs: { charts: JSON.stringify(charts) } });
    succeeded(await record('dev', handed(charted)));
    succeeded(await record('staging', { region: 'westeurope' }));
    const writes = sandbox.world.ledger.writes().length;
    const { entries, bundles, empty, unreadable, summary } = await readLedger();
    expect(unreadable).toEqual({});
    expect(
      entries.map(({ environment, region }: { environment: string; region: string }) => [environment, region]),
    ).toEqual([
      ['staging', 'westeurope'],
      ['dev', 'westeurope'],
      ['shared', 'westeurope'],
    ]);
    expect(empty).toEqual([]);
    expect(summary).toContain('What was promoted of contoso');
    expect(summary).toContain(promoted.digest.slice(7, 19));
    // One of an earlier release of the suite has no charts, and is promoted all the same.
    expect(bundles).toEqual({
      [charted.digest]: { ...bundleAt(commits.promoted), charts },
      [promoted.digest]: bundleAt(commits.promoted),
    });
    expect(summary).toContain(`| \`${short(charted.digest)}\` | verified | 1 chart |`);
    expect(summary).toContain(`| \`${short(promoted.digest)}\` | verified |  |`);
    expect(sandbox.world.ledger.writes()).toHaveLength(writes);
  });

  test('says that there is what it cannot read, which proves nothing', async () => {
    forge('dev');
    forge('dev', { record: { recordedAt: 'yesterday', tests: {} } });
    const { entries, unreadable, summary, log } = await readLedger();
    expect(entries.filter(({ environment }: { environment: string }) => environment === 'dev')).toHaveLength(1);
    expect(unreadable).toEqual({ 'dev · westeurope': 1 });
    expect(log.join('\n')).toContain('warning: dev · westeurope holds 1 record that cannot be read');
    expect(summary).toContain('dev · westeurope holds 1 record that cannot be read');
  });

  test('tells verdicts and approvals, with the run', async () => {
    forge('dev', { record: { tests: { 'gpu-smoke-test': 'mismatch' }, approvers: ['hubot'] } });
    forge('staging');
    const { summary } = await readLedger();
    expect(summary).toContain('| verified, gpu-smoke-test mismatch |');
    expect(summary).toMatch(/\| `hubot` \|.*\| \[run 4700 attempt 1\]\(/);
    expect(summary).toContain('| verified |  |  | `mona` | nobody |');
  });

  test('of one environment, and of one that there is not', async () => {
    succeeded(await record('dev'));
    expect((await readLedger({ scope: 'staging' })).entries).toEqual([]);
    const result = await gate({ command: 'ledger', scope: 'qa' });
    expect(await refused(result)).toEqual([expect.stringContaining('is `qa`, which the platform file does not know.')]);
  });
});

describe('wrong inputs', () => {
  const unasked = async (inputs: Readonly<Record<string, string>>): Promise<string[]> => {
    const before = sandbox.world.ledger.requests.length;
    const found = await refused(gate(inputs));
    expect(sandbox.world.ledger.requests).toHaveLength(before);
    return found;
  };

  test.each<readonly [string, () => Readonly<Record<string, string>>, readonly string[]]>([
    [
      'an unknown scope',
      () => ({ command: 'check', scope: 'qa', ...handed(promoted) }),
      ['input scope: is `qa`, which the platform file does not know. It has shared, dev, staging, prod.'],
    ],
    [
      'an unknown scope to record',
      () => ({ command: 'record', scope: 'qa', reports: 'report.json', ...handed(promoted) }),
      ['input scope: is `qa`, which the platform file does not know. It has shared, dev, staging, prod.'],
    ],
    [
      'neither scope nor digest',
      () => ({ command: 'check' }),
      [
        'input scope: is required but was not given. Add `scope:` under `with:`.',
        'input bundle-digest: is required but was not given. Give the `digest` output of the `bundle` command.',
      ],
    ],
    [
      'a bundle that goes further, from nowhere',
      () => ({ command: 'find', to: commits.promoted }),
      [
        'input scope: is required but was not given. Name the environment that has verified it: `from` of `promote.yml`.',
      ],
    ],
    [
      'no report',
      () => ({ command: 'record', scope: 'dev', ...handed(promoted) }),
      ['input reports: is required but was not given. Give the `report` outputs of the applies, one on each line.'],
    ],
    [
      'a digest that is none, and more',
      () => ({
        command: 'check',
        scope: 'Dev',
        region: 'West Europe',
        identity: 'mine',
        'bundle-digest': `SHA256:${'A'.repeat(64)}`,
      }),
      [
        'input scope: is "Dev". Use `shared` or the name of an environment in the platform file.',
        'input region: is "West Europe". Use an Azure location such as `westeurope`.',
        `input bundle-digest: is "SHA256:${'A'.repeat(64)}". Use the \`digest\` output of the \`bundle\` command.`,
        'input identity: is "mine". Use `plan` or `apply`.',
      ],
    ],
    [
      'an unknown command',
      () => ({ command: 'checks' }),
      [
        'input command: is "checks". Use `bundle`, `check`, `record`, `ledger`, `retire`, `choose`, `find`, `limits`, `pause` or `halt`. Did you mean `check`?',
      ],
    ],
  ])('%s', async (_, inputs, messages) => {
    expect(await unasked(inputs())).toEqual(messages);
  });
});
