import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { installMirror } from '../../packages/sandbox/src/azurerm/mirror.ts';
import { hasTerraform, mirrorFromSource, terraform } from '../../packages/sandbox/src/azurerm/testing/terraform.ts';

const source = join(import.meta.dirname, '../../actions/provision-aks/terraform');
const folders = [
  'environment',
  'shared',
  ...readdirSync(join(source, 'modules'))
    .sort()
    .map(module => `modules/${module}`),
];
// The real provider judges arguments more strictly than the stand-in: AZURERM=PATH puts it in its place.
const azurerm = process.env['AZURERM'];

(hasTerraform ? describe : describe.skip)("Terraform's own tests (need Terraform on PATH)", () => {
  let work: string;
  let environment: NodeJS.ProcessEnv;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'modules-'));
    const directory = join(work, 'provider');
    const cliConfigFile =
      azurerm === undefined
        ? await mirrorFromSource(directory)
        : (await installMirror({ directory, providerExecutable: azurerm })).cliConfigFile;
    environment = { TF_CLI_CONFIG_FILE: cliConfigFile };
    // A copy: Terraform leaves its own files beside what it tests.
    await cp(source, join(work, 'terraform'), { recursive: true, filter: path => !/[/\\]\.terraform/.test(path) });
  });
  afterAll(() => rm(work, { recursive: true, force: true }));

  test.each(folders)('%s', async folder => {
    const directory = join(work, 'terraform', folder);
    expect(existsSync(join(directory, 'tests'))).toBe(true);
    const started = await terraform(directory, ['init', '-backend=false', '-input=false', '-no-color'], environment);
    expect(started).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout, stderr } = await terraform(directory, ['test', '-no-color'], environment);
    const failed = stdout.split('\n').filter(line => line.endsWith('... fail'));
    expect({ code, failed, stderr }).toEqual({ code: 0, failed: [], stderr: '' });
    expect(stdout).toMatch(/^Success! [1-9]\d* passed, 0 failed\.$/m);
  });
});
