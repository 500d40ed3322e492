import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { asObject } from '@suite/foundation';
import type { StepResult } from '@suite/sandbox';
import {
  type BundleWorld,
  errors,
  openBundleWorld,
  openVariant,
  reportOf,
  succeeded,
  tell,
} from '../support/bundle.ts';

/** Terraform of a team's own through the shipped bundle and the real Terraform: locked providers, an extension of our root, a root in its place. */
let sandbox: BundleWorld;
let platformFile: string;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  sandbox.world.settings.operationMs = 0;
  platformFile = await readFile(join(sandbox.checkout, 'platform.yaml'), 'utf8');
});
afterAll(() => sandbox.close());

async function files(contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(contents)) {
    const path = join(sandbox.checkout, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

const read = (name: string) => readFile(join(sandbox.checkout, name), 'utf8');
const remove = (name: string) => rm(join(sandbox.checkout, name), { recursive: true, force: true });
const plan = (scope: string, inputs: Readonly<Record<string, string>> = {}) =>
  sandbox.run({ command: 'plan', scope, ...inputs });
const armWrites = () => sandbox.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');

/** The one message of a step that failed and wrote nothing in Azure. */
async function refused(running: Promise<StepResult>): Promise<string> {
  const before = armWrites();
  const result = await running;
  expect(result.exitCode).toBe(1);
  expect(armWrites()).toEqual(before);
  return errors(result).join('\n');
}

/** Where the error annotations point. */
async function places(running: Promise<StepResult>): Promise<string[]> {
  const { annotations } = await running;
  return annotations.flatMap(({ level, file, line }) => (level === 'error' ? [`${file}:${line}`] : []));
}

const lines = async (result: StepResult) =>
  (await reportOf(succeeded(result))).changes.map(({ kind, address }) => `${kind} ${address}`);

describe('locked providers', () => {
  const file = '.terraform.lock.hcl';
  const mirror = () => join(dirname(sandbox.environmentOf({})['TF_CLI_CONFIG_FILE'] ?? ''), 'mirror');
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const lock = (inputs: Readonly<Record<string, string>> = {}) =>
    sandbox.run({ command: 'lock-providers', platforms: platform, 'provider-mirror': mirror(), ...inputs });

  test('without a lock a plan says so in a line', async () => {
    const { log } = succeeded(await plan('shared'));
    expect(log.join('\n')).toContain(
      "The suite's own root. Its providers are not locked: there is no .terraform.lock.hcl.",
    );
  });

  test('the command writes one without calling anybody, and a plan takes what it names', async () => {
    const before = sandbox.world.ledger.requests.length;
    const locked = succeeded(await lock());
    expect(sandbox.world.ledger.requests).toHaveLength(before);
    expect(locked.outputs['lock-file']).toBe(join(sandbox.checkout, file));
    expect(await read(file)).toMatch(
      /provider "registry.terraform.io\/hashicorp\/azurerm" \{\n {2}version {5}= "5.2.0"/,
    );
    const { log } = succeeded(await plan('shared'));
    expect(log.join('\n')).toContain("The suite's own root. Its providers are locked by .terraform.lock.hcl.");
  });

  describe('a file that does not fit', () => {
    let right: string;
    beforeAll(async () => {
      right = await read(file);
    });
    afterEach(() => files({ [file]: right }));
    const update = 'Write it again with `command: lock-providers`, look at what is different, and commit it.';

    test.each<[string, (text: string) => string, RegExp]>([
      [
        'another package',
        text => text.replaceAll(/"h1:\w+/g, '"h1:AAAA'),
        new RegExp(
          `^hashicorp/azurerm 5\\.2\\.0 for ${platform} has the checksum h1:\\S+=, which is none of the 1 that \\.terraform\\.lock\\.hcl allows: either it was locked for other platforms only, or this is another package than the one that was locked\\. Nothing was planned\\.`,
        ),
      ],
      [
        'no provider',
        () => '',
        /^\.terraform\.lock\.hcl lacks the provider hashicorp\/azurerm, of which 5\.2\.0 would be installed\. Nothing was planned\./,
      ],
      [
        'no checksum',
        text => text.replace(/ {2}hashes = \[[^\]]*\]\n/, ''),
        /^\.terraform\.lock\.hcl has no checksum for hashicorp\/azurerm, so any package would be taken for it\. Nothing was planned\./,
      ],
      ['no form', () => 'provider {\n', /Terraform cannot read this file: Unclosed configuration block/],
    ])('%s', async (_name, change, message) => {
      await sandbox.edit(file, change);
      const said = await refused(plan('shared'));
      expect(said).toMatch(message);
      expect(said).toContain(update);
    });

    test('another version and a provider that nothing needs: both are told, and the command puts them right', async () => {
      const unneeded =
        'provider "registry.terraform.io/hashicorp/random" {\n  version = "3.6.0"\n  hashes  = ["h1:x="]\n}\n';
      await sandbox.edit(file, text => `${text.replaceAll('5.2.0', '5.1.0')}\n${unneeded}`);
      const said = await refused(plan('shared'));
      expect(said).toMatch(
        /^\.terraform\.lock\.hcl locks hashicorp\/azurerm at 5\.1\.0, but the configuration asks for 5\.2\.0\b.*\. \.terraform\.lock\.hcl locks the provider hashicorp\/random, which nothing here needs\./,
      );
      succeeded(await lock());
      expect(await read(file)).toBe(right);
    });
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'a platform that the provider is not made for',
      { platforms: 'plan9_arm' },
      /^Providers could not be locked: .*not available for plan9_arm.* Nothing was written\./,
    ],
    ['a folder that is no mirror', { 'provider-mirror': 'nowhere' }, /cannot search .*nowhere/],
  ])('%s is refused, and the file stays as it is', async (_name, inputs, message) => {
    const right = await read(file);
    expect(await refused(lock(inputs))).toMatch(message);
    expect(await read(file)).toBe(right);
  });
});

describe("an extension of the suite's root", () => {
  const extra = `resource "azurerm_storage_account" "extra" {
  name                     = "stcontosoextra"
  resource_group_name      = module.resource_group.name
  location                 = var.scope.location
  account_tier             = "Standard"
  account_replication_type = var.replication
}

variable "replication" {
  type    = string
  default = "LRS"
}
`;
  beforeEach(async () => {
    await remove('more');
    await files({ 'more/main.tf': extra });
    await files({
      'platform.yaml': platformFile.replace('shared: #', 'shared:\n  terraform: { extend: more }\n  #'),
    });
  });

  test('refers to what the suite makes, is planned and applied with it, and is in the digest', async () => {
    const first = succeeded(await plan('shared'));
    expect(first.log.join('\n')).toContain("The suite's own root, extended by more. Its providers are not locked");
    expect(await lines(first)).toContain('create azurerm_storage_account.extra');
    const again = succeeded(await plan('shared'));
    expect(again.outputs['digest']).toBe(first.outputs['digest']);
    // Nothing that Terraform would do is different; a provisioner would be.
    await files({ 'more/main.tf': `# A remark.\n${extra}` });
    const apply = { command: 'apply', scope: 'shared', 'expected-digest': first.outputs['digest'] ?? '' };
    expect(await refused(sandbox.run(apply))).toMatch(/^This plan is not what was reviewed/);
    await files({ 'more/main.tf': extra });
    expect((await reportOf(succeeded(await sandbox.run(apply)))).verdict).toBe('applied');
    expect(await lines(await plan('shared'))).toEqual([]);
  });

  test('gets variables from files in its folder, and none of the suite can be changed by them', async () => {
    await files({
      'more/shared.tfvars': 'replication = "ZRS"\nlogs = { created = { name = "log-other", retention_days = 31 } }\n',
      'platform.yaml': platformFile.replace(
        'shared: #',
        'shared:\n  terraform: { extend: more, variables: ["{environment}.tfvars"] }\n  #',
      ),
    });
    expect(await lines(await plan('shared'))).toEqual(['replace azurerm_storage_account.extra']);
  });

  test('its stateful resources are as protected as those of the suite', async () => {
    await files({ 'more/main.tf': 'locals { nothing = true }\n' });
    expect(await refused(plan('shared', { 'fail-if-blocked': 'true' }))).toMatch(
      /stcontosoextra.* If it is meant, add `storage` to `allow:`/,
    );
    await sandbox.edit('platform.yaml', text => text.replace('terraform: {', 'allow: [storage]\n  terraform: {'));
    expect(await lines(await plan('shared'))).toEqual(['delete azurerm_storage_account.extra']);
  });

  test.each<[string, Readonly<Record<string, string>>, string[], RegExp]>([
    [
      'what there can be only one of',
      {
        'more/a.tf': 'locals { a = 1 }\n\nmodule "logs" {\n  source = "./x"\n}\n',
        'more/x/main.tf': '',
        'more/b.tf': 'terraform {\n  backend "azurerm" {}\n}\n',
        'more/c.tf': 'terraform {\n  required_providers {}\n}\n',
        'more/d.tf': 'provider "azurerm" {\n  features {}\n}\n',
      },
      ['more/a.tf:3', 'more/b.tf:2', 'more/c.tf:2', 'more/d.tf:1'],
      /Duplicate module call: A module call named "logs" was already defined at main\.tf:\d+,1-14\. .* take another name/,
    ],
    [
      'a provider under another alias',
      {
        'more/main.tf':
          'locals { a = 1 }\nprovider "azurerm" {\n  alias = "other"\n  features {}\n}\n\nresource "azurerm_resource_group" "x" {\n  provider = azurerm.other\n  name     = "rg-x"\n  location = "westeurope"\n}\n',
      },
      ['more/main.tf:2'],
      /The provider azurerm \(alias `other`\) is set up\. An extension works with the providers of the suite's root/,
    ],
    [
      'an override',
      { 'more/main_override.tf': '' },
      ['more/main_override.tf:1'],
      /Files of this name override other blocks/,
    ],
    [
      'a name that nothing has',
      { 'more/main.tf': '\nlocals {\n  x = module.nothing.id\n}\n' },
      ['more/main.tf:3'],
      /Reference to undeclared module/,
    ],
  ])('%s is refused by its line', async (_name, contents, expected, message) => {
    await files(contents);
    const result = await plan('shared');
    expect(errors(result).join('\n')).toMatch(message);
    const told = result.annotations.filter(({ level }) => level === 'error').map(({ file, line }) => `${file}:${line}`);
    expect([...new Set(told)].sort()).toEqual(expected);
  });

  test('an id of another subscription is not taken into this state, whoever may read it', async () => {
    const elsewhere = '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-elsewhere';
    sandbox.world.azure.putResource(elsewhere, { location: 'westeurope' });
    const theirs = `resource "azurerm_resource_group" "theirs" {\n  name = "rg-elsewhere"\n  location = "westeurope"\n}\n`;
    await files({
      'more/main.tf': `${theirs}\nimport {\n  to = azurerm_resource_group.theirs\n  id = "${elsewhere}"\n}\n`,
    });
    expect(await refused(plan('shared'))).toMatch(/another subscription than/);
  });

  test('`check` finds the same without credentials', async () => {
    await files({ 'more/main.tf': 'locals {\n  x = module.nothing.id\n}\n' });
    expect(await places(sandbox.run({ command: 'check' }))).toEqual(['more/main.tf:2']);
  });
});

describe('a root of its own', () => {
  const root = (backend: string) => `terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.2"
    }
  }
  ${backend}
}

provider "azurerm" {
  features {}
  resource_provider_registrations = "none"
}

module "group" {
  source   = "../modules/group"
  name     = var.name
}

variable "name" {
  type = string
}
`;
  const group = `variable "name" { type = string }

resource "azurerm_resource_group" "this" {
  name     = var.name
  location = "westeurope"
}
`;
  const digestOf = ({ outputs }: StepResult) => ({ 'expected-digest': outputs['digest'] ?? '' });

  beforeAll(async () => {
    await remove('more');
    await files({
      'infra/dev/main.tf': root('backend "azurerm" {}'),
      'infra/dev/dev.tfvars': 'name = "rg-own-dev"\n',
      'infra/modules/group/main.tf': group,
      'platform.yaml': platformFile.replace(
        '    cluster:\n      tier: free',
        '    terraform: { working-directory: "infra/{environment}", variables: ["{environment}.tfvars"] }',
      ),
    });
  });

  test('is planned, stored, applied and watched for drift like ours, with its state where the platform lock says', async () => {
    const planned = succeeded(await plan('dev', { 'store-plan': 'true' }));
    const report = await reportOf(planned);
    expect(await lines(planned)).toEqual(['create module.group.azurerm_resource_group.this']);
    expect(report.warnings).toEqual([
      '`infra/dev` is a root of your own: Azure is not asked beforehand whether its plan will succeed, and what runs is not compared with the platform file.',
    ]);
    const { outputs } = planned;
    const handed = {
      'plan-key': outputs['plan-key'] ?? '',
      'plan-sha256': outputs['plan-sha256'] ?? '',
      ...digestOf(planned),
    };
    const applied = await reportOf(
      succeeded(await sandbox.run({ command: 'apply', scope: 'dev', ...handed }, { machine: 'applier' })),
    );
    expect(applied).toMatchObject({ verdict: 'applied', digest: outputs['digest'] });
    expect(await lines(await plan('dev'))).toEqual([]);
    const state = sandbox.views.find(({ scope }) => scope === 'dev')?.state;
    const blob = sandbox.world.azure.readBlob(state?.account ?? '', state?.container ?? '', state?.key ?? '');
    expect(blob?.content.toString()).toContain('rg-own-dev');
    expect((await reportOf(succeeded(await sandbox.run({ command: 'drift', scope: 'dev' })))).verdict).toBe('clean');
    const unlocked = succeeded(await sandbox.run({ command: 'unlock', scope: 'dev' }));
    expect(unlocked.log.join('\n')).toContain('Nothing is held on dev');
    const [group] = sandbox.world.azure
      .resources('Microsoft.Resources/resourceGroups')
      .filter(({ id }) => id.endsWith('/rg-own-dev'));
    if (group === undefined) throw new Error('The group was not made.');
    sandbox.world.azure.putResource(group.id, { location: 'westeurope', tags: { by: 'hand' } });
    const drifted = await reportOf(succeeded(await sandbox.run({ command: 'drift', scope: 'dev' })));
    expect(drifted).toMatchObject({
      verdict: 'drifted',
      drift: [{ address: 'module.group.azurerm_resource_group.this' }],
    });
    sandbox.world.azure.putResource(group.id, { location: 'westeurope' });
  });

  test('a module beside it counts in the digest', async () => {
    const before = succeeded(await plan('dev'));
    await files({ 'infra/modules/group/main.tf': `# A remark.\n${group}` });
    expect(digestOf(succeeded(await plan('dev')))).not.toEqual(digestOf(before));
    await files({ 'infra/modules/group/main.tf': group });
    expect(digestOf(succeeded(await plan('dev')))).toEqual(digestOf(before));
  });

  test('what needs to know what the root means is refused by name', async () => {
    const planned = succeeded(await plan('dev'));
    const planFile = planned.outputs['plan-file'] ?? '';
    const apply = { command: 'apply', scope: 'dev', 'plan-file': planFile };
    expect(await refused(sandbox.run(apply))).toMatch(/is applied only with its digest/);
    expect((await reportOf(succeeded(await sandbox.run({ ...apply, ...digestOf(planned) })))).verdict).toBe(
      'no-changes',
    );
    expect(await refused(sandbox.run({ command: 'verify', scope: 'dev' }))).toMatch(
      /Nothing was compared\. Use `drift`/,
    );
    expect(await refused(plan('dev', { destroy: 'true' }))).toMatch(/Nothing was touched\./);
  });

  test.each<[string, string, RegExp]>([
    [
      'no backend',
      '',
      /^infra\/dev has no `backend "azurerm" \{\}`, .* Add `terraform \{ backend "azurerm" \{\} \}` to it/,
    ],
    ['a backend on disk', 'backend "local" {}', /^infra\/dev has no `backend "azurerm" \{\}`/],
    [
      'a backend that signs in by itself',
      'backend "azurerm" {\n    use_cli = true\n  }',
      /^The backend of infra\/dev says `use_cli` itself\./,
    ],
  ])('%s is refused, with the line to write', async (_name, backend, message) => {
    await files({ 'infra/dev/main.tf': root(backend) });
    expect(await refused(plan('dev'))).toMatch(message);
  });

  test('an error in it is told by its line', async () => {
    await files({
      'infra/dev/main.tf': root('backend "azurerm" {}'),
      'infra/modules/group/main.tf': group.replace('var.name', 'var.nam'),
    });
    expect(await places(plan('dev'))).toEqual(['infra/modules/group/main.tf:4']);
    expect(await places(sandbox.run({ command: 'check' }))).toContain('infra/modules/group/main.tf:4');
  });
});

test("from the suite's root to one of its own, and back: everything moves, and nothing is touched in Azure", async () => {
  const other = await openBundleWorld(undefined, {
    'platform.yaml': text =>
      text.replace(/^domain: .*\n/m, '').replace(/^ {2}(dev|staging|prod):\n/gm, '$&    key-vault: { own: true }\n'),
  });
  try {
    other.world.settings.operationMs = 0;
    await other.deploy('shared');
    const moves = async (kind: string, expected: readonly string[]) => {
      const before = other.world.azure.resources();
      const { outputs } = succeeded(await other.run({ command: 'plan', scope: 'shared' }));
      const { changes } = await reportOf({ outputs });
      expect([kind, changes.map(change => `${change.kind} ${change.address}`).sort()]).toEqual([kind, expected]);
      const { digest = '', 'plan-file': planFile = '' } = outputs;
      const inputs = { command: 'apply', scope: 'shared', 'plan-file': planFile, 'expected-digest': digest };
      succeeded(await other.run(inputs));
      expect(other.world.azure.resources()).toEqual(before);
    };
    const addresses = [
      ['azurerm_resource_group.hub', 'module.resource_group.azurerm_resource_group.this'],
      ['azurerm_log_analytics_workspace.hub', 'module.logs[0].azurerm_log_analytics_workspace.this'],
      ['azurerm_management_lock.logs', 'module.locks.azurerm_management_lock.this["logs"]'],
    ] as const;
    const moved = (pairs: readonly (readonly [from: string, to: string])[]) =>
      pairs.map(([from, to]) => `\nmoved {\n  from = ${from}\n  to   = ${to}\n}\n`).join('');
    const [workspace] = other.world.azure.resources('Microsoft.OperationalInsights/workspaces');
    const own = hub(asObject(workspace?.['tags']));
    const write = (file: string, text: string) =>
      mkdir(join(other.checkout, dirname(file)), { recursive: true }).then(() =>
        writeFile(join(other.checkout, file), text),
      );
    const say = async (terraform: string) => {
      await other.restore();
      await other.edit('platform.yaml', text => text.replace('shared: #', `shared:\n${terraform}  #`));
    };

    await say('  terraform: { working-directory: infra/shared }\n');
    await write('infra/shared/main.tf', own + moved(addresses.map(([ours, suites]) => [suites, ours])));
    await moves('there', addresses.map(([ours]) => `move ${ours}`).toSorted());
    await write('infra/shared/main.tf', own);
    await moves('and the blocks go', []);

    await say('  terraform: { extend: back }\n');
    await write('back/moved.tf', moved(addresses));
    await moves('back', addresses.map(([, suites]) => `move ${suites}`).toSorted());
    await say('');
    await moves('and the extension goes', []);
  } finally {
    await other.close();
  }
}, 120_000);

/** What the suite makes of a shared scope that has logs alone, as a team would write it. */
function hub(tags: object): string {
  return `terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "= 5.2.0"
    }
  }
  backend "azurerm" {}
}

provider "azurerm" {
  features {}
  resource_provider_registrations = "none"
}

locals {
  tags = ${JSON.stringify(tags)}
}

resource "azurerm_resource_group" "hub" {
  name     = "rg-contoso-shared-westeurope"
  location = "westeurope"
  tags     = local.tags
}

resource "azurerm_log_analytics_workspace" "hub" {
  name                         = "log-contoso"
  resource_group_name          = azurerm_resource_group.hub.name
  location                     = azurerm_resource_group.hub.location
  sku                          = "PerGB2018"
  retention_in_days            = 30
  local_authentication_enabled = false
  tags                         = local.tags
}

resource "azurerm_management_lock" "logs" {
  name       = "do-not-delete"
  scope      = azurerm_log_analytics_workspace.hub.id
  lock_level = "CanNotDelete"
  notes      = "Holds data. Remove \`protect\` from the platform file to delete it."
}
`;
}

test('the variant byo-root: such a root goes through the workflows like everything else, with its state where the lock says', async () => {
  const other = await openVariant('byo-root');
  try {
    await tell(other, other.variant.chapters);
    const state = other.views.find(({ scope }) => scope === 'shared')?.state;
    const blob = other.world.azure.readBlob(state?.account ?? '', state?.container ?? '', state?.key ?? '');
    expect(blob?.content.toString()).toContain('azurerm_log_analytics_workspace');
  } finally {
    await other.close();
  }
});
