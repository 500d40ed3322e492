import { afterEach, describe, expect, test } from '@jest/globals';
import { parseJson } from '@suite/foundation';
import type { RunProgress } from '../ports.ts';
import {
  closeTestRunners,
  conclusions,
  jobNamed,
  repository,
  runWorkflowFile,
  startTestRunner,
  stepNamed,
  type TestRunner,
  workflows,
} from '../testing.ts';

afterEach(closeTestRunners);

/** Jobs in a line: `name: needs | if | script`. */
function graph(...jobs: readonly string[]): string {
  const texts = jobs.map(job => {
    const [name = '', needs = '', condition = '', script = ''] = job.split('|').map(part => part.trim());
    return `  ${name}:
    needs: [${needs}]
    runs-on: x${condition === '' ? '' : `\n    if: ${condition}`}
    steps: [{ run: "${script || 'true'}" }]`;
  });
  return `on: push\njobs:\n${texts.join('\n')}\n`;
}

describe('who runs after whom', () => {
  test.each([
    [
      'a skipped job skips those that need it',
      graph('a|| false', 'b|a', 'c|b'),
      { a: 'skipped', b: 'skipped', c: 'skipped' },
      'success',
    ],
    [
      'always() runs after a skipped one, yet success() of the next still sees it',
      graph('a||false', 'b|a|always()', 'c|b', "d|b|always() && needs.b.result == 'success'"),
      { a: 'skipped', b: 'success', c: 'skipped', d: 'success' },
      'success',
    ],
    [
      'failure() looks at every ancestor',
      graph('a|||false', 'b|a', 'c|b|failure()', `d|b|\${{ !cancelled() }}`),
      { a: 'failure', b: 'skipped', c: 'success', d: 'success' },
      'failure',
    ],
    [
      'jobs without needs do not care',
      graph('a|||false', 'b', 'c||failure()'),
      { a: 'failure', b: 'success', c: 'skipped' },
      'failure',
    ],
    [
      'results of needs are text',
      graph('a', "b|a|needs.a.result == 'success' && needs.a.outputs.none == ''"),
      { a: 'success', b: 'success' },
      'success',
    ],
    [
      'an expression that cannot be evaluated fails the job',
      graph('a', "b|a|fromJSON('{')"),
      { a: 'success', b: 'failure' },
      'failure',
    ],
  ])('%s', async (_title, text, expected, conclusion) => {
    const run = await runWorkflowFile(text);
    expect(run.startupFailure).toBeUndefined();
    expect(conclusions(run)).toEqual(expected);
    expect(run.conclusion).toBe(conclusion);
  });
});

describe('names', () => {
  test.each([
    ['jobs: { a: { runs-on: x, steps: [{ run: "true" }] } }', ['a']],
    ['jobs: { a: { name: Job A, runs-on: x, steps: [{ run: "true" }] } }', ['Job A']],
    ['jobs: { a: { strategy: { matrix: { v: [1, b] } }, runs-on: x, steps: [{ run: "true" }] } }', ['a (1)', 'a (b)']],
    [
      `jobs: { a: { name: "J \${{ matrix.v }}", strategy: { matrix: { v: [1], w: [2] } }, runs-on: x, steps: [{ run: "true" }] } }`,
      ['J 1'],
    ],
    [
      `jobs: { a: { if: false, name: "J \${{ matrix.v }}", strategy: { matrix: { v: [1, 2] } }, runs-on: x, steps: [{ run: "true" }] } }`,
      [`J \${{ matrix.v }}`],
    ],
    [
      `jobs: { a: { strategy: { matrix: { v: [${'x'.repeat(120)}] } }, runs-on: x, steps: [{ run: "true" }] } }`,
      [`a (${'x'.repeat(94)}...`],
    ],
  ])('%s', async (jobs, names) => {
    const run = await runWorkflowFile(`on: push\n${jobs}`);
    expect(run.jobs.map(({ name }) => name)).toEqual(names);
  });
});

test('one failing configuration cancels those of its matrix that wait; without fail-fast they go on', async () => {
  const text = (failFast: boolean) => `on: push
jobs:
  m:
    strategy: { fail-fast: ${failFast}, max-parallel: 1, matrix: { ok: [true, false, true] } }
    runs-on: x
    steps: [{ run: "\${{ matrix.ok }}" }]
`;
  const fast = await runWorkflowFile(text(true));
  expect(fast.jobs.map(({ conclusion }) => conclusion)).toEqual(['success', 'failure', 'cancelled']);
  expect(fast.jobs[2]?.annotations[0]?.message).toBe(
    'The strategy configuration was canceled because "m (false)" failed',
  );
  const slow = await runWorkflowFile(text(false));
  expect(slow.jobs.map(({ conclusion }) => conclusion)).toEqual(['success', 'failure', 'success']);
  expect([fast.conclusion, slow.conclusion]).toEqual(['failure', 'failure']);
});

test('continue-on-error of a job: it fails, the run and what needs it do not', async () => {
  const run = await runWorkflowFile(
    'on: push\njobs:\n  a: { runs-on: x, continue-on-error: true, steps: [{ run: "false" }] }\n  b: { needs: a, runs-on: x, steps: [{ run: "true" }] }',
  );
  expect(conclusions(run)).toEqual({ a: 'failure', b: 'success' });
  expect(run.conclusion).toBe('success');
});

test('permissions: of the job, else of the workflow, else the default; less for a run from outside', async () => {
  const text = (top: string) =>
    `on: push\n${top}\njobs:\n  a: { runs-on: x, steps: [{ run: "true" }] }\n  b: { needs: a, permissions: { id-token: write, contents: write }, runs-on: x, steps: [{ run: echo "$ACTIONS_ID_TOKEN_REQUEST_URL" }] }`;
  const granted = async (top: string, restricted = false) => {
    const tests = await startTestRunner({ files: { [repository]: workflows({ 'w.yml': text(top) }) } });
    const run = await tests.run('w.yml', { restricted });
    return [...tests.tokens.map(({ permissions }) => permissions), jobNamed(run, 'b').steps[0]?.log];
  };
  expect(await granted('')).toEqual([
    { contents: 'read', packages: 'read' },
    { contents: 'write', 'id-token': 'write' },
    ['https://id.example'],
  ]);
  expect((await granted('permissions: {}'))[0]).toEqual({});
  expect(await granted('permissions: { issues: write }', true)).toEqual([
    { issues: 'read' },
    { contents: 'read' },
    [''],
  ]);
});

test('env of workflow, job and step, each over the one before; vars, secrets, and the file commands', async () => {
  const run = await runWorkflowFile(
    `on: push
env: { A: top, B: top, C: "\${{ vars.V }}" }
jobs:
  a:
    runs-on: x
    env: { B: job, S: "\${{ secrets.KEY }}" }
    outputs: { plain: "\${{ steps.out.outputs.plain }}", secret: "\${{ steps.out.outputs.secret }}", masked: "x\${{ steps.out.outputs.masked }}" }
    steps:
      - name: first
        env: { D: "\${{ env.B }}-step" }
        run: |
          echo "$A $B $C $D $S"
          mkdir bin; printf '#!/bin/sh\\necho mine' > bin/mine; chmod +x bin/mine
          echo "$PWD/bin" >> $GITHUB_PATH
          echo "B=later" >> $GITHUB_ENV
      - name: second
        run: mine; echo "$B \${{ env.B }} $D."
      - id: out
        name: out
        run: |
          echo "::add-mask::hush"
          echo hush
          echo "plain=fine" >> $GITHUB_OUTPUT
          echo "secret=\${{ secrets.KEY }}" >> $GITHUB_OUTPUT
          echo "masked=hush" >> $GITHUB_OUTPUT
          echo "hush and $S" >> $GITHUB_STEP_SUMMARY
  b:
    needs: a
    runs-on: x
    steps: [{ name: show, run: "echo '\${{ toJSON(needs.a.outputs) }}' | tr -d ' \\\\n'" }]
`,
    { vars: { V: 'variable' }, secrets: () => ({ KEY: 'k3y' }) },
  );
  const a = jobNamed(run, 'a');
  expect(stepNamed(a, 'first').log).toEqual(['top job variable job-step ***']);
  expect(stepNamed(a, 'second').log).toEqual(['mine', 'later later .']);
  expect(stepNamed(a, 'out')).toMatchObject({ log: ['***'], summary: '*** and ***\n' });
  expect(a.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    "warning: Skip output 'secret' since it may contain secret.",
    "warning: Skip output 'masked' since it may contain secret.",
  ]);
  expect(stepNamed(jobNamed(run, 'b'), 'show').log).toEqual(['{"plain":"fine"}']);
});

describe('environments', () => {
  const text = `on: push
jobs:
  deploy:
    runs-on: x
    environment: { name: "\${{ github.ref_name }}", url: "https://\${{ steps.s.outputs.host }}/" }
    steps: [{ id: s, run: 'echo host=example.org >> $GITHUB_OUTPUT; exit \${{ vars.CODE }}' }]
`;
  test.each([
    ['0', true, 'success', { state: 'success', url: 'https://example.org/' }],
    ['1', true, 'failure', { state: 'failure', url: 'https://example.org/' }],
    ['0', false, 'failure', {}],
  ])('exit %s, approved: %s', async (code, approved, conclusion, entered) => {
    const tests = await startTestRunner({
      files: { [repository]: workflows({ 'w.yml': text }) },
      vars: { CODE: code },
      approve: async () => approved,
    });
    const run = await tests.run('w.yml');
    expect(conclusions(run)).toEqual({ deploy: conclusion });
    expect(tests.environments).toEqual([{ name: 'main', ...entered }]);
    if (approved) expect(run.jobs[0]?.environment).toEqual({ name: 'main', url: 'https://example.org/' });
  });
});

describe('outputs of a matrix', () => {
  // The gates make the configurations end in the order two, one, three.
  const include = 'include: [{ leg: one, gate: after-two }, { leg: two, gate: "" }, { leg: three, gate: after-one }]';
  const job = (context: string) => `runs-on: x
    environment: "\${{ ${context}.gate }}"
    env: { LEG: "\${{ ${context}.leg }}" }
    outputs: { shared: "\${{ steps.s.outputs.shared }}", once: "\${{ steps.s.outputs.once }}", one: "\${{ steps.s.outputs.one }}", two: "\${{ steps.s.outputs.two }}", three: "\${{ steps.s.outputs.three }}" }
    steps:
      - id: s
        run: |
          echo "shared=$LEG" >> $GITHUB_OUTPUT
          echo "$LEG=yes" >> $GITHUB_OUTPUT
          [ $LEG = two ] && echo "once=$LEG" >> $GITHUB_OUTPUT || echo "once=" >> $GITHUB_OUTPUT
          [ $LEG != three ]
`;
  const outputs = ['shared', 'once', 'one', 'two', 'three'].map(
    name => `${name}: { value: "\${{ jobs.x.outputs.${name} }}" }`,
  );
  const called = `on:
  workflow_call:
    inputs: { leg: { type: string }, gate: { type: string } }
    outputs: { ${outputs.join(', ')} }
jobs:
  x:
    ${job('inputs')}`;

  test.each([
    ['the last one that says something counts', job('matrix'), { shared: 'three', three: 'yes' }],
    [
      'of called files only those that succeeded do',
      `uses: ./.github/workflows/c.yml\n    with: { leg: "\${{ matrix.leg }}", gate: "\${{ matrix.gate }}" }\n`,
      { shared: 'one' },
    ],
  ])('%s', async (_title, work, expected) => {
    const text = `on: push
jobs:
  m:
    strategy: { fail-fast: false, matrix: { ${include} } }
    ${work}
  show:
    needs: m
    if: always()
    runs-on: x
    steps: [{ run: "echo '\${{ toJSON(needs.m.outputs) }}' | tr -d ' \\n'" }]
`;
    const ended = (leg: string, { jobs }: RunProgress) =>
      jobs.some(({ name, status }) => name.startsWith(`m (${leg}`) && status === 'completed');
    const tests: TestRunner = await startTestRunner({
      files: { [repository]: workflows({ 'w.yml': text, 'c.yml': called }) },
      approve: async name => {
        await reached(tests.progress, run => ended(name.slice('after-'.length), run));
        return true;
      },
    });
    const run = await tests.run('w.yml');
    expect(run.startupFailure).toBeUndefined();
    const shown = parseJson(jobNamed(run, 'show').steps[0]?.log[0] ?? '');
    expect(shown).toEqual({ once: 'two', one: 'yes', two: 'yes', ...expected });
  });
});

test('who has to approve sees the summaries of the jobs that have ended', async () => {
  const text = `on: push
jobs:
  quiet: { runs-on: x, steps: [{ run: "true" }] }
  plan:
    needs: quiet
    runs-on: x
    steps: [{ run: 'echo "# Plan" >> $GITHUB_STEP_SUMMARY' }, { run: "true" }, { run: 'echo "2 to add" >> $GITHUB_STEP_SUMMARY' }]
  apply: { needs: plan, environment: prod, runs-on: x, steps: [{ run: 'echo "# Applied" >> $GITHUB_STEP_SUMMARY' }] }
  verify: { needs: apply, environment: check, runs-on: x, steps: [{ run: "true" }] }
`;
  const seen: unknown[] = [];
  const tests = await startTestRunner({
    files: { [repository]: workflows({ 'w.yml': text }) },
    approve: async (name, job) => {
      seen.push([name, job.job, job.summaries()]);
      return true;
    },
  });
  await tests.run('w.yml');
  const plan = { job: 'plan', markdown: '# Plan\n\n2 to add\n' };
  expect(seen).toEqual([
    ['prod', 'apply', [plan]],
    ['check', 'verify', [plan, { job: 'apply', markdown: '# Applied\n' }]],
  ]);
});

test('concurrency of workflows: a newer run replaces the one that waits, across workflow files', async () => {
  let approve: (yes: boolean) => void = () => undefined;
  const text = 'on: push\nconcurrency: group\njobs: { a: { runs-on: x, environment: gate, steps: [{ run: "true" }] } }';
  const tests = await startTestRunner({
    files: {
      [repository]: workflows({
        'w.yml': text,
        'v.yml': text.replace('group', 'GROUP').replace('environment: gate, ', ''),
      }),
    },
    approve: () =>
      new Promise(resolve => {
        approve = resolve;
      }),
  });
  const first = tests.start('w.yml');
  await reached(tests.progress, run => run.id === first.id && run.jobs[0]?.status === 'waiting');
  const second = tests.start('v.yml');
  await reached(tests.progress, run => run.id === second.id && run.status === 'pending');
  const third = tests.start('v.yml');
  expect(await second.result).toMatchObject({ conclusion: 'cancelled', jobs: [] });
  approve(true);
  expect((await first.result).conclusion).toBe('success');
  expect((await third.result).conclusion).toBe('success');
});

test('a job that wants the group of its own workflow is cancelled, as it would wait for itself', async () => {
  const run = await runWorkflowFile(
    'on: push\nconcurrency: g\njobs:\n  a: { runs-on: x, concurrency: G, steps: [{ run: "true" }] }\n  b: { uses: ./.github/workflows/c.yml }',
    {
      files: {
        [repository]: workflows({
          'c.yml': 'on: workflow_call\nconcurrency: g\njobs: { c: { runs-on: x, steps: [{ run: "true" }] } }',
        }),
      },
    },
  );
  expect(conclusions(run)).toEqual({ a: 'cancelled', b: 'cancelled' });
  expect(run.jobs[0]?.annotations[0]?.message).toContain('deadlock');
});

/** Resolves once a report shows it; reports come with every change, so nothing is waited for by time. */
async function reached<T>(reports: readonly T[], holds: (report: T) => boolean): Promise<void> {
  while (!reports.some(holds)) await new Promise(resolve => setImmediate(resolve));
}
