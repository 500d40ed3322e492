import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunResult, scheduleRequest } from '@suite/sandbox';
import {
  conclusions,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  platformFile,
  propose,
  summaryOf,
  transcript,
  withoutLaterEnvironments,
} from '../support/pipeline.ts';

/** `shared` and `dev`, applied as main says; releases play no part. */
let sandbox: PipelineWorld;
let first: string;

const releases = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack', 'argo-cd'];

beforeAll(async () => {
  sandbox = await openPipelineWorld({
    platform: text =>
      withoutLaterEnvironments(text).replace(
        /^environments:/m,
        `defaults:\n  releases: { ${releases.map(name => `${name}: false`).join(', ')} }\n\n$&`,
      ),
  });
  sandbox.world.settings.operationMs = 0;
  first = await sandbox.repository.resolve('refs/heads/main');
  const run = await promote('0'.repeat(40), first);
  expect([run.conclusion, transcript(run)]).toEqual(['success', expect.anything()]);
});
afterAll(() => sandbox.close());

function promote(before: string, after: string): Promise<RunResult> {
  return sandbox.runner.start(sandbox.push(before, after)).result;
}

/** What the schedule starts. */
async function look(): Promise<RunResult> {
  const { repository, runner } = sandbox;
  return runner.start(await scheduleRequest(repository, 'drift.yml', '17 4 * * 1-5', 'mona')).result;
}

/** As somebody with the portal does. */
function setInterval(hours: number) {
  const [cluster] = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  sandbox.world.azure.mutate(cluster?.id ?? '', body => {
    const { securityProfile } = body['properties'] as { securityProfile: { imageCleaner: { intervalHours: number } } };
    securityProfile.imageCleaner.intervalHours = hours;
  });
}

const issues = () => sandbox.repository.issues();
const states = () => issues().map(({ title, state }) => `${title}: ${state}`);
const verdictOf = (run: RunResult) =>
  jobOf(run, 'Issues').steps.find(({ name }) => name === 'Settle the issues')?.outputs['verdict'];
const passed = { Resolve: 'success', 'Drift in shared': 'success', 'Drift in dev': 'success', Issues: 'success' };

describe('from a hand to an issue, and back', () => {
  test('where nothing was changed nothing is opened, and nothing is written in Azure', async () => {
    const run = await look();
    expect([conclusions(run), transcript(run)]).toEqual([passed, expect.anything()]);
    expect([verdictOf(run), issues()]).toEqual(['clean', []]);
    const azure = sandbox.world.ledger.writes(run.startedAt).filter(({ host }) => host !== 'api.github.com');
    expect(azure).toEqual([]);
  });

  test('a change by hand opens one issue, which names what, from what to what, and both ways out', async () => {
    setInterval(24);
    const run = await look();
    expect([conclusions(run), verdictOf(run)]).toEqual([passed, 'drifted']);
    expect(states()).toEqual(['Drift in dev of contoso: open']);
    const [issue] = issues();
    expect(issue).toMatchObject({ author: 'github-actions[bot]', labels: ['platform-drift'] });
    expect(issue?.body).toContain('`image_cleaner_interval_hours`: `48` → `24`');
    expect(issue?.body).toContain('write it into `platform.yaml`, at `cluster.features.image-cleaner.interval`');
    expect(summaryOf(jobOf(run, 'Issues'))).toContain('| dev | **drifted** |');
  });

  test('the next run changes that issue in place, and names the pull request whose plan puts it back', async () => {
    const { repository } = sandbox;
    const content = await platformFile(repository, text => text.replace('version: 1\n', 'version: 1\n# a note\n'));
    const pull = await propose(repository, 'note', { 'platform.yaml': content });
    const planned = await sandbox.run(pull.number, 'opened');
    expect(planned.conclusion).toBe('success');
    await look();
    expect(states()).toEqual(['Drift in dev of contoso: open']);
    const [issue] = issues();
    expect(issue?.revisions).toHaveLength(2);
    expect(issue?.comments).toEqual([]);
    expect(issue?.body).toMatch(
      new RegExp(
        `\\[Pull request ${pull.number}\\]\\(https://github\\.com/contoso/platform/pull/${pull.number}\\).*would put it back`,
      ),
    );
  });

  test('a run that may not look says so, is red, and closes nothing', async () => {
    setInterval(48);
    const fault = sandbox.world.faults.add({
      match: ({ host, path }) => host === 'management.azure.com' && /\/managedClusters\//i.test(path),
      answer: { status: 403, body: '{"error":{"code":"AuthorizationFailed","message":"No."}}' },
    });
    const run = await look();
    sandbox.world.faults.clear();
    expect(fault.struck()).toBeGreaterThan(0);
    expect(conclusions(run)).toEqual({ ...passed, 'Drift in dev': 'failure' });
    expect([run.conclusion, verdictOf(run)]).toEqual(['failure', 'incomplete']);
    expect(states()).toEqual(['Drift in dev of contoso: open']);
    expect(issues()[0]?.body).toMatch(/could not look at everything.*\n[\s\S]*image_cleaner_interval_hours/);
    setInterval(24);
  });

  test('the next promotion puts it back, and the issue is closed with a comment', async () => {
    const run = await promote('0'.repeat(40), first);
    expect([run.conclusion, transcript(run)]).toEqual(['success', expect.anything()]);
    const after = await look();
    expect([conclusions(after), verdictOf(after)]).toEqual([passed, 'clean']);
    expect(states()).toEqual(['Drift in dev of contoso: closed']);
    expect(issues()[0]?.comments.map(({ body }) => body)).toEqual([expect.stringMatching(/^\*\*Clean\.\*\*/)]);
  });

  test('the next change by hand opens it again, also without a GitHub environment; undone by hand it is closed again', async () => {
    setInterval(24);
    sandbox.repository.removeEnvironment('shared');
    const run = await look();
    sandbox.repository.defineEnvironment({ name: 'shared', branches: ['main'] });
    // Its jobs name no environment, so one that is missing is in nobody's way, and is told.
    expect(conclusions(run)).toEqual(passed);
    expect(summaryOf(jobOf(run, 'Resolve'))).toContain(
      'The GitHub environment `shared` does not exist. Nothing can be planned for a pull request or applied before it does. Create it: `gh api --method PUT repos/contoso/platform/environments/shared`',
    );
    expect(states()).toEqual(['Drift in dev of contoso: open']);
    setInterval(48);
    await look();
    expect(states()).toEqual(['Drift in dev of contoso: closed']);
    expect(issues()[0]?.comments).toHaveLength(2);
  });
});

describe('what is in the way', () => {
  test('a repository without issues: the summary has it all, and the job says where to switch them on', async () => {
    setInterval(24);
    sandbox.repository.allowIssues(false);
    const run = await look();
    sandbox.repository.allowIssues(true);
    setInterval(48);
    expect(conclusions(run)).toEqual({ ...passed, Issues: 'failure' });
    expect(errorMessages(jobOf(run, 'Issues'))).toEqual([
      expect.stringContaining('Switch on Issues in the settings of the repository'),
    ]);
    expect(summaryOf(jobOf(run, 'Issues'))).toContain('image_cleaner_interval_hours');
  });
});

test('every permission that a job of a look for drift asks for is used', async () => {
  expect(await sandbox.unusedPermissions('drift.yml')).toEqual([]);
});
