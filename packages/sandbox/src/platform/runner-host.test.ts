import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EnvironmentJob, RunProgress, RunResult } from '../runner/index.ts';
import { createRunner } from '../runner/index.ts';
import { type RepositoryHandle, startWorld, type World } from '../world/index.ts';
import { createRunnerHost, type HostOptions } from './runner-host.ts';

let folder: string;
let world: World;
let repository: RepositoryHandle;
const path = '.github/workflows/w.yml';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-'));
  world = await startWorld({ directory: join(folder, 'world') });
  repository = await world.github.createRepository({ name: 'octo/app', folder: import.meta.dirname, author: 'mona' });
});

afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

async function begin(jobs: string, options: Partial<HostOptions> = {}) {
  const sha = await repository.commit({ branch: 'main', message: 'w', files: { [path]: `on: push\njobs:\n${jobs}` } });
  const host = createRunnerHost({
    world,
    folder: join(folder, 'runs'),
    release: join(folder, 'none'),
    machine: { PATH: process.env['PATH'] ?? '' },
    parallelism: 4,
    ...options,
  });
  return createRunner(host).start({
    repository: 'octo/app',
    path,
    event: { name: 'push', payload: {} },
    ref: 'refs/heads/main',
    sha,
    headSha: sha,
    actor: 'mona',
    restricted: false,
  });
}

async function run(jobs: string, options: Partial<HostOptions> = {}): Promise<RunResult> {
  return (await begin(jobs, options)).result;
}

const job = (name: string, more = '') =>
  `  ${name}: { runs-on: x, ${more}environment: { name: prod, url: "https://example.org/${name}" }, steps: [{ run: "true" }] }\n`;
const plan = `  plan: { runs-on: x, steps: [{ run: 'echo "2 to add" >> $GITHUB_STEP_SUMMARY' }] }\n`;

describe('approvals', () => {
  test.each([
    ['true, of the first reviewer', true, 'success', { state: 'approved', by: 'mona', comment: '' }],
    ['false, of the first reviewer', false, 'failure', { state: 'rejected', by: 'mona', comment: '' }],
    [
      'of whoever is named',
      { approved: true, by: 'hubot', comment: 'Go' },
      'success',
      { state: 'approved', by: 'hubot', comment: 'Go' },
    ],
    ['a rejection', { approved: false, by: 'hubot' }, 'failure', { state: 'rejected', by: 'hubot', comment: '' }],
  ] as const)('%s', async (_title, answer, conclusion, expected) => {
    repository.defineEnvironment({ name: 'prod', reviewers: ['mona', 'hubot'] });
    const result = await run(job('apply'), { approve: () => answer });
    expect(result.conclusion).toBe(conclusion);
    expect(repository.approvals(result.id)).toMatchObject([{ environment: 'prod', ...expected }]);
    expect(repository.deployments()).toMatchObject([
      conclusion === 'success' ? { state: 'success', url: 'https://example.org/apply' } : { state: 'failure' },
    ]);
  });

  test('without reviewers nobody is asked', async () => {
    repository.defineEnvironment({ name: 'prod' });
    const result = await run(job('apply'), {
      approve: () => {
        throw new Error('asked');
      },
    });
    expect(result.conclusion).toBe('success');
    expect(repository.approvals()).toEqual([]);
  });

  test('of somebody who may not give it the job fails and says so', async () => {
    repository.defineEnvironment({ name: 'prod', reviewers: ['mona', 'hubot'], preventSelfReview: true });
    const result = await run(job('apply'), { approve: () => ({ approved: true, by: 'mona' }) });
    expect(result.jobs[0]?.annotations[0]?.message).toBe('mona may not review deployments to prod; who may: hubot.');
    expect(repository.deployments()).toMatchObject([{ state: 'failure' }]);
    expect((await run(job('apply'))).conclusion).toBe('success');
    expect(repository.approvals()).toMatchObject([{ by: 'hubot' }]);
  });

  test('one holds for all jobs that wait, a job that comes later is asked about anew', async () => {
    repository.defineEnvironment({ name: 'prod', reviewers: ['mona'] });
    const asked: string[] = [];
    const approve = (_name: string, { job }: EnvironmentJob) => asked.push(job) > 0;
    await repository.commit({
      branch: 'main',
      message: 'c',
      files: { '.github/workflows/c.yml': `on: workflow_call\njobs:\n${job('two')}` },
    });
    const two = '  two: { uses: ./.github/workflows/c.yml }\n';
    const result = await run(`${job('one')}${two}${job('late', 'needs: [one, two], ')}`, { approve });
    expect([result.conclusion, asked]).toEqual(['success', ['one', 'late']]);
    expect(repository.approvals(result.id)).toHaveLength(2);
  });

  test('are given with the plan in view', async () => {
    repository.defineEnvironment({ name: 'prod', reviewers: ['mona'] });
    const result = await run(`${plan}${job('apply', 'needs: plan, ')}`, {
      approve: (_name, { summaries }) =>
        summaries().some(({ job, markdown }) => job === 'plan' && /2 to add/.test(markdown)),
    });
    expect(result.conclusion).toBe('success');
  });

  test('nobody answers: a cancelled run waits no longer, and no review is made up', async () => {
    repository.defineEnvironment({ name: 'prod', reviewers: ['mona'] });
    const running = await begin(job('apply'), {
      approve: () => {
        running.cancel();
        return new Promise<never>(() => undefined);
      },
    });
    expect((await running.result).conclusion).toBe('cancelled');
    expect(repository.approvals()).toEqual([]);
    expect(repository.deployments()).toMatchObject([{ state: 'inactive' }]);
  });
});

test('a branch that may not deploy is not asked about', async () => {
  repository.defineEnvironment({ name: 'prod', reviewers: ['mona'], branches: ['release'] });
  const result = await run(job('apply'), { approve: () => true });
  expect([result.conclusion, repository.approvals()]).toEqual(['failure', []]);
});

test('`deployment: false` files no deployment', async () => {
  const text = `  a: { runs-on: x, environment: { name: prod, deployment: false }, steps: [{ run: "true" }] }\n`;
  expect((await run(text)).conclusion).toBe('success');
  expect(repository.deployments()).toEqual([]);
});

test('GitHub’s API tells of runs with numbers and artifacts, and jobs know their repository', async () => {
  const steps = `[{ run: 'echo "$GITHUB_REPOSITORY_ID $GITHUB_REPOSITORY_OWNER_ID" > ids' }, { name: show, run: cat ids }, { uses: actions/upload-artifact@v4, with: { name: ids, path: ids } }]`;
  const reports: RunProgress[] = [];
  const result = await run(`  a: { runs-on: x, steps: ${steps} }\n`, { onChange: report => reports.push(report) });
  expect(result.jobs[0]?.steps[1]?.log).toEqual([`${repository.id} ${repository.ownerId}`]);
  expect(reports.at(-1)).toMatchObject({ number: 1, artifacts: [{ name: 'ids' }], headRepository: 'octo/app' });
});
