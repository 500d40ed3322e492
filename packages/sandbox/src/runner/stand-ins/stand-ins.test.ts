import { afterEach, describe, expect, test } from '@jest/globals';
import {
  closeTestRunners,
  jobNamed,
  repository,
  runWorkflowFile,
  startTestRunner,
  stepNamed,
  workflows,
} from '../testing.ts';

afterEach(closeTestRunners);

async function stepsOf(steps: string, more = '') {
  const text = `on: push\njobs:\n  a:\n    runs-on: x\n${more}    steps:\n${steps.replaceAll(/^(?=.)/gm, '      ')}\n`;
  const files = { [repository]: { 'a.txt': 'A', 'docs/b.md': 'B' } };
  const run = await runWorkflowFile(text, { files });
  if (run.startupFailure !== undefined) throw new Error(run.startupFailure);
  return jobNamed(run, 'a');
}

const list = '- { name: list, run: "find . -type f -not -name \'*.sh\' | sort" }';

describe('checkout', () => {
  test('puts the commit of the event into the emptied workspace, or a ref into a path', async () => {
    const job = await stepsOf(`- { run: "touch stray" }
- { id: one, name: one, uses: actions/checkout@v4, with: { persist-credentials: false, fetch-depth: 0 } }
- { name: two, uses: actions/checkout@v4, with: { ref: next, path: sub/two } }
- { name: list, run: "find . -name '*.txt' | sort; find . -name stray" }`);
    expect(stepNamed(job, 'list').log).toEqual(['./a.txt', './sub/two/a.txt']);
    expect(stepNamed(job, 'one').outputs).toEqual({ ref: 'refs/heads/main', commit: 'a'.repeat(40) });
  });

  test.each([
    ['ref: missing', '', "A branch or tag with the name 'missing' could not be found"],
    ['path: ../out', '', 'is not under'],
    ['fetch-depth: all', '', "fetch-depth must be a number, not 'all'."],
    ['persist-credentials: maybe', '', 'Input does not meet YAML 1.2 "Core Schema" specification: persist-credentials'],
    ['ref: main', '    permissions: { issues: read }\n', "The job's token may not read octo/app"],
  ])('%s fails', async (inputs, more, message) => {
    const job = await stepsOf(`- { name: x, uses: actions/checkout@v4, with: { ${inputs} } }`, more);
    expect(stepNamed(job, 'x').annotations[0]?.message).toContain(message);
  });
});

describe('attest', () => {
  const step = (path: string) =>
    `- { uses: actions/checkout@v4 }\n- { id: it, name: it, uses: actions/attest@v4, with: { subject-path: ${path}, show-summary: false } }\n`;

  test('signs what the run says of files, and leaves it in a file', async () => {
    const job = await stepsOf(
      `${step('a.txt')}- { name: read, run: 'cat "$FILE"', env: { FILE: "\${{ steps.it.outputs.bundle-path }}" } }`,
      '    permissions: { contents: read, id-token: write, attestations: write }\n',
    );
    expect(JSON.parse(stepNamed(job, 'read').log.join('\n'))).toMatchObject({
      signed: {
        subject: [
          { name: 'a.txt', digest: { sha256: '559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd' } },
        ],
        predicateType: 'https://slsa.dev/provenance/v1',
      },
    });
  });

  test.each([
    ['a.txt', 'contents: read, attestations: write', 'missing "id-token" permission'],
    ['a.txt', 'contents: read, id-token: write', 'Failed to persist attestation: Resource not accessible'],
    ['b.txt', 'contents: read, id-token: write, attestations: write', 'Could not find subject at path b.txt'],
  ])('%s with %s fails', async (path, permissions, message) => {
    const job = await stepsOf(step(path), `    permissions: { ${permissions} }\n`);
    expect(stepNamed(job, 'it').annotations[0]?.message).toContain(message);
  });
});

describe('artifacts', () => {
  const make = `- run: mkdir -p out/deep .hid; echo 1 > out/one.txt; echo 2 > out/deep/two.txt; echo 3 > out/deep/two.log; echo h > out/.hidden; echo h > .hid/h.txt\n`;
  const roundTrip = (inputs: string) =>
    stepsOf(`${make}- { name: up, uses: actions/upload-artifact@v4, with: ${inputs} }
- { run: rm -rf * .hid }
- { uses: actions/download-artifact@v4, with: { name: art, path: down } }
${list}`);

  test.each([
    ['a file', '{ name: art, path: out/one.txt }', ['one.txt']],
    ['a folder', '{ name: art, path: out }', ['deep/two.log', 'deep/two.txt', 'one.txt']],
    [
      'a folder with hidden files',
      '{ name: art, path: out/, include-hidden-files: true }',
      ['.hidden', 'deep/two.log', 'deep/two.txt', 'one.txt'],
    ],
    ['a pattern', '{ name: art, path: "out/**/*.txt" }', ['deep/two.txt', 'one.txt']],
    ['a pattern that matches one file', '{ name: art, path: "out/d*/*.log" }', ['deep/two.log']],
    [
      'several paths, from what they have in common',
      '{ name: art, path: "out/one.txt\\nout/deep" }',
      ['deep/two.log', 'deep/two.txt', 'one.txt'],
    ],
    ['an exclusion', '{ name: art, path: "out\\n!out/**/*.log" }', ['deep/two.txt', 'one.txt']],
    ['single characters and sets', '{ name: art, path: "out/deep/t?o.[tx]*" }', ['two.txt']],
  ])('%s', async (_title, inputs, files) => {
    const job = await roundTrip(inputs);
    expect(stepNamed(job, 'list').log).toEqual(files.map(file => `./down/${file}`));
    expect(Object.keys(stepNamed(job, 'up').outputs)).toEqual(['artifact-id', 'artifact-url', 'artifact-digest']);
  });

  test.each(['"', ':', '<', '>', '|', '*', '?', '\\', '/', '\n'])('%j may not stand in a name', async character => {
    const name = JSON.stringify(`a${character}b`);
    const job = await stepsOf(
      `${make}- { name: up, uses: actions/upload-artifact@v4, with: { name: ${name}, path: out } }`,
    );
    expect(stepNamed(job, 'up').annotations[0]?.message).toContain('The artifact name is not valid');
  });

  test.each(['.', '..'])('%j is no name: a download would leave its folder', async name => {
    const job = await stepsOf(
      `${make}- { name: up, uses: actions/upload-artifact@v4, with: { name: "${name}", path: out } }`,
    );
    expect(stepNamed(job, 'up').annotations[0]?.message).toContain(`The sandbox plays no artifact named '${name}'`);
  });

  test.each([
    ['{ path: none }', 'success', 'warning'],
    ['{ path: none, if-no-files-found: warn }', 'success', 'warning'],
    ['{ path: none, if-no-files-found: ignore }', 'success', undefined],
    ['{ path: none, if-no-files-found: error }', 'failure', 'error'],
    ['{ path: .hid }', 'success', 'warning'],
    ['{ path: none, if-no-files-found: never }', 'failure', 'error'],
    ['{ path: out, retention-days: x }', 'failure', 'error'],
    ['{ path: "out/{a,b}" }', 'failure', 'error'],
    ['{ name: x }', 'failure', 'error'],
  ])('upload with %s: %s', async (inputs, conclusion, level) => {
    const job = await stepsOf(`${make}- { name: up, uses: actions/upload-artifact@v4, with: ${inputs} }`);
    const step = stepNamed(job, 'up');
    expect([step.conclusion, step.annotations[0]?.level]).toEqual([conclusion, level]);
  });

  test('a name is given once, unless it is overwritten', async () => {
    const up = (more: string) =>
      `- { uses: actions/upload-artifact@v4, with: { name: art, path: out/one.txt${more} } }\n`;
    const job =
      await stepsOf(`${make}${up('')}- run: echo new > out/one.txt\n${up(', overwrite: true')}- { uses: actions/download-artifact@v4, with: { name: art, path: down } }
- { name: show, run: cat down/one.txt }
${up('')}`);
    expect(stepNamed(job, 'show').log).toEqual(['new']);
    expect(job.steps.at(-1)?.annotations[0]?.message).toContain('(409) Conflict');
  });

  test.each([
    ['{ path: down }', ['./down/p-1/one.txt', './down/p-2/two.txt', './down/q/one.txt']],
    ['{ pattern: p-*, path: down }', ['./down/p-1/one.txt', './down/p-2/two.txt']],
    ['{ pattern: q, path: down }', ['./down/one.txt']],
    ['{ pattern: p-*, merge-multiple: true, path: down }', ['./down/one.txt', './down/two.txt']],
    ['{ pattern: nothing-*, path: down }', []],
  ])('download with %s', async (inputs, files) => {
    const up = (name: string, path: string) =>
      `- { uses: actions/upload-artifact@v4, with: { name: ${name}, path: ${path} } }\n`;
    const job =
      await stepsOf(`${make}${up('p-1', 'out/one.txt')}${up('p-2', 'out/deep/two.txt')}${up('q', 'out/one.txt')}- run: rm -rf out .hid
- { uses: actions/download-artifact@v4, with: ${inputs} }
${list}`);
    expect(job.conclusion).toBe('success');
    expect(stepNamed(job, 'list').log).toEqual(files);
  });

  test('a missing name fails, and what they do not know is refused by name', async () => {
    const missing = await stepsOf('- { name: d, uses: actions/download-artifact@v4, with: { name: none } }');
    expect(stepNamed(missing, 'd').annotations[0]?.message).toContain('Artifact not found for name: none');
    const unknown = await stepsOf('- { name: d, uses: actions/download-artifact@v5, with: { artifact-ids: 7 } }');
    expect(stepNamed(unknown, 'd').annotations[0]?.message).toBe(
      "The sandbox's stand-in for actions/download-artifact@v5 does not know the input `artifact-ids`.",
    );
  });
});

describe('download of another run', () => {
  const upload =
    'on: push\njobs: { up: { runs-on: x, steps: [{ run: "echo 1 > a.txt" }, { uses: actions/upload-artifact@v4, with: { name: art, path: a.txt } }] } }';
  const token = `github-token: "\${{ github.token }}"`;
  const failed = (message: string) => `Unable to download artifact(s): ${message}`;
  const refused = "The sandbox's stand-in for actions/download-artifact";

  /** `first` is a run of the same repository, `foreign` one of another. */
  async function download(inputs: string, permissions: string, from: 'first' | 'foreign' | 'none' = 'first') {
    const text = `on: { workflow_dispatch: { inputs: { run: {} } } }
jobs:
  down:
    runs-on: x
    permissions: { ${permissions} }
    steps:
      - { name: down, uses: actions/download-artifact@v5, with: { path: down, ${inputs} } }
      - { name: list, run: find down -type f }`;
    const files = {
      [repository]: workflows({ 'up.yml': upload, 'down.yml': text }),
      'octo/other': workflows({ 'up.yml': upload }),
    };
    const tests = await startTestRunner({ files });
    const first = await tests.run('up.yml');
    const foreign = await tests.run('up.yml', { repository: 'octo/other' });
    const run = { first: first.id, foreign: foreign.id, none: '99' }[from];
    const event = { name: 'workflow_dispatch', payload: {} };
    return jobNamed(await tests.run('down.yml', { event, inputs: { run } }), 'down');
  }

  const runId = `run-id: "\${{ inputs.run }}"`;

  test.each([
    ['by name', `name: art, ${runId}, ${token}`],
    ['all', `${runId}, ${token}`],
    ['by pattern', `pattern: a*, ${runId}, ${token}`],
    ['with the own repository', `name: art, repository: Octo/App, ${runId}, ${token}`],
  ])('%s', async (_title, inputs) => {
    const job = await download(inputs, 'actions: read');
    expect(stepNamed(job, 'list').log).toEqual(['down/a.txt']);
  });

  test.each([
    [
      'without a token it looks into its own run',
      `name: art, ${runId}`,
      'actions: read',
      failed('Artifact not found for name: art'),
    ],
    [
      'without `actions: read`',
      `name: art, ${runId}, ${token}`,
      'contents: read',
      failed('Resource not accessible by integration'),
    ],
    [
      'with a token and without a run',
      `name: art, ${token}`,
      'actions: read',
      failed('Artifact not found for name: art'),
    ],
    [
      'with a name that it does not hold',
      `name: none, ${runId}, ${token}`,
      'actions: read',
      failed('Artifact not found for name: none'),
    ],
    [
      'of another repository',
      `name: art, repository: octo/other, ${runId}, ${token}`,
      'actions: read',
      `${refused} plays the run's own repository only, not octo/other.`,
    ],
    [
      'of no repository',
      `name: art, repository: other, ${runId}, ${token}`,
      'actions: read',
      failed("Invalid repository: 'other'. Must be in format owner/repo"),
    ],
    [
      'with another token',
      `name: art, ${runId}, github-token: ghp_x`,
      'actions: read',
      `${refused} knows no \`github-token\` but the job's own.`,
    ],
  ])('%s fails', async (_title, inputs, permissions, message) => {
    expect(stepNamed(await download(inputs, permissions), 'down').annotations[0]?.message).toBe(message);
  });

  test.each(['foreign', 'none'] as const)('of a run that the repository does not have (%s) fails', async from => {
    const job = await download(`name: art, ${runId}, ${token}`, 'actions: read', from);
    expect(stepNamed(job, 'down').annotations[0]?.message).toBe(failed('Not Found'));
  });
});
