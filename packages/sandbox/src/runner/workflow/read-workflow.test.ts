import { expect, test } from '@jest/globals';
import { readWorkflow } from './read-workflow.ts';

const path = '.github/workflows/w.yml';

function workflow(jobs: string, top = ''): string {
  return `on: push\n${top}\njobs:\n${jobs.replaceAll(/^/gm, '  ')}\n`;
}

test('reads what the runner runs', async () => {
  const read = await readWorkflow(
    path,
    workflow(
      `a:
  if: github.ref == 'refs/heads/main'
  runs-on: ubuntu-latest
  steps:
    - run: echo \${{ github.sha }}
    - uses: actions/checkout@v4
    - uses: actions/checkout@v4
      if: always()`,
      'name: W\npermissions: read-all',
    ),
  );
  const [job] = read.jobs;
  if (job?.kind !== 'steps') throw new Error('no job of steps');
  expect(read).toMatchObject({ name: 'W', path, triggers: [{ event: 'push' }], permissions: { contents: 'read' } });
  expect(read.permissions).not.toHaveProperty('id-token');
  expect(job.condition).toBe("success() && (github.ref == 'refs/heads/main')");
  expect(job.steps.map(step => [step.id, step.condition])).toEqual([
    ['__run', 'success()'],
    ['__actions_checkout', 'success()'],
    ['__actions_checkout_2', 'always()'],
  ]);
});

test('an expression in a block scalar is its value, as GitHub takes it', async () => {
  const read = await readWorkflow(
    path,
    workflow(`a:
  if: >-
    \${{ !cancelled() &&
    github.ref == 'refs/heads/main' }}
  runs-on: ubuntu-latest
  steps:
    - run: |
        echo "\${{ github.sha }}"
        cat <<END
        text
        END`),
  );
  const [job] = read.jobs;
  if (job?.kind !== 'steps') throw new Error('no job of steps');
  expect(job.condition).toBe("!cancelled() && github.ref == 'refs/heads/main'");
  const [step] = job.steps;
  if (step?.kind !== 'run') throw new Error('no script');
  expect(step.script).toMatchObject({ text: 'format(\'echo "{0}"\ncat <<END\ntext\nEND\n\', github.sha)' });
});
