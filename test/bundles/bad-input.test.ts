import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type BundleWorld, errors, openBundleWorld } from '../support/bundle.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
});
afterEach(() => sandbox.restore());
afterAll(() => sandbox.close());

/** Exit code 1, and nobody was called. */
async function refused(inputs: Record<string, string>) {
  const before = sandbox.world.ledger.requests.length;
  const result = await sandbox.run(inputs);
  expect(result.exitCode).toBe(1);
  expect(sandbox.world.ledger.requests.slice(before)).toEqual([]);
  return result;
}

test('every wrong input at once', async () => {
  const result = await refused({ command: 'plam', scope: 'Dev', region: 'West Europe', 'client-id': '1' });
  expect(errors(result)).toEqual([
    // The list grows with the commands.
    expect.stringMatching(
      /^input command: is "plam"\. Use `plan`, `apply`, .* or `bootstrap`\. Did you mean `plan`\?$/,
    ),
    expect.stringMatching(/^input scope: is "Dev"/),
    expect.stringMatching(/^input region: is "West Europe"/),
    expect.stringMatching(/^input client-id: is "1"/),
  ]);
});

test('every problem of the platform file at once, as an annotation on its line', async () => {
  await sandbox.edit('platform.yaml', text =>
    text.replace('tier: free', 'tear: free\n      version: "1.30"').replace('55555555-5555', '5555-5555'),
  );
  const result = await refused({ command: 'plan', scope: 'dev' });
  expect(result.summary).toMatch(/^### 3 problems/m);
  const found = result.annotations.map(({ file, line, message }) => ({ file, line, message }));
  expect(found).toEqual(
    expect.arrayContaining([
      { file: 'platform.yaml', line: 16, message: expect.stringContaining('Did you mean `tier`?') },
      { file: 'platform.yaml', line: 22, message: expect.stringContaining('subscription') },
    ]),
  );
});

test('a scope that the platform file does not have', async () => {
  expect(errors(await refused({ command: 'plan', scope: 'stagin' }))).toEqual([
    'input scope: is `stagin`, which the platform file does not know. The platform file has shared, dev, staging and prod. Did you mean `staging`?',
  ]);
});

test('a region that the environment does not have', async () => {
  const [message] = errors(await refused({ command: 'plan', scope: 'dev', region: 'eastus' }));
  expect(message).toMatch(/region.*eastus.*westeurope/);
});

test.each([
  ['binary', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ['an alias bomb', Buffer.from(`a: &a [x]\nb: &b [*a, *a]\nversion: 1\n`)],
  ['hostile text', Buffer.from('name: "::add-path::/tmp\\u202e\\u001b[31m"\n')],
  ['nothing', Buffer.alloc(0)],
])('a platform file of %s gives positioned errors and no workflow command', async (_name, content) => {
  await writeFile(join(sandbox.checkout, 'platform.yaml'), content);
  const result = await refused({ command: 'plan', scope: 'dev' });
  expect(result.annotations.length).toBeGreaterThan(0);
  for (const { level, file, line } of result.annotations) {
    expect({ level, file }).toEqual({ level: 'error', file: 'platform.yaml' });
    expect(line).toBeGreaterThan(0);
  }
  expect(result.log.join('\n')).not.toContain('\u202e');
});

test('a platform file that is not there, and no word of the lock that is not there either', async () => {
  const found = errors(await refused({ command: 'plan', scope: 'dev', 'platform-file': 'elsewhere/platform.yaml' }));
  expect(found).toEqual([
    expect.stringMatching(
      /^input platform-file: names .*elsewhere\/platform\.yaml, which cannot be read\. Check the path/,
    ),
  ]);
});

test('a disk that refuses is the runner’s matter, and no defect', async () => {
  const temp = join(sandbox.folder, 'temp', 'taken');
  await mkdir(temp, { recursive: true });
  await writeFile(join(temp, 'provision-aks'), 'a file where the folder should be');
  const result = await sandbox.run({ command: 'plan', scope: 'shared' }, { machine: 'taken' });
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([
    expect.stringMatching(
      /^The disk of the runner refuses a file: ENOTDIR: .*provision-aks.* Look for free space there, and let/,
    ),
  ]);
  expect(result.log.join('\n')).not.toMatch(/^ +at /m);
});

test('a lock that lacks the scope', async () => {
  await sandbox.edit('platform.lock.yaml', text => text.replace('  dev:', '  test:'));
  const result = await refused({ command: 'plan', scope: 'dev' });
  expect(errors(result)[0]).toMatch(/no identities and no state account for dev in westeurope.*Bootstrap/);
});

test('a plan file that is none', async () => {
  await writeFile(join(sandbox.checkout, 'plan.tfplan'), 'not a plan');
  const result = await sandbox.run({ command: 'apply', scope: 'shared', 'plan-file': 'plan.tfplan' });
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toHaveLength(1);
  const writes = sandbox.world.ledger.writes().map(({ path }) => path);
  expect(writes.filter(path => !path.includes('.tfstate.run'))).toEqual([]);
});
