import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeMarker } from '@suite/change-report';
import { asObject, asString, parseJson } from '@suite/foundation';
import { aksError, type HostOptions, type RunResult, withoutStaging } from '@suite/sandbox';
import { recordPromotions } from '../../packages/sandbox/src/platform/run-record.ts';
import { leaksIn } from '../support/leaks.ts';
import {
  bot,
  commentsOf,
  conclusions,
  dispatch,
  errorMessages,
  jobOf,
  openPipelineWorld,
  type PipelineWorld,
  platformFile,
  propose,
  summaryOf,
  transcript,
} from '../support/pipeline.ts';

type Approve = NonNullable<HostOptions['approve']>;

const file = 'platform.yaml';
const scopes = ['shared', 'dev', 'prod'] as const;
type Scope = (typeof scopes)[number];

let sandbox: PipelineWorld;
/** What reviewers answer, and what they were asked. */
let answer: Approve;
let asked: { readonly environment: string; readonly page: string }[];
let first: string;
/** What was planned on a pull request and went through all environments. */
let cleaner: { readonly commit: string; readonly bundle: string };
/** What dev has verified, and prod never: a newer one was faster. */
let overtaken: { readonly commit: string; readonly bundle: string; readonly pull: number };

beforeAll(async () => {
  sandbox = await openPipelineWorld({
    platform: withoutStaging,
    approve: (environment, job) => {
      asked.push({
        environment,
        page: job
          .summaries()
          .map(({ markdown }) => markdown)
          .join('\n'),
      });
      return answer(environment, job);
    },
  });
  sandbox.world.settings.operationMs = 0;
  first = await sandbox.repository.resolve('refs/heads/main');
  protect('prod', ['mona', 'hubot']);
});
beforeEach(() => {
  sandbox.world.faults.clear();
  answer = () => true;
  asked = [];
});
afterAll(() => sandbox.close());

function protect(name: Scope, reviewers: readonly string[]) {
  sandbox.repository.defineEnvironment({ name, branches: ['main'], reviewers });
}

function viewOf(scope: Scope) {
  const found = sandbox.views.find(view => view.scope === scope);
  if (found === undefined) throw new Error(`The platform has no ${scope}.`);
  return found;
}

function promote(before: string, after: string): Promise<RunResult> {
  return sandbox.runner.start(sandbox.push(before, after)).result;
}

/** “Re-run failed jobs” or “Re-run all jobs”. */
function again(run: RunResult, failedOnly: boolean): Promise<RunResult> {
  return sandbox.runner.rerun(run, { failedOnly }).result;
}

/** Opens a pull request, plans it, merges it, and gives what main was before and after. */
async function merge(branch: string, change: (text: string) => string) {
  const { repository } = sandbox;
  const pull = await propose(repository, branch, { [file]: await platformFile(repository, change) });
  const planned = await sandbox.run(pull.number, 'opened');
  expect({ planned: planned.conclusion, log: transcript(planned) }).toMatchObject({ planned: 'success' });
  const before = await repository.resolve('refs/heads/main');
  await repository.closePull(pull.number, { merge: true, by: 'mona' });
  return { number: pull.number, planned, before, after: await repository.resolve('refs/heads/main') };
}

/** All jobs of an attempt that were not skipped, and nothing else; fails with all that the run printed. Those that only tell never fail. */
function expectJobs(run: RunResult, jobs: Readonly<Record<string, string>>) {
  const began = Object.entries(conclusions(run)).filter(([, conclusion]) => conclusion !== 'skipped');
  const tells = ([name]: readonly [string, string]) => name.startsWith('Tell the pull request');
  expect(new Set(began.filter(tells).map(([, conclusion]) => conclusion))).toEqual(
    new Set(began.some(([name]) => name.startsWith('Plan ')) ? ['success'] : []),
  );
  const ran = began.filter(entry => !tells(entry));
  expect({ jobs: Object.fromEntries(ran), log: transcript(run) }).toEqual({ jobs, log: expect.any(String) });
  expect(run.conclusion).toBe(Object.values(jobs).includes('failure') ? 'failure' : 'success');
}

const began = { Resolve: 'success', Bundle: 'success' };
const through = (...names: readonly Scope[]) =>
  Object.fromEntries(names.flatMap(name => [`Plan ${name}`, `Apply ${name}`].map(job => [job, 'success'])));

/** What an identity of a scope wrote since an attempt began, until now. */
function writesOf(run: RunResult, scope: Scope, role: 'plan' | 'apply'): string[] {
  return sandbox.world.ledger
    .writes(run.startedAt)
    .filter(({ identity }) => identity === viewOf(scope).identities[role])
    .map(({ method, host, path }) => `${method} ${host}${path}`);
}

/** The scopes in which the apply identity wrote anything at all since an attempt began. */
function touched(run: RunResult): Scope[] {
  return scopes.filter(scope => writesOf(run, scope, 'apply').length > 0);
}

/** The scopes in which resources were written. */
function changed(run: RunResult): Scope[] {
  const isResource = (write: string) => write.includes(' management.azure.com/');
  return scopes.filter(scope => writesOf(run, scope, 'apply').some(isResource));
}

function planned(run: RunResult): Scope[] {
  return scopes.filter(scope => writesOf(run, scope, 'plan').length > 0);
}

function plansOf(scope: Scope) {
  return sandbox.world.azure.blobs(viewOf(scope).state.account, 'plans');
}

function storedPlans(): string[] {
  return scopes.flatMap(plansOf).map(({ name }) => name);
}

function records() {
  return recordPromotions(sandbox.world.azure, sandbox.world.registries).map(
    ({ environment, bundle, commit, approvers }) => ({ environment, bundle, commit, approvers }),
  );
}

function bundleOf(run: RunResult): string {
  return jobOf(run, 'Bundle')
    .steps.map(({ outputs }) => outputs['digest'] ?? '')
    .join('');
}

/** What stands above the plan in the comment of a pull request, as a person reads it. */
function toldOn(number: number): string {
  const [comment] = commentsOf(sandbox.repository.pull(number));
  const [, banner = ''] = /^<!-- .*\n([\s\S]*?)\n\n<!--/.exec(comment?.body ?? '') ?? [];
  return banner
    .replaceAll('&#8203;', '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\]\([^)]*\)/g, ']');
}

/** Somebody puts an empty chart under the version of Argo CD's. Gives the digest of the one before, and takes it back. */
function moveTag() {
  const { charts } = sandbox.world;
  const { version, digest } = charts.find('argo-cd');
  const own = charts.archive('argo-cd');
  charts.publish(charts.pack('argo-cd', { 'Chart.yaml': `apiVersion: v2\nname: argo-cd\nversion: ${version}\n` }));
  return { digest, putBack: () => charts.publish(own) };
}

/** The digest of the chart that Argo CD was installed from last, as the cluster says. */
function argoCdIn(scope: Scope): string | undefined {
  const cluster = sandbox.world.azure
    .resources('Microsoft.ContainerService/managedClusters')
    .find(({ id }) => id.includes(viewOf(scope).subscription));
  const found = sandbox.world.kubernetes
    .of(cluster?.id ?? '')
    .list('configmaps', 'aks-platform')
    .find(({ metadata }) => metadata.name === 'release-argo-cd');
  const record = asObject(parseJson(String(asObject(found?.['data'])['record'])));
  return asString(asObject(record['chart'])['digest']);
}

const environmentsAsked = () => asked.map(({ environment }) => environment);

describe('the first promotion, in which much goes wrong', () => {
  let run: RunResult;
  /** A tag that moves while dev waits for its approval. */
  let moved: ReturnType<typeof moveTag>;

  test('an apply that fails stops the stages after it', async () => {
    const { subscription } = viewOf('dev');
    sandbox.world.faults.add({
      match: ({ method, path }) =>
        method === 'PUT' && path.includes(subscription) && /\/managedClusters\/[^/]+$/.test(path),
      answer: aksError(400, 'BadRequest', 'Not today.'),
    });
    run = await promote('0'.repeat(40), first);
    expectJobs(run, { ...began, ...through('shared'), 'Plan dev': 'success', 'Apply dev': 'failure' });
    expect(errorMessages(jobOf(run, 'Apply dev'))).toEqual([
      'module.cluster.azurerm_kubernetes_cluster.this: Azure answered 400: BadRequest: Not today.',
    ]);
    expect({ changed: changed(run), planned: planned(run) }).toEqual({
      changed: ['shared', 'dev'],
      planned: ['shared', 'dev'],
    });
    expect({ records: records(), plans: storedPlans(), asked }).toEqual({ records: [], plans: [], asked: [] });
  });

  test('what is left of its plan is another plan: the failed job alone applies nothing, and says what goes on', async () => {
    run = await again(run, true);
    expectJobs(run, { ...began, ...through('shared'), 'Plan dev': 'success', 'Apply dev': 'failure' });
    expect(errorMessages(jobOf(run, 'Apply dev'))).toEqual([
      expect.stringMatching(
        /^This plan is not what was reviewed: .* Nothing was applied\. The stored plan is gone, so an apply may have performed a part of it\. The summary shows the \d+ changes that are left: run all jobs of the workflow again to have them reviewed\.$/,
      ),
    ]);
    // A lease, and nothing else.
    expect({ changed: changed(run), planned: planned(run) }).toEqual({ changed: [], planned: [] });
  });

  test('a rejection writes nothing there, and nothing after it runs', async () => {
    protect('dev', ['mona', 'hubot']);
    answer = () => ({ approved: false, by: 'mona', comment: 'Not on a Friday' });
    run = await again(run, false);
    expectJobs(run, { ...began, ...through('shared'), 'Plan dev': 'success', 'Apply dev': 'failure' });
    expect(jobOf(run, 'Apply dev').steps).toEqual([]);
    expect(environmentsAsked()).toEqual(['dev']);
    // Whoever is asked has the rest of the plan in view.
    expect(asked[0]?.page).toMatch(/^### dev · westeurope: \d+ to create$/m);
    // What stands in `shared` was planned and looked at again, and nothing was left to do.
    expect({ touched: touched(run), changed: changed(run), planned: planned(run) }).toEqual({
      touched: ['shared'],
      changed: [],
      planned: ['shared', 'dev'],
    });
    expect(records()).toEqual([]);
    expect(storedPlans()).toEqual([expect.stringMatching(/^contoso\/dev\/westeurope\//)]);
  });

  test('approved later, the run goes on from there with that very plan', async () => {
    const [rejected] = storedPlans();
    answer = environment => {
      if (environment === 'dev') moved = moveTag();
      return { approved: environment === 'dev', by: 'hubot' };
    };
    run = await again(run, true);
    expectJobs(run, { ...began, ...through('shared', 'dev'), 'Plan prod': 'success', 'Apply prod': 'failure' });
    expect({ touched: touched(run), planned: planned(run) }).toEqual({ touched: ['dev'], planned: ['prod'] });
    expect(jobOf(run, 'Apply dev').steps.flatMap(({ log }) => log)).toContain(`Fetched ${rejected}`);
    expect(records()).toEqual([{ environment: 'dev', bundle: bundleOf(run), commit: first, approvers: ['hubot'] }]);
  });

  describe('what an approver saw is spoiled before it is applied', () => {
    let plan: ReturnType<typeof plansOf>[number];
    const { account, container } = { account: () => viewOf('prod').state.account, container: 'plans' };
    const write = (content: Buffer) =>
      sandbox.world.azure.writeBlob(account(), container, plan.name, content, plan.metadata);

    beforeAll(() => {
      const [found, ...others] = plansOf('prod');
      if (found === undefined || others.length > 0) throw new Error('There is not one stored plan of prod.');
      plan = found;
    });
    afterAll(() => write(plan.content));

    test.each([
      [
        'altered',
        () => write(Buffer.concat([plan.content, Buffer.from(' ')])),
        / was altered: its SHA-256 is [0-9a-f]{64}, that of the plan which was made is [0-9a-f]{64}\. Nothing was applied\. Find out who may write plan files, then plan again\.$/,
      ],
    ])('%s', async (_, spoil, message) => {
      answer = () => {
        spoil();
        return true;
      };
      run = await again(run, true);
      expectJobs(run, { ...began, ...through('shared', 'dev'), 'Plan prod': 'success', 'Apply prod': 'failure' });
      expect(environmentsAsked()).toEqual(['prod']);
      expect(errorMessages(jobOf(run, 'Apply prod'))).toEqual([expect.stringMatching(message)]);
      expect({ touched: touched(run), planned: planned(run) }).toEqual({ touched: [], planned: [] });
      expect(records().map(({ environment }) => environment)).toEqual(['dev']);
    });
  });

  test('with the plan as it was made, the failed job finishes the promotion alone', async () => {
    answer = () => ({ approved: true, by: 'hubot' });
    run = await again(run, true);
    expectJobs(run, { ...began, ...through(...scopes) });
    expect(environmentsAsked()).toEqual(['prod']);
    expect({ touched: touched(run), planned: planned(run) }).toEqual({ touched: ['prod'], planned: [] });
    expect(records()).toMatchObject([
      { environment: 'dev', bundle: bundleOf(run) },
      // GitHub keeps the reviews of a run together, whichever attempt they were for.
      { environment: 'prod', bundle: bundleOf(run), commit: first, approvers: ['mona', 'hubot'] },
    ]);
    expect(storedPlans()).toEqual([]);
  });

  test('and both have the charts of the bundle, though a tag has moved before either was installed', () => {
    const now = sandbox.world.charts.find('argo-cd').digest;
    moved.putBack();
    expect(now).not.toBe(moved.digest);
    expect({ dev: argoCdIn('dev'), prod: argoCdIn('prod') }).toEqual({ dev: moved.digest, prod: moved.digest });
    expect(jobOf(run, 'Apply prod').steps.flatMap(({ log }) => log)).toContainEqual(
      expect.stringContaining('its tag stands for another chart by now. The one that is pinned is taken.'),
    );
  });
});

describe('a pull request that was planned and merged', () => {
  let merged: Awaited<ReturnType<typeof merge>>;
  let run: RunResult;

  beforeAll(async () => {
    sandbox.world.faults.clear();
    protect('dev', []);
    merged = await merge('cleaner', text =>
      text
        .replace(/^shared:.*\n/m, '$&  logs: { retention: 60d }\n')
        .replace(
          /^environments:/m,
          'defaults:\n  cluster:\n    features:\n      image-cleaner: { interval: 24h }\n\n$&',
        ),
    );
    asked = [];
    answer = () => ({ approved: true, by: 'hubot' });
    // GitHub starts both at once.
    [run] = await Promise.all([
      promote(merged.before, merged.after),
      sandbox.run(merged.number, 'closed', { sha: merged.after, ref: 'refs/heads/main' }),
    ]);
    cleaner = { commit: merged.after, bundle: bundleOf(run) };
    // A plan of a pull request, and a promotion through all environments.
  });

  test('goes through all environments, and only those are asked for that somebody approves', () => {
    expectJobs(run, { ...began, ...through(...scopes) });
    expect(changed(run)).toEqual(scopes);
    expect(run.jobs.flatMap(({ environment }) => environment?.name ?? [])).toEqual(scopes);
  });

  test('which its comment says in the end, with a row for each', () => {
    const told = toldOn(merged.number);
    expect(told).toMatch(/^> \[!NOTE\]\n> \*\*Verified in prod at [\d: -]+ UTC\.\*\* Merged as `[0-9a-f]{7}`\. Below /);
    for (const scope of scopes)
      expect(told).toMatch(new RegExp(`^> \\| ${scope} \\| \\[verified\\] [\\d: -]+ UTC \\|$`, 'm'));
    const { revisions } = commentsOf(sandbox.repository.pull(merged.number))[0] ?? { revisions: [] };
    const verdicts = revisions.flatMap(({ body }) => /\*\*(Promoting: \w+|Verified in \w+)/.exec(body)?.[1] ?? []);
    expect([...new Set(verdicts)]).toEqual([
      'Promoting: shared',
      'Promoting: dev',
      'Promoting: prod',
      'Verified in prod',
    ]);
    // It is still the plan that was reviewed, and the verdict of it.
    expect(revisions.at(-1)?.body).toContain('### Platform plan of `contoso`');
  });

  test('as one bundle, which runs everywhere, with records of who approved', () => {
    const bundle = bundleOf(run);
    expect(bundle).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(records().slice(2)).toEqual([
      { environment: 'dev', bundle, commit: merged.after, approvers: [] },
      { environment: 'prod', bundle, commit: merged.after, approvers: ['hubot'] },
    ]);
    for (const view of sandbox.views) {
      if (view.kind === 'shared' || view.registry.existing) continue;
      const manifests = sandbox.world.registries.registry(view.registry.name).manifests('promotion/contoso');
      const running = manifests.filter(({ tags }) => tags.includes(`running-${view.scope}-${view.region}`));
      expect(running.map(({ tags }) => tags)).toEqual([
        [`running-${view.scope}-${view.region}`, bundle.replace(':', '-')],
      ]);
      // Its own record, and those of the environments before it.
      const proofs = manifests.filter(({ subject }) => subject?.digest === running[0]?.digest);
      expect(proofs.map(({ annotations }) => annotations['environment'])).toEqual(
        view.scope === 'dev' ? ['dev'] : ['dev', 'prod'],
      );
    }
  });

  test('with plans that their identities could only add, and that nobody keeps', () => {
    for (const scope of scopes) {
      const { account } = viewOf(scope).state;
      expect(writesOf(run, scope, 'plan')).toEqual([
        expect.stringMatching(
          `^PUT ${account}\\.blob\\.core\\.windows\\.net/plans/contoso/${scope}/westeurope/${run.id}-1-[0-9a-f-]{36}\\.tfplan$`,
        ),
      ]);
    }
    expect(storedPlans()).toEqual([]);
  });

  test('and its summaries say that the plans are those of the pull request', () => {
    for (const scope of scopes) {
      const job = jobOf(run, `Plan ${scope}`);
      const gate = job.steps.find(({ name }) => name === 'Gate');
      expect(gate?.outputs).toMatchObject({
        'reviewed-run': merged.planned.id,
        'reviewed-pull': String(merged.number),
      });
      expect(summaryOf(job)).toContain(
        '| `The plan is the one of the pull request` | holds | Its digest is the same. |',
      );
    }
  });

  test('a late run of the commit before it is refused in its first stage, and writes nothing', async () => {
    const late = await promote('0'.repeat(40), first);
    expectJobs(late, { ...began, 'Plan shared': 'failure' });
    const message = `^${first.slice(0, 7)} is older than ${merged.after.slice(0, 7)}, which runs in shared · westeurope since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC \\(https://github\\.com/contoso/platform/actions/runs/${run.id}\\)\\. Promote a newer commit\\. An environment goes back by \`rollback\\.yml\`, what is shared by a revert on main\\.$`;
    expect(errorMessages(jobOf(late, 'Plan shared'))).toEqual([expect.stringMatching(message)]);
    expect({ touched: touched(late), planned: planned(late), asked }).toEqual({ touched: [], planned: [], asked: [] });
  });
});

describe('Azure was changed between the pull request and its promotion', () => {
  let run: RunResult;
  let slower: number;
  const differs =
    'This plan is not the one that the pull request showed: the changes are the same, but not all their values.';

  test('where nobody approves, what was not reviewed is not applied', async () => {
    const { number, before, after } = await merge(
      'slower',
      text =>
        `${text
          .replace('retention: 60d', 'retention: 90d')
          .replace('interval: 24h', 'interval: 72h')
          .trimEnd()}\n    gate: { hold: The migration ends on Monday., checks: [e2e] }\n`,
    );
    const { azure } = sandbox.world;
    const cluster = azure
      .resources('Microsoft.ContainerService/managedClusters')
      .find(({ id }) => id.includes(viewOf('dev').subscription));
    azure.mutate(cluster?.id ?? '', body => {
      body['tags'] = { ...(body['tags'] as object), owner: 'nobody' };
    });
    slower = number;
    run = await promote(before, after);
    expectJobs(run, { ...began, ...through('shared'), 'Plan dev': 'failure' });
    expect(toldOn(slower)).toContain(
      `**Stopped in dev, before anything was applied.** ${differs} Nobody approves this`,
    );
    expect(toldOn(slower)).toContain('| prod | to come, with an approval |');
    expect(errorMessages(jobOf(run, 'Plan dev'))).toEqual([
      `${differs} Nobody approves this environment, so nothing is applied: open a pull request that shows this plan, or let somebody approve.`,
    ]);
    expect(summaryOf(jobOf(run, 'Plan dev'))).toContain('`tags.owner`: `nobody` → _none_');
    expect({ touched: touched(run), plans: storedPlans() }).toEqual({ touched: ['shared'], plans: [] });
  });

  test('where somebody approves, it is shown to them, and passes', async () => {
    protect('dev', ['mona']);
    run = await again(run, false);
    expect(environmentsAsked()).toEqual(['dev']);
    expect(asked[0]?.page).toContain(`${differs} Read it again before you approve.`);
    expect(jobOf(run, 'Apply dev').conclusion).toBe('success');
    expect(records().at(-1)).toMatchObject({ environment: 'dev', bundle: bundleOf(run), approvers: ['mona'] });
  });

  test('a stage that was through before has nothing left to apply, which nobody has to review', () => {
    expect(summaryOf(jobOf(run, 'Plan shared'))).toContain(
      '| `The plan is the one of the pull request` | holds | Nothing of it is left to apply. |',
    );
    expect(changed(run)).toEqual(['dev']);
  });

  test('and an environment whose gate is closed is not planned', () => {
    expectJobs(run, { ...began, ...through('shared', 'dev'), 'Plan prod': 'failure' });
    expect(errorMessages(jobOf(run, 'Plan prod'))).toEqual([
      '`prod` is on hold: The migration ends on Monday. Take `gate: hold:` of prod out of the platform file when it may be promoted to again.',
      expect.stringContaining('has neither a check nor a commit status called “e2e”.'),
    ]);
    expect(writesOf(run, 'prod', 'plan')).toEqual([]);
    expect(touched(run)).not.toContain('prod');
    expect(toldOn(slower)).toMatch(
      /\*\*Stopped in prod, before anything was applied\.\*\* `prod` is on hold: The migration ends on Monday\. .* \[Its job\] says more\./,
    );
    expect(toldOn(slower)).toMatch(/\| dev \| \[verified\] /);
  });
});

/** Files of a repository whose runners reach no host with trusted roots: it has them checked in. */
async function trusting(): Promise<Record<string, string>> {
  const files: Record<string, string> = { 'trusted_root.jsonl': `${(await sandbox.world.sigstore()).trustedRoot}\n` };
  for (const name of ['platform.yml', 'promote.yml']) {
    const path = `.github/workflows/${name}`;
    const text = await sandbox.repository.readFile('refs/heads/main', path);
    files[path] = (text ?? '').replace(
      /\/promote\.yml@v1[^\n]*\n {4}with:\n/,
      '$&      trusted-root: trusted_root.jsonl\n',
    );
  }
  return files;
}

/** To main, without a pull request. */
async function commit(change: (text: string) => string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const files = { [file]: await platformFile(sandbox.repository, change), ...more };
  await sandbox.repository.commit({ branch: 'main', message: 'a change', author: 'mona', files });
  return sandbox.repository.resolve('refs/heads/main');
}

describe('an older run waits for its approval while a newer one goes through', () => {
  let commits: { readonly base: string; readonly older: string; readonly newer: string };
  let older: RunResult;
  let newer: RunResult | undefined;

  beforeAll(async () => {
    const { repository } = sandbox;
    const base = await repository.resolve('refs/heads/main');
    const { number } = await propose(repository, 'slow-cleaner', {
      [file]: await platformFile(repository, text =>
        text
          .replace(/^ {4}gate: .*\n/m, '    gate: { attestation: required, checks: [e2e] }\n')
          .replace('interval: 72h', 'interval: 96h'),
      ),
      ...(await trusting()),
    });
    // As its plan leaves it, which others show.
    const { head } = repository.pull(number);
    const marker = writeMarker({ pull: number, file, head: head.sha, run: '1', attempt: 1, state: 'planned' });
    repository.comment(number, bot, `${marker}\n<!-- platform-plan:body -->\n### The plan`);
    await repository.closePull(number, { merge: true, by: 'mona' });
    const before = await repository.resolve('refs/heads/main');
    commits = { base, older: before, newer: await commit(text => text.replace('interval: 96h', 'interval: 120h')) };
    for (const sha of [commits.older, commits.newer]) repository.setStatus(sha, 'e2e', 'success');
    asked = [];
    answer = async environment => {
      if (environment === 'prod' && newer === undefined) {
        answer = () => true;
        newer = await promote(commits.older, commits.newer);
      }
      return true;
    };
    older = await promote(commits.base, commits.older);
    overtaken = { commit: commits.older, bundle: bundleOf(older), pull: number };
    // Two whole promotions, one inside of the other.
  });

  test('the newer one is promoted', () => {
    expect(newer?.conclusion).toBe('success');
    expect(records().at(-1)).toMatchObject({ environment: 'prod', commit: commits.newer });
  });

  test('the approval of the older one lets it in no more, and nothing is written', () => {
    expectJobs(older, { ...began, ...through('shared', 'dev'), 'Plan prod': 'success', 'Apply prod': 'failure' });
    const [message] = errorMessages(jobOf(older, 'Apply prod'));
    expect(message).toContain(
      `${commits.older.slice(0, 7)} is older than ${commits.newer.slice(0, 7)}, which runs in prod · westeurope since `,
    );
    const { startedAt = 0, seconds = 0 } = newer ?? {};
    const writes = sandbox.world.ledger.writes(startedAt + seconds * 1000);
    expect(writes.filter(({ identity }) => identity === viewOf('prod').identities.apply)).toEqual([]);
  });
});

describe('prod goes back', () => {
  let run: RunResult;
  /** What was asked of it; a test begins with nothing. */
  let askedOfIt: typeof asked;
  /** Plans of promotions that were let in no more; they expire. */
  let plansBefore: ReturnType<typeof storedPlans>;
  let before: ReturnType<typeof records>;
  const back = (inputs: Readonly<Record<string, string>> = {}) =>
    dispatch(sandbox, 'rollback.yml', { environment: 'prod', reason: 'Orders fail since noon', to: '', ...inputs });
  const cleanerHours = () =>
    sandbox.world.azure
      .resources('Microsoft.ContainerService/managedClusters')
      .filter(({ id }) => id.includes(viewOf('prod').subscription))
      .map(
        ({ properties }) =>
          asObject(asObject(asObject(properties)['securityProfile'])['imageCleaner'])['intervalHours'],
      );
  const runningIn = (scope: Scope) => {
    const view = viewOf(scope);
    if (view.kind === 'shared' || view.registry.existing) throw new Error(`${scope} has no registry of its own.`);
    return sandbox.world.registries
      .registry(view.registry.name)
      .manifests('promotion/contoso')
      .filter(({ tags }) => tags.includes(`running-${scope}-westeurope`))
      .flatMap(({ tags }) => tags.filter(tag => tag.startsWith('sha256-')));
  };

  beforeAll(async () => {
    before = records();
    plansBefore = storedPlans();
    asked = [];
    answer = () => ({ approved: true, by: 'hubot' });
    expect(cleanerHours()).toEqual([120]);
    // The bundle of then has its charts, whatever their tags stand for now.
    const { digest, putBack } = moveTag();
    run = await back();
    putBack();
    expect(argoCdIn('prod')).toBe(digest);
    askedOfIt = asked;
  });

  test('to what ran there before, through the same plan and the same approval', () => {
    expectJobs(run, { Resolve: 'success', Choose: 'success', ...through('prod') });
    expect(askedOfIt.map(({ environment }) => environment)).toEqual(['prod']);
    expect(cleanerHours()).toEqual([24]);
    expect({ touched: touched(run), changed: changed(run), planned: planned(run) }).toEqual({
      touched: ['prod'],
      changed: ['prod'],
      planned: ['prod'],
    });
    expect(storedPlans()).toEqual(plansBefore);
  });

  test('and whoever approves has read what does not go back', () => {
    const page = askedOfIt[0]?.page.replaceAll('&#8203;', '') ?? '';
    expect(page).toContain(`### prod goes back to \`${cleaner.commit.slice(0, 7)}\``);
    expect(page).toContain('### What does not go back in prod');
    expect(page).toContain('A migration that the newer version has run is not undone');
    expect(page).toContain('| Why | Orders fail since noon |');
  });

  test('by a record that says so; what runs in dev stays', () => {
    const { bundle, commit: sha } = cleaner;
    expect(records().slice(before.length)).toEqual([
      { environment: 'prod', bundle, commit: sha, approvers: ['hubot'] },
    ]);
    expect(summaryOf(jobOf(run, 'Apply prod'))).toContain(`| Rolled back from | \`${before.at(-1)?.commit}\` |`);
    expect(runningIn('prod')).toEqual([bundle.replace(':', '-')]);
    expect(runningIn('dev')).toEqual([before.at(-1)?.bundle.replace(':', '-')]);
  });

  test('not to what it never had, nor to what runs, and nothing is touched', async () => {
    for (const [to, message] of [
      ['e'.repeat(40), 'GitHub knows no such commit in contoso/platform.'],
      [cleaner.commit, 'is what runs in prod since '],
    ] as const) {
      const refused = await back({ to });
      expectJobs(refused, { Resolve: 'success', Choose: 'failure' });
      expect(errorMessages(jobOf(refused, 'Choose'))).toEqual([expect.stringContaining(message)]);
      expect({ touched: touched(refused), planned: planned(refused) }).toEqual({ touched: [], planned: [] });
    }
  });

  test('what only dev has verified is promoted further by hand, and no new bundle is made', async () => {
    const further = (bundle: string) => dispatch(sandbox, 'promote.yml', { bundle, from: 'dev', until: '' });
    const unknown = await further('e'.repeat(40));
    expectJobs(unknown, { Resolve: 'success', Bundle: 'failure' });
    expect(errorMessages(jobOf(unknown, 'Bundle'))).toEqual([
      `input to: is ${'e'.repeat(40)}, and GitHub knows no such commit in contoso/platform. Choose a commit of the ledger’s records of this environment (\`command: ledger\`), or the digest of an older bundle.`,
    ]);
    asked = [];
    const run = await further(overtaken.commit.slice(0, 7));
    expectJobs(run, { ...began, ...through('prod') });
    expect(bundleOf(run)).toBe(overtaken.bundle);
    // Its gate asks for an attestation: that of the run which made it lay beside it in dev.
    expect(jobOf(run, 'Bundle').steps.find(({ name }) => name === 'Attest the bundle')?.conclusion).toBe('skipped');
    expect(cleanerHours()).toEqual([96]);
    expect({ touched: touched(run), asked: environmentsAsked() }).toEqual({ touched: ['prod'], asked: ['prod'] });
    const { bundle, commit: sha } = overtaken;
    expect(records().at(-1)).toEqual({ environment: 'prod', bundle, commit: sha, approvers: ['mona'] });
    // Its own pull request says so, and goes on saying what it has come through before.
    const rows = toldOn(overtaken.pull).match(/^> \| \w+ \| \[\w+\]/gm);
    expect(rows).toEqual(scopes.map(scope => `> | ${scope} | [verified]`));
    expect(toldOn(overtaken.pull)).toMatch(/\*\*Verified in prod at /);
  });

  test('and a later commit is promoted as always', async () => {
    const main = await sandbox.repository.resolve('refs/heads/main');
    const later = await commit(text => text.replace('interval: 120h', 'interval: 144h'));
    sandbox.repository.setStatus(later, 'e2e', 'success');
    const promoted = await promote(main, later);
    expectJobs(promoted, { ...began, ...through(...scopes) });
    expect(cleanerHours()).toEqual([144]);
    expect(records().at(-1)).toMatchObject({ environment: 'prod', commit: later });
  });
});

test('nothing asked for a host that nobody plays', () => {
  expect(sandbox.world.ledger.refusedHosts).toEqual([]);
});

test('no secret of the repository, a state or a cluster is shown anywhere, and no credential', async () => {
  const { secrets, texts } = await sandbox.secrecy();
  for (const known of Object.values(secrets)) expect(known.length).toBeGreaterThan(0);
  expect(leaksIn(texts, secrets)).toEqual([]);
  // Whatever shows one is found.
  for (const [from, [secret = '']] of Object.entries(secrets)) {
    expect(leaksIn(new Map([['here', `a ${secret} b`]]), secrets)).toContain(`here shows a secret of the ${from}`);
  }
  const kinds = [
    'comments',
    ': log',
    ': annotations',
    ': outputs',
    ': summary',
    'artifact report-',
    'artifact bundle-',
  ];
  for (const kind of kinds) expect([kind, [...texts.keys()].some(place => place.includes(kind))]).toEqual([kind, true]);
});

test('every permission that a job of promotions, stages and ways back asks for is used', async () => {
  expect(await sandbox.unusedPermissions('promote.yml', 'stage.yml', 'rollback.yml')).toEqual([]);
});
