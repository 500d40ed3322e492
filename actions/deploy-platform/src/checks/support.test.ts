import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import charts from '../releases/charts.json' with { type: 'json' };
import { standIns } from '../releases/own-charts.fixture.ts';
import type { Support } from '../releases/pins.ts';
import { supportState } from '../support.ts';
import { inputOf } from './checks.fixture.ts';
import { checkSupport } from './support.ts';

const source = 'https://example.com/support';
const stateOf = (appVersion: string | undefined, support: Partial<Support>) =>
  supportState(
    'cert-manager',
    appVersion,
    { ends: undefined, policy: undefined, newest: undefined, ...support },
    '2026-11-28',
  );

describe('a day on which it ends', () => {
  test('is the last one', () => {
    expect(stateOf('v1.21.1', { ends: { day: '2026-11-28', source } })).toEqual({
      isOver: false,
      until: '2026-11-28',
      says: 'The support of `cert-manager` `v1.21.1` ends on 2026-11-28',
      source,
    });
    expect(stateOf('v1.21.1', { ends: { day: '2026-11-27', source } })).toEqual({
      isOver: true,
      until: '2026-11-27',
      says: 'The support of `cert-manager` `v1.21.1` ended on 2026-11-27',
      source,
    });
  });

  test('may be that of one thing of several that a chart brings', () => {
    const ends = { day: '2027-05-18', of: 'Grafana 13.2', source };
    expect(stateOf('v0.93.1', { ends })?.says).toContain('of `Grafana 13.2` in `cert-manager` ends on 2027-05-18');
  });

  test('does not hold where newer versions have ended it before', () => {
    const support = { ends: { day: '2027-02-02', source }, policy: { minors: 3, source }, newest: 'v3.7.0' };
    expect(stateOf('v3.5.0', support)).toMatchObject({ isOver: false, until: '2027-02-02' });
    expect(stateOf('v3.4.4', support)).toMatchObject({
      isOver: true,
      says: expect.stringContaining('`v3.7.0` is out'),
    });
  });
});

test.each<[version: string, isOver: boolean]>([
  ['v26.7.0', false],
  ['v26.3.2', false],
  ['v25.10.1', true],
  ['v26.11.0', false],
  ['nightly', false],
])('the oldest line that is mended, where numbers are months: %s', (version, isOver) => {
  const state = stateOf(version, { newest: 'v26.7.0', policy: { oldest: '26.3', source } });
  expect(state?.isOver ?? false).toBe(isOver);
  if (isOver) expect(state?.says).toContain('mend `26.3` and newer ones');
});

describe('minors that are mended', () => {
  test.each<[version: string | undefined, newest: string | undefined, minors: number, isOver: boolean]>([
    ['v1.21.1', 'v1.21.1', 2, false],
    ['v1.20.3', 'v1.21.1', 2, false],
    ['v1.19.6', 'v1.21.1', 2, true],
    // Newer than the suite's own.
    ['v1.22.0', 'v1.21.1', 2, false],
    ['v2.0.0', 'v1.21.1', 2, false],
    // 3.2 may be the newest but two, if 2.14 was the last of its major; 2.14 is none of the newest three.
    ['v2.14.0', 'v3.1.0', 3, false],
    ['v2.14.0', 'v3.2.0', 3, true],
    ['main', 'v3.2.0', 3, false],
    [undefined, 'v3.2.0', 3, false],
    ['v1.0.0', undefined, 3, false],
  ])('%s beside %s, where the newest %i are', (version, newest, minors, isOver) => {
    expect(stateOf(version, { newest, policy: { minors, source } })).toEqual(
      isOver ? { isOver, says: expect.stringContaining(`newest ${minors} minor versions`), source } : undefined,
    );
  });
});

test('a chart of the list is found by its place, in whatever version; those of others have no makers here', () => {
  const { url } = charts['cert-manager'];
  const chart = (at: string) => ({ kind: 'oci', url: at, version: 'v1.19.6', digest: undefined }) as const;
  const found = (at: string) => {
    const input = inputOf([], {}, { chart: chart(at), setting: 'releases.cert-manager' });
    return checkSupport({ ...input, releases: input.releases.map(one => ({ ...one, appVersion: 'v1.19.6' })) });
  };
  expect(found(url)).toMatchObject([
    {
      id: 'release/web/support',
      status: 'warning',
      setting: 'releases.cert-manager',
      message: expect.stringContaining(charts['cert-manager'].support.source),
    },
  ]);
  expect(found(url)[0]?.remedy).toContain('remove `releases.cert-manager.version`');
  expect(found('oci://registry.example.com/charts/cert-manager')).toEqual([]);
});

test("the sandbox's charts bring what the list says that the real ones bring", () => {
  const brought = Object.keys(charts).map(name => {
    const { version, appVersion } = parse(readFileSync(join(standIns, name, 'Chart.yaml'), 'utf8'));
    return [name, { version, appVersion }];
  });
  expect(brought).toMatchObject(
    Object.entries<{ version: string; appVersion?: string }>(charts).map(([name, { version, appVersion }]) => [
      name,
      { version, ...(appVersion === undefined ? {} : { appVersion }) },
    ]),
  );
});
