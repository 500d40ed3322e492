import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { json, on, type Permissions } from '@suite/sandbox';
import { errors, succeeded } from '../support/bundle.ts';
import {
  bundleOf,
  check,
  closeGate,
  handed,
  type Inputs,
  type MadeBundle,
  makeBundle,
  type Options,
  openGate,
  promoted,
  readLedger,
  record,
  refused,
  short,
} from '../support/gate/commands.ts';
import { contentsIn, forge, recordsIn, shelf } from '../support/gate/records.ts';
import {
  addRegistry,
  commits,
  emptyRegistries,
  recordRun,
  registryId,
  registryOf,
  runUrl,
  sandbox,
  view,
} from '../support/gate/world.ts';
import { fasterClock, hurried } from '../support/held-step.ts';
import { toHtml } from '../support/html.ts';

beforeAll(openGate);
afterAll(closeGate);

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

test('reviewers who were taken away since the plan let nothing in that nobody of this run has approved', async () => {
  emptyRegistries();
  const enters = () => check('dev', { identity: 'apply', approval: 'true' }, { job: { environment: 'dev' } });
  expect(await refused(enters())).toEqual([
    expect.stringMatching(
      /^`dev` had to be approved when this was planned\. .* Nothing was done\. Name reviewers under /,
    ),
  ]);
  sandbox.repository.defineEnvironment({ name: 'dev', reviewers: ['hubot'] });
  const waiting = { sha: commits.promoted, runId: '4711', actor: 'mona' };
  sandbox.repository.enterEnvironment('dev', waiting).review({ approved: true, by: 'hubot' });
  sandbox.repository.defineEnvironment({ name: 'dev' });
  succeeded(await enters());
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
    forge('dev', { record: { recordedAt: new Date(Date.now() - 10_000).toISOString() } });
    await asks('{ soak: 1m }');
    const { settings } = sandbox.world;
    // The minute passes as soon as somebody waits for it: to GitHub, and twenty times faster to the runner that waits.
    const environment = { NODE_OPTIONS: `${hurried.NODE_OPTIONS} ${fasterClock(20)}` };
    const onLine = (line: string) => {
      if (/staging opens at .* UTC, in [\d.]+ s/.test(line)) settings.githubAheadMs = 60_000;
    };
    try {
      succeeded(await check('staging', { wait: '1' }, { environment, onLine }));
      expect(settings.githubAheadMs).toBe(60_000);
    } finally {
      settings.githubAheadMs = 0;
    }
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
