import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from '@jest/globals';
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

test('a full re-run runs everything, and may upload its artifacts again', async () => {
  const { tests, run, newLines } = await failedRun();
  const again = await tests.runner.rerun(run).result;
  expect(again.conclusion).toBe('success');
  expect(await newLines()).toEqual(['build', 'last', 'one 2', 'two 2', 'x', 'y']);
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
