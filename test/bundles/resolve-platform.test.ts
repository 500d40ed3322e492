import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseExpected } from '@suite/change-report';
import { json, on } from '@suite/sandbox';
import { errors, succeeded } from '../support/bundle.ts';
import { type GitHubWorld, openGitHubWorld, propose, requestsFrom, type StepJob } from '../support/pipeline.ts';

let github: GitHubWorld;

beforeAll(async () => {
  github = await openGitHubWorld();
});
afterEach(() => github.world.faults.clear());
afterAll(() => github.close());

const environmentsOf = on('GET', 'api.github.com', /\/environments$/);
const all = ['shared', 'dev', 'staging', 'prod'];

const resolve = (inputs: Readonly<Record<string, string>> = {}, job: StepJob = {}) =>
  github.run('resolve-platform', inputs, { permissions: { contents: 'read', actions: 'read' }, ...job });

/** A failed step: nothing that a matrix could be made of, and the problems for the comment. */
async function refused(inputs?: Readonly<Record<string, string>>, job?: StepJob) {
  const result = await resolve(inputs, job);
  expect(result.exitCode).toBe(1);
  expect(result.outputs['matrix']).toBeUndefined();
  expect(result.outputs['scopes']).toBeUndefined();
  const problems: unknown = JSON.parse(result.outputs['problems'] ?? 'null');
  expect(problems).toHaveLength(errors(result).length);
  return { result, problems };
}

async function eventOf(branch: string, action: 'opened' | 'closed', more: { fork?: string; author?: string } = {}) {
  const pull = await propose(github.repository, branch, { 'notes.md': `${branch}\n` }, more);
  return { name: 'pull_request', payload: github.repository.pullRequestEvent(pull.number, action) };
}

test('every scope in the order of promotion, with its gate and its job', async () => {
  const asked = requestsFrom(github.world);
  const { outputs, summary, annotations } = succeeded(await resolve());
  expect(outputs).toMatchObject({ mode: 'plan', platform: 'contoso' });
  expect(outputs['problems']).toBeUndefined();
  expect(JSON.parse(outputs['matrix'] ?? '')).toEqual({
    include: all.map(scope => ({
      scope,
      region: 'westeurope',
      runner: scope === 'prod' ? 'aks-prod-runners' : 'ubuntu-24.04',
      title: scope,
      artifact: `report-contoso-${scope}-westeurope`,
      images: false,
      applications: false,
      gpu: scope !== 'shared',
      smoke: false,
    })),
  });
  expect(
    parseExpected(outputs['scopes'] ?? '').map(({ scope, production, gate }) => [scope, production, gate]),
  ).toEqual([
    ['shared', true, { reviewers: 0, waitMinutes: 0 }],
    ['dev', false, { after: 'shared', reviewers: 0, waitMinutes: 0 }],
    ['staging', false, { after: 'dev', reviewers: 0, waitMinutes: 0 }],
    ['prod', true, { after: 'staging', reviewers: 1, waitMinutes: 0 }],
  ]);
  expect(summary).toContain('| prod | westeurope | `aks-prod-runners` | production | 1 reviewer | selected |');
  expect(annotations).toEqual([]);
  expect(asked().map(({ method, path }) => [method, path])).toEqual([['GET', '/repos/contoso/platform/environments']]);
});

test.each([
  ['from a fork', 'opened', { fork: 'eve/platform', author: 'eve' }, 'check'],
  ['by Dependabot', 'opened', { author: 'dependabot[bot]' }, 'check'],
  ['of the team', 'opened', {}, 'plan'],
  ['that was closed', 'closed', {}, 'closed'],
  ['of a fork that was closed', 'closed', { fork: 'eve/platform', author: 'eve' }, 'closed'],
] as const)('a pull request %s', async (name, action, more, mode) => {
  const event = await eventOf(name.replaceAll(' ', '-'), action, more);
  const asked = requestsFrom(github.world);
  const { outputs } = succeeded(await resolve({}, { event }));
  expect(outputs['mode']).toBe(mode);
  expect(outputs['matrix'] === undefined).toBe(mode === 'closed');
  expect(asked()).toHaveLength(mode === 'plan' ? 1 : 0);
});

describe('the protection of environments', () => {
  afterEach(() => {
    github.repository.defineEnvironment({ name: 'staging', branches: ['main'] });
    github.repository.defineEnvironment({ name: 'prod', branches: ['main'], reviewers: ['mona'] });
  });

  test('one that is missing is refused with the command that creates it, and is not created', async () => {
    github.repository.removeEnvironment('staging');
    const { result, problems } = await refused();
    const command = '`gh api --method PUT repos/contoso/platform/environments/staging`';
    expect(errors(result)).toEqual([expect.stringContaining(command)]);
    expect(problems).toEqual([expect.stringContaining(command)]);
    expect(result.summary).toContain('environments/staging');
    expect(result.outputs['mode']).toBe('plan');
    expect(github.repository.environments().map(({ name }) => name)).not.toContain('staging');
  });

  test('one that is missing is a warning where no job names it, and is not created', async () => {
    github.repository.removeEnvironment('staging');
    const { annotations, outputs, summary } = succeeded(await resolve({ 'require-environments': 'false' }));
    const message = expect.stringMatching(/`staging` does not exist\..*`gh api --method PUT .*environments\/staging`/);
    expect(annotations).toEqual([expect.objectContaining({ level: 'warning', message })]);
    expect(summary).toContain('environments/staging');
    expect(JSON.parse(outputs['matrix'] ?? '').include).toHaveLength(all.length);
    expect(github.repository.environments().map(({ name }) => name)).not.toContain('staging');
  });

  test('production that nobody approves is a warning, or an error where that is asked for', async () => {
    github.repository.defineEnvironment({ name: 'prod', branches: ['main'] });
    const { annotations } = succeeded(await resolve());
    const message = expect.stringContaining('Nobody has to approve what is applied to `prod`');
    expect(annotations).toEqual([expect.objectContaining({ level: 'warning', message })]);
    const { result } = await refused({ 'require-reviewers': 'true' });
    expect(errors(result)).toEqual([message]);
  });

  test('one that any branch may deploy to is a warning', async () => {
    github.repository.defineEnvironment({ name: 'prod', reviewers: ['mona'] });
    const { annotations } = succeeded(await resolve());
    const message = expect.stringContaining('Any branch may deploy to `prod`');
    expect(annotations).toEqual([expect.objectContaining({ level: 'warning', message })]);
  });
});

describe('GitHub does not say how environments are protected', () => {
  test('for want of a permission', async () => {
    const { result } = await refused({}, { permissions: { contents: 'read' } });
    expect(errors(result)).toEqual([
      expect.stringMatching(/^The token may not read the environments of contoso\/platform .* Add `actions: read` to /),
    ]);
  });

  test('for want of a valid token', async () => {
    const { result } = await refused({ 'github-token': 'ghs_expired' });
    expect(errors(result)).toEqual([
      expect.stringMatching(/^GitHub does not accept the token, .* Leave out `github-token`/),
    ]);
    expect(result.log.join('\n')).not.toContain('ghs_expired');
  });

  test('for it is out of order', async () => {
    const fault = github.world.faults.add({ match: environmentsOf, answer: json(500, { message: 'Server Error' }) });
    const { result } = await refused();
    expect(errors(result)).toEqual([expect.stringMatching(/^GitHub answered with 500 /)]);
    expect(fault.struck()).toBeGreaterThan(1);
  });
});

test.each(['pull_request_target', 'workflow_run'])('%s is refused before anything is read', async name => {
  const { payload } = await eventOf(name, 'opened', { fork: 'eve/platform', author: 'eve' });
  const asked = requestsFrom(github.world);
  const { result } = await refused({}, { event: { name, payload } });
  expect(errors(result)).toEqual([
    expect.stringMatching(/gives credentials to code of a fork\. Use `on: pull_request`/),
  ]);
  expect(result.outputs['mode']).toBeUndefined();
  expect(asked()).toEqual([]);
});

test('wrong inputs are all named at once, and nobody is called', async () => {
  const asked = requestsFrom(github.world);
  const result = await resolve({ 'require-reviewers': 'maybe', 'github-token': 'two words' });
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([
    expect.stringMatching(/^input require-reviewers: is "maybe"\. Use `true` or `false`\./),
    expect.stringMatching(/^input github-token: is /),
  ]);
  expect(asked()).toEqual([]);
});

describe('the platform file', () => {
  test('that is not there', async () => {
    const { result } = await refused({ 'platform-file': 'elsewhere.yaml' });
    expect(errors(result)).toEqual([expect.stringMatching(/^input platform-file: names .*elsewhere\.yaml/)]);
  });

  test('that is wrong is told with every line, and nobody is called', async () => {
    const workspace = await github.newFolder('workspace');
    await cp(join(github.folder, 'checkout'), workspace, { recursive: true });
    const file = join(workspace, 'platform.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('tier: free', 'tear: free').replace('55555555-5555', '5555-5555'));
    const asked = requestsFrom(github.world);
    const { result, problems } = await refused({}, { workspace });
    const places = result.annotations.map(({ level, file: path, line }) => [level, path, line]);
    expect(places).toEqual([
      ['error', 'platform.yaml', 16],
      ['error', 'platform.yaml', 21],
    ]);
    expect(problems).toEqual([
      expect.stringMatching(/^platform\.yaml:16:\d+: .*Did you mean `tier`\?/),
      expect.stringMatching(/^platform\.yaml:21:\d+: /),
    ]);
    expect(asked()).toEqual([]);
  });
});
