import { expect, test } from '@jest/globals';
import { exampleReleases, judgeTest, type PlatformRow, platformRows, shownValue } from './coverage-platform.ts';

const row: PlatformRow = {
  id: 67,
  item: 'Certificates',
  release: 'cert-manager',
  value: 'crds.enabled',
  test: { file: 'scripts/coverage-platform.test.ts', name: 'a row shows' },
};

test.each([
  ['a value', {}, '`true`'],
  ['a block as JSON', { value: 'global.leaderElection' }, '`{"namespace":"cert-manager"}`'],
  ['the value of another environment', { in: 'dev', value: 'replicaCount' }, '`1`'],
  [
    'what Terraform makes',
    { value: ['serviceAccount', 'annotations', 'azure.workload.identity/client-id'] },
    'from Terraform',
  ],
])('a row shows %s', async (_case, more, expected) => {
  expect(shownValue({ ...row, ...more }, await exampleReleases())).toBe(expected);
});

test.each([
  ['no release', { release: 'certmanager' }, 'names the release certmanager'],
  ['no environment', { in: 'test' }, 'which test lacks'],
  ['no value', { value: 'crds.enable' }, 'lacks at enable'],
])('a row with %s is refused by its number', async (_case, more, message) => {
  const releases = await exampleReleases();
  expect(() => shownValue({ ...row, ...more }, releases)).toThrow(/^Row 67 \(Certificates\) /);
  expect(() => shownValue({ ...row, ...more }, releases)).toThrow(message);
});

test.each([
  ['a file that is not there', { file: 'scripts/none.test.ts', name: 'x' }, 'does not exist'],
  [
    'a test that is not there',
    { file: 'scripts/coverage.ts', name: 'no such test' },
    'which scripts/coverage.ts lacks',
  ],
  ['nothing', { file: '', name: '' }, 'does not say which test'],
])('a row whose test is %s is refused', async (_case, named, message) => {
  await expect(judgeTest({ ...row, test: named })).rejects.toThrow(message);
});

test('every row names a test that exists', async () => {
  const rows = await platformRows();
  expect(rows).not.toEqual([]);
  for (const one of rows) await expect(judgeTest(one)).resolves.toBeUndefined();
});
