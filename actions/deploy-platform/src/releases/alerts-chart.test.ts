/** Our own charts of rules and dashboards, rendered by the real Helm, and their queries read by Prometheus' own grammar. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import { parse } from 'yaml';
import { releaseOf, viewOf } from './examples.fixture.ts';
import { idleLeavesOf } from './leaves.fixture.ts';
import {
  type ChartRenderer,
  ownCharts as charts,
  helmFile,
  openCharts,
  placeOfOthers,
  whereHelm,
} from './own-charts.fixture.ts';

const files = (chart: string, folder: string) => readdirSync(join(charts, chart, folder)).sort();
const read = (chart: string, folder: string, file: string) => readFileSync(join(charts, chart, folder, file), 'utf8');

/** The first place that Prometheus would not take, or nothing. */
function mistakeIn(query: string): string | undefined {
  const cursor = parser.parse(query).cursor();
  do {
    if (cursor.type.isError) return `${query.slice(0, cursor.from)} ⚠ ${query.slice(cursor.from)}`;
  } while (cursor.next());
  return undefined;
}

test.each([
  ['up == 1', true],
  ['sum by (a) (rate(b[5m])) / on (a) c offset 1h', true],
  ['sum(', false],
  ['rate(a[5 minutes])', false],
  ['a{b="c}', false],
])('the grammar tells a query from what is none: %s', (query, isOne) => {
  expect(mistakeIn(query) === undefined).toBe(isOne);
});

interface Rule {
  readonly name: string;
  readonly rule: JsonObject;
}

const rulesOf = (groups: unknown): Rule[] =>
  asArray(groups).flatMap(group =>
    asArray(asObject(group)['rules']).map(rule => {
      const { alert, record } = asObject(rule);
      return { name: asString(alert) ?? asString(record) ?? '', rule: asObject(rule) };
    }),
  );

describe.each(files('alerts', 'rules'))('rules/%s', file => {
  const rules = rulesOf(asObject(parse(read('alerts', 'rules', file)))['groups']);

  test('has queries that Prometheus takes, and alerts that say what to do', () => {
    expect(rules.length).toBeGreaterThan(1);
    for (const { name, rule } of rules) {
      expect([name, mistakeIn(String(rule['expr']))]).toEqual([name, undefined]);
      if (rule['alert'] === undefined) continue;
      const { summary, description } = asObject(rule['annotations']);
      expect([name, asObject(rule['labels'])['severity']]).toEqual([
        name,
        expect.stringMatching(/^(critical|warning|none)$/),
      ]);
      expect(String(summary)).toMatch(/\.$/);
      expect(String(description)).toMatch(/\.$/);
      // Labels that the text names have to be left by the query where it groups.
      const kept = [...String(rule['expr']).matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
        list.split(/,\s*/),
      );
      if (kept.length === 0) continue;
      const used = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
      expect([name, used.filter(label => !kept.includes(label ?? ''))]).toEqual([name, []]);
    }
  });
});

test("a GPU alerts on the errors that the GPU smoke test calls the GPU's, and on no other", () => {
  const rules = rulesOf(asObject(parse(read('alerts', 'rules', 'gpu.yaml')))['groups']);
  const expr = String(rules.find(({ name }) => name === 'GpuError')?.rule['expr']);
  const told = readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'gpu-smoke-test', 'src', 'checks', 'xid.ts'),
    'utf8',
  );
  const known = [...told.matchAll(/^ {2}(\d+): /gm)].map(([, number]) => number);
  expect(known).toContain('79');
  expect(expr.split(/\s+or\s+/)).toEqual(known.map(number => `DCGM_FI_DEV_XID_ERRORS == ${number}`));
});

test('no two alerts have one name', () => {
  const names = files('alerts', 'rules').flatMap(file =>
    rulesOf(asObject(parse(read('alerts', 'rules', file)))['groups']).flatMap(
      ({ rule }) => asString(rule['alert']) ?? [],
    ),
  );
  expect(names).toEqual([...new Set(names)]);
});

describe.each(files('dashboards', 'dashboards'))('dashboards/%s', file => {
  const dashboard = asObject(JSON.parse(read('dashboards', 'dashboards', file)));
  const panels = asArray(dashboard['panels']).map(asObject);

  test('has an address of its own, and panels beside one another', () => {
    expect(dashboard['uid']).toBe(`platform-${file.replace('.json', '')}`);
    const places = panels.map(({ gridPos }) => asObject(gridPos));
    for (const [index, { x, y, w }] of places.entries()) {
      expect(Number(x) + Number(w)).toBeLessThanOrEqual(24);
      expect(places.findIndex(place => place['x'] === x && place['y'] === y)).toBe(index);
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  test('asks Prometheus what it takes, and data sources that there are', () => {
    for (const { title, datasource, targets } of panels) {
      const { type, uid } = asObject(datasource);
      expect([title, type, uid]).toEqual([title, type, type]);
      expect(['prometheus', 'loki']).toContain(type);
      if (type !== 'prometheus') continue;
      for (const target of asArray(targets).map(asObject)) {
        // What Grafana puts in before it asks.
        const query = String(target['expr']).replaceAll('$__rate_interval', '5m');
        expect([title, mistakeIn(query)]).toEqual([title, undefined]);
      }
    }
  });
});

const withHelm = helmFile === undefined ? describe.skip : describe;

withHelm(`the charts of alerts and dashboards${whereHelm}`, () => {
  let renderer: ChartRenderer;
  const render = (name: string, values: JsonObject, place = charts) =>
    renderer.render(name, values, { namespace: 'monitoring', place });

  beforeAll(async () => {
    renderer = await openCharts();
  });
  afterAll(() => renderer.close());

  const named = (objects: readonly JsonObject[], name: string) =>
    objects.find(({ metadata }) => asObject(metadata)['name'] === name);
  const layer = `  releases: { dashboards: true, loki: true, alerts: {
    objectives: [{ name: web, target: 99.9, errors: 'http_requests_total{code=~"5.."}', total: http_requests_total }],
    receivers: [{ name: duty, type: pagerduty, secret: duty, severity: critical }] } }`;
  const valuesOf = (name: string, text = layer) => releaseOf(viewOf('guide', 'prod', text), name).values;

  test('an object for each file that is on', async () => {
    const objects = await render('alerts', valuesOf('alerts'));
    const names = objects.map(({ metadata }) => String(asObject(metadata)['name'])).sort();
    expect(names).toEqual(
      [
        'platform',
        'platform-objective-web',
        ...files('alerts', 'rules').map(file => `platform-${file.replace('.yaml', '')}`),
      ].sort(),
    );
    const without = await render('alerts', { rules: { nodes: false } });
    expect(named(without, 'platform-nodes')).toBeUndefined();
    expect(named(without, 'platform-gpu')).toBeUndefined();
  });

  test('what Prometheus fills in comes through, and the environment is told', async () => {
    const objects = await render('alerts', valuesOf('alerts'));
    expect(JSON.stringify(named(objects, 'platform-nodes'))).toContain('Node {{ $labels.node }} is not ready.');
    expect(JSON.stringify(named(objects, 'platform-platform'))).toContain('"environment":"prod"');
  });

  test('an objective is recorded over seven windows and alerted on at four speeds', async () => {
    const objects = await render('alerts', valuesOf('alerts'));
    const rules = rulesOf(asObject(named(objects, 'platform-objective-web')?.['spec'])['groups']);
    for (const { name, rule } of rules) expect([name, mistakeIn(String(rule['expr']))]).toEqual([name, undefined]);
    const recorded = rules.filter(({ rule }) => rule['record'] !== undefined).map(({ name }) => name);
    expect(recorded).toEqual([
      'objective:target',
      ...['5m', '30m', '1h', '2h', '6h', '1d', '3d'].map(window => `objective:errors:ratio_rate${window}`),
    ]);
    const alerts = rules.filter(({ rule }) => rule['alert'] !== undefined).map(({ rule }) => rule);
    expect(alerts.map(({ expr }) => /> ([\d.]+)/.exec(String(expr))?.[1])).toEqual([
      '0.014400',
      '0.006000',
      '0.003000',
      '0.001000',
    ]);
    // What an alert looks at is recorded.
    for (const { expr } of alerts) {
      for (const [name] of String(expr).matchAll(/objective:errors:ratio_rate\w+/g)) expect(recorded).toContain(name);
    }
  });

  test('receivers are routed to by severity, and without any nobody is told', async () => {
    const config = named(await render('alerts', valuesOf('alerts')), 'platform');
    expect(config).toMatchObject({
      kind: 'AlertmanagerConfig',
      spec: {
        route: {
          receiver: 'nobody',
          routes: [{ receiver: 'duty', matchers: [{ name: 'severity', value: 'critical', matchType: '=~' }] }],
        },
        receivers: [
          { name: 'nobody' },
          { name: 'duty', pagerdutyConfigs: [{ routingKey: { name: 'duty', key: 'routing-key' } }] },
        ],
      },
    });
    // What is critical of one thing mutes the warning of that thing alone.
    const [inhibition] = asArray(asObject(config?.['spec'])['inhibitRules']).map(asObject);
    expect(asArray(inhibition?.['equal'])).toEqual(
      expect.arrayContaining(['alertname', 'namespace', 'objective', 'node', 'instance']),
    );
    const silent = named(await render('alerts', {}), 'platform');
    expect(silent?.['spec']).toMatchObject({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] });
  });

  test('dashboards carry the label that Grafana looks for', async () => {
    const objects = await render('dashboards', valuesOf('dashboards'));
    expect(objects).toHaveLength(files('dashboards', 'dashboards').length);
    for (const { metadata, data } of objects) {
      expect(asObject(metadata)['labels']).toMatchObject({ grafana_dashboard: '1' });
      const [[key = '', text] = []] = Object.entries(asObject(data));
      expect(key).toMatch(/^platform-[a-z-]+\.json$/);
      expect(asObject(JSON.parse(String(text)))['uid']).toBe(key.replace('.json', ''));
    }
    expect(JSON.stringify(objects)).toContain('{{namespace}}');
  });

  test.each([
    ['alerts', { ruels: {} }],
    ['alerts', { rules: { nodez: true } }],
    ['alerts', { objectives: [{ name: 'a', target: 100, errors: 'a', total: 'b' }] }],
    ['dashboards', { dashboards: { gpus: true } }],
  ] as const)('a key that %s does not know is refused: %j', async (chart, values) => {
    await expect(render(chart, values)).rejects.toThrow();
  });

  test.each<[string, string]>([
    ['alerts', charts],
    ['dashboards', charts],
    ['loki', placeOfOthers('loki')],
    ['alloy', placeOfOthers('alloy')],
    ['jaeger', placeOfOthers('jaeger')],
  ])('no value that %s gets is without effect', async (name, place) => {
    const { values } = releaseOf(viewOf('everything', 'prod'), name);
    expect(await idleLeavesOf(values, changed => render(name, changed, place))).toEqual([]);
  });
});
