import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  action,
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

const job = (steps: string, more = '') =>
  `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n${more}    steps:\n${steps.replaceAll(/^(?=.)/gm, '      ')}\n`;

async function stepsOf(steps: string, options: Parameters<typeof runWorkflowFile>[1] = {}) {
  const run = await runWorkflowFile(job(steps), options);
  return { run, job: jobNamed(run, 'a') };
}

test('conditions of steps, outcome and conclusion', async () => {
  const { job: a } = await stepsOf(`- { id: one, name: one, run: exit 3, continue-on-error: true }
- { name: two, run: "echo \${{ steps.one.outcome }} \${{ steps.one.conclusion }} \${{ job.status }}" }
- { name: three, run: exit 4 }
- { name: four, run: "true" }
- { id: five, name: five, if: failure(), run: "echo \${{ job.status }}" }
- { name: six, if: "\${{ !cancelled() && steps.five.conclusion == 'success' }}", run: "true" }
- { name: seven, if: always(), run: "true" }
- { name: eight, if: cancelled(), run: "true" }`);
  expect(a.steps.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
    'one success',
    'two success',
    'three failure',
    'four skipped',
    'five success',
    'six success',
    'seven success',
    'eight skipped',
  ]);
  expect(stepNamed(a, 'one')).toMatchObject({ exitCode: 3, log: ['error: Process completed with exit code 3.'] });
  expect(stepNamed(a, 'two').log).toEqual(['failure success success']);
  expect(stepNamed(a, 'five').log).toEqual(['failure']);
  expect(stepNamed(a, 'four').exitCode).toBeUndefined();
});

test('bash as GitHub calls it: -e, and pipefail only when it is asked for', async () => {
  const { job: a } = await stepsOf(
    `- { name: plain, run: "false | true\\necho on" }
- { name: errexit, run: "false\\necho never", continue-on-error: true }
- { name: strict, shell: bash, run: "false | true\\necho never", continue-on-error: true }
- { name: sub, working-directory: sub/deep, run: pwd }
- { run: "echo first line\\necho second" }`.replace(
      '- { name: sub',
      '- { name: make, run: mkdir -p sub/deep }\n- { name: sub',
    ),
  );
  expect(a.steps.map(({ log }) => log[0])).toEqual([
    'on',
    'error: Process completed with exit code 1.',
    'error: Process completed with exit code 1.',
    undefined,
    expect.stringMatching(/\/work\/sub\/deep$/),
    'first line',
  ]);
  expect(a.steps.at(-1)?.name).toBe('Run echo first line');
});

test('what a runner tells a step', async () => {
  const variables = [
    'CI',
    'GITHUB_ACTIONS',
    'GITHUB_ACTION',
    'GITHUB_ACTION_REF',
    'GITHUB_ACTION_REPOSITORY',
    'GITHUB_ACTOR',
    'GITHUB_BASE_REF',
    'GITHUB_EVENT_NAME',
    'GITHUB_HEAD_REF',
    'GITHUB_JOB',
    'GITHUB_REF',
    'GITHUB_REF_NAME',
    'GITHUB_REF_TYPE',
    'GITHUB_REPOSITORY',
    'GITHUB_REPOSITORY_ID',
    'GITHUB_REPOSITORY_OWNER',
    'GITHUB_REPOSITORY_OWNER_ID',
    'GITHUB_RUN_ATTEMPT',
    'GITHUB_RUN_NUMBER',
    'GITHUB_SHA',
    'GITHUB_WORKFLOW',
    'GITHUB_WORKFLOW_REF',
    'RUNNER_ARCH',
    'RUNNER_ENVIRONMENT',
    'RUNNER_OS',
    'GITHUB_TOKEN',
    'RUNNER_TOOL_CACHE',
  ];
  const { job: a, run } = await stepsOf(
    `- name: show
  run: |
    for name in ${variables.join(' ')}; do echo "$name=\${!name-unset}"; done
    [ "$PWD" = "$GITHUB_WORKSPACE" ] && [ -d "$RUNNER_TEMP" ] && node -p "require(process.env.GITHUB_EVENT_PATH).number"
    echo "\${{ github.event.number }} \${{ github.token == secrets.GITHUB_TOKEN }} \${{ runner.os }}"`,
    {
      request: {
        event: { name: 'pull_request', payload: { number: 7, action: 'opened' } },
        ref: 'refs/pull/7/merge',
        headRef: 'topic',
        baseRef: 'main',
        headSha: 'b'.repeat(40),
      },
    },
  );
  expect(stepNamed(a, 'show').log).toEqual([
    'CI=true',
    'GITHUB_ACTIONS=true',
    'GITHUB_ACTION=__run',
    'GITHUB_ACTION_REF=',
    'GITHUB_ACTION_REPOSITORY=',
    'GITHUB_ACTOR=mona',
    'GITHUB_BASE_REF=main',
    'GITHUB_EVENT_NAME=pull_request',
    'GITHUB_HEAD_REF=topic',
    'GITHUB_JOB=a',
    'GITHUB_REF=refs/pull/7/merge',
    'GITHUB_REF_NAME=7/merge',
    'GITHUB_REF_TYPE=branch',
    'GITHUB_REPOSITORY=octo/app',
    'GITHUB_REPOSITORY_ID=11',
    'GITHUB_REPOSITORY_OWNER=octo',
    'GITHUB_REPOSITORY_OWNER_ID=22',
    'GITHUB_RUN_ATTEMPT=1',
    'GITHUB_RUN_NUMBER=1',
    `GITHUB_SHA=${'a'.repeat(40)}`,
    'GITHUB_WORKFLOW=.github/workflows/w.yml',
    'GITHUB_WORKFLOW_REF=octo/app/.github/workflows/w.yml@refs/pull/7/merge',
    process.arch === 'arm64' ? 'RUNNER_ARCH=ARM64' : 'RUNNER_ARCH=X64',
    'RUNNER_ENVIRONMENT=github-hosted',
    'RUNNER_OS=Linux',
    'GITHUB_TOKEN=unset',
    'RUNNER_TOOL_CACHE=unset',
    '7',
    '7 true Linux',
  ]);
  expect(run).toMatchObject({ event: 'pull_request', headSha: 'b'.repeat(40) });
  expect(a.runsOn).toBe('ubuntu-24.04');
});

describe('stages of actions', () => {
  const print = (stage: string) =>
    `console.log('${stage} ' + process.env.INPUT_WHO + ' ' + (process.env.STATE_was ?? '-'));
require('fs').appendFileSync(process.env.GITHUB_STATE, 'was=' + (process.env.STATE_was ?? '') + '${stage[0]}\\n');
if (process.env.INPUT_FAIL === '${stage}') process.exit(5);`;
  const staged = action(
    `inputs: { who: { default: nobody }, fail: {} }
runs: { using: node20, pre: pre.cjs, main: main.cjs, post: post.cjs, post-if: "always() && env.NO_POST == ''" }`,
    { 'pre.cjs': print('pre'), 'main.cjs': print('main'), 'post.cjs': print('post') },
    'staged',
  );
  const files = {
    'org/suite': {
      ...staged,
      ...action(
        'runs: { using: node24, main: m.mjs, post: p.mjs }',
        { 'm.mjs': '', 'p.mjs': "console.log('simple')" },
        'simple',
      ),
    },
  };

  test('pre before all steps, post in reverse order, with the state of their own action only', async () => {
    const { job: a } = await stepsOf(
      `- { name: run, run: "true" }
- { name: first, uses: org/suite/staged@v1, with: { who: one } }
- { name: second, uses: org/suite/simple@v1 }
- { name: third, uses: org/suite/staged@v1, with: { who: three } }`,
      { files },
    );
    expect(a.steps.map(({ name, log }) => [name, log[0]])).toEqual([
      ['Pre first', 'pre one -'],
      ['Pre third', 'pre three -'],
      ['run', undefined],
      ['first', 'main one p'],
      ['second', undefined],
      ['third', 'main three p'],
      // A post stage is due from the first stage of its action on, which is the pre stage where there is one.
      ['Post second', 'simple'],
      ['Post third', 'post three pm'],
      ['Post first', 'post one pm'],
    ]);
  });

  test('post runs after a failure, not after a skipped step, and post-if decides', async () => {
    const { job: a } = await stepsOf(
      `- { name: skipped, if: false, uses: org/suite/simple@v1 }
- { name: failing, uses: org/suite/staged@v1, with: { fail: main } }
- { name: unreached, uses: org/suite/simple@v1 }
- { name: silenced, if: always(), uses: org/suite/staged@v1, env: { NO_POST: 1 } }`,
      { files },
    );
    expect(a.conclusion).toBe('failure');
    expect(a.steps.map(({ name, conclusion }) => `${name}: ${conclusion}`)).toEqual([
      'Pre failing: success',
      'Pre silenced: success',
      'skipped: skipped',
      'failing: failure',
      'unreached: skipped',
      'silenced: success',
      'Post silenced: skipped',
      'Post failing: success',
    ]);
  });

  test('a failing post stage fails the job', async () => {
    const { job: a } = await stepsOf('- { name: x, uses: org/suite/staged@v1, with: { fail: post } }', { files });
    expect([a.conclusion, stepNamed(a, 'Post x').exitCode]).toEqual(['failure', 5]);
  });

  test('every stage is told where its action comes from: `$/` is the called repository at its commit', async () => {
    const say = "console.log(process.env.GITHUB_ACTION_REPOSITORY + ' ' + process.env.GITHUB_ACTION_REF)";
    const where = action('runs: { using: node24, main: m.mjs, post: m.mjs }', { 'm.mjs': say }, 'where');
    const called = `on: workflow_call
jobs: { b: { runs-on: x, steps: [{ name: self, uses: $/where }, { name: tagged, uses: org/suite/where@v1 }] } }`;
    const run = await runWorkflowFile(
      'on: push\njobs: { a: { uses: org/suite/.github/workflows/c.yml@v1 }, c: { runs-on: x, steps: [{ uses: actions/checkout@v4 }, { name: local, uses: ./where }] } }',
      { files: { [repository]: where, 'org/suite': { ...where, ...workflows({ 'c.yml': called }) } } },
    );
    const told = (name: string) => jobNamed(run, name).steps.map(step => [step.name, step.log[0]]);
    expect(told('a / b')).toEqual([
      ['self', `org/suite ${'a'.repeat(40)}`],
      ['tagged', 'org/suite v1'],
      ['Post tagged', 'org/suite v1'],
      ['Post self', `org/suite ${'a'.repeat(40)}`],
    ]);
    expect(told('c').slice(1)).toEqual([
      ['local', ' '],
      ['Post local', ' '],
    ]);
  });

  test('an action in the workspace is read when its step runs', async () => {
    const local = action('runs: { using: node24, main: m.mjs }', { 'm.mjs': "console.log('local')" }, 'tools/local');
    const steps = '- uses: actions/checkout@v4\n- { name: local, uses: ./tools/local }';
    const { job: a } = await stepsOf(steps, { files: { [repository]: local } });
    expect(stepNamed(a, 'local').log).toEqual(['local']);
    const { job: without } = await stepsOf('- { name: local, uses: ./tools/local }');
    expect(stepNamed(without, 'local').annotations[0]?.message).toContain("Can't find 'action.yml'");
  });
});

describe('what the runner does not play is refused by name', () => {
  const start = "The sandbox's runner does not";
  const files = {
    'org/suite': {
      ...action('runs: { using: composite, steps: [] }', {}, 'composite'),
      ...action('runs: { using: docker, image: x }', {}, 'docker'),
    },
  };
  test.each([
    ['- uses: docker://alpine', `${start} play containers: docker://alpine.`],
    ['- uses: org/suite/composite@v1', `${start} play actions with \`using: composite\`, only node24 and node20.`],
    ['- uses: org/suite/docker@v1', `${start} play actions with \`using: docker\`, only node24 and node20.`],
    ['- uses: actions/setup-node@v4', `${start} play actions/setup-node@v4: nobody provides this action.`],
    ['- { if: false, uses: actions/cache@v4 }', `${start} play actions/cache@v4: nobody provides this action.`],
    [
      '- uses: actions/upload-artifact@v3',
      `${start} play actions/upload-artifact@v3; GitHub has switched it off. Use v4 or newer.`,
    ],
    ["- { run: \"true\", if: hashFiles('x') == '' }", `${start} play hashFiles().`],
    [
      '- { uses: actions/checkout@v4, with: { submodules: true } }',
      "The sandbox's stand-in for actions/checkout@v4 does not know the input `submodules`.",
    ],
  ])('%s', async (step, message) => {
    const { job: a } = await stepsOf(step, { files });
    expect(a.conclusion).toBe('failure');
    expect(a.steps.flatMap(({ annotations }) => annotations.map(annotation => annotation.message))).toContain(message);
  });

  test.each([
    ['jobs: { a: { runs-on: x, services: { db: { image: x } }, steps: [{ run: y }] } }', '`services:` in jobs.a'],
    ['jobs: { a: { runs-on: x, container: alpine, steps: [{ run: y }] } }', '`container:` in jobs.a'],
    ['jobs: { a: { runs-on: x, defaults: { run: { shell: sh } }, steps: [{ run: y }] } }', '`defaults:` in jobs.a'],
    ['jobs: { a: { runs-on: { group: g }, steps: [{ run: y }] } }', '`group:` in runs-on'],
    ['jobs: { a: { runs-on: x, steps: [{ run: y, shell: pwsh }] } }', 'the shell `pwsh`'],
    ['run-name: x\njobs: { a: { runs-on: x, steps: [{ run: y }] } }', '`run-name:` in the workflow'],
    ['permissions: { drives: read }\njobs: { a: { runs-on: x, steps: [{ run: y }] } }', 'the permission `drives`'],
  ])('%s', async (text, what) => {
    const run = await runWorkflowFile(`on: push\n${text}`);
    expect(run.startupFailure).toContain(`${start} know ${what}`);
  });
});

describe('cancellation and time', () => {
  const text = job(
    `- name: work
  run: |
    trap 'echo interrupted; exit 9' INT
    echo ready > "$HOME/ready"
    while true; do sleep 0.05; done
- { name: next, run: "true" }
- { name: tidy, if: always(), run: "echo \${{ job.status }}" }
- { name: told, if: cancelled(), run: "true" }`,
    '    timeout-minutes: 30\n',
  );

  async function begun(workflow: string): Promise<{ tests: TestRunner; running: ReturnType<TestRunner['start']> }> {
    const tests = await startTestRunner({ files: { [repository]: workflows({ 'w.yml': workflow }) } });
    const running = tests.start('w.yml');
    const ended = running.result.then(run => {
      throw new Error(`The run ended before its step was ready: ${JSON.stringify(run)}`);
    });
    const ready = async () => {
      while (!existsSync(`${tests.folder}/ready`)) await turn();
    };
    await Promise.race([ready(), ended]);
    ended.catch(() => undefined);
    return { tests, running };
  }

  test('the step in progress gets SIGINT, then always() and cancelled() steps run', async () => {
    const { running } = await begun(text);
    running.cancel();
    const run = await running.result;
    const a = jobNamed(run, 'a');
    expect(run.conclusion).toBe('cancelled');
    expect(a.steps.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
      'work cancelled',
      'next skipped',
      'tidy success',
      'told success',
    ]);
    expect(stepNamed(a, 'work').log).toEqual(['interrupted', 'error: The operation was canceled.']);
    expect(stepNamed(a, 'tidy').log).toEqual(['cancelled']);
    expect(a.annotations[0]?.message).toBe('The run was canceled by @mona.');
  });

  test('who does not listen gets SIGTERM after 7.5 s and is killed 2.5 s later, with its children', async () => {
    const deaf = `- name: work
  run: exec node -e "process.on('SIGINT', () => console.log('int')).on('SIGTERM', () => console.log('term')); setInterval(() => {}, 1000); require('fs').writeFileSync(process.env.HOME + '/ready', '')"`;
    const { tests, running } = await begun(job(deaf));
    running.cancel();
    // One sleeps for the signals, one until all has to end.
    while (tests.clock.sleepers < 2) await turn();
    tests.clock.pass(7_500);
    while (tests.clock.sleepers < 2) await turn();
    tests.clock.pass(2_500);
    const work = stepNamed(jobNamed(await running.result, 'a'), 'work');
    expect(work).toMatchObject({ conclusion: 'cancelled', exitCode: null });
  });

  test.each([
    ['step', 'name: work, if: always()', ''],
    ['job', 'name: work', '    if: always()\n'],
  ])('a %s under always() goes on', async (_what, step, ofJob) => {
    const script = 'echo ready > \\"$HOME/ready\\"; until [ -f \\"$HOME/go\\" ]; do sleep 0.02; done';
    const { tests, running } = await begun(job(`- { ${step}, run: "${script}" }`, ofJob));
    running.cancel();
    await writeFile(`${tests.folder}/go`, '');
    expect(stepNamed(jobNamed(await running.result, 'a'), 'work').conclusion).toBe('success');
  });

  test('five minutes after the cancellation all ends, always() or not', async () => {
    const { tests, running } = await begun(
      job(`- name: work
  if: always()
  run: echo ready > "$HOME/ready"; while true; do sleep 0.05; done
- { name: tidy, if: always(), run: "true" }`),
    );
    running.cancel();
    while (tests.clock.sleepers < 1) await turn();
    tests.clock.pass(5 * 60_000);
    const a = jobNamed(await running.result, 'a');
    expect(a.conclusion).toBe('cancelled');
    expect(a.steps.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual(['work cancelled', 'tidy skipped']);
  });

  test('a job that waits for a machine or an approval is cancelled where it stands', async () => {
    const waiting = `  b: { runs-on: x, steps: [{ run: "true" }] }\n  c: { runs-on: x, environment: gate, steps: [{ run: "true" }] }\n`;
    const tests = await startTestRunner({
      files: { [repository]: workflows({ 'w.yml': text + waiting }) },
      parallelism: 1,
      approve: (_name, { signal }) => new Promise(resolve => signal.addEventListener('abort', () => resolve(false))),
    });
    const running = tests.start('w.yml');
    const statuses = () =>
      tests.progress
        .at(-1)
        ?.jobs.map(({ status }) => status)
        .join(' ');
    while (!existsSync(`${tests.folder}/ready`) || statuses() !== 'in_progress queued waiting') await turn();
    running.cancel();
    const run = await running.result;
    expect(conclusions(run)).toEqual({ a: 'cancelled', b: 'cancelled', c: 'cancelled' });
    expect(tests.environments).toEqual([{ name: 'gate', state: 'inactive' }]);
  });

  test('a job that runs too long is cancelled', async () => {
    const { tests, running } = await begun(text);
    tests.clock.pass(30 * 60_000);
    const run = await running.result;
    expect(jobNamed(run, 'a')).toMatchObject({
      conclusion: 'cancelled',
      annotations: [
        {
          message:
            'The job running on runner sandbox ubuntu-24.04 has exceeded the maximum execution time of 30 minutes.',
        },
      ],
    });
  });

  test('a step that runs too long fails', async () => {
    const { tests, running } = await begun(text.replace('- name: work', '- name: work\n        timeout-minutes: 2'));
    tests.clock.pass(2 * 60_000);
    const a = jobNamed(await running.result, 'a');
    expect(a.conclusion).toBe('failure');
    expect(stepNamed(a, 'work').annotations.map(({ message }) => message)).toContain(
      "The action 'work' has timed out after 2 minutes.",
    );
  });

  test('jobs that have not begun are skipped, and those under always() run', async () => {
    const more = `  b: { needs: a, runs-on: x, steps: [{ run: "true" }] }\n  c: { needs: a, if: always(), runs-on: x, steps: [{ run: "true" }] }\n`;
    const { running } = await begun(text + more);
    running.cancel();
    const run = await running.result;
    expect(run.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
      'a cancelled',
      'b skipped',
      'c success',
    ]);
  });
});

const turn = () => new Promise(resolve => setImmediate(resolve));
