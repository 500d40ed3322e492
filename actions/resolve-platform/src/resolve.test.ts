import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunContext } from '@suite/action-kit';
import type { ExpectedScope } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import type { Stage } from './pipeline.ts';
import type { Protection, Services } from './ports.ts';
import { resolve } from './resolve.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'platform-repository');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resolve-'));
  for (const file of ['platform.yaml', 'platform.lock.yaml']) {
    await writeFile(join(folder, file), await readFile(join(example, file)));
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const protection = (name: string, more: Partial<Protection> = {}): Protection => ({
  name,
  reviewers: 0,
  preventsSelfReview: false,
  waitMinutes: 0,
  branches: 'selected',
  ...more,
});
const protectedWell = [
  protection('shared'),
  protection('Dev'),
  protection('staging'),
  protection('prod', { reviewers: 2, waitMinutes: 30 }),
];

const own = { number: 7, action: 'opened', headSha: 'a', baseSha: 'b', merged: false, author: 'mona', fromFork: false };

async function run(
  protections: readonly Protection[] | Error,
  {
    requireReviewers = false,
    requireEnvironments = true,
    gpuEnvironment,
    context = {},
  }: {
    requireReviewers?: boolean;
    requireEnvironments?: boolean;
    gpuEnvironment?: string;
    context?: Partial<RunContext>;
  } = {},
) {
  const outputs: Record<string, string | undefined> = {};
  const summaries: string[] = [];
  const warnings: string[] = [];
  let asked = 0;
  const services = {
    context: {
      event: 'pull_request',
      pullRequest: own,
      actor: 'mona',
      repository: 'contoso/platform',
      workspace: folder,
      ...context,
    },
    log: { info: () => {}, warning: (line: string) => void warnings.push(line) },
    summary: { append: async (blocks: readonly string[]) => void summaries.push(...blocks) },
    setOutputs: (values: object) => void Object.assign(outputs, values),
    readEnvironments: async () => {
      asked++;
      if (protections instanceof Error) throw protections;
      return protections;
    },
  } as unknown as Services;
  const request = {
    platformFile: join(folder, 'platform.yaml'),
    requireReviewers,
    requireEnvironments,
    choice: undefined,
    part: { after: undefined, until: undefined },
    gpuEnvironment,
    token: 't',
  };
  const error = await resolve(request, services).then(
    () => undefined,
    caught => caught,
  );
  return { error, outputs, summary: summaries.join('\n\n'), warnings, asked };
}

test('gives a pipeline its jobs, in the order of promotion', async () => {
  const { error, outputs, warnings, summary } = await run(protectedWell);
  expect(error).toBeUndefined();
  expect(warnings).toEqual([]);
  expect(outputs).toMatchObject({ mode: 'plan', platform: 'contoso' });
  expect(JSON.parse(outputs['matrix'] ?? '')).toEqual({
    include: [
      ['shared', 'ubuntu-24.04'],
      ['dev', 'ubuntu-24.04'],
      ['staging', 'ubuntu-24.04'],
      ['prod', 'aks-prod-runners'],
    ].map(([scope, runner]) => ({
      scope,
      region: 'westeurope',
      runner,
      title: scope,
      artifact: `report-contoso-${scope}-westeurope`,
      images: false,
      applications: false,
      gpu: scope !== 'shared',
      smoke: false,
    })),
  });
  const scopes = JSON.parse(outputs['scopes'] ?? '');
  expect(scopes.map(({ scope, gate }: { scope: string; gate: object }) => [scope, gate])).toEqual([
    ['shared', { reviewers: 0, waitMinutes: 0 }],
    ['dev', { after: 'shared', reviewers: 0, waitMinutes: 0 }],
    ['staging', { after: 'dev', reviewers: 0, waitMinutes: 0 }],
    ['prod', { after: 'staging', reviewers: 2, waitMinutes: 30 }],
  ]);
  expect(summary).toContain(
    '| prod | westeurope | `aks-prod-runners` | production | one of 2 reviewers, waits 30 min | selected |',
  );
});

test('says what the gate of an environment asks', async () => {
  const file = join(folder, 'platform.yaml');
  const gate = '{ soak: 24h, freeze: [{ from: Fri 16:00, to: Mon 08:00 }], checks: [e2e], hold: audit }';
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('  staging:\n', `  staging:\n    gate: ${gate}\n`));
  const scopes = JSON.parse((await run(protectedWell)).outputs['scopes'] ?? '');
  expect(scopes[2].gate.asks).toEqual(['on hold', 'soak 24 h', 'freeze', 'check e2e']);
});

test('regions one after another, as jobs, for the comment and in the summary', async () => {
  const edit = async (name: string, change: (text: string) => string) =>
    writeFile(join(folder, name), change(await readFile(join(folder, name), 'utf8')));
  await edit('platform.yaml', text =>
    text.replace(
      /( {2}prod:\n {4}subscription: \S+\n) {4}location: westeurope\n/,
      '$1    rollout: { pause: 15m }\n    regions: { westeurope: , northeurope: }\n',
    ),
  );
  await edit('platform.lock.yaml', text =>
    text.replace(
      '  prod:\n',
      `  prod:
    northeurope:
      identities: { plan: a0000000-0000-4000-8000-000000000009, apply: a0000000-0000-4000-8000-00000000000a }
      state: { account: stcontosoprodne41c9, container: tfstate }
`,
    ),
  );
  const { outputs, summary } = await run(protectedWell);
  const stages = JSON.parse(outputs['stages'] ?? '') as Stage[];
  expect(stages.map(({ width }) => width)).toEqual([1, 1, 1, 1]);
  expect(stages.at(-1)?.places.map(({ region, awaited, pause }) => ({ region, awaited, pause }))).toEqual([
    { region: 'westeurope', awaited: true, pause: true },
    { region: 'northeurope', awaited: false, pause: false },
  ]);
  const scopes = JSON.parse(outputs['scopes'] ?? '') as ExpectedScope[];
  expect(scopes.slice(-2).map(({ gate: { after, asks } }) => ({ after, asks }))).toEqual([
    { after: 'staging', asks: undefined },
    { after: 'prod · westeurope', asks: ['healthy for 15 min'] },
  ]);
  expect(summary).toContain(
    'prod goes one region after another: westeurope, then northeurope. Each but the last has to stay healthy for 15 min first.',
  );
  await edit('platform.yaml', text => text.replace('{ pause: 15m }', '{ regions: parallel }'));
  const parallel = (await run(protectedWell)).outputs;
  expect((JSON.parse(parallel['stages'] ?? '') as Stage[]).at(-1)).toMatchObject({
    width: 2,
    places: [{ awaited: false }, { awaited: false }],
  });
  expect((JSON.parse(parallel['scopes'] ?? '') as ExpectedScope[]).at(-1)?.gate.after).toBe('staging');
});

describe('GPUs', () => {
  const edit = async (change: (text: string) => string) => {
    const file = join(folder, 'platform.yaml');
    await writeFile(file, change(await readFile(file, 'utf8')));
  };
  const places = (outputs: Readonly<Record<string, string | undefined>>) =>
    JSON.parse(outputs['gpu-matrix'] ?? '').include.map((entry: { scope: string }) => entry.scope);

  test('every environment with a pool of them, or the one that is named', async () => {
    expect(places((await run(protectedWell)).outputs)).toEqual(['dev', 'staging', 'prod']);
    expect(places((await run(protectedWell, { gpuEnvironment: 'staging' })).outputs)).toEqual(['staging']);
    await edit(text => text.replace('tier: free', 'tier: free\n      pools: { gpu: false }'));
    expect(places((await run(protectedWell)).outputs)).toEqual(['staging', 'prod']);
  });

  test('who asks for a test in promotions has it in its stage', async () => {
    const gpuSmoke = '    gpu-smoke: { level: standard, fail-on: [failed] }';
    await edit(text =>
      text
        .replace('  staging:\n', `  staging:\n${gpuSmoke}\n`)
        .replace('  prod:\n', '  prod:\n    gpu-smoke: { fail-on: [] }\n'),
    );
    const { outputs } = await run(protectedWell);
    const stages = JSON.parse(outputs['stages'] ?? '') as { places: { smoke: unknown }[] }[];
    expect(stages.map(stage => stage.places[0]?.smoke)).toEqual([
      false,
      false,
      { level: 'standard', image: '', failOn: 'failed' },
      { level: 'quick', image: '', failOn: 'none' },
    ]);
  });

  test.each([
    ['shared', 'is `shared`, which has no GPU pool.'],
    ['stagin', 'is `stagin`, which the platform file does not know.'],
  ])('naming %s is refused', async (gpuEnvironment, message) => {
    const { error, outputs } = await run(protectedWell, { gpuEnvironment });
    expect(error.problems).toEqual([
      {
        message,
        location: { kind: 'input', name: 'gpu-environment' },
        remedy: expect.stringContaining('GPU pools are in dev, staging and prod.'),
      },
    ]);
    expect(outputs['gpu-matrix']).toBeUndefined();
  });
});

describe('protection', () => {
  test('an environment that does not exist is refused, with the command that makes it', async () => {
    const { error, outputs } = await run(protectedWell.filter(({ name }) => name !== 'staging'));
    expect(error.message).toMatch(
      /^The GitHub environment `staging` does not exist\..*gh api --method PUT repos\/contoso\/platform\/environments\/staging/,
    );
    expect(outputs['matrix']).toBeUndefined();
    expect(JSON.parse(outputs['problems'] ?? '')).toHaveLength(1);
  });

  test('is a warning where no job names one: everything goes on, and the summary says what to do', async () => {
    const { error, outputs, warnings, summary } = await run(
      protectedWell.filter(({ name }) => name !== 'staging'),
      { requireEnvironments: false },
    );
    expect(error).toBeUndefined();
    const { include } = JSON.parse(outputs['matrix'] ?? '') as { include: readonly { scope: string }[] };
    expect(include.map(({ scope }) => scope)).toEqual(['shared', 'dev', 'staging', 'prod']);
    expect(outputs['problems']).toBeUndefined();
    const said = /The GitHub environment `staging` does not exist\..*environments\/staging/;
    expect(warnings).toEqual([expect.stringMatching(said)]);
    expect(summary).toMatch(said);
  });

  test('production that nobody approves is a warning, or an error on request', async () => {
    const open = protectedWell.map(one => ({ ...one, reviewers: 0 }));
    expect((await run(open)).warnings).toEqual([
      expect.stringContaining('Nobody has to approve what is applied to `prod`'),
    ]);
    const { error } = await run(open, { requireReviewers: true });
    expect(error.message).toContain(
      'Nobody has to approve what is applied to `prod`, which is production. Add required reviewers',
    );
  });

  test('branches that may deploy to anything are a warning', async () => {
    const { warnings } = await run(
      protectedWell.map(one => (one.name === 'Dev' ? { ...one, branches: 'any' as const } : one)),
    );
    expect(warnings).toEqual([expect.stringContaining('Any branch may deploy to `dev`')]);
  });

  test('what cannot be read stops it', async () => {
    const { error, outputs, summary } = await run(
      new UserError({ message: 'The token may not read.', remedy: 'Add `actions: read`.' }),
    );
    expect(error.message).toBe('The token may not read. Add `actions: read`.');
    expect(outputs['matrix']).toBeUndefined();
    expect(summary).toContain('### 1 problem');
  });
});

describe('modes', () => {
  const pullRequest = {
    number: 7,
    action: 'opened',
    headSha: 'a',
    baseSha: 'b',
    merged: false,
    author: 'mona',
    fromFork: true,
  };

  test('a fork is checked without asking GitHub for anything', async () => {
    const { error, outputs, asked, summary } = await run(new Error('never'), { context: { pullRequest } });
    expect(error).toBeUndefined();
    expect(asked).toBe(0);
    expect(outputs['mode']).toBe('check');
    expect(summary).toContain('checked without credentials');
  });

  test('a closed pull request needs no platform file', async () => {
    await rm(join(folder, 'platform.yaml'));
    const { error, outputs } = await run(protectedWell, {
      context: { pullRequest: { ...pullRequest, fromFork: false, action: 'closed' } },
    });
    expect(error).toBeUndefined();
    expect(outputs).toEqual({ mode: 'closed' });
  });
});

describe('problems', () => {
  test('of the file are all reported, and handed to the comment', async () => {
    await writeFile(
      join(folder, 'platform.yaml'),
      (await readFile(join(folder, 'platform.yaml'), 'utf8')).replace('tier: free', 'tear: free'),
    );
    const { error, outputs, summary } = await run(protectedWell);
    expect(error.problems[0]).toMatchObject({ location: { kind: 'file', path: 'platform.yaml' } });
    expect(JSON.parse(outputs['problems'] ?? '')[0]).toMatch(/^platform\.yaml:\d+:\d+: .*Did you mean `tier`\?/);
    expect(summary).toContain('tear');
  });

  test('of the lock name every scope that it lacks', async () => {
    await writeFile(join(folder, 'platform.lock.yaml'), 'version: 1\nscopes: {}\n');
    const { error } = await run(protectedWell);
    expect(error.problems).toHaveLength(4);
  });
});
