import { afterEach, expect, test } from '@jest/globals';
import {
  action,
  closeTestRunners,
  conclusions,
  jobNamed,
  repository,
  startTestRunner,
  stepNamed,
  workflows,
} from './testing.ts';

afterEach(closeTestRunners);

test('a pipeline runs from end to end: matrix, called workflow, actions, artifacts, outputs, summaries', async () => {
  const suite = action(
    `name: greet
inputs: { who: { default: world } }
runs: { using: node24, main: main.mjs, post: post.mjs }`,
    {
      'main.mjs': `import { appendFileSync } from 'node:fs';
const say = (name, text) => appendFileSync(process.env[name], text);
say('GITHUB_OUTPUT', 'greeting=hello ' + process.env.INPUT_WHO + '\\n');
say('GITHUB_STATE', 'left=bye\\n');
say('GITHUB_STEP_SUMMARY', '# Greeted\\n');
console.log('::notice file=' + process.env.GITHUB_WORKSPACE + '/x.txt,line=3,title=T::seen');`,
      'post.mjs': `console.log('post ' + process.env.STATE_left + ' ' + process.env.INPUT_WHO);`,
    },
    'greet',
  );
  const tests = await startTestRunner({
    files: {
      [repository]: {
        'readme.txt': 'read me',
        ...workflows({
          'ci.yml': `
name: CI
on: push
permissions: { contents: read }
jobs:
  resolve:
    runs-on: ubuntu-latest
    outputs: { matrix: "\${{ steps.make.outputs.matrix }}" }
    steps:
      - id: make
        run: echo 'matrix={"include":[{"scope":"dev"},{"scope":"prod"}]}' >> "$GITHUB_OUTPUT"
  plan:
    needs: resolve
    strategy: { max-parallel: 1, matrix: "\${{ fromJSON(needs.resolve.outputs.matrix) }}" }
    permissions: { contents: read, id-token: write }
    uses: org/suite/.github/workflows/plan.yml@v1
    with: { scope: "\${{ matrix.scope }}" }
  report:
    needs: plan
    if: always()
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v4
        with: { pattern: plan-*, path: plans }
      - name: show
        run: cat plans/plan-dev/plan.txt plans/plan-prod/plan.txt; echo "\${{ needs.plan.outputs.last }}"
`,
        }),
      },
      'org/suite': {
        ...suite,
        ...workflows({
          'plan.yml': `
on:
  workflow_call:
    inputs: { scope: { type: string, required: true } }
    outputs: { last: { value: "\${{ jobs.work.outputs.greeting }}" } }
jobs:
  work:
    name: Work \${{ inputs.scope }}
    runs-on: ubuntu-latest
    outputs: { greeting: "\${{ steps.greet.outputs.greeting }}" }
    steps:
      - uses: actions/checkout@v4
      - name: read
        run: cat readme.txt
      - id: greet
        name: greet
        uses: $/greet
        with: { who: "\${{ inputs.scope }}" }
      - run: echo "plan of \${{ inputs.scope }}" > plan.txt
      - uses: actions/upload-artifact@v4
        with: { name: "plan-\${{ inputs.scope }}", path: plan.txt }
`,
        }),
      },
    },
  });
  const run = await tests.run('ci.yml');
  expect(run.startupFailure).toBeUndefined();
  expect(conclusions(run)).toEqual({
    resolve: 'success',
    'plan (dev) / Work dev': 'success',
    'plan (prod) / Work prod': 'success',
    report: 'success',
  });
  const work = jobNamed(run, 'plan (dev) / Work dev');
  expect(stepNamed(work, 'read').log).toEqual(['read me']);
  expect(stepNamed(work, 'greet')).toMatchObject({
    uses: '$/greet',
    exitCode: 0,
    outputs: { greeting: 'hello dev' },
    summary: '# Greeted\n',
    annotations: [{ level: 'notice', message: 'seen', title: 'T', file: 'x.txt', line: 3 }],
  });
  expect(stepNamed(work, 'Post greet').log).toEqual(['post bye dev']);
  expect(stepNamed(jobNamed(run, 'report'), 'show').log).toEqual(['plan of dev', 'plan of prod', 'hello prod']);
  expect(run).toMatchObject({ workflow: 'CI', conclusion: 'success', event: 'push', attempt: 1 });
  expect(tests.tokens.every(token => token.revoked)).toBe(true);
  expect(tests.identities.map(({ jobWorkflowRef }) => jobWorkflowRef)).toEqual(
    Array(2).fill('org/suite/.github/workflows/plan.yml@refs/tags/v1'),
  );
});
