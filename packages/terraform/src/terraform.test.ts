import { describe, expect, test } from '@jest/globals';
import type { Command, Exit, ProcessRunner } from '@suite/action-kit';
import { CancelledError, UserError } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { engines } from './engine.ts';
import { createTerraform } from './terraform.ts';
import { readRecording } from './testing/recordings.ts';

const backend = { account: 'stcontoso', container: 'tfstate', key: 'platform/dev/westeurope.tfstate' };

/** Terraform with a process that answers with the given output. */
function start(answer: Partial<Exit> & { lines?: string } = {}) {
  const commands: Command[] = [];
  const lines: string[] = [];
  const processes: ProcessRunner = {
    run: async command => {
      commands.push(command);
      for (const line of (answer.lines ?? '').split('\n')) command.onStdout?.(line);
      const { lines: _, ...exit } = answer;
      return { code: 0, signal: null, stdout: '', stderr: '', interrupted: false, ...exit };
    },
  };
  const terraform = createTerraform({
    engine: engines.terraform,
    file: '/tools/terraform',
    directory: '/work/config',
    env: { PATH: '/bin', ARM_CLIENT_ID: '5ecre7-client' },
    backend,
    identity: { name: 'plan identity of dev', clientId: '5ecre7-client' },
    explainSignIn: () => ({ message: 'Entra refuses.' }),
    processes,
    log: { info: line => lines.push(line) },
    clock: manualClock(),
  });
  return { terraform, commands, lines };
}

describe('commands', () => {
  test('init connects the backend and names no identity', async () => {
    const { terraform, commands } = start();
    await terraform.init({ lockFile: 'readonly' });
    expect(commands[0]).toMatchObject({ file: '/tools/terraform', cwd: '/work/config' });
    expect(commands[0]?.args).toEqual([
      'init',
      '-json',
      '-input=false',
      '-reconfigure',
      '-lockfile=readonly',
      '-backend-config=storage_account_name=stcontoso',
      '-backend-config=container_name=tfstate',
      '-backend-config=key=platform/dev/westeurope.tfstate',
      '-backend-config=use_oidc=true',
      '-backend-config=use_azuread_auth=true',
    ]);
  });

  test('no command line ever holds an identity', async () => {
    const { terraform, commands } = start({ stdout: '{}' });
    await terraform.init({ lockFile: 'write' });
    await terraform.plan({ out: '/tmp/plan', varFiles: ['/tmp/a.json'] });
    await terraform.show('/tmp/plan');
    await terraform.apply({ planFile: '/tmp/plan' });
    await terraform.outputs();
    await terraform.revision();
    expect(commands).toHaveLength(6);
    for (const { args } of commands) expect(args.join(' ')).not.toContain('5ecre7');
  });

  test.each([
    [0, false],
    [2, true],
  ])('plan without a lock; exit code %d means changes: %s', async (code, changes) => {
    const { terraform, commands } = start({ code, lines: readRecording('check-failed.plan.jsonl') });
    const run = await terraform.plan({ out: '/tmp/plan', varFiles: ['/tmp/a.json', '/tmp/b.json'] });
    expect(run.changes).toBe(changes);
    expect(run.diagnostics).toHaveLength(1);
    expect(commands[0]?.args).toEqual([
      'plan',
      '-json',
      '-input=false',
      '-detailed-exitcode',
      '-lock=false',
      '-out=/tmp/plan',
      '-var-file=/tmp/a.json',
      '-var-file=/tmp/b.json',
    ]);
  });

  test('apply takes a plan file, shows progress, and gives times', async () => {
    const { terraform, commands, lines } = start({ lines: readRecording('create-base.apply.jsonl') });
    const report = await terraform.apply({
      planFile: '/tmp/plan',
      nameOf: address => (address === 'azurerm_kubernetes_cluster.platform' ? 'aks-dev' : undefined),
    });
    expect(commands[0]?.args).toEqual(['apply', '-json', '-input=false', '/tmp/plan']);
    expect(report.resources).toHaveLength(6);
    expect(lines).toContain('AKS cluster aks-dev: creating (typically 6 min)');
  });

  test('show keeps all of its output', async () => {
    const { terraform, commands } = start({ stdout: '{"format_version":"1.2"}' });
    expect(await terraform.show('/tmp/plan')).toEqual({ format_version: '1.2' });
    expect(commands[0]?.captureStdout).toBe(true);
  });

  test('outputs', async () => {
    const stdout = JSON.stringify({
      id: { sensitive: false, type: 'string', value: 'x' },
      key: { sensitive: true, value: 1 },
    });
    expect(await start({ stdout }).terraform.outputs()).toEqual({
      id: { sensitive: false, value: 'x' },
      key: { sensitive: true, value: 1 },
    });
  });

  test.each([
    ['{"version":4,"lineage":"6f1e","serial":7,"resources":[{"secret":1}]}', { lineage: '6f1e', serial: 7 }],
    ['{"version":4,"lineage":"6f1e"}', undefined],
    ['', undefined],
  ])('lineage and serial are all that is read of a state: %j', async (stdout, expected) => {
    const { terraform, lines } = start({ stdout });
    expect(await terraform.revision()).toEqual(expected);
    expect(lines).toEqual([]);
  });
});

describe('failures', () => {
  test('messages of the UI', async () => {
    const { terraform } = start({ code: 1, lines: readRecording('stale-plan.apply.jsonl') });
    await expect(terraform.apply({ planFile: 'p' })).rejects.toThrow(/^Nothing was applied: the state was changed/);
  });

  test('messages on stderr, before the UI is up', async () => {
    const { terraform } = start({ code: 1, stderr: readRecording('init-backend-no-container.init.txt') });
    await expect(terraform.init({ lockFile: 'write' })).rejects.toThrow(/container tfstate does not exist/);
  });

  test('commands that answer in text', async () => {
    const { terraform } = start({
      code: 1,
      stderr: '\u001b[31mError: Failed to load "p" as a plan file\u001b[0m\n\nNo such file.\n',
    });
    await expect(terraform.show('p')).rejects.toThrow(
      'terraform show failed: Failed to load "p" as a plan file: No such file.',
    );
  });

  test('no plan at all', async () => {
    await expect(start({ stdout: 'x' }).terraform.show('p')).rejects.toThrow('printed no JSON object');
  });

  test('cancelled: what was left', async () => {
    const lines = readRecording('interrupted-sigint.apply.jsonl');
    const { terraform } = start({ code: 1, interrupted: true, lines });
    const applied = terraform.apply({ planFile: 'p' });
    await expect(applied).rejects.toBeInstanceOf(CancelledError);
    await expect(applied).rejects.toThrow('azurerm_network_security_group.second');
  });

  test('interrupted too late to matter: it succeeded', async () => {
    const { terraform } = start({ interrupted: true, lines: readRecording('create-base.apply.jsonl') });
    await expect(terraform.apply({ planFile: 'p' })).resolves.toMatchObject({ counts: { add: 6 } });
  });

  test('a program that cannot be started ends the progress lines, too', async () => {
    const processes: ProcessRunner = { run: () => Promise.reject(new UserError({ message: 'not found' })) };
    const clock = manualClock();
    const lines: string[] = [];
    const terraform = createTerraform({
      engine: engines.terraform,
      file: 'terraform',
      directory: '/',
      env: {},
      backend,
      identity: { name: 'x', clientId: 'y' },
      explainSignIn: () => ({ message: '' }),
      processes,
      log: { info: line => lines.push(line) },
      clock,
    });
    await expect(terraform.init({ lockFile: 'write' })).rejects.toThrow('not found');
    await clock.advance(60_000);
    expect(lines).toEqual([]);
  });
});
