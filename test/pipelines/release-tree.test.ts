import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { asArray, asObject } from '@suite/foundation';
import { type Permissions, readWorkflow } from '@suite/sandbox';
import { parse } from 'yaml';
import { joined } from '../../packages/sandbox/src/runner/permissions.ts';
import { treeFindings } from '../../scripts/release/tree.ts';

const root = join(import.meta.dirname, '..', '..');
const release = join(root, 'out', 'release');
const workflows = join(release, '.github', 'workflows');

test('is what a release demands: what it names is in it, every action starts, every link leads somewhere', async () => {
  expect(await treeFindings(release, 'v1')).toEqual([]);
});

test('what a release would be refused for is found', async () => {
  const tree = await mkdtemp(join(tmpdir(), 'tree-'));
  try {
    const write = async (file: string, text: string) => {
      await mkdir(dirname(join(tree, file)), { recursive: true });
      await writeFile(join(tree, file), text);
    };
    const runs = (more: string) => `runs: { using: node24, main: dist/index.js${more} }\n`;
    await write('starts/action.yml', runs(''));
    await write('starts/dist/index.js', "console.log('::error::Input required: command'); process.exitCode = 1;");
    await write('breaks/action.yml', runs(', post: dist/post.js'));
    await write('breaks/dist/index.js', "import('./not-bundled.js');");
    await write('old/action.yml', 'runs: { using: node20, main: dist/index.js }\n');
    await write('.github/workflows/plan.yml', 'jobs: { a: { steps: [{ uses: $/gone }, { uses: $/starts }] } }\n');
    await write('README.md', '[gone](docs/gone.md), `org/actions/starts@v1`, `org/actions/gone@v2`\n');
    expect(await treeFindings(tree, 'v2')).toEqual([
      '.github/workflows/plan.yml: uses: $/gone is not in the release',
      'README.md: docs/gone.md leads nowhere',
      'README.md: org/actions/gone@v2 is not in the release',
      'README.md: org/actions/starts@v1 is not v2',
      expect.stringMatching(/^breaks: main does not start: .*not-bundled\.js/s),
      'breaks: post is dist/post.js, which is not there',
      'old: it runs with node20, not with node24',
    ]);
  } finally {
    await rm(tree, { recursive: true });
  }
});

test('the bill of materials has every package that a notice is about', async () => {
  const { components } = JSON.parse(await readFile(join(release, 'sbom.cdx.json'), 'utf8'));
  const billed = new Set(components.map(({ name, version }: Record<string, string>) => `${name} ${version}`));
  const notices = await readFile(join(release, 'provision-aks', 'dist', 'NOTICES.txt'), 'utf8');
  const noticed = [...notices.matchAll(/(?:^|^-{80}\n\n)(\S+ \d+\.\d+\.\d+\S*) \(/gm)].map(([, name]) => name);
  expect(noticed.length).toBeGreaterThan(10);
  expect(noticed.filter(name => !billed.has(name))).toEqual([]);
});

describe('its workflows', () => {
  test('ask for nothing that no test has seen used, and a call for what the jobs that it calls ask for', async () => {
    const folder = import.meta.dirname;
    const tests = await Promise.all((await readdir(folder)).map(file => readFile(join(folder, file), 'utf8')));
    const watched = tests
      .flatMap(text => [...text.matchAll(/\bunusedPermissions\(([^)]*)\)\)\.toEqual\(\[/g)])
      .flatMap(([, names = '']) => [...names.matchAll(/'([\w-]+\.yml)'/g)].map(([, name]) => name));
    expect(watched.sort()).toEqual((await readdir(workflows)).sort());

    const jobsOf = async (file: string) =>
      Object.entries(asObject(asObject(parse(await readFile(join(workflows, file), 'utf8')))['jobs'])).map(
        ([id, job]) => [id, asObject(job)] as const,
      );
    let calls = 0;
    for (const file of await readdir(workflows)) {
      for (const [id, job] of await jobsOf(file)) {
        const [, called] = /^\$\/\.github\/workflows\/(.+)$/.exec(String(job['uses'] ?? '')) ?? [];
        if (called === undefined) continue;
        calls += 1;
        const needed = (await jobsOf(called))
          .map(([, inner]) => asObject(inner['permissions']) as Permissions)
          .reduce(joined, {});
        expect([file, id, job['permissions']]).toEqual([file, id, needed]);
      }
    }
    expect(calls).toBeGreaterThan(6);
  });

  test('are read by GitHub’s own parser without a finding, like the example’s', async () => {
    const files = [
      ...(await readdir(workflows)).map(file => join(workflows, file)),
      join(root, 'examples', 'platform-repository', '.github', 'workflows', 'platform.yml'),
      ...['charts.yml', 'ci.yml', 'release.yml'].map(file => join(root, '.github', 'workflows', file)),
    ];
    for (const file of files) await readWorkflow(file, await readFile(file, 'utf8'));
    expect(files.length).toBeGreaterThan(2);
  });

  test('are for callers alone, name only actions of the tree, and pin all others by commit', async () => {
    const actions = new Set((await readdir(release)).map(name => `$/${name}`));
    const called = new Set((await readdir(workflows)).map(name => `$/.github/workflows/${name}`));
    for (const file of await readdir(workflows)) {
      const workflow = asObject(parse(await readFile(join(workflows, file), 'utf8')));
      expect(Object.keys(asObject(workflow['on']))).toEqual(['workflow_call']);
      expect(workflow['permissions']).toEqual({});
      for (const [id, job] of Object.entries(asObject(workflow['jobs'])).map(
        ([id, job]) => [id, asObject(job)] as const,
      )) {
        expect([file, id, typeof job['permissions']]).toEqual([file, id, 'object']);
        if (job['uses'] !== undefined) {
          expect(called.has(String(job['uses']))).toBe(true);
          continue; // its own jobs have time limits
        }
        expect([file, id, typeof job['timeout-minutes']]).toEqual([file, id, 'number']);
        for (const step of asArray(job['steps']).map(asObject)) {
          if (step['run'] !== undefined) {
            // A script is code: what it works on comes by its environment.
            expect(String(step['run'])).not.toContain('${{');
            continue;
          }
          const uses = String(step['uses']);
          // A job that is ended while it waits for another run says nothing.
          expect([file, id, waitOf(step, workflow) < Number(job['timeout-minutes'])]).toEqual([file, id, true]);
          expect(uses.startsWith('$/') ? actions.has(uses) : /@[0-9a-f]{40}$/.test(uses)).toBe(true);
          if (uses !== '$/sync-argocd') continue;
          // Whatever the command, it reads the repository of the applications.
          const access = Object.keys(asObject(step['with'])).filter(name => name.startsWith('gitops-'));
          expect([file, step['name'], access]).toEqual([
            file,
            step['name'],
            ['gitops-token', 'gitops-app-id', 'gitops-app-key'],
          ]);
        }
      }
    }
  });
});

/** Minutes that a step waits for another run at most; 0 for one that takes no lease. */
function waitOf(step: Readonly<Record<string, unknown>>, workflow: Readonly<Record<string, unknown>>): number {
  const { command, 'lease-wait': wait } = asObject(step['with']);
  if (!String(step['uses']).startsWith('$/')) return 0;
  if (!['apply', 'destroy', 'unlock', 'sync', 'rollback'].includes(String(command))) return 0;
  const inputs = asObject(asObject(asObject(workflow['on'])['workflow_call'])['inputs']);
  return Number(String(wait).includes('inputs.lease-wait') ? asObject(inputs['lease-wait'])['default'] : (wait ?? 30));
}
