import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { describeProblem, UserError } from '@suite/foundation';
import { type Platform, parsePlatform, resolveUnlocked } from '@suite/platform-file';
import { describeSources } from './describe-sources.ts';
import { distinctSources } from './distinct-sources.ts';
import { findSources } from './find-sources.ts';
import { hashSources } from './hash-sources.ts';
import { configurationIn, laySources } from './lay-sources.ts';
import { foreignProviders, refuseProviders, suiteProviders } from './own-providers.ts';
import { placesOf } from './places-of.ts';

let repository: string;
let temp: string;
beforeEach(async () => {
  temp = await realpath(await mkdtemp(join(tmpdir(), 'sources-')));
  repository = join(temp, 'repository');
  await files(repository, { 'README.md': '' });
});
afterEach(() => rm(temp, { recursive: true, force: true }));

async function files(folder: string, contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** A platform file in a folder of its own, whose environment `dev` says this on line 9. */
function platformWith(dev: string): Platform {
  return parsePlatform(
    `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    subscription: 33333333-3333-3333-3333-333333333333
    location: westeurope
    ${dev}
  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside }
`,
    'platforms/eu/platform.yaml',
  );
}

function find(dev: string, scope = 'dev') {
  const platform = platformWith(dev);
  const view = resolveUnlocked(platform).find(one => one.scope === scope);
  if (view === undefined) throw new Error(`There is no ${scope}.`);
  return findSources(view, platform, repository);
}

async function refused(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw error ?? new Error('Nothing was refused.');
  return error.problems.map(describeProblem);
}

describe('what is found', () => {
  test("the suite's own root, with a lock beside the platform file or without", async () => {
    const home = join(repository, 'platforms', 'eu');
    await files(home, { 'platform.yaml': '' });
    const plain = await find('protect: false');
    expect(plain).toEqual({ kind: 'suite', repository, folder: home, lockFile: undefined, variableFiles: [] });
    expect(describeSources(plain)).toBe(
      "The suite's own root. Its providers are not locked: there is no platforms/eu/.terraform.lock.hcl.",
    );
    await files(home, { '.terraform.lock.hcl': '' });
    expect(describeSources(await find('protect: false'))).toBe(
      "The suite's own root. Its providers are locked by platforms/eu/.terraform.lock.hcl.",
    );
  });

  test("folders of a team's own, seen from the platform file, with a lock in each", async () => {
    const home = join(repository, 'platforms', 'eu');
    await files(home, {
      'platform.yaml': '',
      'more/dev/main.tf': '',
      'more/dev/dev.tfvars': '',
      '.terraform.lock.hcl': '',
    });
    await files(join(repository, 'infra'), { 'main.tf.json': '{}', '.terraform.lock.hcl': '' });
    const more = await find('terraform: { extend: "more/{environment}", variables: ["{environment}.tfvars"] }');
    expect(more).toEqual({
      kind: 'extension',
      repository,
      folder: join(home, 'more', 'dev'),
      lockFile: undefined,
      variableFiles: [join(home, 'more', 'dev', 'dev.tfvars')],
    });
    expect(describeSources(more)).toBe(
      "The suite's own root, extended by platforms/eu/more/dev. Its providers are not locked: there is no platforms/eu/more/dev/.terraform.lock.hcl.",
    );
    const root = await find('terraform: { working-directory: ../../infra }');
    expect(root).toMatchObject({ kind: 'root', lockFile: join(repository, 'infra', '.terraform.lock.hcl') });
    expect(describeSources(root)).toBe('The root infra. Its providers are locked by infra/.terraform.lock.hcl.');
  });

  test('each configuration of a platform once', async () => {
    await files(join(repository, 'platforms', 'eu'), { 'more/main.tf': '' });
    const platform = platformWith('terraform: { extend: more }');
    const all = await distinctSources(resolveUnlocked(platform), platform, repository);
    expect(all.map(({ name, root }) => `${name}: ${root}`)).toEqual([
      'shared: shared',
      'environment with platforms/eu/more: environment',
      'environment: environment',
    ]);
  });
});

describe('what is refused, by its place', () => {
  const overriding = (name: string) =>
    `platforms/eu/more/${name}:1:1: Files of this name override other blocks, and an extension only adds to the suite's. Say what is different in the platform file, or use a root of your own (\`working-directory\`).`;
  test.each<[string, string, Readonly<Record<string, string>>, string[]]>([
    [
      'a folder that is not there',
      'terraform: { extend: more }',
      {},
      [
        'platforms/eu/platform.yaml:9:18: There is no folder platforms/eu/more. Its path is seen from the platform file.',
      ],
    ],
    [
      'a file',
      'terraform: { working-directory: more }',
      { more: '' },
      [
        'platforms/eu/platform.yaml:9:18: There is no folder platforms/eu/more. Its path is seen from the platform file.',
      ],
    ],
    [
      'a folder without Terraform',
      'terraform: { extend: more }',
      { 'more/README.md': '' },
      [
        'platforms/eu/platform.yaml:9:18: The folder platforms/eu/more holds no `.tf` file. Name the folder that does, or take it out.',
      ],
    ],
    [
      'files that override, of every spelling, all at once, and variables that are missing',
      'terraform: { extend: more, variables: [a.tfvars] }',
      {
        'more/main.tf': '',
        'more/override.tf': '',
        'more/x_override.tf.json': '',
        'more/y_override.tofu': '',
        'more/tests/a.tftest.hcl': '',
      },
      [
        overriding('override.tf'),
        'platforms/eu/more/tests:1:1: An extension holds files and folders of its own, and no links; `tests` is the name of a folder of the suite. Move it out of the folder, or name it differently.',
        overriding('x_override.tf.json'),
        overriding('y_override.tofu'),
        'platforms/eu/platform.yaml:9:44: There is no file platforms/eu/more/a.tfvars. Its path is seen from the folder that is named beside it.',
      ],
    ],
  ])('%s', async (_name, dev, contents, expected) => {
    await files(join(repository, 'platforms', 'eu'), contents);
    expect(await refused(find(dev))).toEqual(expected);
  });

  test('a folder that a link leads out of the repository, and one above it', async () => {
    await files(temp, { 'elsewhere/main.tf': '' });
    await files(join(repository, 'platforms', 'eu'), { 'platform.yaml': '' });
    await symlink(join(temp, 'elsewhere'), join(repository, 'platforms', 'eu', 'more'));
    for (const folder of ['more', '../../../elsewhere']) {
      expect(await refused(find(`terraform: { extend: ${folder} }`))).toEqual([
        `platforms/eu/platform.yaml:9:18: \`${folder}\` is no folder inside of the repository. Name one that is checked out with the platform file.`,
      ]);
    }
  });
});

describe('what is laid', () => {
  const suite = () => join(temp, 'suite');
  const copy = () => join(temp, 'copy');
  beforeEach(async () => {
    await files(suite(), { 'environment/main.tf': 'ours', 'shared/main.tf': 'ours', 'modules/a/main.tf': 'module' });
  });

  test("an extension lies beside the suite's files under names of its own, and is blamed by its own", async () => {
    await files(join(repository, 'platforms', 'eu', 'more'), {
      'main.tf': 'theirs',
      'modules/b/main.tf': 'their module',
      'main.tofu': 'theirs, for OpenTofu alone',
      'values.json': '{}',
      'terraform.tfvars': 'x = 1',
      'terraform.tfstate': 'old',
      '.terraform/x': 'old',
      '.terraform.lock.hcl': 'lock',
    });
    const sources = await find('terraform: { extend: more }');
    const to = configurationIn(copy(), sources, 'environment');
    await files(to, { 'left-over.tf': '' });
    await laySources(sources, suite(), copy(), 'environment');
    expect(listed(copy())).toEqual([
      'environment/.terraform.lock.hcl',
      'environment/main.tf',
      'environment/modules/b/main.tf',
      'environment/terraform.tfvars',
      'environment/values.json',
      'environment/yours-main.tf',
      'environment/yours-main.tofu',
      'modules/a/main.tf',
      'shared/main.tf',
    ]);
    const place = await placesOf(sources, '/data');
    expect(
      ['main.tf', 'yours-main.tf', 'modules/b/main.tf', '../modules/a/main.tf', '.terraform.lock.hcl'].map(place),
    ).toEqual([
      undefined,
      'platforms/eu/more/main.tf',
      'platforms/eu/more/modules/b/main.tf',
      undefined,
      'platforms/eu/more/.terraform.lock.hcl',
    ]);
  });

  test('a root of its own stands where it stood, among links to its surroundings', async () => {
    await files(repository, {
      'infra/dev/main.tf': 'root',
      'infra/dev/errored.tfstate': 'old',
      'infra/modules/net/main.tf': 'net',
      'common.yaml': 'common',
    });
    const sources = await find('terraform: { working-directory: ../../infra/dev }');
    const to = configurationIn(copy(), sources, 'environment');
    expect(to).toBe(join(copy(), 'infra', 'dev'));
    await laySources(sources, suite(), copy(), 'environment');
    await laySources(sources, suite(), copy(), 'environment');
    expect(listed(to)).toEqual(['main.tf']);
    expect(await readFile(join(to, '..', 'modules', 'net', 'main.tf'), 'utf8')).toBe('net');
    expect(await readFile(join(to, '..', '..', 'common.yaml'), 'utf8')).toBe('common');
    // Making the copy anew leaves what its links lead to.
    expect(await readFile(join(repository, 'infra', 'modules', 'net', 'main.tf'), 'utf8')).toBe('net');
    const place = await placesOf(sources, '/data');
    const linked = join(repository, 'infra', 'modules', 'net', 'main.tf');
    expect(
      ['main.tf', '../modules/net/main.tf', linked, '../../../x.tf', '/data/modules/x/main.tf'].map(place),
    ).toEqual(['infra/dev/main.tf', 'infra/modules/net/main.tf', 'infra/modules/net/main.tf', undefined, undefined]);
  });

  function listed(folder: string): string[] {
    return execFileSync('find', ['.', '-type', 'f'], { cwd: folder, encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(path => path.replace('./', ''))
      .sort();
  }
});

describe('the hash of what is theirs', () => {
  async function hash(dev: string): Promise<string | undefined> {
    const sources = await find(dev);
    const copy = join(temp, 'copy');
    await files(join(temp, 'suite'), { 'environment/main.tf': 'ours' });
    await laySources(sources, join(temp, 'suite'), copy, 'environment');
    return hashSources(sources, configurationIn(copy, sources, 'environment'), join(temp, 'data'));
  }

  test("there is none of the suite's own", async () => {
    expect(await hash('protect: false')).toBeUndefined();
  });

  test.each<[string, string, Readonly<Record<string, string>>, boolean]>([
    ['a file of it', 'platforms/eu/more/main.tf', { 'platforms/eu/more/main.tf': 'changed' }, true],
    ['a file below it', 'a script', { 'platforms/eu/more/scripts/run.sh': 'changed' }, true],
    ['another name for the same', 'a name', { 'platforms/eu/more/other.tf': 'a' }, true],
    ['a file beside it', 'README.md', { 'README.md': 'changed' }, false],
    ['what Terraform has written', 'a state', { 'platforms/eu/more/terraform.tfstate': 'changed' }, false],
  ])('%s', async (_name, _what, change, isOther) => {
    await files(repository, { 'platforms/eu/more/main.tf': 'a' });
    const before = await hash('terraform: { extend: more }');
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await hash('terraform: { extend: more }')).toBe(before);
    await files(repository, change);
    expect((await hash('terraform: { extend: more }')) !== before).toBe(isOther);
  });

  test('what links lead to, however they lead', async () => {
    await files(repository, { 'infra/dev/main.tf': 'root', 'infra/common.tf': 'common', 'infra/lib/x.tf': 'x' });
    await symlink('../common.tf', join(repository, 'infra', 'dev', 'common.tf'));
    await symlink('../lib', join(repository, 'infra', 'dev', 'lib'));
    await symlink('.', join(repository, 'infra', 'dev', 'loop'));
    await symlink('nowhere', join(repository, 'infra', 'dev', 'broken'));
    const root = 'terraform: { working-directory: ../../infra/dev }';
    const hashes = [await hash(root)];
    await files(repository, { 'infra/common.tf': 'changed' });
    hashes.push(await hash(root));
    await files(repository, { 'infra/lib/x.tf': 'changed' });
    hashes.push(await hash(root));
    expect(new Set(hashes).size).toBe(3);
  });

  test('modules around a root, and those that were installed', async () => {
    await files(repository, { 'infra/dev/main.tf': 'root', 'infra/modules/net/main.tf': 'net' });
    const installed = join(temp, 'data', 'modules', 'far', 'main.tf');
    await files(temp, {
      'data/modules/far/main.tf': 'far',
      'data/modules/modules.json': JSON.stringify({
        Modules: [
          { Key: '', Source: '', Dir: '.' },
          { Key: 'net', Source: '../modules/net', Dir: '../modules/net' },
          { Key: 'far', Source: 'git::x', Dir: join(temp, 'data', 'modules', 'far') },
        ],
      }),
    });
    const root = 'terraform: { working-directory: ../../infra/dev }';
    const hashes = [await hash(root)];
    await files(repository, { 'infra/modules/net/main.tf': 'changed' });
    hashes.push(await hash(root));
    await writeFile(installed, 'changed');
    hashes.push(await hash(root));
    expect(new Set(hashes).size).toBe(3);
  });
});

describe('providers', () => {
  test.each(['shared', 'environment'] as const)("those of the suite's root %s are known", async root => {
    const text = await readFile(new URL(`../../terraform/${root}/providers.tf`, import.meta.url), 'utf8');
    const blocks = text.split(/^(?=provider ")/m).filter(block => block.startsWith('provider "azurerm"'));
    expect(blocks.map(block => /alias\s*=\s*"(\w+)"/.exec(block)?.[1])).toEqual(suiteProviders[root]);
  });

  const azurerm = { name: 'azurerm', alias: undefined, module: undefined };
  test('what is not of the suite is foreign', () => {
    const foreign = [
      { ...azurerm, alias: 'other' },
      { ...azurerm, name: 'helm' },
      { ...azurerm, module: 'module.x' },
    ];
    expect(foreignProviders('environment', [azurerm, { ...azurerm, alias: 'dns' }, ...foreign])).toEqual(foreign);
    expect(foreignProviders('shared', [{ ...azurerm, alias: 'dns' }])).toHaveLength(1);
  });

  test('an extension is refused by the line of its block, a root of its own is not', async () => {
    await files(repository, {
      'platforms/eu/more/main.tf': 'locals {\n  a = 1\n}\n\nprovider "azurerm" {\n  alias = "other"\n}\n',
      'platforms/eu/more/helm.tf.json': '{\n  "provider": { "helm": {} }\n}\n',
    });
    const sources = await find('terraform: { extend: more }');
    const why =
      "An extension works with the providers of the suite's root, as the identity and in the subscription of its scope. Nothing was planned. Take the `provider` block out. What needs another one is for a root of its own (`working-directory`).";
    const found = [
      { ...azurerm, alias: 'other' },
      { ...azurerm, name: 'helm' },
    ];
    expect(await refused(refuseProviders(sources, 'environment', found))).toEqual([
      `platforms/eu/more/main.tf:5:1: The provider azurerm (alias \`other\`) is set up. ${why}`,
      `The provider helm is set up in platforms/eu/more. ${why}`,
    ]);
    await refuseProviders({ ...sources, kind: 'root' }, 'environment', found);
  });
});
