import { expect, test } from '@jest/globals';
import type { ChartRow } from '@suite/change-report';
import { head1, pullInMemory, services } from '../conversation.fixture.ts';
import { trackerInMemory } from '../drift/tracker.fixture.ts';
import { proposeCharts } from './charts.ts';

const current: ChartRow = {
  release: 'argo-cd',
  environments: ['dev'],
  setting: 'releases.argo-cd',
  from: 'oci://ghcr.io/argoproj/argo-helm/argo-cd',
  version: '10.1.1',
  isNamed: false,
  tested: '10.1.1',
  isBehind: false,
  isTested: false,
};
const newer: ChartRow = { ...current, newest: { version: '10.2.0', digest: `sha256:${'a'.repeat(64)}` } };
const lost: ChartRow = { ...current, problem: 'No answer.' };
const repository = trackerInMemory();

/** What a run of that id does with what was found. */
async function run(id: string, rows: readonly ChartRow[], file = 'platform.yaml', { tracker } = repository) {
  const given = services(
    pullInMemory().port,
    { sha: head1, runId: id, runUrl: `https://github.com/contoso/platform/actions/runs/${id}` },
    tracker,
  );
  const found = { platform: 'contoso', rows };
  await proposeCharts({ command: 'versions', platformFile: `/w/${file}`, file, token: 't', found }, given.services);
  return given;
}
const states = () => repository.issues.map(({ number, state }) => [number, state]);

test('the life of the issue: opened, changed in place, kept, closed and opened again', async () => {
  await run('1', [current]);
  expect(states()).toEqual([]);

  const first = await run('2', [newer]);
  expect(repository.issues).toMatchObject([
    { title: 'Newer charts for contoso', labels: ['platform-charts'], state: 'open' },
  ]);
  expect(first.outputs).toEqual({ verdict: 'newer', 'issue-urls': 'https://github.com/contoso/platform/issues/1' });
  expect(repository.issues[0]?.body).toContain('version: 10.2.0');

  await run('3', [{ ...newer, newest: { version: '10.3.0', digest: `sha256:${'b'.repeat(64)}` } }]);
  expect(states()).toEqual([[1, 'open']]);
  expect(repository.issues[0]?.body).toContain('version: 10.3.0');

  // Nobody could ask: what is known stays, and the reason stands above it.
  const { outputs } = await run('4', [lost]);
  expect([outputs['verdict'], states()]).toEqual(['incomplete', [[1, 'open']]]);
  expect(repository.issues[0]?.body).toMatch(
    /Run 4\].*could not look at everything.*No answer[\s\S]*version: 10\.3\.0/,
  );

  await run('5', [current]);
  expect(states()).toEqual([[1, 'closed']]);
  expect(repository.comments).toEqual([
    { number: 1, body: expect.stringMatching(/^\*\*Nothing newer\.\*\* \[Run 5\]/) },
  ]);
  expect(repository.issues[0]?.body).toContain('**Nothing newer since');

  // An older run that comes late changes nothing.
  await run('4', [newer]);
  expect(states()).toEqual([[1, 'closed']]);
  await run('6', [newer]);
  expect(states()).toEqual([[1, 'open']]);
  expect(repository.issues[0]?.body).not.toContain('Nothing newer since');
});

test('each platform file has its own', async () => {
  const own = trackerInMemory();
  await run('1', [newer], 'platform.yaml', own);
  await run('1', [newer], 'other/platform.yaml', own);
  await run('2', [newer], 'platform.yaml', own);
  expect(own.issues).toHaveLength(2);
});
