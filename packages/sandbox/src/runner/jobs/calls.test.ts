import { afterEach, describe, expect, test } from '@jest/globals';
import { closeTestRunners, conclusions, repository, runWorkflowFile, workflows } from '../testing.ts';
import { loadWorkflow } from './calls.ts';

afterEach(closeTestRunners);

const steps = 'runs-on: ubuntu-latest, steps: [{ run: "true" }]';
const callable = `on: { workflow_call: {} }\njobs: { a: { ${steps} } }`;

function files(called: Readonly<Record<string, string>>, suite: Readonly<Record<string, string>> = {}) {
  return { [repository]: workflows(called), 'org/suite': workflows(suite) };
}

const head = 'Invalid workflow file: .github/workflows/w.yml';
const sha = 'a'.repeat(40);
const local = `${repository}/.github/workflows/called.yml@${sha}`;

describe('a run does not begin', () => {
  const asking =
    `on: { workflow_call: {} }\njobs:\n  b:\n    permissions: { contents: write, id-token: write }\n    if: false\n    ${steps.replace(', ', '\n    ')}\n`.replace(
      'steps: [{ run: "true" }]',
      'steps: [{ run: "true" }]',
    );

  test.each([
    [
      'when a called job asks for more than its caller has, even behind a false if',
      'on: push\npermissions: { contents: read }\njobs:\n  a:\n    if: false\n    uses: ./.github/workflows/called.yml',
      { 'called.yml': asking },
      `${head}#L4\nThe workflow is not valid. .github/workflows/w.yml (Line: 4, Col: 3): Error calling workflow '${local}'. The nested job 'b' is requesting 'contents: write, id-token: write', but is only allowed 'contents: read, id-token: none'.`,
    ],
    [
      'when a called file asks for more than the default',
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml',
      { 'called.yml': `${callable}\npermissions: { issues: write }` },
      `${head}#L3\nThe workflow is not valid. .github/workflows/w.yml (Line: 3, Col: 3): Error calling workflow '${local}'. The workflow is requesting 'issues: write', but is only allowed 'issues: none'.`,
    ],
    [
      'when a nested call asks for more',
      'on: push\npermissions: { contents: read }\njobs:\n  a:\n    uses: ./.github/workflows/called.yml',
      {
        'called.yml': 'on: workflow_call\njobs:\n  c:\n    uses: ./.github/workflows/deep.yml',
        'deep.yml': `${callable}\npermissions: { issues: read }`,
      },
      `${head}#L5\nThe workflow is not valid. In .github/workflows/w.yml (Line: 5, Col: 11): Error from called workflow ${local} (Line: 3, Col: 3): Error calling workflow '${repository}/.github/workflows/deep.yml@${sha}'. The workflow is requesting 'issues: read', but is only allowed 'issues: none'.`,
    ],
    [
      'without a required input',
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml',
      {
        'called.yml': `on: { workflow_call: { inputs: { scope: { type: string, required: true } } } }\njobs: { a: { ${steps} } }`,
      },
      'Input scope is required, but not provided while calling.',
    ],
    [
      'with an input that the called file does not have',
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n    with: { x: 1 }',
      { 'called.yml': callable },
      'Invalid input, x is not defined in the referenced workflow.',
    ],
    [
      'without a required secret',
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml',
      { 'called.yml': `on: { workflow_call: { secrets: { key: { required: true } } } }\njobs: { a: { ${steps} } }` },
      'Secret key is required, but not provided while calling.',
    ],
    [
      'when the called file cannot be called',
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml',
      { 'called.yml': `on: push\njobs: { a: { ${steps} } }` },
      'workflow_call key is not defined in the referenced workflow.',
    ],
    [
      'when the called file does not exist',
      'on: push\njobs:\n  a:\n    uses: org/nowhere/.github/workflows/x.yml@v1',
      {},
      'error parsing called workflow ".github/workflows/w.yml" -> "org/nowhere/.github/workflows/x.yml@v1" : workflow was not found.',
    ],
    [
      'when files call each other without end',
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml',
      { 'called.yml': 'on: workflow_call\njobs:\n  a:\n    uses: ./.github/workflows/called.yml' },
      'Nested reusable workflow depth exceeded 9.',
    ],
    [
      'when the called file is wrong',
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml',
      { 'called.yml': 'on: workflow_call\njobs:\n  a: { runs-on: x, steps: [{ run: y }], zork: 1 }' },
      `Error from called workflow ${local} (Line: 3, Col: 41): Unexpected value 'zork'`,
    ],
  ])('%s', async (_title, text, called, message) => {
    const run = await runWorkflowFile(text, { files: files(called) });
    expect(run.startupFailure).toContain(message);
    expect(run).toMatchObject({ conclusion: 'failure', jobs: [] });
  });
});

test('ten levels are the deepest', async () => {
  const chain = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [
      `l${index + 1}.yml`,
      index === 8 ? callable : `on: workflow_call\njobs:\n  l:\n    uses: ./.github/workflows/l${index + 2}.yml`,
    ]),
  );
  const run = await runWorkflowFile('on: push\njobs:\n  l:\n    uses: ./.github/workflows/l1.yml', {
    files: files(chain),
  });
  expect(conclusions(run)).toEqual({ [`${'l / '.repeat(9)}a`]: 'success' });
});

describe('the size of a run', () => {
  const calls = (names: readonly string[]) =>
    names.map((name, index) => `  j${index}: { uses: ./.github/workflows/${name}.yml }`).join('\n');
  const numbered = (length: number) => Array.from({ length }, (_, index) => `f${index}`);
  const reading = async (text: string, called: Readonly<Record<string, string>>) => {
    const reads: string[] = [];
    const all = workflows({ ...called, 'w.yml': text });
    const host = {
      readFile: async (_repository: string, _ref: string, path: string) => {
        reads.push(path);
        return all[path];
      },
      resolveRef: async () => undefined,
    };
    const source = { repository, ref: 'refs/heads/main', sha, path: '.github/workflows/w.yml' };
    const loaded = await loadWorkflow(host, source).catch((error: Error) => error.message);
    return { reads, loaded };
  };

  test('50 files may be called, and each is read once', async () => {
    const names = numbered(50);
    const called = Object.fromEntries(names.map(name => [`${name}.yml`, callable]));
    const text = `on: push\njobs:\n${calls([...names, ...names])}`;
    const { reads, loaded } = await reading(text, called);
    expect(loaded).toMatchObject({ source: { path: '.github/workflows/w.yml' } });
    expect(reads).toHaveLength(51);
  });

  test.each([[51], [53]])('but not %s', async count => {
    const names = numbered(count);
    const called = Object.fromEntries(names.map(name => [`${name}.yml`, callable]));
    // Some of them are called by others.
    called['f0.yml'] = `on: workflow_call\njobs:\n${calls(names.slice(1, 20))}`;
    const { loaded } = await reading(`on: push\njobs:\n${calls(['f0', ...names.slice(20)])}`, called);
    expect(loaded).toBe(`${head}#L1\ntoo many workflows are referenced, total: ${count}, limit: 50`);
  });

  test('files that call each other many times are given up at 1,000 jobs', async () => {
    const called = Object.fromEntries(
      numbered(9).map((name, index) => [
        `${name}.yml`,
        index === 8 ? callable : `on: workflow_call\njobs:\n${calls(Array(10).fill(`f${index + 1}`))}`,
      ]),
    );
    const { loaded, reads } = await reading(`on: push\njobs:\n${calls(['f0'])}`, called);
    expect(loaded).toBe('The sandbox plays no more than 1000 jobs in a workflow with all files that it calls.');
    expect(reads).toHaveLength(10);
  });
});

test('inputs arrive with their types and defaults; `./` and `$/` in a called file mean its own repository', async () => {
  const run = await runWorkflowFile(
    'on: push\njobs:\n  a:\n    uses: org/suite/.github/workflows/one.yml@v1\n    with: { text: hi, on: true }',
    {
      files: files(
        {},
        {
          'one.yml': `on:
  workflow_call:
    inputs: { text: { type: string }, on: { type: boolean }, count: { type: number, default: 3 }, none: { type: boolean }, ref: { type: string, default: "\${{ github.ref_name }}" } }
jobs:
  show:
    runs-on: x
    steps:
      - name: show
        run: echo '\${{ toJSON(inputs) }}' | tr -d ' \\n'
      - name: where
        run: echo '\${{ job.workflow_ref }} \${{ job.workflow_repository }} \${{ job.workflow_file_path }} \${{ github.workflow_ref }}'
  local:
    uses: ./.github/workflows/two.yml
  self:
    uses: $/.github/workflows/two.yml
`,
          'two.yml': callable,
        },
      ),
    },
  );
  expect(conclusions(run)).toEqual({ 'a / show': 'success', 'a / local / a': 'success', 'a / self / a': 'success' });
  expect(run.jobs[0]?.steps.map(({ log }) => log[0])).toEqual([
    '{"text":"hi","on":true,"count":3,"none":false,"ref":"main"}',
    'org/suite/.github/workflows/one.yml@refs/tags/v1 org/suite .github/workflows/one.yml octo/app/.github/workflows/w.yml@refs/heads/main',
  ]);
});

test('a value of another type than the input fails the calling job', async () => {
  const run = await runWorkflowFile(
    `on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n    with: { flag: "\${{ github.ref }}" }`,
    {
      files: files({
        'called.yml': `on: { workflow_call: { inputs: { flag: { type: boolean } } } }\njobs: { b: { ${steps} } }`,
      }),
    },
  );
  expect(run.jobs).toMatchObject([
    {
      name: 'a',
      conclusion: 'failure',
      annotations: [{ message: "Input flag must be a boolean: Unexpected value 'refs/heads/main'" }],
    },
  ]);
});

describe('secrets reach a called file', () => {
  const reading = `on: { workflow_call: { secrets: { key: {} } } }
jobs:
  b:
    runs-on: x
    environment: prod
    steps: [{ name: show, run: "echo '\${{ secrets.key == 'from repository' }} \${{ secrets.deploy == 'from environment' }} \${{ secrets.GITHUB_TOKEN != '' }}'" }]`;
  const secrets = (environment: string | undefined) => ({
    key: 'from repository',
    ...(environment === 'prod' ? { deploy: 'from environment' } : {}),
  });

  test.each([
    ['secrets: inherit', 'true true true'],
    [`secrets: { key: "\${{ secrets.key }}" }`, 'true false true'],
    ['', 'false false true'],
  ])('with "%s"', async (given, shown) => {
    const run = await runWorkflowFile(`on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n    ${given}`, {
      files: files({ 'called.yml': reading }),
      secrets,
    });
    expect(run.jobs[0]?.steps[0]?.log).toEqual([shown]);
  });

  test('but none in a run from outside', async () => {
    const run = await runWorkflowFile(
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n    secrets: inherit',
      {
        files: files({ 'called.yml': reading }),
        secrets,
        request: { restricted: true },
      },
    );
    expect(run.jobs[0]?.steps[0]?.log).toEqual(['false false true']);
  });
});
