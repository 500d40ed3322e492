import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { on, type PullView, scheduleRequest } from '@suite/sandbox';
import { createRunner } from '../../packages/sandbox/src/runner/index.ts';
import { testClock } from '../../packages/sandbox/src/runner/testing.ts';
import {
  commentsOf,
  conclusions,
  errorsOf,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  platformFile,
  propose,
  summaryOf,
  transcript,
  withoutLaterEnvironments,
} from '../support/pipeline.ts';

let sandbox: PipelineWorld;

beforeAll(async () => {
  sandbox = await openPipelineWorld();
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

const file = 'platform.yaml';
const small = '.github/workflows/small.yml';

/** What a run asked of the world, from here on. */
function watch() {
  const { ledger } = sandbox.world;
  const from = { requests: ledger.requests.length, tokens: ledger.tokens.length };
  return {
    requests: () => ledger.requests.slice(from.requests),
    tokens: () => ledger.tokens.slice(from.tokens),
    writes: () =>
      ledger.requests
        .slice(from.requests)
        .filter(({ method, isQuery }) => !['GET', 'HEAD'].includes(method) && isQuery !== true)
        .filter(({ path }) => !/\/(?:checkNameAvailability|checkPolicyRestrictions)$/.test(path))
        .map(({ method, host, path }) => `${method} ${host}${path}`),
  };
}

/** The pull request as it stands, with what a person sees of it. */
function seen({ number }: PullView) {
  const pull = sandbox.repository.pull(number);
  const comments = commentsOf(pull);
  return { pull, comments, body: comments[0]?.body ?? '', checks: sandbox.repository.checkRuns(pull.head.sha) };
}

const broken = (text: string) => text.replace('tier: free', 'tear: free').replace('55555555-5555', '5555-5555');
const later = (text: string) => `${text.trimEnd()}\n# a later word\n`;

/** A workflow that calls plan.yml and nothing else. */
function caller({ event = 'pull_request', pulls = 'write', input = '' } = {}): string {
  return `name: Small
on: ${event}
permissions: {}
jobs:
  plan:
    name: Plan
    permissions: { contents: read, actions: read, id-token: write, checks: write, pull-requests: ${pulls} }
    uses: org/actions/.github/workflows/plan.yml@v1
${input === '' ? '' : `    with: { ${input} }\n`}`;
}

describe('a pull request that nobody trusts', () => {
  test.each([
    ['from a fork', { fork: 'eve/platform', author: 'eve' }],
    ['by Dependabot', { author: 'dependabot[bot]' }],
  ])('%s is checked, and gets no credentials, no plan and no comment', async (from, more) => {
    const { repository } = sandbox;
    const files = { [file]: await platformFile(repository, later) };
    const pull = await propose(repository, `untrusted ${from}`.replaceAll(' ', '-'), files, more);
    const watched = watch();
    const run = await sandbox.run(pull.number, 'opened');
    expect({ run: run.conclusion, log: transcript(run) }).toMatchObject({ run: 'success' });
    const { Resolve, Comment, 'Check without credentials': check, ...others } = conclusions(run);
    expect({ Resolve, Comment, check }).toEqual({ Resolve: 'success', Comment: 'skipped', check: 'success' });
    expect(new Set(Object.values(others))).toEqual(new Set(['skipped']));
    expect({ tokens: watched.tokens(), writes: watched.writes() }).toEqual({ tokens: [], writes: [] });
    expect(seen(pull)).toMatchObject({ comments: [], checks: [] });
    expect(sandbox.runner.artifacts(run.id)).toEqual([]);
    expect(summaryOf(jobOf(run, 'Check without credentials'))).toContain('Checked without credentials');
    expect(summaryOf(jobOf(run, 'Resolve'))).toContain('nothing is planned and nothing is commented');
  });

  test('with a broken platform file fails on its lines, without a comment', async () => {
    const { repository } = sandbox;
    const files = { [file]: await platformFile(repository, broken) };
    const pull = await propose(repository, 'broken-fork', files, { fork: 'eve/platform', author: 'eve' });
    const watched = watch();
    const run = await sandbox.run(pull.number, 'opened');
    expect(run.conclusion).toBe('failure');
    expect(conclusions(run)).toMatchObject({ Resolve: 'failure', Comment: 'skipped' });
    expect(errorsOf(jobOf(run, 'Resolve'))).toEqual([
      expect.objectContaining({ file, line: 16, message: expect.stringContaining('Did you mean `tier`?') }),
      expect.objectContaining({ file, line: 21, message: expect.stringContaining('subscription') }),
    ]);
    expect({ tokens: watched.tokens(), requests: watched.requests() }).toEqual({ tokens: [], requests: [] });
    expect(seen(pull)).toMatchObject({ comments: [], checks: [] });
  });
});

describe('what cannot be resolved is not planned, and the comment says why', () => {
  /** Of a run that failed at its start: no plan, no credentials, one comment and a failed check. */
  async function unresolved(pull: PullView, path?: string) {
    const before = sandbox.repository.environments();
    const watched = watch();
    const run = await sandbox.run(pull.number, 'opened', path === undefined ? {} : { path });
    expect({ run: run.conclusion, log: transcript(run) }).toMatchObject({ run: 'failure' });
    expect(conclusions(run)).toMatchObject({ Resolve: 'failure', Comment: 'success' });
    expect(run.jobs.filter(({ name }) => / Plan /.test(name)).map(job => job.conclusion)).toEqual(['skipped']);
    expect(watched.tokens()).toEqual([]);
    expect(sandbox.repository.environments()).toEqual(before);
    const { comments, body, checks } = seen(pull);
    expect(comments).toHaveLength(1);
    expect(checks).toMatchObject([{ name: 'Platform plan', conclusion: 'failure' }]);
    return { body, run };
  }

  test('a broken platform file of the repository itself', async () => {
    const { repository } = sandbox;
    const pull = await propose(repository, 'broken', { [file]: await platformFile(repository, broken) });
    const { body, run } = await unresolved(pull);
    const text = body.replaceAll('&#8203;', '');
    expect(text).toContain('platform.yaml:16:7: ');
    expect(text).toContain('Did you mean `tier`?');
    expect(text).toContain('platform.yaml:21:');
    expect(errorsOf(jobOf(run, 'Resolve')).map(({ line }) => line)).toEqual([16, 21]);
  });

  test('a GitHub environment that does not exist, which no job may create', async () => {
    const { repository } = sandbox;
    const pull = await propose(repository, 'missing', { [file]: await platformFile(repository, later) });
    repository.removeEnvironment('staging');
    try {
      const { body, run } = await unresolved(pull);
      const command = '`gh api --method PUT repos/contoso/platform/environments/staging`';
      expect(body).toContain(command);
      expect(errorsOf(jobOf(run, 'Resolve')).map(({ message }) => message)).toEqual([expect.stringContaining(command)]);
    } finally {
      repository.defineEnvironment({ name: 'staging', branches: ['main'] });
    }
  });

  test('environments that the token may not read', async () => {
    const { repository } = sandbox;
    const pull = await propose(repository, 'unreadable', { [file]: await platformFile(repository, later) });
    sandbox.world.faults.add({
      match: on('GET', 'api.github.com', /\/environments$/),
      answer: {
        status: 403,
        headers: { 'content-type': 'application/json', 'x-accepted-github-permissions': 'actions=read' },
        body: JSON.stringify({ message: 'Resource not accessible by integration' }),
      },
    });
    const { body } = await unresolved(pull);
    expect(body).toContain('Add `actions: read` to the `permissions:` of the job');
  });

  test('production that nobody has to approve, where that is required', async () => {
    const { repository } = sandbox;
    const files = {
      [file]: await platformFile(repository, withoutLaterEnvironments),
      [small]: caller({ input: 'require-reviewers: true' }),
    };
    const { body } = await unresolved(await propose(repository, 'unapproved', files), small);
    expect(body).toContain('Nobody has to approve what is applied to `dev`, which is production.');
    expect(body).toContain('Add required reviewers to the GitHub environment `dev`');
  });
});

test('a caller that grants too little is told by GitHub before anything runs', async () => {
  const { repository } = sandbox;
  const pull = await propose(repository, 'too-little', { [small]: caller({ pulls: 'read' }) });
  const watched = watch();
  const run = await sandbox.run(pull.number, 'opened', { path: small });
  expect(run).toMatchObject({ conclusion: 'failure', jobs: [] });
  expect(run.startupFailure).toMatch(/is requesting 'pull-requests: write', but is only allowed 'pull-requests: read'/);
  expect(watched.requests()).toEqual([]);
  expect(seen(pull)).toMatchObject({ comments: [], checks: [] });
});

describe('the life of a pull request', () => {
  let pull: PullView;
  beforeAll(async () => {
    const { repository } = sandbox;
    pull = await propose(repository, 'life', { [file]: await platformFile(repository, withoutLaterEnvironments) });
  });

  const push = async (word: string) => {
    const text = await sandbox.repository.readFile('refs/heads/life', file);
    const files = { [file]: `${text}# ${word}\n` };
    return sandbox.repository.commit({ branch: 'life', message: word, author: 'mona', files });
  };
  const short = () => seen(pull).pull.head.sha.slice(0, 7);

  test('a plan that fails is shown as failed, with its own words', async () => {
    const watched = watch();
    const run = await sandbox.run(pull.number, 'opened');
    expect({ jobs: conclusions(run), log: transcript(run) }).toMatchObject({
      jobs: {
        Resolve: 'success',
        'Mark the earlier plan': 'skipped',
        'Check without credentials': 'skipped',
        Comment: 'success',
      },
    });
    expect(jobOf(run, 'Plan / Plan shared').conclusion).toBe('success');
    expect(jobOf(run, 'Plan / Plan dev').conclusion).toBe('failure');
    expect(run.conclusion).toBe('failure');
    const { comments, body, checks } = seen(pull);
    expect(comments).toHaveLength(1);
    expect(body).toContain('| **dev** | **failed** |');
    expect(body).toContain('**The plan of dev failed.**');
    expect(body).toContain('Apply the scope `shared` first');
    expect(body).toMatch(/^\| shared \| \+\d+/m);
    expect(checks).toMatchObject([{ conclusion: 'failure' }]);
    // Plan identities may write nothing, and the rest is what GitHub shows.
    const number = pull.number;
    expect(watched.writes().filter(write => !write.includes('login.microsoftonline.com'))).toEqual([
      `POST api.github.com/repos/contoso/platform/issues/${number}/comments`,
      'POST api.github.com/repos/contoso/platform/check-runs',
    ]);
  });

  test('a push updates our comment, and leaves alone those of others that look like it', async () => {
    const { repository } = sandbox;
    const [ours] = seen(pull).comments;
    const copy = ours?.body ?? '';
    const others = ['mona', 'other-app[bot]'].map(login => repository.comment(pull.number, login, copy));
    await push('second');
    const run = await sandbox.run(pull.number, 'synchronize');
    expect(conclusions(run)).toMatchObject({ 'Mark the earlier plan': 'success', Comment: 'success' });
    const { pull: now, comments, body } = seen(pull);
    expect(comments.map(({ id }) => id)).toEqual([ours?.id]);
    expect(body).toContain(`Plan of \`${short()}\``);
    expect(comments[0]?.revisions.map(revision => /Outdated: `\w+` was pushed/.test(revision.body))).toEqual([
      false,
      true,
      false,
    ]);
    for (const id of others) {
      const other = now.comments.find(comment => comment.id === id);
      expect(other).toMatchObject({ deleted: false, body: copy });
      expect(other?.revisions).toHaveLength(1);
    }
  });

  test('a run that is cancelled leaves the earlier plan marked, and running its jobs again makes it whole', async () => {
    const [before] = seen(pull).comments;
    const old = short();
    await push('third');
    const running = sandbox.runner.start(sandbox.request(pull.number, 'synchronize'));
    const marking = jobsEnd(running.id, ['Plan / Mark the earlier plan']);
    sandbox.world.faults.add({
      match: readsSharedState(),
      times: 1,
      answer: {
        call: async () => {
          await marking;
          running.cancel();
        },
      },
    });
    const cancelled = await running.result;
    expect({ run: cancelled.conclusion, log: transcript(cancelled) }).toMatchObject({ run: 'cancelled' });
    const marked = seen(pull);
    expect(marked.body).toContain(`**Outdated: \`${short()}\` was pushed.**`);
    expect(marked.body).toContain(`Below is the plan of \`${old}\`.`);
    expect(marked.body).toContain(`/actions/runs/${running.id})`);

    await sandbox.runner.rerun(cancelled, { failedOnly: true }).result;
    const { comments, body } = seen(pull);
    expect(comments.map(({ id }) => id)).toEqual([before?.id]);
    expect(comments[0]?.revisions).toHaveLength((before?.revisions.length ?? 0) + 2);
    expect(body).not.toContain('Outdated');
    expect(body).toContain(`Plan of \`${short()}\``);
    expect(body).toContain(', attempt 2');
    expect(body).toContain('**The plan of dev failed.**');
  });

  test.each([
    ['deleted', (id: number) => sandbox.repository.deleteComment(id)],
    [
      'changed by hand so that nobody knows it again',
      (id: number) => sandbox.repository.editComment(id, 'mona', 'Mine'),
    ],
  ])('a comment that was %s is followed by a new one', async (_, spoil) => {
    const [before] = seen(pull).comments;
    spoil(before?.id ?? 0);
    // Only the comment matters here: without the plan jobs it is quickly made.
    const files = { [file]: broken(await platformFile(sandbox.repository)) };
    await sandbox.repository.commit({ branch: 'life', message: 'broken', author: 'mona', files });
    await sandbox.run(pull.number, 'synchronize');
    const ours = seen(pull).comments.filter(({ body }) => body.startsWith('<!-- platform-plan:v1 '));
    expect(ours).toHaveLength(1);
    expect(ours[0]?.id).not.toBe(before?.id);
    const old = seen(pull).pull.comments.find(({ id }) => id === before?.id);
    expect(old?.deleted === true || old?.body === 'Mine').toBe(true);
  });

  test('closed without a merge, the comment says so', async () => {
    const ours = () => seen(pull).comments.filter(({ body }) => body.startsWith('<!-- platform-plan:v1 '));
    const [before] = ours();
    await sandbox.repository.closePull(pull.number, { merge: false, by: 'mona' });
    const watched = watch();
    const run = await sandbox.run(pull.number, 'closed');
    expect(run.conclusion).toBe('success');
    expect(conclusions(run)).toMatchObject({ 'Close the comment': 'success', Comment: 'skipped' });
    expect(watched.tokens()).toEqual([]);
    const [after] = ours();
    expect(after?.id).toBe(before?.id);
    expect(after?.body).toContain('**Closed without a merge.** Nothing of this is applied.');
  });
});

/** The plan of `shared` reads its state: that job is under way, and the one of `dev` fails without it. */
function readsSharedState() {
  const shared = sandbox.views.find(({ scope }) => scope === 'shared');
  return on('*', `${shared?.state.account}.blob.core.windows.net`);
}

/** Until these jobs of a run have ended. */
function jobsEnd(id: string, names: readonly string[]): Promise<void> {
  return new Promise(resolve => {
    const ended = new Set<string>();
    const watcher: Parameters<PipelineWorld['watchers']['add']>[0] = run => {
      if (run.id !== id) return;
      for (const { name, status } of run.jobs) if (status === 'completed') ended.add(name);
      if (!names.every(name => ended.has(name))) return;
      sandbox.watchers.delete(watcher);
      resolve();
    };
    sandbox.watchers.add(watcher);
  });
}

test('a plan whose job ran out of time is missing, with its log, until it is run again', async () => {
  const { repository, world, host } = sandbox;
  const files = { [file]: await platformFile(repository, withoutLaterEnvironments) };
  const pull = await propose(repository, 'late', files);
  const clock = testClock();
  const runner = createRunner({ ...host, clock });
  const running = runner.start(sandbox.request(pull.number, 'opened'));
  const other = jobsEnd(running.id, ['Plan / Plan dev']);
  world.faults.add({
    match: readsSharedState(),
    times: 1,
    answer: {
      call: async () => {
        await other;
        clock.pass(60 * 60_000);
      },
    },
  });
  const late = await running.result;
  const shared = jobOf(late, 'Plan / Plan shared');
  expect({ shared: shared.conclusion, log: transcript(late) }).toMatchObject({ shared: 'cancelled' });
  const before = seen(pull);
  expect(before.comments).toHaveLength(1);
  const page = `https://github.com/contoso/platform/actions/runs/${late.id}/job/${shared.id}`;
  expect(before.body).toContain(`**There is no plan of shared:** its job was cancelled ([its log](${page}))`);
  expect(before.body).toContain('| **dev** | **failed** |');

  clock.pass(60_000);
  const again = await runner.rerun(late, { failedOnly: true }).result;
  const { comments, body } = seen(pull);
  expect(comments.map(({ id, revisions }) => [id, revisions.length])).toEqual([[before.comments[0]?.id, 2]]);
  expect({ body, log: transcript(again) }).toMatchObject({ body: expect.stringMatching(/^\| shared \| \+\d+/m) });
  expect(body).not.toContain('There is no plan of shared');
  expect(body).toContain(', attempt 2');
});

test('on a push there is nothing to comment on, and the summaries have everything', async () => {
  const { repository } = sandbox;
  const before = await repository.resolve('refs/heads/main');
  const files = {
    [small]: caller({ event: 'push' }),
    [file]: await platformFile(repository, withoutLaterEnvironments),
  };
  const sha = await repository.commit({ branch: 'main', message: 'Plan on a push', author: 'mona', files });
  const watched = watch();
  const run = await sandbox.runner.start({
    repository: repository.name,
    path: small,
    event: { name: 'push', payload: repository.pushEvent({ branch: 'main', before, after: sha, sender: 'mona' }) },
    ref: 'refs/heads/main',
    sha,
    headSha: sha,
    actor: 'mona',
    restricted: false,
  }).result;
  expect({ jobs: conclusions(run), log: transcript(run) }).toMatchObject({
    jobs: { Resolve: 'success', 'Plan shared': 'success', 'Plan dev': 'failure', Comment: 'skipped' },
  });
  expect(summaryOf(jobOf(run, 'Plan shared'))).toContain('### shared: 5 to create');
  expect(summaryOf(jobOf(run, 'Plan dev'))).toContain('Apply the scope `shared` first');
  expect(errorsOf(jobOf(run, 'Plan dev'))).toHaveLength(1);
  expect(watched.writes().filter(write => write.includes(' api.github.com') || write.includes('blob'))).toEqual([]);
});

test('newer charts are one issue, with the lines to put into the file, by somebody who signs in nowhere', async () => {
  const { repository, world, runner } = sandbox;
  const { charts } = world;
  const pinned = charts.find('cert-manager');
  const { digest } = charts.publish(
    charts.pack('cert-manager', { 'Chart.yaml': 'apiVersion: v2\nname: cert-manager\nversion: v1.22.0\n' }),
  );
  const look = async () => runner.start(await scheduleRequest(repository, 'versions.yml', '41 5 * * 1', 'mona')).result;
  const watched = watch();
  const run = await look();
  expect({ jobs: conclusions(run), log: transcript(run) }).toMatchObject({
    jobs: { Look: 'success', Issue: 'success' },
  });
  expect(watched.tokens()).toEqual([]);
  const [issue, ...others] = repository.issues();
  expect(others).toEqual([]);
  expect(issue).toMatchObject({ title: 'Newer charts for contoso', state: 'open', labels: ['platform-charts'] });
  expect(issue?.body).toContain(`releases:\n  cert-manager:\n    version: v1.22.0\n    digest: ${digest}`);
  expect(issue?.body).toContain(`From \`${pinned.version}\` to \`v1.22.0\`. The suite was **not tested with it**`);
  expect(summaryOf(jobOf(run, 'Look'))).toContain('One chart has a newer version');

  // A registry that is away hides nothing of the others, and closes nothing.
  world.faults.add({ match: ({ host }) => host === 'quay.io', answer: { status: 503, body: 'away' } });
  await look();
  expect(repository.issues().map(({ state, revisions }) => [state, revisions.length])).toEqual([['open', 2]]);
  expect(repository.issues()[0]?.body).toMatch(/could not look at everything.*cert-manager/);
});

test('newer charts are pull requests: opened, kept, updated in place, left to whoever commits to them, gone once merged', async () => {
  const { repository, world, runner } = sandbox;
  const { charts } = world;
  const publish = (version: string, note: string) =>
    charts.publish(
      charts.pack('cert-manager', {
        'Chart.yaml': `apiVersion: v2\nname: cert-manager\nversion: ${version}\nappVersion: ${version}\n`,
        'templates/all.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: all }\ndata: { note: ${note} }\n`,
      }),
    );
  const workflow = '.github/workflows/update-charts.yml';
  const caller = `name: Update charts
on: { schedule: [{ cron: "41 5 * * 1" }] }
permissions: {}
jobs:
  charts:
    name: Charts
    permissions: { contents: write, pull-requests: write }
    uses: org/actions/.github/workflows/update-charts.yml@v1
`;
  await repository.commit({ branch: 'main', message: 'Update charts', author: 'mona', files: { [workflow]: caller } });
  repository.allowPulls(true);
  const before = await platformFile(repository);
  const earlier = repository.pulls().length;
  const look = async () => {
    const watched = watch();
    const run = await runner.start(await scheduleRequest(repository, 'update-charts.yml', '41 5 * * 1', 'mona')).result;
    expect({ jobs: conclusions(run), log: transcript(run) }).toMatchObject({
      jobs: { Look: 'success', Propose: 'success' },
    });
    expect(watched.tokens()).toEqual([]);
    const pulls = repository.pulls().slice(earlier);
    const pull = pulls.at(-1);
    if (pull === undefined) throw new Error(transcript(run));
    const writes = watched.writes().filter(write => write.includes(' api.github.com'));
    return { pull, count: pulls.length, writes, text: await repository.readFile(pull.head.sha, file) };
  };
  const pinned = (version: string, digest: string) =>
    `${before}defaults:\n  releases:\n    cert-manager:\n      version: ${version}\n      digest: ${digest}\n`;

  publish('v1.21.1', 'old');
  const newer = publish('v1.23.0', '"</details> @everyone"');
  const first = await look();
  const branch = 'platform-charts/contoso/cert-manager';
  expect(first).toMatchObject({
    count: 1,
    pull: {
      title: 'Update the chart of cert-manager to v1.23.0',
      author: 'github-actions[bot]',
      state: 'open',
      head: { branch },
      base: { branch: 'main' },
      body: expect.stringMatching(/^### dev.*\n\n1 changed\.\n[\s\S]*^\+ {3}data\.note = <\/details> @everyone$/m),
    },
    text: pinned('v1.23.0', newer.digest),
  });
  // What a chart says is shown, in places that it cannot leave.
  const outside = first.pull.body.replace(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, '').replace(/`[^`\n]*`/g, '');
  expect(outside).not.toContain('@everyone');

  expect(await look()).toEqual({ ...first, writes: [] });

  const newest = publish('v1.24.0', 'new');
  const third = await look();
  expect(third).toMatchObject({
    pull: { number: first.pull.number, title: 'Update the chart of cert-manager to v1.24.0', state: 'open' },
    text: pinned('v1.24.0', newest.digest),
  });
  expect(third.writes).toEqual([
    'POST api.github.com/graphql',
    `PATCH api.github.com/repos/contoso/platform/pulls/${first.pull.number}`,
  ]);

  const mine = `${pinned('v1.24.0', newest.digest)}# with a word of mona's\n`;
  await repository.commit({ branch, message: 'A word', author: 'mona', files: { [file]: mine } });
  const last = publish('v1.25.0', 'newest');
  expect(await look()).toMatchObject({
    count: 1,
    pull: { title: third.pull.title, body: third.pull.body, state: 'open' },
    writes: [],
    text: mine,
  });

  // Merged, it is at its end: what is newer still is another one, from what main has now.
  await repository.closePull(first.pull.number, { merge: true, by: 'mona' });
  expect(await look()).toMatchObject({
    count: 2,
    pull: { title: 'Update the chart of cert-manager to v1.25.0', state: 'open', head: { branch } },
    text: mine.replace('v1.24.0', 'v1.25.0').replace(newest.digest, last.digest),
  });
  expect(repository.pull(first.pull.number).state).toBe('merged');
});

test('nothing asked for a host that nobody plays', () => {
  expect(sandbox.world.ledger.refusedHosts).toEqual([]);
});

test('every permission that a job of plans and looks for newer charts asks for is used', async () => {
  expect(await sandbox.unusedPermissions('plan.yml', 'versions.yml', 'update-charts.yml')).toEqual([]);
});
