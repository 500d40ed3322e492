import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { parseReport } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { decodeBundle, digestOf } from './bundle.ts';
import { decodeRecord, encodeRecord } from './record.ts';

/**
 * What earlier releases have left in registries, artifacts and states, byte for byte. A release may add to what it writes; what lies there is
 * read for as long as somebody may go back to it. Never change these files: add one when a release writes something new.
 */
const captured = (name: string) =>
  readFile(new URL(`../../../test/fixtures/earlier-releases/${name}`, import.meta.url));

test.each([
  ['bundle-without-charts.json', 'sha256:8e5dc7fe5887ce4a989557daa83d27236d6c79059504dd08b3c8528f347dbaba'],
  ['bundle-with-charts.json', 'sha256:87cf708c4c97683fa3c4b98882919dfe6872ff84898ae43b858ddef9b1b1df00'],
  ['bundle-with-gitops.json', 'sha256:be0b8fee258c16409f148fa993f4a5e7717894a5470aa8d0f6a2861c93955fec'],
])('%s is read, under the digest that it was promoted by', async (name, digest) => {
  const bytes = await captured(name);
  expect(decodeBundle(bytes)).toMatchObject({ schema: 'bundle/v1', platform: 'contoso' });
  expect(digestOf(bytes)).toBe(digest);
});

test.each(['record.json', 'record-of-a-rollback.json', 'record-of-an-emergency.json'])(
  '%s is read whole',
  async name => {
    const bytes = await captured(name);
    const record = decodeRecord(bytes);
    if (record === undefined) throw new Error('It counts for nothing.');
    expect(encodeRecord(record).toString()).toBe(bytes.toString());
  },
);

test('a report that a pull request left is read whole', async () => {
  const report = JSON.parse((await captured('report.json')).toString());
  expect(parseReport(report)).toEqual(report);
});

const later = async (change: (bundle: Record<string, unknown>) => void) => {
  const bundle = JSON.parse((await captured('bundle-with-gitops.json')).toString());
  change(bundle);
  return Buffer.from(JSON.stringify(bundle));
};

test.each<readonly [string, (bundle: Record<string, unknown>) => void]>([
  ['of another version', bundle => Object.assign(bundle, { schema: 'bundle/v2', commits: [] })],
  ['with something that this release does not know', bundle => Object.assign(bundle, { policies: [] })],
  [
    'with more of a chart',
    bundle => Object.assign(bundle, { charts: [{ ...(bundle['charts'] as object[])[0], signed: true }] }),
  ],
])('a bundle of a later release, %s, is refused with the release that made it', async (_, change) => {
  const bytes = await later(change);
  const read = () => decodeBundle(bytes);
  expect(read).toThrow(UserError);
  expect(read).toThrow(
    'This bundle is of a later release of the suite than this one, which cannot read all of it (org/actions@v1.2.0 made it). Call the release of the suite that made it, or a later one, in the workflow that promotes.',
  );
});

test('a record of a later version counts for nothing here, and is no ground to let anything in', async () => {
  const record = JSON.parse((await captured('record.json')).toString());
  expect(decodeRecord(Buffer.from(JSON.stringify({ ...record, schema: 'record/v2' })))).toBeUndefined();
  // What v1 gains later is no matter of what it proves.
  expect(decodeRecord(Buffer.from(JSON.stringify({ ...record, more: 1 })))).toEqual(record);
});
