import { describe, expect, test } from '@jest/globals';
import { releaseOf } from './checks/checks.fixture.ts';
import { bundleChecks, heldToBundle, heldToRecords } from './held-charts.ts';
import type { ReleaseRecord } from './record.ts';
import type { ChartSource } from './release.ts';

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const http = (version: string, digest?: string): ChartSource => ({
  kind: 'http',
  repository: 'https://charts.example',
  name: 'app',
  version,
  digest,
});
const oci = (version: string, digest?: string): ChartSource => ({
  kind: 'oci',
  url: 'oci://ghcr.io/a/app',
  version,
  digest,
});
const pinned = { from: 'https://charts.example', name: 'app', version: '1.0.0', digest: digestOf('a') };
const release = (chart: ChartSource) => [releaseOf({ name: 'app', chart })];
const folder: ChartSource = { kind: 'folder', path: '/charts/app' };

describe('a chart that is held to a bundle', () => {
  const held = (chart: ChartSource, ...charts: (typeof pinned)[]) =>
    heldToBundle(release(chart), { charts, isRollback: false })[0]?.chart;

  test('has its digest from there', () => {
    expect(held(http('1.0.0'), pinned)).toEqual(http('1.0.0', digestOf('a')));
    expect(held(http('1.0.0', digestOf('b')), pinned)).toEqual(http('1.0.0', digestOf('a')));
    expect(held(folder, pinned)).toBe(folder);
  });

  test.each([
    ['another version', { ...pinned, version: '1.0.1' }],
    ['another chart of the repository', { ...pinned, name: 'other' }],
    ['another repository', { ...pinned, from: 'https://other.example' }],
  ])('and not from %s', (_, other) => {
    expect(held(http('1.0.0'), other)).toEqual(http('1.0.0'));
  });
});

describe('what a bundle has otherwise', () => {
  const said = (chart: ChartSource, isRollback: boolean, ...charts: (typeof pinned)[]) =>
    bundleChecks(release(chart), { charts, isRollback }).map(({ id, status, message }) => ({ id, status, message }));
  const id = 'bundle/app';

  test('nothing, where it has the chart', () => {
    expect(said(http('1.0.0'), false, pinned)).toEqual([]);
    expect(said(http('1.0.0', digestOf('a')), false, pinned)).toEqual([]);
    expect(said(folder, false, pinned)).toEqual([]);
  });

  test('keeps a promotion out, naming both', () => {
    expect(said(http('1.1.0'), false, pinned)).toEqual([
      { id, status: 'blocked', message: 'app would be installed from app 1.1.0, and the bundle has app 1.0.0.' },
    ]);
    expect(said(http('1.0.0'), false)).toEqual([
      { id, status: 'blocked', message: 'app would be installed from app 1.0.0, and the bundle has no such chart.' },
    ]);
    expect(said(http('1.0.0', digestOf('b')), false, pinned)).toEqual([
      {
        id,
        status: 'blocked',
        message: `app would be installed from app 1.0.0 with the digest ${digestOf('b')}, and the bundle has it with ${digestOf('a')}.`,
      },
    ]);
  });

  test('keeps no way back out, which is told what stays', () => {
    expect(said(http('1.1.0'), true, pinned)).toEqual([
      {
        id,
        status: 'warning',
        message: 'app does not go back: the bundle has app 1.0.0, and this release of the suite installs app 1.1.0.',
      },
    ]);
    expect(said(http('1.0.0', digestOf('b')), true, pinned)).toEqual([]);
  });
});

describe('a chart that is held to what was applied', () => {
  const applied = (version: string, digest = digestOf('a')) =>
    new Map([['app', { chart: { name: 'app', version, digest } } as ReleaseRecord]]);
  const held = (chart: ChartSource, records: Parameters<typeof heldToRecords>[1]) =>
    heldToRecords(release(chart), records)[0]?.chart;

  test.each<readonly [string, ChartSource, Parameters<typeof heldToRecords>[1], ChartSource]>([
    ['of the same version', oci('1.0.0'), applied('1.0.0'), oci('1.0.0', digestOf('a'))],
    ['whose tag alone has a v', oci('v1.0.0'), applied('1.0.0'), oci('v1.0.0', digestOf('a'))],
    ['of another version', oci('1.1.0'), applied('1.0.0'), oci('1.1.0')],
    ['that the platform file pins', oci('1.0.0', digestOf('b')), applied('1.0.0'), oci('1.0.0', digestOf('b'))],
    ['whose digest nobody noted', oci('1.0.0'), applied('1.0.0', ''), oci('1.0.0')],
    ['that was never applied', oci('1.0.0'), new Map(), oci('1.0.0')],
    ['of a folder', folder, applied('1.0.0'), folder],
  ])('%s', (_, chart, records, expected) => {
    expect(held(chart, records)).toEqual(expected);
  });
});
