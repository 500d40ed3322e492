import { describe, expect, test } from '@jest/globals';
import {
  describeMismatch,
  describeUnverified,
  isLockTrouble,
  readProviderLock,
  unfitProvider,
  withoutProvider,
} from './provider-lock.ts';

const head = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;
const azurerm = `
provider "registry.terraform.io/hashicorp/azurerm" {
  version     = "5.2.0"
  constraints = "5.2.0"
  hashes = [
    "h1:LTn9y3WiK7kNQuVBA0CDiMN66XIbLkZC6wIV3NnZ68M=",
    "zh:0b5c",
  ]
}
`;
const random = `
provider "example.com/acme/random" {
  version = "3.6.0"
}
`;
const locked = readProviderLock(head + azurerm + random);

test('entries are read as Terraform writes them', () => {
  expect(locked).toEqual([
    {
      source: 'registry.terraform.io/hashicorp/azurerm',
      version: '5.2.0',
      hashes: ['h1:LTn9y3WiK7kNQuVBA0CDiMN66XIbLkZC6wIV3NnZ68M=', 'zh:0b5c'],
    },
    { source: 'example.com/acme/random', version: '3.6.0', hashes: [] },
  ]);
  expect(readProviderLock('')).toEqual([]);
});

test('an entry is taken out and the others stay as they are', () => {
  expect(withoutProvider(head + azurerm + random, 'example.com/acme/random')).toBe(head + azurerm);
  expect(withoutProvider(head + azurerm, 'example.com/acme/random')).toBe(head + azurerm);
});

const own = {
  file: 'terraform/.terraform.lock.hcl',
  platform: 'linux_amd64',
  registry: 'registry.terraform.io',
  update: '',
};
const [first] = locked;
if (first === undefined) throw new Error('The first entry was not read.');

test('an entry without checksums is named', () => {
  expect(describeUnverified(locked, own)).toEqual([
    'terraform/.terraform.lock.hcl has no checksum for example.com/acme/random, so any package would be taken for it.',
  ]);
});

/** As Terraform 1.11.4 says it. */
const words = {
  changes:
    'Provider dependency changes detected\nChanges to the required provider dependencies were detected, but the lock file is read-only. To use and record these requirements, run "terraform init" without the "-lockfile=readonly" flag.',
  checksum:
    "Failed to install provider\nError while installing hashicorp/azurerm v5.2.0: the local package for registry.terraform.io/hashicorp/azurerm 5.2.0 doesn't match any of the checksums previously recorded in the dependency lock file (this might be because the available checksums are for packages targeting different platforms); for more information: https://developer.hashicorp.com/terraform/language/files/dependency-lock#checksum-verification",
  version:
    'Failed to query available provider packages\nCould not retrieve the list of available versions for provider hashicorp/azurerm: locked provider registry.terraform.io/hashicorp/azurerm 5.1.0 does not match configured version constraint 5.2.0; must use terraform init -upgrade to allow selection of new versions',
};

describe('what does not fit is named', () => {
  test.each<[string, string, Parameters<typeof describeMismatch>[0], Parameters<typeof describeMismatch>[1], string[]]>(
    [
      [
        'a provider that is not locked',
        words.changes,
        [],
        [first],
        ['terraform/.terraform.lock.hcl lacks the provider hashicorp/azurerm, of which 5.2.0 would be installed.'],
      ],
      [
        'one that nothing needs',
        words.changes,
        locked,
        [first],
        ['terraform/.terraform.lock.hcl locks the provider example.com/acme/random, which nothing here needs.'],
      ],
      [
        'the provider of the other registry, after a change of the engine',
        words.changes,
        [{ ...first, source: 'registry.opentofu.org/hashicorp/azurerm' }],
        [first],
        [
          'terraform/.terraform.lock.hcl lacks the provider hashicorp/azurerm, of which 5.2.0 would be installed.',
          'terraform/.terraform.lock.hcl locks the provider registry.opentofu.org/hashicorp/azurerm, which nothing here needs.',
        ],
      ],
      [
        'another package',
        words.checksum,
        [first],
        [{ ...first, hashes: ['h1:other=', 'zh:x'] }],
        [
          'hashicorp/azurerm 5.2.0 for linux_amd64 has the checksum h1:other=, which is none of the 2 that terraform/.terraform.lock.hcl allows: either it was locked for other platforms only, or this is another package than the one that was locked.',
        ],
      ],
      [
        'another package, where a newer version would be taken today',
        words.checksum,
        [first],
        [{ ...first, version: '5.3.0', hashes: ['h1:newer='] }],
        [
          'hashicorp/azurerm 5.2.0 for linux_amd64 is none of the 2 that terraform/.terraform.lock.hcl allows: either it was locked for other platforms only, or this is another package than the one that was locked.',
        ],
      ],
      [
        'another version than the configuration asks for',
        words.version,
        [{ ...first, version: '5.1.0' }],
        [first],
        ['terraform/.terraform.lock.hcl locks hashicorp/azurerm at 5.1.0, but the configuration asks for 5.2.0.'],
      ],
    ],
  )('%s', (_name, said, entries, needed, expected) => {
    expect(isLockTrouble(said)).toBe(true);
    expect(describeMismatch(entries, needed, said, own)).toEqual(expected);
  });
});

test.each([
  ['Failed to install provider\nCould not download: connection refused', undefined],
  ['Error acquiring the state lock', undefined],
  [
    'some providers could not be installed:\n- registry.terraform.io/hashicorp/azurerm: locked provider\nregistry.terraform.io/hashicorp/azurerm 5.1.0 does not match configured\nversion constraint 5.2.0',
    'registry.terraform.io/hashicorp/azurerm',
  ],
])('%j is no trouble of the lock in `init`', (said, unfit) => {
  expect(isLockTrouble(said)).toBe(false);
  expect(unfitProvider(said)).toBe(unfit);
});
