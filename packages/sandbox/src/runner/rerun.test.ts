import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseJson } from '@suite/foundation';
import type { RunResult } from './results.ts';
import { closeTestRunners, jobNamed, repository, startTestRunner, workflows } from './testing.ts';

afterEach(closeTestRunners);

const text = `on: push
jobs:
  build:
    runs-on: x
    outputs: { id: "\${{ steps.s.outputs.id }}" }
    steps:
      - { id: s, run: 'echo "id=\${{ github.run_attempt }}" >> $GITHUB_OUTPUT; echo build >> "$HOME/log"; echo b > b.txt' }
      - { uses: actions/upload-artifact@v4, with: { name: built, path: b.txt } }
  legs:
    needs: build
    strategy: { fail-fast: false, matrix: { leg: [one, two] } }
    runs-on: x
    steps:
      - { uses: actions/download-artifact@v4, with: { name: built } }
      - { run: 'echo "\${{ matrix.leg }} \${{ needs.build.outputs.id }}" >> "$HOME/log"; [ "\${{ matrix.leg }}" = one ] || [ -f "$HOME/fixed" ]' }
  call:
    needs: build
    uses: ./.github/workflows/c.yml
  never: { needs: build, if: false, runs-on: x, steps: [{ run: "true" }] }
  last: { needs: [legs, call], runs-on: x, steps: [{ run: 'echo last >> "$HOME/log"' }] }
`;
const called = `on: workflow_call
jobs:
  x: { runs-on: x, steps: [{ run: 'echo x >> "$HOME/log"' }] }
  y: { needs: x, runs-on: x, steps: [{ run: 'echo y >> "$HOME/log"' }] }
`;

async function failedRun() {
  const tests = await startTestRunner({
    files: { [repository]: workflows({ 'w.yml': text, 'c.yml': called }) },
    parallelism: 1,
  });
  const run = await tests.run('w.yml');
  const newLines = async () => {
    const lines = (await readFile(`${tests.folder}/log`, 'utf8')).trim().split('\n').sort();
    await writeFile(`${tests.folder}/log`, '');
    return lines;
  };
  expect(run.conclusion).toBe('failure');
  expect(await newLines()).toEqual(['build', 'one 1', 'two 1', 'x', 'y']);
  await writeFile(`${tests.folder}/fixed`, '');
  return { tests, run, newLines };
}

const shown = (run: RunResult) => run.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`).sort();

test('failed jobs and what needs them run again, with outputs and artifacts of those that are kept', async () => {
  const { tests, run, newLines } = await failedRun();
  const again = await tests.runner.rerun(run, { failedOnly: true, triggeringActor: 'hubot' }).result;
  expect(await newLines()).toEqual(['last', 'two 1']);
  expect(again).toMatchObject({ id: run.id, attempt: 2, conclusion: 'success', actor: 'mona' });
  expect(shown(again)).toEqual([
    'build success',
    'call / x success',
    'call / y success',
    'last success',
    'legs (one) success',
    'legs (two) success',
    'never skipped',
  ]);
  expect(jobNamed(again, 'build').id).toBe(jobNamed(run, 'build').id);
  expect(jobNamed(again, 'legs (two)').id).not.toBe(jobNamed(run, 'legs (two)').id);
  expect(tests.runner.artifacts(run.id).map(({ name }) => name)).toEqual(['built']);
});

test('outputs of a matrix stay with their configuration, in called files too', async () => {
  const script = `echo "$LEG=\${{ github.run_attempt }}" >> $GITHUB_OUTPUT; [ $LEG = one ] || [ -f "$HOME/fixed" ]`;
  const job = (leg: string) => `runs-on: x
    env: { LEG: "\${{ ${leg} }}" }
    outputs: { one: "\${{ steps.s.outputs.one }}", two: "\${{ steps.s.outputs.two }}" }
    steps: [{ id: s, run: '${script}' }]`;
  const caller = `on: push
jobs:
  legs:
    strategy: { fail-fast: false, matrix: { leg: [one, two] } }
    ${job('matrix.leg')}
  calls:
    strategy: { fail-fast: false, matrix: { leg: [one, two] } }
    uses: ./.github/workflows/c.yml
    with: { leg: "\${{ matrix.leg }}" }
  show:
    needs: [legs, calls]
    if: always()
    runs-on: x
    steps: [{ run: "echo '\${{ toJSON(needs) }}' | tr -d ' \\n'" }]
`;
  const file = `on:
  workflow_call:
    inputs: { leg: { type: string } }
    outputs: { one: { value: "\${{ jobs.x.outputs.one }}" }, two: { value: "\${{ jobs.x.outputs.two }}" } }
jobs:
  x:
    ${job('inputs.leg')}
`;
  const tests = await startTestRunner({ files: { [repository]: workflows({ 'w.yml': caller, 'c.yml': file }) } });
  const needsOf = (run: RunResult) => parseJson(jobNamed(run, 'show').steps[0]?.log[0] ?? '');
  const run = await tests.run('w.yml');
  expect(needsOf(run)).toEqual({
    legs: { result: 'failure', outputs: { one: '1', two: '1' } },
    calls: { result: 'failure', outputs: { one: '1' } },
  });
  await writeFile(`${tests.folder}/fixed`, '');
  const again = await tests.runner.rerun(run, { failedOnly: true }).result;
  expect(needsOf(again)).toEqual({
    legs: { result: 'success', outputs: { one: '1', two: '2' } },
    calls: { result: 'success', outputs: { one: '1', two: '2' } },
  });
});

test('a full re-run runs everything, and may upload its artifacts again', async () => {
  const { tests, run, newLines } = await failedRun();
  const again = await tests.runner.rerun(run).result;
  expect(again.conclusion).toBe('success');
  expect(await newLines()).toEqual(['build', 'last', 'one 2', 'two 2', 'x', 'y']);
  // A client of the API sees those of both attempts, as GitHub shows them; a step sees the newer one.
  expect(tests.progress.at(-1)?.artifacts.map(({ name }) => name)).toEqual(['built', 'built']);
  expect(tests.runner.artifacts(run.id)).toEqual(tests.progress.at(-1)?.artifacts.slice(1));
  expect(() => tests.runner.rerun(run)).toThrow('has been run again since attempt 1');
});

test('inputs of workflow_dispatch have their types; wrong ones end the run', async () => {
  const dispatch = `on: { workflow_dispatch: { inputs: { flag: { type: boolean }, text: { default: d }, must: { required: true } } } }
jobs: { a: { runs-on: x, steps: [{ run: "echo '\${{ toJSON(inputs) }}' | tr -d ' \\\\n'" }] } }`;
  const tests = await startTestRunner({ files: { [repository]: workflows({ 'w.yml': dispatch }) } });
  const event = { name: 'workflow_dispatch', payload: {} };
  const run = await tests.run('w.yml', { event, inputs: { flag: 'true', must: 'm' } });
  expect(run.jobs[0]?.steps[0]?.log).toEqual(['{"flag":true,"text":"d","must":"m"}']);
  expect((await tests.run('w.yml', { event, inputs: {} })).startupFailure).toBe("Required input 'must' not provided");
  expect((await tests.run('w.yml', { event, inputs: { must: 'm', x: '' } })).startupFailure).toBe(
    'Unexpected inputs provided: ["x"]',
  );
});

test('reports tell of every state on the way', async () => {
  const simple = 'on: push\nname: N\njobs: { a: { runs-on: x, environment: e, steps: [{ name: s, run: "true" }] } }';
  const tests = await startTestRunner({ files: { [repository]: workflows({ 'w.yml': simple }) } });
  await tests.run('w.yml');
  const distinct = (values: readonly (string | undefined)[]) =>
    values.filter((value, index) => value !== values[index - 1]);
  expect(distinct(tests.progress.map(({ status }) => status))).toEqual([
    'queued',
    'pending',
    'in_progress',
    'completed',
  ]);
  expect(distinct(tests.progress.map(({ jobs }) => jobs[0]?.status))).toEqual([
    'pending',
    'waiting',
    'queued',
    'in_progress',
    'completed',
  ]);
  expect(tests.progress.at(-1)).toMatchObject({
    name: 'N',
    headBranch: 'main',
    conclusion: 'success',
    jobs: [
      {
        name: 'a',
        conclusion: 'success',
        runsOn: 'x',
        steps: [{ name: 's', number: 1, status: 'completed', conclusion: 'success' }],
      },
    ],
  });
});

describe('reports say where the commit came from', () => {
  const pull = (repo: object | null) => ({ pull_request: { head: { repo } } });
  test.each([
    ['of a push', {}, 'octo/app'],
    ['of a branch', pull({ full_name: 'octo/app' }), 'octo/app'],
    ['of a fork', pull({ full_name: 'eve/app' }), 'eve/app'],
    ['of a fork that is gone', pull(null), null],
  ])('%s', async (_title, payload, expected) => {
    const simple = 'on: [push, pull_request]\njobs: { a: { runs-on: x, steps: [{ run: "true" }] } }';
    const tests = await startTestRunner({ files: { [repository]: workflows({ 'w.yml': simple }) } });
    await tests.run('w.yml');
    await tests.run('w.yml', { event: { name: 'pull_request', payload } });
    expect(tests.progress.at(-1)).toMatchObject({ number: 2, headRepository: expected, artifacts: [] });
  });
});
