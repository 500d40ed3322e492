import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { canonicalJson } from '@suite/foundation';
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
  type MadeBundle,
  openGate,
  promoted,
  readLedger,
  record,
  refused,
  short,
  writeBundle,
  writeFileOf,
} from '../support/gate/commands.ts';
import { bundleType, contentsIn, forge, layerOf, recordType, saidOf, shelf } from '../support/gate/records.ts';
import { commits, emptyRegistries, registryOf, sandbox, view } from '../support/gate/world.ts';

beforeAll(openGate);
afterAll(closeGate);

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
        /^dev · westeurope runs [0-9a-f]{7} since .* when this way back was chosen, it ran [0-9a-f]{7}\. Start the rollback again/,
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
