import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CancelledError, UserError } from '@suite/foundation';
import type { Diagnostic } from '../diagnostics.ts';
import { engines } from '../engine.ts';
import type { OwnConfiguration } from '../own-configuration.ts';
import { recordedReport } from '../testing/recordings.ts';
import type { FailureContext } from './context.ts';
import { type Failure, lockOf, TerraformFailure, translateFailure } from './translate.ts';

const ended = { code: 1, signal: null, stderr: '', interrupted: false };

function context(command: string): FailureContext {
  return {
    engine: engines.terraform,
    command: `terraform ${command}`,
    directory: '/work/config',
    backend: { account: 'stplatformtfstate', container: 'tfstate', key: 'platform.tfstate' },
    identity: { name: 'apply identity of dev', clientId: 'c1' },
    explainSignIn: text => ({ message: `Entra says ${/AADSTS\d+/.exec(text)?.[0]}.` }),
    now: Date.parse('2026-11-23T06:00:00Z'),
  };
}

function translate(command: string, failure: Partial<Failure>): Error {
  return translateFailure({ exit: ended, diagnostics: [], resources: [], ...failure }, context(command));
}

function error(summary: string, rest: Partial<Diagnostic> = {}): Diagnostic {
  return { severity: 'error', summary, detail: '', ...rest };
}

const cluster =
  '/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg-platform-dev/providers/Microsoft.ContainerService/managedClusters/aks-platform-dev';
const group =
  '/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg-platform-dev/providers/Microsoft.Network/networkSecurityGroups';

/** Recording, and what the translation has to say. Everything else it says may be worded anew. */
const problems: readonly (readonly [string, ...string[]])[] = [
  [
    'apply-400-quota.apply.jsonl',
    'node_pool.batch',
    'StandardNDSH100v5Family in westeurope leaves 10, and 96 are needed',
  ],
  [
    'apply-403-authorization.apply.jsonl',
    'The apply identity of dev (client id c1) may not perform `Microsoft.ContainerService/managedClusters/agentPools/write`',
    `on ${cluster}/agentPools/batch.`,
  ],
  ['apply-409-conflict.apply.jsonl', 'OperationNotAllowed', 'Another agentpool operation (Putting) is in progress'],
  [
    'apply-operation-failed.apply.jsonl',
    'VMExtensionProvisioningError: Unable to establish connection',
    'may exist in Azure now, and the state does not record it',
  ],
  ['apply-partial.apply.jsonl', 'node_pool.batch', 'policy of your organisation', "Resource 'batch' was disallowed"],
  [
    'create-exists.apply.jsonl',
    `${cluster}/agentPools/gpu exists already`,
    'Plan again: the plan names it, and `adopt` under `allow:` takes it over.',
    `az resource delete --ids '${cluster}/agentPools/gpu'`,
  ],
  ['errored-plan-file.apply.jsonl', 'Nothing was applied', 'planning failed'],
  [
    'errored-plan-file.plan.jsonl',
    '`Microsoft.Network/networkSecurityGroups/read` for Network Security Group nsg-second-dev',
  ],
  [
    'errored-tfstate.apply.jsonl',
    'may not write the state tfstate/platform.tfstate in stplatformtfstate: AuthorizationPermissionMismatch',
    '/work/config/errored.tfstate',
    '`terraform state push errored.tfstate` in /work/config',
  ],
  ['import-missing.plan.jsonl', 'azurerm_kubernetes_cluster_node_pool.gpu is to be imported'],
  ['init-backend-403.init.txt', 'stplatformtfstate refuses this runner', 'firewall'],
  ['init-backend-no-container.init.txt', 'container tfstate does not exist', 'az storage container create'],
  ['killed-sigkill.apply-after-unlock.jsonl', `az resource delete --ids '${group}/nsg-first-dev'`],
  [
    'killed-sigkill.next-plan.jsonl',
    'locked by an apply of root@runner since 2026-11-23 05:36:05 UTC, 23 min 55 s ago',
    '`az storage blob lease release --auth-mode login --account-name stplatformtfstate --container-name ',
    '--blob-name platform.tfstate --lease-id f7668ec3-db79-ddd9-6940-6d46077508ad`',
  ],
  [
    'lease-lost-during-apply.apply.jsonl',
    "somebody else released this run's lock",
    'errored.tfstate',
    'could not be released properly',
  ],
  ['operation-failed-then-again.apply.jsonl', 'InternalServerError', 'may exist in Azure now'],
  ['operation-failed-then-again.apply-again.jsonl', `${group}/nsg-second-dev exists already`],
  [
    'plan-403-read.plan.jsonl',
    'may not perform `Microsoft.ContainerService/managedClusters/agentPools/read` for Agent Pool gpu',
  ],
  ['plan-auth-assertion-expired.plan.jsonl', 'Entra says AADSTS700024.'],
  ['plan-auth-no-federated-credential.plan.jsonl', 'Entra says AADSTS700213.'],
  ['plan-auth-no-federated-credential.plan-text.txt', 'Entra says AADSTS700213.'],
  [
    'plan-provider-validation.plan.jsonl',
    'invalid value for name (must begin with a lowercase letter',
    'expected max_count to be in the range (0 - 1000), got 4000. Correct the value in the platform file',
  ],
  ['postcondition-failed-at-apply.apply.jsonl', 'The identity must come from the reserved range.'],
  ['postcondition-failed-at-plan.plan.jsonl', 'The GPU pool must be able to grow to 8 nodes.'],
  ['precondition-failed.plan.jsonl', 'The GPU pool must be able to grow to 8 nodes.'],
  ['stale-plan.apply.jsonl', 'Nothing was applied: the state was changed', 'Plan again'],
  ['stale-plan.apply-text.txt', 'Nothing was applied: the state was changed', 'Plan again'],
  [
    'state-lock-held.plan-lock-timeout.jsonl',
    'locked by an apply of root@runner',
    '7aa233d7-d862-d7f9-7bc5-ab557f69bf0c',
  ],
  ['state-lock-held.plan-text-while-locked.txt', 'locked by an apply of root@runner'],
  ['state-lock-held.plan-while-locked.jsonl', 'locked by an apply of root@runner'],
];

const defects: readonly (readonly [string, string])[] = [
  ['apply-without-init.apply-with-lock-file-only.jsonl', 'there is no package for'],
  ['apply-without-init.apply.jsonl', 'Inconsistent dependency lock file'],
  ['plan-invalid-config.plan.jsonl', 'main.tf:110: Unclosed configuration block'],
  ['plan-schema-error.plan.jsonl', 'An argument named "nonsense" is not expected here.'],
  ['plan-undeclared-reference.plan.jsonl', 'Reference to undeclared input variable'],
  ['replace-pool-cbd-same-name.apply.jsonl', '`temporary_name_for_rotation` must be specified'],
  ['replace-pool.apply.jsonl', '`temporary_name_for_rotation` must be specified'],
  ['rotate-default-pool-no-temporary-name.apply.jsonl', '`temporary_name_for_rotation` must be specified'],
];

const interruptions: readonly (readonly [string, ...string[]])[] = [
  ['interrupted-forced-exit.apply.jsonl', 'its lock stays', 'network_security_group.second'],
  [
    'interrupted-runner-cancel.apply.jsonl',
    'its lock is released',
    'May exist in Azure',
    'network_security_group.second',
  ],
  [
    'interrupted-sigint-twice.apply.jsonl',
    'its lock is released',
    'May exist in Azure',
    'network_security_group.second',
  ],
  ['interrupted-sigint.apply.jsonl', 'its lock is released', 'May exist in Azure', 'network_security_group.second'],
  ['interrupted-sigterm.apply.jsonl', 'its lock is released', 'May exist in Azure', 'network_security_group.second'],
  [
    'interrupted-update.apply.jsonl',
    'its lock is released',
    'Was being changed: azurerm_network_security_group.second',
  ],
];

function stepOf(recording: string): string {
  const label = recording.split('.')[1] ?? '';
  return ['apply', 'plan'].find(command => label.includes(command)) ?? label;
}

describe('recorded failures', () => {
  test.each(problems.map(([name, ...expected]) => ({ name, expected })))('$name', ({ name, expected }) => {
    const translated = translate(stepOf(name), recordedReport(name));
    expect(translated).toBeInstanceOf(UserError);
    expect(translated.cause).toBeInstanceOf(TerraformFailure);
    for (const part of expected) expect(translated.message).toContain(part);
  });

  test.each(defects)('%s is a defect of ours', (name, expected) => {
    const translated = translate(stepOf(name), recordedReport(name));
    expect(translated).not.toBeInstanceOf(UserError);
    expect(translated.message).toContain('rejects the configuration of this action');
    expect(translated.message).toContain(expected);
    expect(translated.cause).toBeInstanceOf(TerraformFailure);
  });

  test.each(interruptions.map(([name, ...expected]) => ({ name, expected })))('$name', ({ name, expected }) => {
    const report = recordedReport(name);
    for (const interrupted of [true, false]) {
      const translated = translate('apply', { ...report, exit: { ...ended, interrupted } });
      expect(translated).toBeInstanceOf(CancelledError);
      for (const part of expected) expect(translated.message).toContain(part);
      expect(translated.message).not.toContain('network_security_group.first');
    }
  });

  test('what fails because of the interruption is told, and so is trouble with the state', () => {
    const exit = { ...ended, interrupted: true };
    const other = translate('apply', { exit, diagnostics: [error('odd', { address: 'a.b' })] });
    expect(other.message).toContain('its lock is released. terraform apply failed at a.b: odd.');
    const unsaved = translate('apply', { ...recordedReport('errored-tfstate.apply.jsonl'), exit });
    expect(unsaved).toBeInstanceOf(CancelledError);
    expect(unsaved.message).not.toContain('its lock is released');
    expect(unsaved.message).toContain('/work/config/errored.tfstate');
  });

  test('a command that only looks leaves nothing behind', () => {
    const { message } = translate('plan', { exit: { ...ended, interrupted: true } });
    expect(message).toBe('`terraform plan` was stopped; it changes nothing in Azure.');
  });

  test('every recording is judged by one of the tables', () => {
    const judged = [...problems, ...defects, ...interruptions].map(([name]) => name);
    const succeeded = ['check-failed.plan.jsonl', 'create-base.apply.jsonl', 'rotate-pool.apply.jsonl'];
    const all = readdirSync(join(import.meta.dirname, '..', 'fixtures'));
    expect([...judged, ...succeeded, 'killed-sigkill.apply.jsonl'].sort()).toEqual(all.sort());
  });

  test('a killed Terraform leaves no message of its own', () => {
    const exit = { ...ended, code: null, signal: 'SIGKILL' };
    const translated = translate('apply', { ...recordedReport('killed-sigkill.apply.jsonl'), exit });
    expect(translated.message).toContain('was killed (SIGKILL)');
  });

  test('one problem per cause', () => {
    const { diagnostics } = recordedReport('apply-400-quota.apply.jsonl');
    const translated = translate('apply', { diagnostics: [...diagnostics, ...diagnostics] });
    expect((translated as UserError).problems).toHaveLength(1);
  });

  test('who holds the lock is known to the caller', () => {
    const held = translate('plan', recordedReport('state-lock-held.plan-while-locked.jsonl'));
    expect(lockOf(held)).toEqual({
      id: '7aa233d7-d862-d7f9-7bc5-ab557f69bf0c',
      operation: 'OperationTypeApply',
      who: 'root@runner',
      created: '2026-11-23 05:35:22.238786091 +0000 UTC',
    });
    expect(lockOf(translate('apply', recordedReport('stale-plan.apply.jsonl')))).toBeUndefined();
  });
});

describe('failures that were not recorded', () => {
  test.each([
    [
      'plan',
      error(
        'Error refreshing state: Unsupported state file format: The state file uses format version 5, which is not supported by Terraform 1.11.4. This state file was created by Terraform 99.0.0.',
      ),
      'The state tfstate/platform.tfstate in stplatformtfstate was written by a newer Terraform (99.0.0) in a form that the one here cannot read. Nothing was touched.',
    ],
    [
      'plan',
      error('Resource instance managed by newer provider version', {
        detail:
          'The current state of azurerm_resource_group.main was created by a newer provider version than is currently selected. Upgrade the azurerm provider to work with this state.',
      }),
      'holds what a newer version of its provider has written: The current state of azurerm_resource_group.main was created by a newer provider version',
    ],
    [
      'plan',
      error('Plugin did not respond', {
        detail:
          'The plugin encountered an error, and failed to respond to the plugin6.(*GRPCProvider).PlanResourceChange call.',
        address: 'azurerm_resource_group.platform',
      }),
      'The provider crashed at azurerm_resource_group.platform',
    ],
    [
      'init',
      error(
        'Failed to get existing workspaces: listing blobs: Get "https://st.blob.core.windows.net/c?x=1": dial tcp: lookup st.blob.core.windows.net: no such host',
      ),
      'st.blob.core.windows.net could not be reached by terraform init: dial tcp: lookup st.blob.core.windows.net: no such host.',
    ],
    [
      'init',
      error('Failed to query available provider packages', {
        detail: 'could not connect to registry: x509: certificate signed by unknown authority',
      }),
      'NODE_EXTRA_CA_CERTS',
    ],
    [
      'apply',
      error(
        "creating Managed Cluster (Subscription: \"s\"\nKubernetes Cluster Name: \"aks\"): performing CreateOrUpdate: unexpected status 403 (403 Forbidden) with error: LinkedAuthorizationFailed: The client 'c' with object id 'o' has permission to perform action 'Microsoft.ContainerService/managedClusters/write' on scope '/a'; however, it does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '/b' (respectively) or the linked scope(s) are invalid.",
      ),
      'may not perform `Microsoft.Network/virtualNetworks/subnets/join/action` on /b.',
    ],
    [
      'apply',
      error(
        'creating X (Subscription: "s"\nX Name: "x"): unexpected status 409 (409 Conflict) with error: QuotaExceeded: Operation could not be completed as it results in exceeding approved standardDSv5Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: westeurope, Current Limit: 10, Current Usage: 8, Additional Required: 4, (Minimum) New Limit Required: 12.',
      ),
      'standardDSv5Family in westeurope leaves 2, and 4 are needed',
    ],
    [
      'apply',
      error('unexpected status 503 (503 Service Unavailable) with error: ServerBusy: later'),
      'kept failing with 503',
    ],
    ['apply', error('unexpected status 429 (429 Too Many Requests) with error: TooManyRequests: slow'), 'throttling'],
    ['apply', error('something new', { address: 'a.b' }), 'terraform apply failed at a.b: something new.'],
  ] as const)('%s: %j', (command, diagnostic, expected) => {
    const translated = translate(command, { diagnostics: [diagnostic] });
    expect(translated).toBeInstanceOf(UserError);
    expect(translated.message).toContain(expected);
  });

  describe("in files that are a team's own", () => {
    const own = {
      place: (file: string) => (file.startsWith('yours-') ? `more/${file.slice(6)}` : undefined),
      root: undefined,
      subscription: '00000000-0000-0000-0000-000000000003',
      lock: undefined,
    };
    const duplicate = error('Duplicate local value definition', {
      detail: 'A local value named "a" was already defined at yours-a.tf:3,1-2, or at main.tf:1,1-2.',
      range: { file: 'yours-b.tf', line: 7 },
    });
    const told = (diagnostics: readonly Diagnostic[], more: Partial<OwnConfiguration> = {}) =>
      translateFailure({ exit: ended, diagnostics, resources: [] }, { ...context('init'), own: { ...own, ...more } });

    test('errors point there, and name files as the repository does; the headline over them is left out', () => {
      const headline = error('Terraform encountered problems during initialisation, including problems');
      expect(told([duplicate, headline])).toMatchObject({
        problems: [
          {
            message:
              'Terraform stops here: Duplicate local value definition: A local value named "a" was already defined at more/a.tf:3,1-2, or at main.tf:1,1-2.',
            location: { kind: 'file', path: 'more/b.tf', line: 7, column: 1 },
            remedy: "It extends the suite's own root, which has its own: take another name, or take it out.",
          },
        ],
      });
    });

    test('a right that lacks in another subscription may be the slip of an id', () => {
      const lacking = (subscription: string) =>
        error(
          `reading resource group: unexpected status 403 (403 Forbidden) with error: AuthorizationFailed: The client 'c' with object id 'o' does not have authorization to perform action 'Microsoft.Resources/subscriptions/resourceGroups/read' over scope '/subscriptions/${subscription}/resourceGroups/rg' or the scope is invalid.`,
        );
      const elsewhere = told([lacking('00000000-0000-0000-0000-000000000009')]);
      expect(elsewhere).toMatchObject({
        problems: [
          {
            message: expect.stringContaining('may not perform'),
            remedy: expect.stringMatching(
              /^That is another subscription than 00000000-0000-0000-0000-000000000003: if an `import` block of yours, .* correct it\. Else: Give it a role /,
            ),
          },
        ],
      });
      expect(told([lacking(own.subscription)])).toMatchObject({
        problems: [{ remedy: expect.stringMatching(/^Give it a role /) }],
      });
    });

    test('what exists already is taken over by a block in their root', () => {
      const { diagnostics } = recordedReport('create-exists.apply.jsonl');
      const id = `${cluster}/agentPools/gpu`;
      expect(told(diagnostics, { root: 'infra' })).toMatchObject({
        problems: [
          {
            remedy: expect.stringContaining(
              `a block \`import\` in infra, \`to = azurerm_kubernetes_cluster_node_pool.gpu\` and \`id = "${id}"\`, and plan again.`,
            ),
          },
        ],
      });
    });

    test("what is wrong in the suite's own files stays a defect", () => {
      const ours = { ...duplicate, range: { file: 'main.tf', line: 7 } };
      expect(told([ours])).not.toBeInstanceOf(UserError);
      expect(told([ours]).message).toContain('Terraform rejects the configuration of this action: main.tf:7:');
    });

    test('a lock file that cannot be read is told by its place', () => {
      // As Terraform 1.11.4 says it, without a detail.
      const unread = error(
        'failed to read dependency lock file: 2 problems:\n\n- Unclosed configuration block: There is none.\n- Missing source_addr for provider: None.',
      );
      const lock = {
        file: '.terraform.lock.hcl',
        platform: 'linux_amd64',
        registry: 'registry.terraform.io',
        update: 'Write it again.',
      };
      expect(told([unread], { ...own, lock })).toMatchObject({
        problems: [
          {
            message:
              'Terraform cannot read this file: Unclosed configuration block: There is none. - Missing source_addr for provider: None.',
            location: { path: '.terraform.lock.hcl', line: 1 },
            remedy: 'Write it again.',
          },
        ],
      });
    });

    test('a backend that is not ours is told once, with the line to write', () => {
      const wrong = error('Invalid backend configuration argument', { detail: 'not expected' });
      expect(told([wrong, wrong], { root: 'infra' })).toMatchObject({
        problems: [{ message: expect.stringContaining('infra has no `backend "azurerm" {}`') }],
      });
    });
  });

  test('no message at all: the last words count', () => {
    const exit = { ...ended, code: 11, stderr: 'one\n!!!! TERRAFORM CRASH !!!!\n' };
    expect(translate('plan', { exit }).message).toContain(
      'exit code 11 and no message. Its last words: one\n!!!! TERRAFORM CRASH',
    );
  });

  test('hostile text is harmless and bounded', () => {
    const nasty = `\u001b[31m\u202e${'x'.repeat(100_000)}\r\n::add-mask::y`;
    const { message } = translate('apply', { diagnostics: [error(nasty, { address: nasty })] });
    expect(message.length).toBeLessThan(4000);
    expect(message).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});
