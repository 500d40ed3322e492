import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { blobError, type RunningStep, type StepResult, type WorldRequest } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import { preload } from '../support/held-step.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

const view = () => {
  const found = sandbox.views.find(({ scope }) => scope === 'shared');
  if (found === undefined) throw new Error('The example has no shared scope.');
  return found;
};
const stored = () => sandbox.world.azure.blobs(view().state.account, 'plans').map(({ name }) => name);
const armWrites = () => sandbox.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');

interface Handed {
  readonly 'plan-key': string;
  readonly 'plan-sha256': string;
  readonly 'expected-digest': string;
}

/** Outputs of a plan job, as a workflow hands them on. */
async function planAndStore(): Promise<Handed> {
  const { outputs } = succeeded(
    await sandbox.run({ command: 'plan', scope: 'shared', 'store-plan': 'true' }, { machine: 'planner' }),
  );
  return {
    'plan-key': outputs['plan-key'] ?? '',
    'plan-sha256': outputs['plan-sha256'] ?? '',
    'expected-digest': outputs['digest'] ?? '',
  };
}

type Options = Parameters<BundleWorld['run']>[1];

/** The apply job: another machine, which has nothing but those outputs. */
function applyStored(handed: Handed, options: Options = {}, inputs: Readonly<Record<string, string>> = {}) {
  return sandbox.run({ command: 'apply', scope: 'shared', ...handed, ...inputs }, { machine: 'applier', ...options });
}

async function refusedApply(...given: Parameters<typeof applyStored>): Promise<string[]> {
  const before = armWrites();
  const result = await applyStored(...given);
  expect(result.exitCode).toBe(1);
  expect(armWrites()).toEqual(before);
  return errors(result);
}

const onPlans = (method: string) => (request: WorldRequest) =>
  request.method === method && request.path.startsWith('/plans/');

/** Runs a step whose machine is lost when a request arrives. */
async function killedAt(
  match: (request: WorldRequest) => boolean,
  run: (options: Options) => Promise<StepResult>,
): Promise<void> {
  let running: RunningStep | undefined;
  const fault = sandbox.world.faults.add({ match, times: 1, answer: { call: () => loseMachine(running) } });
  const result = await run({
    onStart: started => {
      running = started;
    },
  });
  expect(fault.struck()).toBe(1);
  expect(result.exitCode).not.toBe(0);
  fault.remove();
}

describe('what is not applied', () => {
  let handed: Handed;
  beforeAll(async () => {
    handed = await planAndStore();
  });

  test('the plan identity has written one plan file and nothing else', () => {
    expect(handed['plan-key']).toMatch(/^contoso\/shared\/westeurope\/4711-1-[0-9a-f-]{36}\.tfplan$/);
    expect(stored()).toEqual([handed['plan-key']]);
    expect(sandbox.world.ledger.writes()).toEqual([
      {
        identity: view().identities.plan,
        host: `${view().state.account}.blob.core.windows.net`,
        method: 'PUT',
        path: `/plans/${handed['plan-key']}`,
        count: 1,
      },
    ]);
    const { account } = view().state;
    expect(sandbox.world.azure.readBlob(account, 'plans', handed['plan-key'])?.metadata).toMatchObject({
      run: '4711',
      attempt: '1',
      commit: sandbox.jobOf({}).sha,
      digest: handed['expected-digest'],
    });
  });

  test('rights go one way: who plans adds, who applies reads and deletes', async () => {
    const one = `/plans/${handed['plan-key']}`;
    const planner = await blobsAs(view().identities.plan, {});
    expect(await planner('PUT', '/plans/contoso/shared/westeurope/extra')).toBe(201);
    expect(await planner('PUT', one)).toBe(403);
    expect(await planner('GET', one)).toBe(403);
    expect(await planner('DELETE', one)).toBe(403);
    expect(await planner('GET', '/plans?restype=container&comp=list')).toBe(403);
    const applier = await blobsAs(view().identities.apply, { environment: 'shared' });
    expect(await applier('PUT', '/plans/contoso/shared/westeurope/more')).toBe(403);
    expect(await applier('PUT', one)).toBe(403);
    expect(await applier('GET', one)).toBe(200);
    expect(await applier('DELETE', '/plans/contoso/shared/westeurope/extra')).toBe(202);
  });

  test('a file that was altered, though it says the same of itself', async () => {
    const { azure } = sandbox.world;
    const { account } = view().state;
    const before = azure.readBlob(account, 'plans', handed['plan-key']);
    if (before === undefined) throw new Error('Nothing is stored.');
    const content = Buffer.concat([before.content, Buffer.from(' ')]);
    azure.writeBlob(account, 'plans', handed['plan-key'], content, before.metadata);
    expect(await refusedApply(handed)).toEqual([
      expect.stringMatching(/was altered: its SHA-256 is [0-9a-f]{64}, .* Nothing was applied/),
    ]);
    azure.writeBlob(account, 'plans', handed['plan-key'], before.content, before.metadata);
  });

  test.each([
    [{ GITHUB_RUN_ID: '4712' }, /made by the run 4711 at commit \S+; this is run 4712/],
    [{ GITHUB_SHA: 'f'.repeat(40) }, /made by the run 4711 at commit 9f3c\S+; this is run 4711 at f{40}/],
  ])('in another run or at another commit: %j', async (environment, message) => {
    expect(await refusedApply(handed, { environment })).toEqual([expect.stringMatching(message)]);
  });

  test('a key outside of the scope and region: refused before any call', async () => {
    const before = sandbox.world.ledger.requests.length;
    const inputs = { 'plan-key': handed['plan-key'].replace('/shared/', '/dev/') };
    expect(await refusedApply(handed, {}, inputs)).toEqual([
      expect.stringMatching(/plan-key: is ".*\/dev\/.*", which is no plan of the shared scope/),
    ]);
    expect(sandbox.world.ledger.requests).toHaveLength(before);
  });

  test('another digest than the reviewed one: the plan stays, for whoever looks into it', async () => {
    const [first] = await refusedApply(handed, {}, { 'expected-digest': 'a'.repeat(64) });
    expect(first).toMatch(/not what was reviewed/);
    expect(stored()).toEqual([handed['plan-key']]);
  });

  test('by somebody who may not read it', async () => {
    const inputs = { 'client-id': view().identities.plan };
    expect(await refusedApply(handed, { job: {} }, inputs)).toEqual([
      expect.stringMatching(/may not read blobs in the container plans of .*Plan File Applier/),
    ]);
  });

  test('one that is gone, when a new one is not the same', async () => {
    sandbox.world.azure.deleteBlob(view().state.account, 'plans', handed['plan-key']);
    expect(await refusedApply(handed, {}, { 'expected-digest': 'a'.repeat(64) })).toEqual([
      expect.stringMatching(
        /is not what was reviewed: .* Nothing was applied\. The stored plan is gone, so an apply may have performed a part of it\. The summary shows the 7 changes that are left: run all jobs of the workflow again to have them reviewed\.$/,
      ),
    ]);
  });
});

describe('a machine is lost', () => {
  test('while the plan is uploaded: planned again, and the key is another one', async () => {
    await killedAt(onPlans('PUT'), options =>
      sandbox.run({ command: 'plan', scope: 'shared', 'store-plan': 'true' }, { machine: 'planner', ...options }),
    );
    const { 'plan-key': key } = await planAndStore();
    expect(stored()).toContain(key);
  });

  test('before it could remove its plan: that is no plan any more once a part of it is applied', async () => {
    const handed = await planAndStore();
    const { account, container, key } = view().state;
    const before = sandbox.world.azure.readBlob(account, container, key);
    sandbox.world.faults.add({
      match: ({ method, path }) => method === 'PUT' && path.includes('/workspaces/'),
      answer: { status: 400, body: '{"error":{"code":"BadRequest","message":"Not today."}}' },
    });
    sandbox.world.faults.add({
      match: onPlans('DELETE'),
      answer: blobError(403, 'AuthorizationPermissionMismatch', 'This request is not authorized.'),
    });
    expect(errors(await applyStored(handed))[0]).toMatch(/Not today/);
    sandbox.world.faults.clear();
    expect(stored()).toContain(handed['plan-key']);

    expect(await refusedApply(handed, { environment: { GITHUB_RUN_ATTEMPT: '2' } })).toEqual([
      expect.stringMatching(
        /is not what was reviewed: .* Nothing was applied\. The state was written after the stored plan was made, so an apply may have performed a part of it\. The summary shows .* left: run all jobs of the workflow again to have them reviewed\.$/,
      ),
    ]);
    // As if none of it had been.
    sandbox.world.azure.writeBlob(account, container, key, before?.content ?? '');
    for (const { id } of sandbox.world.azure.resources('Microsoft.Resources/resourceGroups')) {
      if (id.endsWith('/rg-contoso-shared-westeurope')) sandbox.world.azure.remove(id);
    }
  });

  test('while it is downloaded, then while it is applied: the same plan completes it', async () => {
    const handed = await planAndStore();
    await killedAt(onPlans('GET'), options => applyStored(handed, options));
    const creates = ({ method, path }: WorldRequest) =>
      method === 'PUT' && /\/rg-contoso-shared-westeurope$/.test(path);
    await killedAt(creates, options => applyStored(handed, options));
    await untilQuiet(sandbox.world);
    expect(stored()).toContain(handed['plan-key']);
    // A minute passes, somebody releases Terraform's lock as the message says, and removes what was not recorded.
    const { account, container, key } = view().state;
    for (const name of [key, `${key}.run`]) sandbox.world.azure.breakLease(account, container, name);
    for (const { id } of sandbox.world.azure.resources('Microsoft.Resources/resourceGroups')) {
      if (id.endsWith('/rg-contoso-shared-westeurope')) sandbox.world.azure.remove(id);
    }
    const again = succeeded(await applyStored(handed, { environment: { GITHUB_RUN_ATTEMPT: '2' } }));
    expect(again.log.join('\n')).toMatch(/ended without saying so/);
    expect(await reportOf(again)).toMatchObject({ verdict: 'applied', digest: handed['expected-digest'] });
    expect(stored()).not.toContain(handed['plan-key']);
  });
});

describe('what is left of it', () => {
  const younger = 'contoso/shared/westeurope/1-1-young.tfplan';

  beforeAll(() => {
    for (const name of stored()) sandbox.world.azure.deleteBlob(view().state.account, 'plans', name);
  });

  test('an apply that fails has used its plan: the next attempt makes the same again, and the one after finds it done', async () => {
    await sandbox.edit('platform.yaml', text => text.replace('shared: #', 'shared:\n  logs: { retention: 60d } #'));
    const handed = await planAndStore();
    const fault = sandbox.world.faults.add({
      match: ({ method, path }) => method === 'PUT' && path.includes('/workspaces/'),
      answer: { status: 400, body: '{"error":{"code":"BadRequest","message":"Not today."}}' },
    });
    const failed = await applyStored(handed);
    expect(errors(failed)[0]).toMatch(/Not today/);
    expect(stored()).toEqual([]);

    fault.remove();
    const attempt = (number: number) => applyStored(handed, { environment: { GITHUB_RUN_ATTEMPT: String(number) } });
    const again = succeeded(await attempt(2));
    expect(again.log.join('\n')).toMatch(/is gone: .* Planning again\./);
    expect(await reportOf(again)).toMatchObject({ verdict: 'applied', digest: handed['expected-digest'] });
    // As where only what came after the apply has failed.
    expect(await reportOf(succeeded(await attempt(3)))).toMatchObject({ verdict: 'no-changes' });
  });

  test('after a week nobody needs it: the next apply removes it, and leaves younger ones and other scopes', async () => {
    const { azure } = sandbox.world;
    const { account } = view().state;
    const old = (await planAndStore())['plan-key'];
    const handed = await planAndStore();
    const other = 'contoso/dev/westeurope/1-1-old.tfplan';
    azure.writeBlob(account, 'plans', other, 'x');
    // On the machine of this job it is eight days later, so the plan that it fetches is as old as the other one.
    const late = { NODE_OPTIONS: preload(`const now = Date.now; Date.now = () => now() + ${8 * 24 * 3_600_000};`) };
    succeeded(await applyStored(handed, { environment: late }));
    expect(stored()).toEqual([other]);
    expect(stored()).not.toContain(old);

    azure.deleteBlob(account, 'plans', other);
    azure.writeBlob(account, 'plans', younger, 'x');
    const nothing = succeeded(await applyStored(await planAndStore()));
    expect((await reportOf(nothing)).verdict).toBe('no-changes');
    expect(stored()).toEqual([younger]);
  });
});

describe('an account that nobody prepared for it', () => {
  test.each([
    [
      'has no container',
      () => blobError(404, 'ContainerNotFound', 'The specified container does not exist.'),
      /container plans does not exist/,
    ],
    ['has no rights on one', undefined, /may not write blobs in the container plans/],
  ])('%s: apply plans again and compares', async (_, answer, reason) => {
    const { account } = view().state;
    if (answer !== undefined) sandbox.world.faults.add({ match: onPlans('PUT'), answer: answer() });
    else {
      const container = sandbox.world.azure
        .resources('Microsoft.Storage/storageAccounts/blobServices/containers')
        .find(({ id }) => id.includes(`/${account}/`) && id.endsWith('/plans'));
      sandbox.world.azure.remove(container?.id ?? '');
      sandbox.world.azure.addContainer(account, 'plans');
    }
    const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'shared', 'store-plan': 'true' }));
    expect([plan.outputs['plan-key'], plan.outputs['plan-sha256']]).toEqual([undefined, undefined]);
    expect((await reportOf(plan)).warnings.join('\n')).toMatch(reason);
    const empty = { 'plan-key': '', 'plan-sha256': '', 'expected-digest': plan.outputs['digest'] ?? '' };
    const apply = succeeded(await applyStored(empty));
    expect((await reportOf(apply)).digest).toBe(plan.outputs['digest']);
  });
});

/** Requests to the state account as one identity, with nothing of ours in between. Gives the status. */
async function blobsAs(clientId: string, job: { readonly environment?: string }) {
  const env = sandbox.environmentOf(job);
  const curl = async (...args: string[]) => {
    const all = ['-sS', '--cacert', sandbox.world.caFile, ...args];
    return (await promisify(execFile)('curl', all, { env })).stdout;
  };
  const idToken = JSON.parse(
    await curl(
      '-H',
      `Authorization: Bearer ${env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}`,
      `${env['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=api://AzureADTokenExchange`,
    ),
  ).value;
  const form = new URLSearchParams({
    client_id: clientId,
    client_assertion: idToken,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    grant_type: 'client_credentials',
    scope: 'https://storage.azure.com/.default',
  });
  const answer = await curl(
    '-d',
    form.toString(),
    `https://login.microsoftonline.com/${view().tenant}/oauth2/v2.0/token`,
  );
  const headers = ['-H', `Authorization: Bearer ${JSON.parse(answer).access_token}`, '-H', 'x-ms-blob-type: BlockBlob'];
  return async (method: string, path: string): Promise<number> => {
    const url = `https://${view().state.account}.blob.core.windows.net${path}`;
    const body = method === 'PUT' ? ['--data-binary', 'x'] : [];
    return Number(await curl('-X', method, '-o', '/dev/null', '-w', '%{http_code}', ...headers, ...body, url));
  };
}
