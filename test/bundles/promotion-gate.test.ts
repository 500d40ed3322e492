import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { canonicalJson } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import {
  type Changes,
  type Descriptor,
  json,
  on,
  type Permissions,
  type RecordedRunState,
  type RegistryView,
  type RunningStep,
  type StepResult,
} from '@suite/sandbox';
import { sampleReport } from '../../packages/change-report/src/testing/samples.ts';
import { type BundleWorld, errors, openBundleWorld, succeeded } from '../support/bundle.ts';
import { toHtml } from '../support/html.ts';
import { loseMachine } from '../support/lost-machine.ts';

/** The example, with a second region of staging. */
const twoRegions: Changes = {
  'platform.yaml': text =>
    text.replace(
      /( {2}staging:\n {4}subscription: \S+\n) {4}location: westeurope\n/,
      '$1    rollout: { regions: in-order }\n    regions: { westeurope: , northeurope: }\n',
    ),
  'platform.lock.yaml': text =>
    text.replace(
      '  staging:\n',
      `  staging:
    northeurope:
      identities: { plan: a0000000-0000-4000-8000-000000000009, apply: a0000000-0000-4000-8000-00000000000a }
      state: { account: stcontosostagingne11, container: tfstate }
`,
    ),
};
const shelf = 'promotion/contoso';
const bundleType = 'application/vnd.aks-platform.bundle.v1+json';
const recordType = 'application/vnd.aks-platform.record.v1+json';
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const runUrl = 'https://github.com/contoso/platform/actions/runs';

let sandbox: BundleWorld;
/** Commits of main, one after the other; `side` begins at the first one and is not part of the others. */
let commits: { readonly first: string; readonly promoted: string; readonly newer: string; readonly side: string };
/** The bundle of `promoted`. */
let promoted: MadeBundle;

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, twoRegions);
  const { repository } = sandbox;
  const commit = (branch: string, text: string) =>
    repository.commit({ branch, message: text, files: { 'notes.md': `${text}\n` } });
  const first = await repository.resolve('refs/heads/main');
  const side = await commit('side', 'side');
  commits = { first, side, promoted: await commit('main', 'promoted'), newer: await commit('main', 'newer') };
  for (const id of ['4711', '4712']) recordRun(id);
  for (const view of environments()) addRegistry(view);
  promoted = await makeBundle(commits.promoted);
});
afterAll(() => sandbox.close());

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

describe('not verified upstream', () => {
  beforeEach(emptyRegistries);

  const missing = (environment: string, ...regions: readonly string[]) =>
    expect.stringContaining(
      `is not verified in \`${environment}\`: ${regions.join(' and ')} ${regions.length === 1 ? 'has' : 'have'} no record of it.`,
    );

  test('nothing is there', async () => {
    const result = await check('staging');
    const message = `This bundle (${short(promoted.digest)}) is not verified in \`dev\`: westeurope has no record of it. Let the stage of dev finish in all its regions; “Re-run failed jobs” continues where it stopped.`;
    expect(await refused(result)).toEqual([message]);
    expect(result.summary).toContain('### 1 problem');
    expect(result.summary).not.toContain('open');
    expect(await refused(check('prod'))).toEqual([missing('staging', 'westeurope', 'northeurope')]);
  });

  test('a record that is right in all opens the gate: what follows differs from it in one thing', async () => {
    forge('dev');
    succeeded(await check('staging'));
  });

  test('another bundle is verified', async () => {
    forge('dev', { bundle: await makeBundle(commits.newer) });
    expect(await refused(check('staging'))).toEqual([missing('dev', 'westeurope')]);
  });

  test.each<readonly [string, () => void]>([
    ['of another repository', () => forge('dev', { record: { repository: '1' } })],
    ['of another platform', () => forge('dev', { record: { platform: 'fabrikam' } })],
    ['of another environment', () => forge('dev', { record: { environment: 'prod' } })],
    ['of another region', () => forge('dev', { record: { region: 'northeurope' } })],
    ['with another verdict', () => forge('dev', { record: { verdict: 'failed' } })],
    ['of a later version', () => forge('dev', { record: { schema: 'record/v2' } })],
    ['about another bundle, hung on this one', () => forge('dev', { record: { bundle: `sha256:${'b'.repeat(64)}` } })],
    ['in the registry of the environment itself', () => forge('staging', { record: { environment: 'dev' } })],
    ['in the registry of a later environment', () => forge('prod', { record: { environment: 'dev' } })],
    ['that is no JSON', () => forge('dev', { text: 'verified' })],
    ['that is empty', () => forge('dev', { text: '' })],
    ['of another type', () => forge('dev', { type: 'application/vnd.example.signature.v1+json' })],
    ['on a bundle of another type', () => forge('dev', { bundleType: 'application/vnd.example.bundle.v1+json' })],
    ['on a manifest that has no bundle', () => forge('dev', { bundleContent: null })],
    ['in the repository of another platform', () => forge('dev', { repository: 'promotion/fabrikam' })],
  ])('a record %s counts for nothing', async (_, write) => {
    write();
    expect(await refused(check('staging'))).toEqual([missing('dev', 'westeurope')]);
  });

  test('a tag that was moved to a verified bundle does not verify this one', async () => {
    const other = await makeBundle(commits.first);
    forge('dev', { bundle: other, tag: promoted.digest.replace(':', '-') });
    expect(await refused(check('staging'))).toEqual([missing('dev', 'westeurope')]);
  });

  test('forged ones beside a right one do no harm', async () => {
    forge('dev', { text: '{' });
    forge('dev', { record: { repository: '1' } });
    const { manifests } = registryOf(view('dev'));
    forge('dev');
    expect(manifests(shelf)).toHaveLength(4);
    succeeded(await check('staging'));
  });

  test('an environment that was never applied has no registry, so nothing is verified there', async () => {
    const id = registryId(view('dev'));
    sandbox.world.azure.remove(id);
    try {
      expect(await refused(check('staging'))).toEqual([missing('dev', 'westeurope')]);
      expect(await refused(record('dev'))).toEqual([
        'The registry of dev in westeurope does not exist, though it was applied. Apply again; if `existing: registry:` names one, check its id.',
      ]);
    } finally {
      addRegistry(view('dev'));
    }
  });
});

describe('what runs there', () => {
  beforeEach(emptyRegistries);
  afterEach(() => sandbox.world.faults.clear());

  const since = '2026-11-25T23:59:30.000Z';
  const runs = (commit: string, region = 'westeurope', scope = 'dev') =>
    forge(
      scope,
      { bundle: bundleOf(commit), tag: `running-${scope}-${region}`, record: { commit, recordedAt: since } },
      region,
    );

  test('is newer', async () => {
    runs(commits.newer);
    expect(await refused(check('dev'))).toEqual([
      `${commits.promoted.slice(0, 7)} is older than ${commits.newer.slice(0, 7)}, which runs in dev · westeurope since 2026-11-25 23:59 UTC (${runUrl}/4700). Promote a newer commit. An environment goes back by \`rollback.yml\`, what is shared by a revert on main.`,
    ]);
  });

  test('is on another line', async () => {
    runs(commits.side);
    expect(await refused(check('dev'))).toEqual([
      `${commits.promoted.slice(0, 7)} is on another line of history than ${commits.side.slice(0, 7)}, which runs in dev · westeurope since 2026-11-25 23:59 UTC. Promote a commit that contains it.`,
    ]);
  });

  test('is a commit that GitHub does not know any more', async () => {
    runs('e'.repeat(40));
    expect(await refused(check('dev'))).toEqual([
      `Whether ${commits.promoted.slice(0, 7)} is newer than eeeeeee, which runs in dev · westeurope since 2026-11-25 23:59 UTC cannot be found out: GitHub does not know that commit any more. Restore the branch that held it, or delete its record there if its history is gone on purpose.`,
    ]);
  });

  test.each(['first', 'promoted'] as const)('is older, or the same: %s', async name => {
    runs(commits[name]);
    const { summary } = succeeded(await check('dev'));
    expect(summary).toContain(`| Runs in dev · westeurope | \`${commits[name].slice(0, 7)}\` |`);
  });

  test('is newer in one of two regions', async () => {
    forge('dev');
    runs(commits.first, 'westeurope', 'staging');
    runs(commits.newer, 'northeurope', 'staging');
    expect(await refused(check('staging'))).toEqual([
      expect.stringMatching(/ is older than [0-9a-f]{7}, which runs in staging · northeurope since /),
    ]);
  });

  test('is said by a record of another place, which counts for nothing', async () => {
    const bundle = bundleOf(commits.newer);
    forge('dev', { bundle, tag: 'running-dev-westeurope', record: { commit: commits.newer, environment: 'staging' } });
    expect(succeeded(await check('dev')).summary).not.toContain('Runs in');
  });

  test('cannot be compared: the token may read nothing, or GitHub refuses', async () => {
    runs(commits.newer);
    expect(await refused(check('dev', {}, { permissions: { actions: 'read' } }))).toEqual([
      expect.stringMatching(
        /^The token may not read platform\.yaml of contoso\/platform: .* Add `contents: read` to the `permissions:`/,
      ),
    ]);
    const answer = json(400, { message: 'Not today' });
    sandbox.world.faults.add({ match: on('GET', 'api.github.com', /\/compare\//), answer });
    expect(await refused(check('dev'))).toEqual([
      expect.stringMatching(/^GitHub refused to compare two commits: Not today/),
    ]);
  });
});

describe('the plan that was reviewed', () => {
  let merged: MadeBundle & { readonly sha: string; readonly pull: string };
  const permissions: Permissions = { contents: 'read', actions: 'read', 'pull-requests': 'read' };
  const checkMerged = (inputs: Inputs, options: Options = {}) =>
    check(
      'dev',
      { ...handed(merged), ...inputs },
      { permissions, environment: { GITHUB_SHA: merged.sha }, ...options },
    );

  beforeAll(async () => {
    const { repository } = sandbox;
    await repository.commit({ branch: 'feature', message: 'feature', files: { 'feature.md': 'feature\n' } });
    const { number, head } = await repository.openPull({ title: 'feature', branch: 'feature', author: 'mona' });
    await repository.closePull(number, { merge: true, by: 'mona' });
    const sha = await repository.resolve('refs/heads/main');
    const artifacts = ['report-contoso-dev-westeurope'].map(name => ({ id: '1', name, createdAt: 0 }));
    recordRun('4600', { event: 'pull_request', headSha: head.sha, headBranch: 'feature', artifacts });
    merged = { ...(await makeBundle(sha)), sha, pull: String(number) };
  });
  beforeEach(emptyRegistries);

  test('is found by the pull request that brought the commit', async () => {
    const { outputs } = succeeded(await checkMerged({ region: 'westeurope' }));
    expect(outputs).toEqual({ 'reviewed-run': '4600', 'reviewed-pull': merged.pull });
  });

  test('is not there: no plan of this region, or no pull request', async () => {
    expect(succeeded(await checkMerged({ region: 'northeurope' })).outputs).toEqual({});
    expect(succeeded(await check('dev', { region: 'westeurope' }, { permissions })).outputs).toEqual({});
  });

  test('is not asked for when the stage has been approved', async () => {
    const job = { environment: 'dev' };
    const asked = checkMerged({ region: 'westeurope', identity: 'apply' }, { permissions: { contents: 'read' }, job });
    expect(succeeded(await asked).outputs).toEqual({});
  });

  test('may not be looked for', async () => {
    const asked = checkMerged({ region: 'westeurope' }, { permissions: { contents: 'read', actions: 'read' } });
    expect(await refused(asked)).toEqual([
      expect.stringMatching(
        /^The token may not find the pull request of [0-9a-f]{7}: .* Add `pull-requests: read` to /,
      ),
    ]);
  });
});

describe('an environment on hold', () => {
  beforeEach(emptyRegistries);
  afterEach(() => sandbox.restore());

  const hold = (text: string) =>
    sandbox.edit('platform.yaml', before =>
      before.replace('  staging:\n', `  staging:\n    gate: { hold: ${JSON.stringify(text)} }\n`),
    );

  test('lets nothing in, with the reason', async () => {
    await hold('migration until Monday');
    forge('dev');
    const result = await check('staging');
    expect(await refused(result)).toEqual([
      '`staging` is on hold: migration until Monday. Take `gate: hold:` of staging out of the platform file when it may be promoted to again.',
    ]);
    succeeded(await check('dev'));
  });

  test('lets nothing in that was under way when somebody closed it on main', async () => {
    forge('dev');
    const text = await readFile(join(sandbox.checkout, 'platform.yaml'), 'utf8');
    const merge = (message: string, content: string) =>
      sandbox.repository.commit({ branch: 'main', message, files: { 'platform.yaml': content } });
    await merge('hold', text.replace('  staging:\n', '  staging:\n    gate: { hold: the auditors are here }\n'));
    expect(await refused(check('staging'))).toEqual([
      expect.stringContaining('`staging` is on hold: the auditors are here.'),
    ]);
    await merge('open again', text);
    succeeded(await check('staging'));
  });

  test('every condition that is not met is told at once', async () => {
    await hold('migration until Monday.');
    const result = await check('staging');
    expect(await refused(result)).toEqual([
      expect.stringContaining('`staging` is on hold: migration until Monday. Take'),
      expect.stringContaining('is not verified in `dev`: westeurope has no record of it.'),
    ]);
    expect(result.summary).toContain('### 2 problems');
  });

  test('whatever its reason is made of, it is text', async () => {
    await hold(
      '</details><img src=x onerror=alert(1)> @org/everyone #1 https://evil.example ` ``` | ::add-mask::a ##[add-mask]b \u202egnp.exe\r::error::forged',
    );
    const result = await check('staging');
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toHaveLength(2);
    expect(errors(result)[0]).toContain('evil.example');
    const html = toHtml(result.summary);
    expect(html).toContain('evil.');
    expect(html).not.toMatch(/<img|<a |<h1|<pre|<\/?details|href=/);
    // GitHub finds mentions and references in the finished text.
    expect(html).not.toMatch(/@org|#1/);
    expect(result.summary).not.toContain('\u202e');
    for (const line of result.log.flatMap(text => text.split('\n'))) {
      expect(line).not.toMatch(/^\s*::|##\[|\u202e|\r/);
    }
  });
});

describe('what the platform file asks of a bundle', () => {
  beforeEach(() => {
    emptyRegistries();
    forge('dev');
  });
  afterEach(() => sandbox.restore());

  const asks = (settings: string) =>
    sandbox.edit('platform.yaml', before => before.replace('  staging:\n', `  staging:\n    gate: ${settings}\n`));
  const always = 'freeze: [{ from: 2020-01-01, to: 2090-01-01, zone: Europe/Berlin, reason: "audit" }]';
  /** A clock of a runner is right to the minute. */
  const inTwoDays = () => new Date(Date.now() + 48 * 3_600_000).toISOString().replace(/\.\d+/, '');

  test('time to prove itself', async () => {
    emptyRegistries();
    forge('dev', { record: { recordedAt: new Date(Date.now() - 3_600_000).toISOString() } });
    await asks('{ soak: 30m }');
    succeeded(await check('staging'));
    await sandbox.restore();
    await asks('{ soak: 24h }');
    const [message] = await refused(await check('staging'));
    expect(message).toMatch(
      /^This bundle has to have been verified in `dev` for 24 h: it was 1 h[^.]* ago\. It may enter from /,
    );
  });

  test('time by the one clock that all runners share, whatever their own ones say', async () => {
    const hour = 3_600_000;
    const { settings } = sandbox.world;
    try {
      emptyRegistries();
      // To GitHub, this machine's clock is two hours ahead.
      settings.githubAheadMs = -2 * hour;
      const { log } = succeeded(await record('dev'));
      expect(log.join('\n')).toContain(
        "warning: The clock of this runner is 2 h ahead of GitHub's, by which the gate goes.",
      );
      const [own] = recordsIn('dev');
      expect(Date.now() - Date.parse(String(own?.content['recordedAt']))).toBeGreaterThan(1.9 * hour);
      await asks('{ soak: 1h }');
      expect(await refused(await check('staging'))).toEqual([
        expect.stringMatching(/ has to have been verified in `dev` for 1 h: it was [\d.]+ s ago\. /),
      ]);
      settings.githubAheadMs = 0;
      succeeded(await check('staging'));
    } finally {
      settings.githubAheadMs = 0;
    }
  });

  test('a wait that is long enough lets it in', async () => {
    emptyRegistries();
    forge('dev', { record: { recordedAt: new Date(Date.now() - 50_000).toISOString() } });
    await asks('{ soak: 1m }');
    const result = succeeded(await check('staging', { wait: '1' }));
    expect(result.log.join('\n')).toMatch(/staging opens at .* UTC, in [\d.]+ s/);
  });

  test('no freeze', async () => {
    await asks(`{ ${always} }`);
    expect(await refused(await check('staging'))).toEqual([
      expect.stringContaining(
        '`staging` is frozen from 2020-01-01 to 2090-01-01 (Europe/Berlin): audit. It does not open within a year',
      ),
    ]);
  });

  test('its checks, as check runs or commit statuses', async () => {
    await asks('{ checks: [e2e, lint] }');
    const permissions: Permissions = { contents: 'read', actions: 'read', checks: 'read', statuses: 'read' };
    const missing = await refused(await check('staging', {}, { permissions }));
    expect(missing).toEqual([expect.stringContaining('called “e2e”'), expect.stringContaining('called “lint”')]);
    sandbox.repository.setStatus(commits.promoted, 'e2e', 'success');
    sandbox.repository.setStatus(commits.promoted, 'lint', 'failure');
    expect(await refused(await check('staging', {}, { permissions }))).toEqual([
      expect.stringContaining('The check “lint” of'),
    ]);
    sandbox.repository.setStatus(commits.promoted, 'lint', 'success');
    succeeded(await check('staging', {}, { permissions }));
  });

  test('an emergency lifts that, loudly, and the record tells it', async () => {
    await asks(`{ ${always}, break-glass: { reason: log4shell, until: ${inTwoDays()} } }`);
    const opened = succeeded(await check('staging'));
    expect(opened.summary).toContain('Emergency: log4shell');
    expect(opened.log.join('\n')).toMatch(/warning: Emergency in staging \(log4shell\)/);
    const exception = opened.outputs['exception'] ?? '';
    expect(JSON.parse(exception)).toMatchObject({
      reason: 'log4shell',
      lifted: [expect.stringContaining('is frozen')],
    });
    succeeded(await record('staging', { region: 'westeurope', exception }));
    expect(contentsIn('staging').at(-1)).toMatchObject({ exception: { reason: 'log4shell' } });
    const ledger = await readLedger();
    expect(ledger.entries[0]).toMatchObject({ environment: 'staging', exception: { reason: 'log4shell' } });
  });

  test('an emergency that is over lifts nothing', async () => {
    await asks(`{ ${always}, break-glass: { reason: log4shell, until: 2026-01-01T00:00Z } }`);
    const result = await check('staging');
    expect(await refused(result)).toHaveLength(1);
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
    expect(summary).toContain('| verified |  | `mona` | nobody |');
  });

  test('of one environment, and of one that there is not', async () => {
    succeeded(await record('dev'));
    expect((await readLedger({ scope: 'staging' })).entries).toEqual([]);
    const result = await gate({ command: 'ledger', scope: 'qa' });
    expect(await refused(result)).toEqual([expect.stringContaining('is `qa`, which the platform file does not know.')]);
  });
});

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
    const odd = [
      await writeBundle(JSON.stringify(bundleAt(commits.promoted), null, 1)),
      await withContent(bundle => ({ ...bundle, more: 1 })),
      await writeBundle('not JSON'),
    ];
    for (const bundle of odd) {
      expect(await refusedUnasked('check', bundle)).toEqual([
        'This is no bundle of version 1. Let the same release of the suite make it (`command: bundle`) that reads it.',
      ]);
    }
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

describe('the way back', () => {
  const reason = 'Orders fail since the release';
  const [old, bad] = [() => bundleOf(commits.promoted), () => bundleOf(commits.newer)];
  const at = (hour: number) => `2026-11-26T0${hour}:00:00.000Z`;
  const choose = (inputs: Inputs = {}, scope = 'dev') =>
    gate({ command: 'choose', scope, reason, bundle: join(sandbox.folder, 'chosen.json'), ...inputs });
  const verified = (bundle: Pick<MadeBundle, 'digest'>, commit: string, hour: number, more: object = {}) =>
    forge('dev', { bundle, record: { commit, recordedAt: at(hour), ...more } });
  const runs = (bundle: Pick<MadeBundle, 'digest'>, commit: string, hour: number) =>
    forge('dev', { bundle, tag: 'running-dev-westeurope', record: { commit, recordedAt: at(hour) } });
  const way = (more: object = {}) =>
    JSON.stringify({
      environment: 'dev',
      reason,
      from: [{ region: 'westeurope', bundle: bad().digest, commit: commits.newer }],
      notAsked: [],
      ...more,
    });
  /** `dev` verified `promoted`, then `newer`, which runs. */
  const history = () => {
    verified(old(), commits.promoted, 1);
    verified(bad(), commits.newer, 2);
    runs(bad(), commits.newer, 2);
  };

  beforeAll(() => sandbox.repository.checkout(commits.promoted, sandbox.checkout));
  beforeEach(emptyRegistries);
  afterEach(() => sandbox.restore());

  test('is the bundle that was verified there before, as its registry has it', async () => {
    history();
    const writes = sandbox.world.ledger.writes().length;
    const { outputs, summary } = succeeded(await choose());
    expect(outputs).toEqual({
      bundle: join(sandbox.folder, 'chosen.json'),
      digest: promoted.digest,
      commit: commits.promoted,
      rollback: expect.any(String),
    });
    expect(JSON.parse(outputs['rollback'] ?? '')).toEqual(JSON.parse(way()));
    expect(await readFile(join(sandbox.folder, 'chosen.json'))).toEqual(await readFile(promoted.file));
    expect(summary).toContain(`### dev goes back to \`${commits.promoted.slice(0, 7)}\``);
    expect(asRead(summary)).toContain(reason);
    expect(sandbox.world.ledger.writes()).toHaveLength(writes);
  });

  test('or one that is named: by its commit, the beginning of it, or its digest', async () => {
    history();
    for (const to of [commits.promoted, commits.promoted.slice(0, 7), promoted.digest]) {
      expect(succeeded(await choose({ to })).outputs).toMatchObject({ commit: commits.promoted });
    }
  });

  test('an old commit enters where it was, and its record says from where, by whom and why', async () => {
    history();
    const environment = { GITHUB_SHA: commits.newer };
    const inputs = { commit: commits.promoted, rollback: way() };
    expect(await refused(check('dev', { ...inputs, rollback: '' }, { environment }))).toEqual([
      expect.stringContaining(' is older than '),
    ]);
    const entered = succeeded(await check('dev', inputs, { environment }));
    expect(entered.summary).toContain(`### dev may go back to \`${commits.promoted.slice(0, 7)}\``);
    const recorded = succeeded(await record('dev', inputs, { environment }));
    expect(asRead(recorded.summary)).toContain(`| Rolled back from | \`${commits.newer}\` |`);
    const from = { bundle: bad().digest, commit: commits.newer };
    expect(contentsIn('dev').filter(({ rollback }) => rollback !== undefined)).toEqual([
      // As its proof, and as a note at the bundle that it left.
      ...[0, 1].map(() =>
        expect.objectContaining({ commit: commits.promoted, actor: 'mona', rollback: { from, reason, notAsked: [] } }),
      ),
    ]);
    expect(succeeded(await check('dev')).summary).toContain(
      `| Runs in dev · westeurope | \`${commits.promoted.slice(0, 7)}\` |`,
    );
    const { entries, summary } = await readLedger({ scope: 'dev' });
    expect(entries.filter(({ rollback }: { rollback?: object }) => rollback !== undefined)).toHaveLength(1);
    expect(asRead(summary)).toContain(`\`${commits.newer.slice(0, 7)}\`: ${reason}`);

    // What was left goes no further, and a later commit comes as always.
    const left = await writeBundle(bad().text);
    const passed = check('staging', handed(left), { environment });
    expect(await refused(passed)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^dev · westeurope went back from this bundle \\(${short(bad().digest)}\\) on .* UTC: ${reason}\\. `,
        ),
      ),
    ]);
    succeeded(await check('dev', handed(left), { environment }));
    expect(await refused(choose())).toEqual([
      expect.stringContaining(
        `dev has verified nothing before ${commits.promoted.slice(0, 7)} that nobody has gone back from.`,
      ),
    ]);
  });

  test.each<readonly [string, () => void, () => Inputs, () => string]>([
    [
      'nothing runs there',
      () => verified(old(), commits.promoted, 1),
      () => ({}),
      () => 'Nothing is recorded in dev, so there is nothing to go back from. Promote a commit to it.',
    ],
    [
      'it is what runs',
      history,
      () => ({ to: commits.newer }),
      () =>
        `input to: ${commits.newer.slice(0, 7)} is what runs in dev since 2026-11-26 02:00 UTC: there is nothing to go back from.`,
    ],
    [
      'its commit does not exist',
      history,
      () => ({ to: 'e'.repeat(40) }),
      () => `input to: is ${'e'.repeat(40)}, and GitHub knows no such commit in contoso/platform.`,
    ],
    [
      'it was never verified there',
      history,
      () => ({ to: commits.first }),
      () =>
        `input to: is ${commits.first}, which dev has never verified: none of the last 2 bundles there is of that commit.`,
    ],
    [
      'its digest is of nothing',
      history,
      () => ({ to: `sha256:${'e'.repeat(64)}` }),
      () => 'input to: is eeeeeeeeeeee, and no registry of dev has a bundle of that digest.',
    ],
    [
      'its registry has it, without a record',
      () => {
        history();
        forge('dev', { bundle: bundleOf(commits.first), text: '{}' });
      },
      () => ({ to: bundleOf(commits.first).digest }),
      () =>
        `input to: is ${short(bundleOf(commits.first).digest)}, a bundle that dev has never verified: no record of its own hangs on it.`,
    ],
    [
      'it was verified elsewhere',
      () => {
        history();
        forge('dev', { bundle: bundleOf(commits.first), record: { environment: 'staging' } });
      },
      () => ({ to: bundleOf(commits.first).digest }),
      () => `input to: is ${short(bundleOf(commits.first).digest)}, a bundle that dev has never verified`,
    ],
    [
      'its tag was moved to another',
      () => {
        history();
        verified(bad(), commits.newer, 2);
        registryOf(view('dev')).putArtifact(shelf, {
          artifactType: bundleType,
          blobs: [{ mediaType: bundleType, content: bad().text }],
          tag: promoted.digest.replace(':', '-'),
        });
      },
      () => ({ to: promoted.digest }),
      () =>
        `The bundle ${short(promoted.digest)} was altered in the registry of dev · westeurope: what lies under its name is ${bad().digest}. Nothing was done.`,
    ],
    [
      'shared',
      history,
      () => ({ scope: 'shared' }),
      () =>
        'input scope: is `shared`, which every environment uses: it does not go back for one of them. Revert on main, and promote that.',
    ],
    [
      'no commit at all',
      history,
      () => ({ to: 'main' }),
      () => 'input to: is "main". Use a commit, at least its first 7 digits, or the digest of a bundle.',
    ],
    [
      'no reason',
      history,
      () => ({ reason: '' }),
      () => 'input reason: is required but was not given. Say why the environment goes back: its record keeps it.',
    ],
  ])('is not there: %s', async (_, write, inputs, message) => {
    write();
    const writes = sandbox.world.ledger.writes().length;
    expect(await refused(choose(inputs()))).toEqual([expect.stringContaining(message())]);
    expect(sandbox.world.ledger.writes()).toHaveLength(writes);
  });

  test.each<readonly [string, object, string]>([
    [
      'repository',
      { repository: { name: 'contoso/platform', id: '7' } },
      'another repository: contoso/platform (id 7), not contoso/platform (id 701234567).',
    ],
    [
      'platform file',
      { file: 'other/platform.yaml' },
      'another platform file: other/platform.yaml, not platform.yaml.',
    ],
    ['commit than its record says', { commit: 'f'.repeat(40) }, `another commit: ${'f'.repeat(40)}, not `],
  ])('is not there: the bundle is of another %s', async (_, more, message) => {
    history();
    const text = canonicalJson({ ...bundleAt(commits.first), ...more });
    const registry = registryOf(view('dev'));
    const bundle = digestOf(text);
    const pushed = registry.putArtifact(shelf, {
      artifactType: bundleType,
      blobs: [{ mediaType: bundleType, content: text }],
      tag: bundle.replace(':', '-'),
    });
    registry.putArtifact(shelf, {
      artifactType: recordType,
      blobs: [{ mediaType: recordType, content: canonicalJson(saidOf('dev', bundle, commits.first)) }],
      subject: pushed,
    });
    expect(await refused(choose({ to: bundle }))).toEqual([expect.stringContaining(message)]);
  });

  test('its bundle was altered in the registry', async () => {
    history();
    const registry = registryOf(view('dev'));
    const { bundle } = verified(old(), commits.promoted, 1);
    registry.replaceBlob(
      shelf,
      layerOf(registry, bundle.digest),
      `${old().text.slice(0, -1)} }`.slice(0, old().text.length),
    );
    expect(await refused(choose())).toEqual([
      expect.stringMatching(/sent something else than the blob promotion\/contoso@sha256:[0-9a-f]{64}: it hashes to /),
    ]);
  });

  test('a hold stands; a freeze does not, and is kept in the record', async () => {
    history();
    const asks = (settings: string) =>
      sandbox.edit('platform.yaml', before => before.replace('  dev:\n', `  dev:\n    gate: ${settings}\n`));
    await asks('{ hold: the auditors are here }');
    expect(await refused(choose())).toEqual([
      '`dev` is on hold: the auditors are here. Nothing goes back meanwhile. Take `gate: hold:` of dev out of the platform file, and start this again on that commit.',
    ]);
    await sandbox.restore();
    await asks('{ freeze: [{ from: 2020-01-01, to: 2090-01-01, reason: audit }] }');
    const { outputs, log } = succeeded(await choose());
    const frozen = '`dev` is frozen from 2020-01-01 to 2090-01-01 (UTC): audit.';
    expect(JSON.parse(outputs['rollback'] ?? '').notAsked).toEqual([frozen]);
    expect(log.join('\n')).toContain(`Not asked of a way back: ${frozen}`);
  });

  test('another commit is checked out than the one that goes back', async () => {
    history();
    const inputs = { ...handed(await writeBundle(old().text)), commit: commits.newer, rollback: way() };
    expect(await refused(check('dev', inputs))).toEqual([
      `input commit: is ${commits.newer}, but ${commits.promoted} is checked out. Nothing was done. Give \`actions/checkout\` the same commit as \`ref\`.`,
    ]);
  });

  test('something newer came between its choice and its approval', async () => {
    history();
    const rollback = way({ from: [{ region: 'westeurope', bundle: promoted.digest, commit: commits.first }] });
    const asked = check('dev', { commit: commits.promoted, rollback }, { environment: { GITHUB_SHA: commits.newer } });
    expect(await refused(asked)).toEqual([
      expect.stringMatching(
        /^dev · westeurope runs [0-9a-f]{7} since .* when this way back was chosen, it ran [0-9a-f]{7}\. Start the rollback anew/,
      ),
    ]);
  });

  test('a chosen bundle that was never verified there gets in by no output of another environment', async () => {
    runs(bad(), commits.newer, 2);
    const inputs = { commit: commits.promoted, rollback: way({ environment: 'prod' }) };
    expect(await refused(check('dev', inputs, { environment: { GITHUB_SHA: commits.newer } }))).toEqual([
      'This way back was chosen for `prod`, not for `dev`. Give the `rollback` output of `choose` for the same environment.',
      expect.stringContaining(
        ' was never verified in `dev`: westeurope has no record of it. Nothing goes back to what was not there.',
      ),
    ]);
  });

  describe('what does not go back', () => {
    const plan = (more: Partial<ChangeReport> = {}) =>
      ({ ...applied('dev', 'westeurope'), command: 'plan', ...more }) as const;
    const limits = async (...reports: readonly object[]) => {
      const files = await Promise.all(reports.map(report => writeFileOf(JSON.stringify(report))));
      const inputs = {
        command: 'limits',
        scope: 'dev',
        commit: commits.promoted,
        reports: files.join('\n'),
        ...handed(promoted),
      };
      return gate(inputs, { environment: { GITHUB_SHA: commits.newer }, permissions: {} });
    };

    test('is said from the plans, and asks nobody', async () => {
      const before = sandbox.world.ledger.requests.length;
      const checks = [
        { id: 'preflight/version', name: 'x', status: 'blocked', message: 'AKS goes back to no 1.34.' },
      ] as const;
      const { summary, outputs } = succeeded(await limits(plan({ verdict: 'blocked', checks })));
      expect(summary).toContain('### What does not go back in dev');
      expect(asRead(summary)).toContain(
        '| Kubernetes | Refused: AKS goes back to no 1.34. That commit cannot be changed',
      );
      expect(asRead(summary)).toContain('A migration that the newer version has run is not undone');
      expect(outputs).toEqual({});
      expect(sandbox.world.ledger.requests).toHaveLength(before);
    });

    test('an image that is nowhere any more stops it', async () => {
      const digest = `sha256:${'c'.repeat(64)}`;
      const change = {
        address: `web@${digest}`,
        type: 'image',
        title: 'image web',
        kind: 'create',
        reasons: [],
        attributes: [],
        reach: 'stateless',
        risk: 'low',
      } as const;
      const checks = [
        { id: 'source/web', name: 'x', status: 'later', message: `cr.azurecr.io/web has no ${digest} yet: it comes.` },
      ] as const;
      const images = plan({ action: 'push-acr', verdict: 'changes', changes: [change], checks });
      expect(await refused(limits(plan(), images))).toEqual([
        `dev cannot go back: \`web@${digest}\` was purged: neither the registry of this environment nor that of the one before has it. It has to be pushed again before anything goes back.`,
      ]);
    });

    test.each<readonly [string, object]>([
      ['an apply', { command: 'apply' }],
      ['of another commit', { commit: { head: 'f'.repeat(40) } }],
      ['of another environment', { scope: 'prod' }],
    ])('is said of no report that is %s', async (_, more) => {
      expect(await refused(limits({ ...plan(), ...more }))).toEqual([
        'input reports: The report is not of a plan of dev in westeurope by this run. Give the `report` outputs of the plans in this job.',
      ]);
    });
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

type Inputs = Readonly<Record<string, string>>;

interface MadeBundle {
  readonly file: string;
  readonly digest: string;
}

type RunOptions = NonNullable<Parameters<BundleWorld['run']>[1]>;

interface Options extends RunOptions {
  /** Of the token; what stage.yml grants for these commands by default. */
  readonly permissions?: Permissions;
  /** What the report of the apply says otherwise. */
  readonly report?: Partial<ChangeReport>;
  readonly inputs?: Inputs;
}

/** The shipped bundle as a job at the promoted commit. */
function gate(inputs: Inputs, options: Options = {}): Promise<StepResult> {
  const { permissions = { contents: 'read', actions: 'read' }, environment, report: _, inputs: __, ...rest } = options;
  const token = sandbox.world.github.issueToken({ repository: sandbox.repository.name, permissions });
  return sandbox.run(
    { 'github-token': token, ...inputs },
    { action: 'promotion-gate', environment: { GITHUB_SHA: commits.promoted, ...environment }, ...rest },
  );
}

function check(scope: string, inputs: Inputs = {}, options: Options = {}): Promise<StepResult> {
  return gate({ command: 'check', scope, ...handed(promoted), ...inputs }, options);
}

/** With the report of an apply that went well. */
async function record(scope: string, inputs: Inputs = {}, options: Options = {}): Promise<StepResult> {
  const { GITHUB_RUN_ID: id = '4711' } = options.environment ?? {};
  const report = { ...applied(scope, inputs['region'] ?? 'westeurope', id), ...options.report };
  const file = await writeFileOf(JSON.stringify(report));
  return gate({ command: 'record', scope, reports: file, ...handed(promoted), ...inputs }, options);
}

async function readLedger(inputs: Inputs = {}) {
  const { outputs, summary, log } = succeeded(
    await gate({ command: 'ledger', ledger: join(sandbox.folder, 'ledger.json'), ...inputs }),
  );
  return { ...JSON.parse(await readFile(outputs['ledger'] ?? '', 'utf8')), summary, log };
}

function handed({ file, digest }: MadeBundle): Inputs {
  return { bundle: file, 'bundle-digest': digest };
}

/** The error annotations of a step that failed without any output. */
async function refused(step: StepResult | Promise<StepResult>): Promise<string[]> {
  const result = await step;
  expect([result.conclusion, result.exitCode]).toEqual(['failure', 1]);
  expect(result.outputs).toEqual({});
  return errors(result);
}

function applied(scope: string, region: string, id = '4711'): ChangeReport {
  return sampleReport({
    command: 'apply',
    verdict: 'applied',
    scope,
    region,
    commit: { head: commits.promoted },
    run: { id, attempt: '1', url: `${runUrl}/${id}`, actor: 'mona' },
  });
}

let files = 0;

async function writeFileOf(text: string): Promise<string> {
  const file = join(sandbox.folder, `file-${++files}.json`);
  await writeFile(file, text);
  return file;
}

async function writeBundle(text: string): Promise<MadeBundle> {
  return { file: await writeFileOf(text), digest: digestOf(text) };
}

/** By the command itself, which is told where to write. */
async function makeBundle(commit: string, { inputs = {}, environment = {} }: Options = {}): Promise<MadeBundle> {
  const file = join(sandbox.folder, `bundle-${++files}.json`);
  const made = await gate(
    { command: 'bundle', bundle: file, ...inputs },
    { environment: { GITHUB_SHA: commit, ...environment }, permissions: {} },
  );
  const { outputs } = succeeded(made);
  expect(outputs).toEqual({ bundle: file, digest: digestOf(await readFile(file)) });
  return { file, digest: outputs['digest'] ?? '' };
}

function bundleAt(commit: string) {
  return {
    schema: 'bundle/v1',
    repository: { name: 'contoso/platform', id: '701234567' },
    platform: 'contoso',
    file: 'platform.yaml',
    commit,
    images: [],
    suite: { repository: 'org/actions', ref: 'v1' },
  };
}

/** As the command makes it, without a file. */
function bundleOf(commit: string): Pick<MadeBundle, 'digest'> & { readonly text: string } {
  const text = canonicalJson(bundleAt(commit));
  return { text, digest: digestOf(text) };
}

function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function short(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

interface Forgery {
  /** The promoted one by default. */
  readonly bundle?: Pick<MadeBundle, 'digest'>;
  readonly bundleType?: string;
  /** Null leaves it out. */
  readonly bundleContent?: null;
  /** Of the bundle; its digest by default. */
  readonly tag?: string;
  readonly type?: string;
  readonly repository?: string;
  /** What the record says otherwise. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** In place of the record. */
  readonly text?: string;
}

interface Forged {
  readonly bundle: Descriptor;
  readonly record: Descriptor;
}

/** A bundle and its record as an apply identity could have pushed them, whatever they say. */
function forge(scope: string, forgery: Forgery = {}, region = 'westeurope'): Forged {
  const { bundle = promoted, repository = shelf, type = recordType } = forgery;
  const registry = registryOf(view(scope, region));
  const commit = Object.values(commits).find(sha => bundleOf(sha).digest === bundle.digest) ?? 'e'.repeat(40);
  const pushed = registry.putArtifact(repository, {
    artifactType: forgery.bundleType ?? bundleType,
    blobs: forgery.bundleContent === null ? [] : [{ mediaType: bundleType, content: bundleOf(commit).text }],
    tag: forgery.tag ?? bundle.digest.replace(':', '-'),
  });
  const said = { ...saidOf(scope, bundle.digest, commit), region, ...forgery.record };
  const content = forgery.text ?? canonicalJson(said);
  const record = registry.putArtifact(repository, {
    artifactType: type,
    blobs: [{ mediaType: type, content }],
    subject: pushed,
  });
  return { bundle: pushed, record };
}

/** What a right record says. */
function saidOf(environment: string, bundle: string, commit = commits.promoted) {
  return {
    schema: 'record/v1',
    repository: '701234567',
    platform: 'contoso',
    environment,
    region: 'westeurope',
    bundle,
    commit,
    verdict: 'verified',
    plans: {},
    run: { id: '4700', attempt: '1', url: `${runUrl}/4700` },
    actor: 'mona',
    approvers: [],
    recordedAt: '2026-11-26T05:00:00.000Z',
  };
}

function environments(): EnvironmentScope[] {
  return sandbox.views.filter(found => found.kind === 'environment');
}

function view(scope: string, region = 'westeurope'): EnvironmentScope {
  const found = environments().find(one => one.scope === scope && one.region === region);
  if (found === undefined) throw new Error(`The example has no ${scope} in ${region}.`);
  return found;
}

function registryName({ registry }: EnvironmentScope): string {
  if (registry.existing) throw new Error('The example makes its registries itself.');
  return registry.name;
}

function registryId(of: EnvironmentScope): string {
  return `/subscriptions/${of.subscription}/resourceGroups/${of.resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${registryName(of)}`;
}

function addRegistry(of: EnvironmentScope): void {
  sandbox.world.azure.putResource(registryId(of), { location: of.region, sku: { name: 'Standard' } });
}

function registryOf(of: EnvironmentScope): RegistryView {
  return sandbox.world.registries.registry(registryName(of));
}

function emptyRegistries(): void {
  for (const one of environments()) {
    for (const repository of registryOf(one).repositories()) registryOf(one).deleteRepository(repository);
  }
}

function layerOf(registry: RegistryView, manifest: string): string {
  return JSON.parse(String(registry.readManifest(shelf, manifest))).layers[0].digest;
}

/** Records in a registry, in the order of their pushes. */
function recordsIn(scope: string, region = 'westeurope') {
  const registry = registryOf(view(scope, region));
  return registry
    .manifests(shelf)
    .filter(({ artifactType }) => artifactType === recordType)
    .map(({ digest }) => ({
      digest,
      content: JSON.parse(String(registry.readBlob(shelf, layerOf(registry, digest)))),
    }));
}

function contentsIn(...place: Parameters<typeof recordsIn>) {
  return recordsIn(...place).map(({ content }) => content);
}

/** Of the bundles. */
function tagsIn(scope: string): string[][] {
  return registryOf(view(scope))
    .manifests(shelf)
    .filter(({ artifactType }) => artifactType === bundleType)
    .map(({ tags }) => [...tags].sort());
}

function minute(recorded: ReturnType<typeof recordsIn>[number] | undefined): string {
  return String(recorded?.content.recordedAt).slice(0, 16).replace('T', ' ');
}

function requestsSince(from: number, host: string) {
  return sandbox.world.ledger.requests.slice(from).filter(request => request.host.endsWith(host));
}

function recordRun(id: string, more: Partial<RecordedRunState> = {}): void {
  sandbox.repository.recordRun({
    id,
    attempt: 1,
    number: Number(id),
    name: 'Platform',
    path: '.github/workflows/platform.yml',
    event: 'push',
    status: 'in_progress',
    conclusion: undefined,
    headSha: commits.promoted,
    headBranch: 'main',
    actor: 'mona',
    startedAt: Date.parse('2026-11-26T05:00:00Z'),
    jobs: [],
    ...more,
  });
}

/** Leaves somebody one role on a subscription in place of all; gives back what it was when called. */
function reduceTo(role: string | undefined, clientId: string, subscription: string): () => void {
  const { azure } = sandbox.world;
  const scope = `/subscriptions/${subscription}`;
  const principal = azure.principals().find(one => one.clientId === clientId);
  if (principal === undefined) throw new Error(`Nobody has the client id ${clientId}.`);
  const assigned = () =>
    azure
      .resources('Microsoft.Authorization/roleAssignments')
      .filter(({ id }) => id.startsWith(`${scope}/providers/Microsoft.Authorization/`))
      .filter(({ properties }) => (properties as { principalId: string }).principalId === principal.objectId);
  const before = assigned();
  if (before.length === 0) throw new Error(`${clientId} has no role on ${scope}.`);
  for (const { id } of before) azure.remove(id);
  if (role !== undefined) azure.assignRole({ principal, role, scope });
  return () => {
    for (const { id } of assigned()) azure.remove(id);
    for (const { id, properties } of before) azure.putResource(id, { properties });
  };
}

/** Without what keeps GitHub from finding references. */
function asRead(summary: string): string {
  return summary.replaceAll('&#8203;', '');
}
