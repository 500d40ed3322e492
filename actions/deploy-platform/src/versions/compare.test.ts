import { expect, test } from '@jest/globals';
import type { ChartRow } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { parsePlatform } from '@suite/platform-file';
import type { Helm } from '../ports.ts';
import { compareCharts } from './compare.ts';

const platform = parsePlatform(
  `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope }
  prod: { subscription: 55555555-5555-5555-5555-555555555555, location: westeurope, runner: inside }
`,
  'platform.yaml',
);
const digest = `sha256:${'d'.repeat(64)}`;
const row = (to: string, more: Partial<ChartRow> = {}): ChartRow => ({
  release: 'cert-manager',
  environments: ['dev'],
  setting: 'releases.cert-manager',
  from: 'oci://quay.io/jetstack/charts/cert-manager',
  version: 'v1.21.1',
  isNamed: false,
  tested: 'v1.21.1',
  isBehind: false,
  isTested: false,
  newest: { version: to, digest },
  ...more,
});

const object = (kind: string, name: string, fields: object): KubernetesObject => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
  kind,
  metadata: { name, namespace: 'cert-manager' },
  ...fields,
});
const deployment = (image: string) =>
  object('Deployment', 'cert-manager', {
    spec: { replicas: 1, template: { spec: { containers: [{ name: 'controller', image }] } } },
  });
const secret = (value: string) => object('Secret', 'key', { data: { key: value } });

/** Renders what a chart of that version has; every other chart has nothing. `9.9.9` takes no values. */
function charts(rendered: Readonly<Record<string, readonly KubernetesObject[]>>) {
  const calls: string[] = [];
  const helm: Pick<Helm, 'pull' | 'render'> = {
    pull: async source => {
      const at = source.kind === 'folder' ? source.path : `${source.version} ${source.digest ?? ''}`;
      calls.push(`pull ${at}`);
      return { path: at, name: 'chart', version: '', digest };
    },
    render: async ({ release, chart: { path } }) => {
      calls.push(`render ${release}`);
      if (path.startsWith('9.9.9')) throw new UserError({ message: 'values do not meet the schema.' });
      const objects = release === 'cert-manager' ? (rendered[path.split(' ')[0] ?? ''] ?? []) : [];
      return { objects: objects.map(object => ({ object, keep: false })), hooks: [] };
    },
  };
  return { helm, calls };
}
const folders = { chartsFolder: '/charts', platformFolder: '/platform' };

test('what comes, changes and goes, by field, with nothing of a Secret', async () => {
  const { helm, calls } = charts({
    'v1.21.1': [deployment('a:1'), secret('b25l'), object('ConfigMap', 'old', {})],
    'v1.22.0': [deployment('a:2'), secret('dHdv'), object('ConfigMap', 'new', { data: { a: 'b' } })],
  });
  const [found, ...others] = await compareCharts(platform, [row('v1.22.0')], helm, folders);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    release: 'cert-manager',
    environment: 'dev',
    from: 'v1.21.1',
    to: 'v1.22.0',
    omitted: 0,
  });
  expect(found?.changes.map(({ kind, title }) => [kind, title.split(' ')[0]]).toSorted()).toEqual([
    ['create', 'ConfigMap'],
    ['delete', 'ConfigMap'],
    ['update', 'Deployment'],
    ['update', 'Secret'],
  ]);
  expect(found?.changes.find(({ title }) => title.startsWith('Deployment'))).toMatchObject({
    attributes: [
      {
        path: 'spec.template.spec.containers[controller].image',
        before: { is: 'shown', text: 'a:1' },
        after: { is: 'shown', text: 'a:2' },
      },
    ],
    effect: 'It restarts 1 pod.',
  });
  expect(JSON.stringify(found)).not.toMatch(/b25l|dHdv/);
  // The one that is proposed is pulled by its digest.
  expect(calls).toContain(`pull v1.22.0 ${digest}`);
});

test('each environment with its own values; what needs rendering once is rendered once', async () => {
  const { helm, calls } = charts({ 'v1.21.1': [deployment('a:1')], 'v1.22.0': [deployment('a:1')] });
  const found = await compareCharts(platform, [row('v1.22.0', { environments: ['dev', 'prod'] })], helm, folders);
  expect(found.map(({ environment, changes }) => [environment, changes])).toEqual([
    ['dev', []],
    ['prod', []],
  ]);
  expect(calls.length).toBe(
    new Set(calls.filter(call => call.startsWith('pull'))).size +
      calls.filter(call => call.startsWith('render')).length,
  );
});

test('a chart that refuses the values is told, and hides nothing of the others; what is current is not rendered', async () => {
  const { helm } = charts({ 'v1.21.1': [deployment('a:1')], 'v1.22.0': [] });
  const current = row('', { newest: undefined });
  const found = await compareCharts(platform, [row('9.9.9'), row('v1.22.0'), current], helm, folders);
  expect(found.map(({ to, changes, problem }) => [to, changes.length, problem])).toEqual([
    ['9.9.9', 0, 'values do not meet the schema.'],
    ['v1.22.0', 1, undefined],
  ]);
});

test('a chart of applications is none that is rendered here', async () => {
  const { helm, calls } = charts({});
  const redis = row('1.3.0', { release: 'redis', setting: 'charts.redis' });
  expect(await compareCharts(platform, [redis], helm, folders)).toEqual([]);
  expect(calls).toEqual([]);
});

test('there is an end to what is handed over: the most dangerous stays, the rest is counted', async () => {
  const many = (image: string) =>
    Array.from({ length: 4000 }, (_, index) => object('ConfigMap', `c${index}`, { data: { image } }));
  const { helm } = charts({
    'v1.21.1': [...many('1'), deployment('a:1')],
    'v1.22.0': [...many('2'), deployment('a:2')],
  });
  const [found] = await compareCharts(platform, [row('v1.22.0')], helm, folders);
  expect(found?.changes[0]?.title).toMatch(/^Deployment/);
  expect([found?.omitted, found?.changes.length]).toEqual([2501, 1500]);
});
