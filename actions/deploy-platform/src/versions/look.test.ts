import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { parsePlatform } from '@suite/platform-file';
import charts from '../releases/charts.json' with { type: 'json' };
import { type ChartShelf, lookForVersions } from './look.ts';
import { type UsedChart, usedCharts } from './used.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const used = (version: string, tested?: string): UsedChart => ({
  release: 'cert-manager',
  environments: ['dev'],
  setting: 'releases.cert-manager',
  source: { kind: 'oci', url: 'oci://quay.io/jetstack/charts/cert-manager', version, digest: undefined },
  tested,
  support: undefined,
});

/** Answers as Helm does, by range; everything else is not there. */
function registries(answers: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const port: ChartShelf = {
    newest: async ({ version }, reach) => {
      const range = `${reach === 'any' ? '>=' : '^'}${version}`;
      asked.push(range);
      const found = answers[range];
      if (found === undefined) throw new UserError({ message: `There is no version ${range}.` });
      return found;
    },
    describe: async ({ version }) => {
      asked.push(`digest of ${version}`);
      return { digest, appVersion: version === '1.4.0' ? '1.4' : 'not a\nversion' };
    },
  };
  return { port, asked };
}

const look = async (chart: UsedChart, answers: Readonly<Record<string, string>>) => {
  const { port, asked } = registries(answers);
  const [row] = await lookForVersions([chart], port, '2026-11-28');
  return { row, asked };
};

describe('one chart', () => {
  test('that is the newest one costs one question', async () => {
    const { row, asked } = await look(used('v1.21.1', 'v1.21.1'), { '>=v1.21.1': 'v1.21.1' });
    expect(row).toMatchObject({ version: 'v1.21.1', tested: 'v1.21.1', isNamed: false, isBehind: false });
    expect([row?.newest, asked]).toEqual([undefined, ['>=v1.21.1']]);
  });

  test('with a newer one that is compatible', async () => {
    const { row } = await look(used('1.2.3', '1.2.3'), { '>=1.2.3': '1.4.0', '^1.2.3': '1.4.0' });
    expect(row).toMatchObject({ newest: { version: '1.4.0', digest, appVersion: '1.4' }, isTested: false });
    expect(row?.compatible).toBeUndefined();
  });

  test('with a newer major, and a step before it', async () => {
    const { row } = await look(used('1.2.3', '1.2.3'), { '>=1.2.3': '2.0.0', '^1.2.3': '1.4.0' });
    expect(row).toMatchObject({ newest: { version: '2.0.0', digest }, compatible: { version: '1.4.0', digest } });
    expect(row?.newest).not.toHaveProperty('appVersion');
  });

  test('with a newer major, and no step before it', async () => {
    const { row } = await look(used('1.2.3', '1.2.3'), { '>=1.2.3': '2.0.0', '^1.2.3': '1.2.3' });
    expect([row?.newest?.version, row?.compatible]).toEqual(['2.0.0', undefined]);
  });

  test('whose file names an older one than the suite was tested with', async () => {
    const { row } = await look(used('1.2.3', '1.4.0'), { '>=1.2.3': '1.4.0', '^1.2.3': '1.4.0' });
    expect(row).toMatchObject({ isNamed: true, isBehind: true, isTested: true, newest: { version: '1.4.0' } });
  });

  test('of the platform itself', async () => {
    const { row } = await look(used('1.2.3'), { '>=1.2.3': '1.3.0', '^1.2.3': '1.3.0' });
    expect(row).toMatchObject({ isNamed: true, isBehind: false, isTested: false, newest: { version: '1.3.0' } });
    expect(row?.tested).toBeUndefined();
  });

  test('whose registry does not answer, or says something odd, is told and hides nothing', async () => {
    expect((await look(used('1.2.3'), {})).row).toMatchObject({ problem: 'There is no version >=1.2.3.' });
    const odd = await look(used('1.2.3'), { '>=1.2.3': '9.9.9\nreleases: {}', '^1.2.3': '1.2.3' });
    expect(odd.row).toMatchObject({ problem: expect.stringContaining('none that the platform file takes') });
  });

  test('whose look has a defect is no row', async () => {
    const broken: ChartShelf = {
      newest: () => Promise.reject(new TypeError('x')),
      describe: async () => ({ digest }),
    };
    await expect(lookForVersions([used('1.2.3')], broken, '2026-11-28')).rejects.toThrow(TypeError);
  });
});

describe('support', () => {
  const source = 'https://example.com/support';
  const mended = (version: string, minors: number): UsedChart => ({
    ...used(version, '1.2.3'),
    support: { ends: undefined, policy: { minors, source }, newest: '1.2.3' },
  });

  test('is counted by the newest version that the registry has', async () => {
    const shelf: ChartShelf = {
      newest: async () => '1.4.0',
      describe: async ({ version }) => ({ digest, appVersion: version }),
    };
    const overOf = async (chart: UsedChart) => (await lookForVersions([chart], shelf, '2026-11-28'))[0]?.support;
    expect(await overOf(mended('1.2.3', 3))).toBeUndefined();
    expect(await overOf(mended('1.2.3', 2))).toMatchObject({ isOver: true, says: expect.stringContaining('`1.4.0`') });
    // Of a version that the suite was not tested with, the registry knows what it brings.
    expect(await overOf(mended('1.1.0', 3))).toMatchObject({ isOver: true, says: expect.stringContaining('`1.1.0`') });
  });

  test('that is over comes first', async () => {
    const { port } = registries({ '>=1.2.3': '1.2.3' });
    const ends = (release: string, day: string): UsedChart => ({
      ...used('1.2.3', '1.2.3'),
      release,
      support: { ends: { day, source }, policy: undefined, newest: '1.2.3' },
    });
    const rows = await lookForVersions(
      [used('1.2.3', '1.2.3'), ends('later', '2027-01-01'), ends('over', '2026-01-01')],
      port,
      '2026-11-28',
    );
    expect(rows.map(({ release, support }) => [release, support?.until])).toEqual([
      ['over', '2026-01-01'],
      ['cert-manager', undefined],
      ['later', '2027-01-01'],
    ]);
  });
});

describe('what a platform uses', () => {
  const file = (more: string) => `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope${more} }
  prod: { subscription: 55555555-5555-5555-5555-555555555555, location: westeurope, runner: inside }
`;
  const usedBy = (more = '') =>
    usedCharts(parsePlatform(file(more), 'platform.yaml')).map(({ release, environments, source, tested }) => [
      release,
      environments.join(),
      source.version,
      tested,
    ]);

  test('each chart once, with its environments; what comes with the action has no registry', () => {
    expect(usedBy()).toEqual([
      ['prometheus-operator-crds', 'dev,prod', '31.0.1', '31.0.1'],
      ['cert-manager', 'dev,prod', 'v1.21.1', 'v1.21.1'],
      ['kube-prometheus-stack', 'dev,prod', '88.5.3', '88.5.3'],
      ['argo-cd', 'dev,prod', '10.1.1', '10.1.1'],
    ]);
  });

  test('another version in one environment is a row of its own, and so is a chart of the platform itself', () => {
    const found = usedBy(
      `, releases: { cert-manager: { version: v1.20.0, digest: "${digest}" }, own: { chart: "oci://registry.example.com/charts/own", version: 1.0.0, digest: "${digest}", namespace: own } }`,
    );
    expect(found.filter(([name]) => name === 'cert-manager')).toEqual([
      ['cert-manager', 'dev', 'v1.20.0', 'v1.21.1'],
      ['cert-manager', 'prod', 'v1.21.1', 'v1.21.1'],
    ]);
    expect(found.filter(([name]) => name === 'own')).toEqual([['own', 'dev', '1.0.0', undefined]]);
  });
});

test('the suite looks at every chart of its list', () => {
  const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
  const files = ['examples/platform-files/everything.yaml', '.github/charts/device-plugin.yaml'];
  const used = files.map(file => usedCharts(parsePlatform(read(file), file)).map(({ release }) => release));
  expect(used.flat().toSorted()).toEqual(Object.keys(charts).toSorted());
  // Each by one of them: else it would have two pull requests.
  expect(new Set(used.flat()).size).toBe(used.flat().length);
});
