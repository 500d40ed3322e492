import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Log, readContext } from '@suite/action-kit';
import type { ChangeReport } from '@suite/change-report';
import { CancelledError, describeProblem } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { loadPlatformWithLock, resolveAll } from '@suite/platform-file';
import { sampleReport } from '../../../packages/change-report/src/testing/samples.ts';
import { halt } from './halt.ts';
import { pause } from './pause.ts';
import type { Services } from './ports.ts';
import type { PromotionRecord } from './record.ts';
import { outOfTurn, predecessors } from './turn.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'platform-repository');
const bundle = `sha256:${'a'.repeat(64)}`;
const sha = '9f3c2e1000000000000000000000000000000000';
const began = Date.parse('2026-11-24T07:00:00Z');
const later = '2026-11-24T07:15:00.000Z';
const regions = ['westeurope', 'northeurope', 'swedencentral'];
let workspace: string;

/** The example, whose prod has three regions, one after another. */
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'turn-'));
  const copy = async (file: string, change: (text: string) => string) =>
    writeFile(join(workspace, file), change(await readFile(join(example, file), 'utf8')));
  await copy('platform.yaml', text =>
    text.replace(
      /( {2}prod:\n {4}subscription: \S+\n) {4}location: westeurope\n/,
      `$1    rollout: { pause: 15m }\n    regions: { ${regions.map(region => `${region}: `).join(', ')} }\n`,
    ),
  );
  const lockOf = (region: string, index: number) => `
    ${region}:
      identities: { plan: a0000000-0000-4000-8000-00000000001${index}, apply: a0000000-0000-4000-8000-00000000002${index} }
      state: { account: stcontosoprod${index}, container: tfstate }`;
  await copy('platform.lock.yaml', text => text.replace('  prod:', `  prod:${regions.slice(1).map(lockOf).join('')}`));
});
afterAll(() => rm(workspace, { recursive: true }));

function record(region: string, more: Partial<PromotionRecord> = {}): PromotionRecord {
  return {
    schema: 'record/v1',
    repository: '7',
    platform: 'contoso',
    environment: 'prod',
    region,
    bundle,
    commit: sha,
    verdict: 'verified',
    plans: {},
    run: { id: '4711', attempt: '1', url: 'https://github.com/r/4711' },
    actor: 'mona',
    approvers: [],
    recordedAt: '2026-11-24T06:00:00.000Z',
    ...more,
  };
}

describe('the turn of a region', () => {
  const before = async (region: string | undefined, records: readonly PromotionRecord[]) => {
    const { platform, lock } = await loadPlatformWithLock(join(workspace, 'platform.yaml'), workspace);
    const prod = resolveAll(platform, lock).filter(({ scope }) => scope === 'prod');
    const running = regions.map(name => ({ region: name, records: records.filter(one => one.region === name) }));
    return predecessors(prod, region, running, { bundle, run: '4711' });
  };
  const problem = async (...given: Parameters<typeof before>) => outOfTurn('prod', await before(...given));

  test('comes once this run has recorded the bundle in all before it', async () => {
    expect(await problem('westeurope', [])).toBeUndefined();
    expect(await problem('northeurope', [record('westeurope')])).toBeUndefined();
    expect(await problem('swedencentral', [record('westeurope'), record('northeurope')])).toBeUndefined();
  });

  test.each<[string, string, readonly PromotionRecord[], string]>([
    [
      'nothing is there',
      'northeurope',
      [],
      'it is the turn of westeurope: this run has no record of the bundle in westeurope yet.',
    ],
    [
      'one of two is not done',
      'swedencentral',
      [record('westeurope')],
      'it is the turn of northeurope: this run has no record of the bundle in northeurope yet.',
    ],
    [
      'the bundle is there from an earlier run, of which this one knows nothing',
      'northeurope',
      [record('westeurope', { run: { id: '4710', attempt: '1', url: 'u' } })],
      'it is the turn of westeurope',
    ],
    [
      'another bundle is there from this run',
      'northeurope',
      [record('westeurope', { bundle: `sha256:${'b'.repeat(64)}` })],
      'it is the turn of westeurope',
    ],
  ])('has not come: %s', async (_, region, records, message) => {
    const found = await problem(region, records);
    expect(found === undefined ? '' : describeProblem(found)).toContain(message);
  });

  test('is nobody’s where nobody says which region asks', async () => {
    expect(await before(undefined, [])).toEqual([]);
  });
});

function start({
  reports = [],
  records = [],
}: {
  reports?: Partial<ChangeReport>[];
  records?: PromotionRecord[];
} = {}) {
  const lines: string[] = [];
  const sections: string[] = [];
  const outputs: Record<string, unknown> = {};
  const clock = manualClock(began);
  const cancel = new AbortController();
  const said = Promise.withResolvers<void>();
  const print = (level: string) => (text: string) => {
    lines.push(`${level}: ${text}`);
    said.resolve();
  };
  const log = { info: print('info'), warning: print('warning') } as unknown as Log;
  const context = readContext(
    { GITHUB_REPOSITORY: 'contoso/platform', GITHUB_REPOSITORY_ID: '7', GITHUB_SHA: sha, GITHUB_RUN_ID: '4711' },
    { cwd: workspace, temp: '/t' },
  );
  const services = {
    context,
    log,
    clock,
    signal: cancel.signal,
    summary: { append: async (added: readonly string[]) => void sections.push(...added) },
    setOutputs: (values: object) => void Object.assign(outputs, values),
    openShelf: async () => ({ records: async () => records }),
  } as unknown as Services;
  const request = async (region: string) => {
    const files = await Promise.all(
      reports.map(async (report, index) => {
        const file = join(workspace, `report-${index}.json`);
        await writeFile(file, JSON.stringify(sampleReport({ scope: 'prod', region, ...report })));
        return file;
      }),
    );
    return { platformFile: join(workspace, 'platform.yaml'), token: 't', scope: 'prod', region, reports: files };
  };
  return { said, lines, sections, outputs, clock, cancel, services, request };
}

const applied: Partial<ChangeReport> = { command: 'apply', verdict: 'applied' };

describe('a region that has to prove itself', () => {
  const ask = async (world: ReturnType<typeof start>, region: string) => {
    let ended: unknown = 'waits';
    const end = (how: unknown) => {
      ended = how;
    };
    const done = pause({ ...(await world.request(region)), command: 'pause', digest: bundle }, world.services);
    const told = Promise.race([world.said.promise, done]).then(undefined, () => undefined);
    const settled = done.then(() => end('done'), end);
    // Files are read before anything is waited for.
    await told;
    return { done: settled, ended: () => ended };
  };

  test('is waited for, with a line every fifteen seconds, and names as whom it is looked at', async () => {
    const world = start({ reports: [applied] });
    const asked = await ask(world, 'westeurope');
    expect(world.lines).toEqual([
      'info: northeurope begins after 2026-11-24 07:15 UTC if westeurope stays healthy, in 15 min.',
    ]);
    await world.clock.advance(899_000);
    expect(asked.ended()).toBe('waits');
    expect(world.lines.length).toBeGreaterThan(60);
    await world.clock.advance(1_000);
    await asked.done;
    expect(asked.ended()).toBe('done');
    expect(world.outputs).toEqual({ 'client-id': expect.stringMatching(/^a0000000-/) });
    expect(world.sections.join('\n')).toContain('was left alone for 15 min');
  });

  test('ends with the run that is cancelled', async () => {
    const world = start({ reports: [applied] });
    const asked = await ask(world, 'westeurope');
    world.cancel.abort(new CancelledError('The run was cancelled.'));
    await asked.done;
    expect(asked.ended()).toBeInstanceOf(CancelledError);
  });

  test.each<[string, string, Partial<ChangeReport>, PromotionRecord[], string]>([
    [
      'the last one has nobody who waits',
      'swedencentral',
      applied,
      [],
      'No region waits until prod · swedencentral has proved itself.',
    ],
    [
      'an earlier attempt has seen it, and nothing changed since',
      'westeurope',
      { command: 'apply' },
      [record('westeurope')],
      'westeurope stayed healthy in attempt 1, and nothing changed there since: no pause.',
    ],
  ])('is not waited for: %s', async (_, region, report, records, line) => {
    const world = start({ reports: [report], records });
    await (await ask(world, region)).done;
    expect(world.lines).toEqual([`info: ${line}`]);
    expect(world.outputs).toEqual({});
  });

  test.each<[string, Partial<ChangeReport>, PromotionRecord[]]>([
    ['the attempt before was cut off in its pause', { command: 'apply' }, []],
    [
      'another run has recorded it',
      { command: 'apply' },
      [record('westeurope', { run: { id: '1', attempt: '1', url: 'u' } })],
    ],
    ['this attempt has changed something', applied, [record('westeurope')]],
  ])('is waited for again: %s', async (_, report, records) => {
    const world = start({ reports: [report], records });
    const asked = await ask(world, 'westeurope');
    expect(asked.ended()).toBe('waits');
    await world.clock.advance(900_000);
    await asked.done;
    expect(asked.ended()).toBe('done');
  });
});

describe('a region that failed', () => {
  const said = async (region: string, reports: Partial<ChangeReport>[]) => {
    const world = start({ reports });
    await halt({ ...(await world.request(region)), command: 'halt' }, world.services);
    return { lines: world.lines, summary: world.sections.join('\n') };
  };

  test('which ones were not begun', async () => {
    const { lines, summary } = await said('westeurope', []);
    expect(lines).toEqual([
      expect.stringMatching(
        /^warning: prod stopped in westeurope: northeurope and swedencentral were not begun\. .*“Re-run failed jobs”/,
      ),
    ]);
    expect(summary).toContain('### prod stopped in westeurope');
  });

  test('that was unhealthy: since when, and what of it', async () => {
    const at = { action: 'deploy-platform', finishedAt: '2026-11-24T07:00:00.000Z' };
    const difference = { what: 'release loki', path: '', expected: 'ready', actual: 'a pod that crashes' };
    const { lines } = await said('northeurope', [
      { ...applied, ...at },
      { ...at, command: 'verify', verdict: 'mismatch', startedAt: later, finishedAt: later, differences: [difference] },
    ]);
    expect(lines).toEqual([
      expect.stringContaining(
        'swedencentral was not begun. northeurope was healthy at 2026-11-24 07:00 UTC and no longer at 2026-11-24 07:15 UTC (deploy-platform): release loki should be ready, and is a pod that crashes.',
      ),
    ]);
  });

  test('the last one stops nobody', async () => {
    expect((await said('swedencentral', [])).lines).toEqual(['info: No region waits for prod · swedencentral.']);
  });
});
