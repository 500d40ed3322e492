import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningStep, StepResult } from '@suite/sandbox';
import { putTofuOnPath } from '../../scripts/tofu.ts';
import {
  type BundleWorld,
  openBundleWorld,
  openVariant,
  type RunOptions,
  reportOf,
  succeeded,
  tell,
} from '../support/bundle.ts';
import { finishRun } from '../support/finished-run.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';
import { needs, peer } from '../support/peers.ts';

const tofu = peer('tofu');
const given = tofu.path === undefined ? describe.skip : describe;

/** The shipped bundle with `engine: opentofu` and the real OpenTofu, against states that Terraform has made. */
given(needs(tofu), () => {
  let sandbox: BundleWorld;
  let path: string;

  beforeAll(async () => {
    sandbox = await openBundleWorld();
    sandbox.world.settings.operationMs = 0;
    await sandbox.deploy('shared');
    const env: NodeJS.ProcessEnv = { PATH: sandbox.machine['PATH'] };
    await putTofuOnPath(env, join(sandbox.folder, 'bin'));
    path = env['PATH'] ?? '';
    await sandbox.edit('platform.yaml', text => text.replace(/^version: 1$/m, '$&\nengine: opentofu'));
  });
  afterAll(() => sandbox.close());

  const run = (inputs: Readonly<Record<string, string>>, { environment, ...options }: RunOptions = {}) =>
    sandbox.run(inputs, { environment: { ...environment, PATH: path }, ...options });
  const plan = async (scope: string) => succeeded(await run({ command: 'plan', scope }));
  const apply = (scope: string, { outputs }: StepResult, options: RunOptions = {}) =>
    run({ command: 'apply', scope, 'plan-file': outputs['plan-file'] ?? '' }, options);
  const lines = async (result: StepResult) =>
    (await reportOf(result)).changes.map(({ kind, address }) => `${kind} ${address}`);

  test('takes over a state of Terraform without a change, and is called by its name', async () => {
    const planned = await plan('shared');
    const log = planned.log.join('\n');
    expect(log).toMatch(/OpenTofu \d+\.\d+\.\d+ \(path\)/);
    expect(log).toContain('tofu plan: no resource changes');
    expect(`${log}\n${planned.summary}`).not.toMatch(/\bTerraform\b|\bterraform (?:init|plan|apply)\b/);
    expect(await reportOf(planned)).toMatchObject({ verdict: 'no-changes', changes: [], drift: [], warnings: [] });
  });

  test('checks every configuration, and locks providers of its own registry', async () => {
    expect(succeeded(await run({ command: 'check' })).log.join('\n')).toContain('tofu validate (environment)');
    const mirror = join(sandbox.folder, 'terraform', 'mirror');
    const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
    const lock = () => run({ command: 'lock-providers', platforms: platform, 'provider-mirror': mirror });
    succeeded(await lock());
    const file = join(sandbox.checkout, '.terraform.lock.hcl');
    const written = await readFile(file, 'utf8');
    expect(written).toMatch(/^provider "registry\.opentofu\.org\/hashicorp\/azurerm" \{\n {2}version {5}= "5\.2\.0"/m);
    expect((await reportOf(await plan('shared'))).verdict).toBe('no-changes');
    // As it stands where Terraform had it until now.
    await sandbox.edit('.terraform.lock.hcl', text => text.replace('registry.opentofu.org', 'registry.terraform.io'));
    const refused = await run({ command: 'plan', scope: 'shared' });
    expect(refused.annotations.map(({ message }) => message).join('\n')).toMatch(
      /\.terraform\.lock\.hcl lacks the provider hashicorp\/azurerm, of which 5\.2\.0 would be installed\. \.terraform\.lock\.hcl locks the provider registry\.terraform\.io\/hashicorp\/azurerm, which nothing here needs\. Nothing was planned\./,
    );
    succeeded(await lock());
    expect(await readFile(file, 'utf8')).toBe(written);
  });

  test('makes an environment, plans nothing more, and sees what somebody changes', async () => {
    const planned = await plan('dev');
    expect((await reportOf(planned)).checks.filter(({ status }) => status === 'blocked')).toEqual([]);
    succeeded(await apply('dev', planned));
    expect(await reportOf(await plan('dev'))).toMatchObject({ verdict: 'no-changes', changes: [] });
    const [network] = sandbox.world.azure.resources('Microsoft.Network/virtualNetworks');
    if (network === undefined) throw new Error('dev has no network.');
    sandbox.world.azure.mutate(network.id, body => Object.assign(body, { tags: { by: 'hand' } }));
    const drift = await run({ command: 'drift', scope: 'dev' });
    expect((await reportOf(drift)).drift.map(({ kind, address }) => `${kind} ${address}`)).toEqual([
      'update module.network[0].azurerm_virtual_network.this',
    ]);
    const repair = await plan('dev');
    expect(await lines(repair)).toEqual(['update module.network[0].azurerm_virtual_network.this']);
    succeeded(await apply('dev', repair));
  });

  test('what a lost machine leaves is released, and the next plan completes it', async () => {
    await sandbox.edit('platform.yaml', text => text.replace('shared: #', 'shared:\n  logs: { retention: 60d }\n  #'));
    const planned = await plan('shared');
    let running: RunningStep | undefined;
    const fault = sandbox.world.faults.add({
      match: ({ method, path: at }) => method === 'PUT' && at.endsWith('/workspaces/log-contoso'),
      times: 1,
      answer: { call: () => loseMachine(running) },
    });
    await apply('shared', planned, {
      environment: { GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'apply' },
      onStart: started => {
        running = started;
      },
    });
    expect(fault.struck()).toBe(1);
    fault.remove();
    await untilQuiet(sandbox.world);
    const view = sandbox.views.find(({ scope }) => scope === 'shared');
    if (view === undefined) throw new Error('The example has no shared scope.');
    const { account, container, key } = view.state;
    const held = () => sandbox.world.azure.readBlob(account, container, key)?.lease.state;
    expect(held()).toBe('leased');
    // A minute passes without a renewal, and GitHub says that the run is over.
    sandbox.world.azure.breakLease(account, container, `${key}.run`);
    finishRun(sandbox);
    const token = sandbox.world.github.issueToken({ repository: 'contoso/platform', permissions: { actions: 'read' } });
    const released = succeeded(await run({ command: 'unlock', scope: 'shared', 'github-token': token }));
    expect(released.outputs['released']).toBe('2');
    expect(held()).toBe('available');
    succeeded(await apply('shared', await plan('shared')));
    expect((await reportOf(await plan('shared'))).verdict).toBe('no-changes');
  });

  test('goes back to Terraform without a change', async () => {
    await sandbox.edit('platform.yaml', text => text.replace('engine: opentofu\n', ''));
    await sandbox.edit('.terraform.lock.hcl', text => text.replace('registry.opentofu.org', 'registry.terraform.io'));
    expect((await reportOf(await plan('shared'))).verdict).toBe('no-changes');
  });
});

given(`the variant tofu (${needs(tofu)})`, () => {
  const { PATH } = process.env;
  let bin: string;
  beforeAll(async () => {
    bin = await mkdtemp(join(tmpdir(), 'tofu-'));
    await putTofuOnPath(process.env, bin);
  });
  afterAll(async () => {
    process.env['PATH'] = PATH;
    await rm(bin, { recursive: true });
  });

  test('a platform that Terraform has made moves to it through the workflows', async () => {
    const sandbox = await openVariant('tofu');
    try {
      await tell(sandbox, sandbox.variant.chapters);
    } finally {
      await sandbox.close();
    }
  });
});
