import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ChartDifference, ChartRow } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { Passing, pullInMemory, services } from '../conversation.fixture.ts';
import { updateCharts } from './propose-charts.ts';
import { repositoryInMemory } from './repository.fixture.ts';

const file = 'platform.yaml';
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const platform = `# contoso
version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
defaults: { releases: { argo-cd: { version: 10.1.1, digest: "${digest('b')}" } } } # held
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside }
`;
const row = (to: string | undefined, more: Partial<ChartRow> = {}): ChartRow => ({
  release: 'argo-cd',
  environments: ['dev'],
  setting: 'releases.argo-cd',
  from: 'oci://ghcr.io/argoproj/argo-helm/argo-cd',
  version: '10.1.1',
  isNamed: true,
  tested: '10.1.1',
  isBehind: false,
  isTested: false,
  ...(to === undefined ? {} : { newest: { version: to, digest: digest('a') } }),
  ...more,
});
const branch = 'platform-charts/contoso/argo-cd';
const inFile = (version: string) =>
  platform.replace('version: 10.1.1', `version: ${version}`).replace(digest('b'), digest('a'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proposals-'));
});
afterAll(() => rm(folder, { recursive: true }));

type World = ReturnType<typeof repositoryInMemory>;

/** What a run does with what was found; `ref` is what it runs on. */
async function run(
  world: World,
  rows: readonly ChartRow[],
  { differences = [] as readonly ChartDifference[], ref = 'refs/heads/main', runId = '7' } = {},
) {
  const proposals = join(folder, 'proposals.json');
  await writeFile(proposals, JSON.stringify({ platform: 'contoso', rows, differences }));
  const before = world.writes.length;
  const given = services(pullInMemory().port, { sha: world.head(), ref, runId }, undefined, world.port);
  const request = {
    command: 'update-charts',
    platformFile: `/w/${file}`,
    file,
    token: 't',
    list: undefined,
    app: undefined,
  } as const;
  await updateCharts({ ...request, proposals }, given.services);
  return { ...given, writes: world.writes.slice(before) };
}
const states = ({ pulls }: World) => pulls.map(({ number, state, title }) => [number, state, title]);
const title = (version: string) => `Update the chart of argo-cd to ${version}`;

test('a pull request is opened, kept, updated in place by a newer version, and gone after its merge', async () => {
  const world = repositoryInMemory(file, platform);
  const first = await run(world, [row('10.2.0')]);
  expect(states(world)).toEqual([[1, 'open', title('10.2.0')]]);
  expect(world.text(branch)).toBe(inFile('10.2.0'));
  expect(world.branches.get(branch)?.at(-1)?.message).toBe(`${title('10.2.0')}\n\nPlatform-Charts: argo-cd`);
  expect(first.outputs).toEqual({ verdict: 'newer', 'pull-urls': 'https://github.com/contoso/platform/pull/1' });

  // Whichever run looks.
  expect((await run(world, [row('10.2.0')], { runId: '8' })).writes).toEqual([]);

  const third = await run(world, [row('10.3.0')]);
  expect(third.writes).toEqual([`commit to ${branch}`, 'change 1']);
  expect(states(world)).toEqual([[1, 'open', title('10.3.0')]]);
  expect(world.text(branch)).toBe(inFile('10.3.0'));
  expect(world.branches.get(branch)).toHaveLength(3);

  const difference = { release: 'argo-cd', environment: 'dev', from: '10.1.1', to: '10.3.0', changes: [], omitted: 0 };
  expect((await run(world, [row('10.3.0')], { differences: [difference] })).writes).toEqual(['change 1']);
  expect(world.pulls[0]?.body).toContain('### dev');

  world.merge(1);
  expect((await run(world, [row(undefined, { version: '10.3.0' })])).writes).toEqual([`delete ${branch}`]);
  expect([states(world), [...world.branches.keys()]]).toEqual([[[1, 'merged', title('10.3.0')]], ['main']]);
});

test('it is closed when it is not needed any more, but not because a registry is away', async () => {
  const world = repositoryInMemory(file, platform);
  await run(world, [row('10.2.0')]);
  expect((await run(world, [row(undefined, { problem: 'No answer.' })])).writes).toEqual([]);
  await run(world, [row(undefined, { version: '10.2.0' })]);
  expect([states(world), world.branches.has(branch)]).toEqual([[[1, 'closed', title('10.2.0')]], false]);
  expect(world.comments).toEqual([{ number: 1, body: expect.stringContaining('Not needed any more') }]);

  // What we closed, nobody has turned down.
  await run(world, [row('10.2.0')]);
  expect(states(world)).toEqual([
    [1, 'closed', title('10.2.0')],
    [2, 'open', title('10.2.0')],
  ]);
});

test('what somebody closed stays closed until there is another version', async () => {
  const world = repositoryInMemory(file, platform);
  await run(world, [row('10.2.0')]);
  world.patch(1, { state: 'closed' });
  expect((await run(world, [row('10.2.0')])).lines.join('\n')).toContain('left alone, because somebody closed it');
  expect(states(world)).toHaveLength(1);
  await run(world, [row('10.3.0')]);
  expect(states(world)).toEqual([
    [1, 'closed', title('10.2.0')],
    [2, 'open', title('10.3.0')],
  ]);
  expect(world.text(branch)).toBe(inFile('10.3.0'));
});

test.each<[string, (world: World) => void, string]>([
  [
    'commits to its branch',
    world => world.push(branch, { author: 'mona', message: 'Values', text: `${platform}# mine\n` }),
    'somebody else committed to its branch',
  ],
  [
    'commits in our name, by another workflow',
    world => world.push(branch, { author: 'github-actions[bot]', message: 'Format', text: platform }),
    'somebody else committed to its branch',
  ],
  ['takes its first line away', world => world.patch(1, { body: 'Mine' }), 'took its first line away'],
])('nothing is touched once somebody %s', async (_, act, why) => {
  const world = repositoryInMemory(file, platform);
  await run(world, [row('10.2.0')]);
  act(world);
  for (const rows of [[row('10.2.0')], [row('10.3.0')], [row(undefined, { version: '10.2.0' })]]) {
    const { writes, lines } = await run(world, rows);
    expect([writes, lines.join('\n')]).toEqual([[], expect.stringContaining(why)]);
  }
});

test('a branch of somebody else is left alone; one that a killed run left is made anew', async () => {
  const world = repositoryInMemory(file, platform);
  world.push(branch, { author: 'mona', message: 'Try', text: platform });
  expect((await run(world, [row('10.2.0')])).writes).toEqual([]);
  world.drop(branch);
  await world.port.createBranch(branch, world.head());
  await run(world, [row('10.2.0')]);
  expect([states(world), world.text(branch)]).toEqual([[[1, 'open', title('10.2.0')]], inFile('10.2.0')]);
});

test('one that conflicts gives way to another', async () => {
  const world = repositoryInMemory(file, platform);
  await run(world, [row('10.2.0')]);
  const changed = platform.replace('# held', '# not held');
  world.push('main', { author: 'mona', message: 'Change', text: changed });
  world.conflicting.add(1);
  await run(world, [row('10.2.0')]);
  expect(states(world)).toEqual([
    [1, 'closed', title('10.2.0')],
    [2, 'open', title('10.2.0')],
  ]);
  expect(world.text(branch)).toBe(inFile('10.2.0').replace('# held', '# not held'));
});

test('after a broken answer everything is looked at again; what is refused leaves no branch', async () => {
  let left = 1;
  const world = repositoryInMemory(file, platform, call => {
    if (call.startsWith('open') && left-- > 0) throw new Passing('Nobody knows.');
  });
  await run(world, [row('10.2.0')]);
  expect(states(world)).toEqual([[1, 'open', title('10.2.0')]]);

  const refusing = repositoryInMemory(file, platform, call => {
    if (call.startsWith('open')) throw new UserError({ message: 'May not.' });
  });
  await expect(run(refusing, [row('10.2.0')])).rejects.toThrow('May not.');
  expect([...refusing.branches.keys()]).toEqual(['main']);
});

test('a file that cannot be edited is told, and nothing is opened', async () => {
  const world = repositoryInMemory(
    file,
    platform.replace('{ version', '&held { version').replace('10.1.1', '&old 10.1.1'),
  );
  const { writes, lines } = await run(world, [row('10.2.0')]);
  expect([writes, lines.join('\n')]).toEqual([
    [],
    expect.stringContaining('cannot be edited: it has the anchor &old.'),
  ]);
});

test('only a run on the default branch proposes, and only from a file of ours', async () => {
  const world = repositoryInMemory(file, platform);
  await expect(run(world, [row('10.2.0')], { ref: 'refs/heads/try' })).rejects.toThrow('Run the workflow on `main`');
  await expect(run(world, [row('10.2.0', { setting: 'tenant' })])).rejects.toThrow(UserError);
  await expect(run(world, [row('10.2.0', { release: '../main' })])).rejects.toThrow(UserError);
  const link = join(folder, 'link.json');
  await symlink('/etc/passwd', link);
  const given = services(pullInMemory().port, {}, undefined, world.port);
  const request = {
    command: 'update-charts',
    platformFile: '/w',
    file,
    token: 't',
    list: undefined,
    app: undefined,
  } as const;
  await expect(updateCharts({ ...request, proposals: link }, given.services)).rejects.toThrow(UserError);
  expect(world.writes).toEqual([]);
});
