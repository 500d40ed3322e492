import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type BundleWorld, errors, openBundleWorld, succeeded } from '../support/bundle.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
});
afterEach(async () => {
  await sandbox.restore();
  await rm(join(sandbox.checkout, 'terraform'), { recursive: true, force: true });
  await rm(join(sandbox.checkout, 'other'), { recursive: true, force: true });
});
afterAll(() => sandbox.close());

/** The command `check`, in a job that could ask for tokens: nobody is called, and no token is asked for. */
async function check(inputs: Readonly<Record<string, string>> = {}) {
  const { ledger } = sandbox.world;
  const result = await sandbox.run({ command: 'check', ...inputs });
  expect(ledger.requests).toEqual([]);
  expect(ledger.tokens).toEqual([]);
  expect(ledger.refusedHosts).toEqual([]);
  return result;
}

const misformatted = 'locals {\n      name="x"\n}\n';

test('a valid platform is said to be so, for every scope', async () => {
  const result = succeeded(await check());
  expect(result.summary).toContain('`contoso` is valid');
  for (const scope of ['shared', 'dev', 'staging', 'prod']) {
    expect(result.summary).toContain(`| ${scope} | westeurope | `);
  }
  expect(result.annotations).toEqual([]);
});

test('every problem of the platform file is told on its line', async () => {
  await sandbox.edit('platform.yaml', text =>
    text.replace('tier: free', 'tear: free').replace('55555555-5555', '5555-5555'),
  );
  const result = await check();
  expect(result.exitCode).toBe(1);
  expect(result.annotations.map(({ level, file, line }) => [level, file, line])).toEqual([
    ['error', 'platform.yaml', 16],
    ['error', 'platform.yaml', 21],
  ]);
  expect(result.summary).toContain('Did you mean `tier`?');
});

test('a lock that lacks a scope', async () => {
  await sandbox.edit('platform.lock.yaml', text => text.replace('  dev:', '  test:'));
  const result = await check();
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([expect.stringMatching(/no identities and no state account for dev in westeurope/)]);
});

test('Terraform files of the repository that are not formatted are named, and stay as they are', async () => {
  const folder = join(sandbox.checkout, 'terraform', 'more');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'wrong.tf'), misformatted);
  await writeFile(join(folder, 'right.tf'), 'locals {\n  name = "x"\n}\n');
  const result = await check();
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toHaveLength(1);
  const told = [...result.annotations.map(({ file = '', message }) => `${file} ${message}`)].join('\n');
  expect(told).toContain('terraform/more/wrong.tf');
  expect(told).not.toContain('right.tf');
  expect(result.summary).toContain('wrong.tf');
  expect(await readFile(join(folder, 'wrong.tf'), 'utf8')).toBe(misformatted);
});

test('a platform file in a folder of its own', async () => {
  const folder = join(sandbox.checkout, 'other');
  await mkdir(folder);
  for (const name of ['platform.yaml', 'platform.lock.yaml']) {
    await cp(join(sandbox.checkout, name), join(folder, name));
  }
  const result = succeeded(await check({ 'platform-file': 'other/platform.yaml' }));
  expect(result.summary).toContain('`contoso` is valid');
});

test.each([
  [{ 'platform-file': 'elsewhere.yaml' }, /^input platform-file: names .*elsewhere\.yaml/],
  [{ command: 'chekc' }, /^input command: is "chekc"\. .*Did you mean `check`\?/],
])('a wrong input %j', async (inputs, message) => {
  const result = await check(inputs);
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([expect.stringMatching(message)]);
});
