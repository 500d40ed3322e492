import { describe, expect, test } from '@jest/globals';
import { KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import type { Release } from '../release.ts';
import { inputOf, viewOf } from '../releases/examples.fixture.ts';
import { resolveReleases } from '../releases/index.ts';
import type { RenderedRelease } from '../render.ts';
import { alertAnswer, dataSourceAnswer, linesAnswer, targetAnswers } from './answers.ts';
import { askAll } from './ask.ts';
import { askedOf } from './asked.ts';

const monitor = (namespace: string, name: string) => ({ namespace, name });
const target = (pool: string, health: string, lastError = '') => ({ scrapePool: pool, health, lastError });
const targets = (...activeTargets: readonly object[]) =>
  JSON.stringify({ status: 'success', data: { activeTargets, droppedTargets: [] } });

describe('targets', () => {
  const pool = 'serviceMonitor/monitoring/loki/0';

  test.each<[string, string, string, RegExp]>([
    ['all up', targets(target(pool, 'up'), target(pool, 'up')), 'passed', /^2 targets up\.$/],
    [
      'one down',
      targets(target(pool, 'up'), target(pool, 'down', 'refused')),
      'failed',
      /^1 of 2 targets is down: refused\.$/,
    ],
    [
      'one not scraped yet',
      targets(target(pool, 'up'), target(pool, 'unknown')),
      'waiting',
      /^1 of 2 targets was not scraped/,
    ],
    ['none', targets(), 'unknown', /no target of it/],
    [
      'those of one with a longer name',
      targets(target('serviceMonitor/monitoring/loki-canary/0', 'up')),
      'unknown',
      /no target/,
    ],
    ['those of another namespace', targets(target('serviceMonitor/other/loki/0', 'up')), 'unknown', /no target/],
    ['no answer of Prometheus', '<html>', 'unknown', /could not be read/],
  ])('%s', (_name, body, is, message) => {
    const [answer] = targetAnswers(body, [monitor('monitoring', 'loki')]);
    expect(answer).toEqual({ is, message: expect.stringMatching(message) });
  });
});

test.each<[string, string]>([
  ['{"status":"success","data":[]}', 'passed'],
  ['{"data":[],"total":0}', 'passed'],
  ['{"status":"error","error":"no org id"}', 'failed'],
  ['{"message":"Bad gateway"}', 'failed'],
  ['<html>', 'unknown'],
])('a data source that answers %s', (body, is) => {
  expect(dataSourceAnswer(body).is).toBe(is);
});

test.each<[string, string, string]>([
  ['lines', '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"300"]}]}}', 'passed'],
  ['none', '{"status":"success","data":{"resultType":"vector","result":[]}}', 'failed'],
  ['no answer of Loki', 'too many outstanding requests', 'unknown'],
])('lines of the canary: %s', (_name, body, is) => {
  expect(linesAnswer(body).is).toBe(is);
});

test.each<[string, string, string]>([
  ['arrived', '[{"labels":{"alertname":"Watchdog"}}]', 'passed'],
  ['others only', '[{"labels":{"alertname":"Other"}}]', 'failed'],
  ['none', '[]', 'failed'],
  ['no answer of Alertmanager', '{"code":500}', 'unknown'],
])('an alert: %s', (_name, body, is) => {
  expect(alertAnswer(body, 'Watchdog').is).toBe(is);
});

const rendered = (release: Release): RenderedRelease => ({
  release,
  chart: { path: '', name: release.name, version: '1.0.0', digest: '' },
  objects: ['loki', 'argo-cd'].includes(release.name)
    ? [
        {
          object: {
            apiVersion: 'monitoring.coreos.com/v1',
            kind: 'ServiceMonitor',
            metadata: { name: release.name, namespace: release.namespace },
          } as KubernetesObject,
          keep: false,
        },
      ]
    : [],
  hooks: [],
});
const askedFor = (layer: string) => {
  const view = viewOf('guide', 'dev', layer);
  return askedOf(resolveReleases(inputOf(view)).map(rendered), view);
};
const rowsOf = (layer: string) => askedFor(layer).flatMap(({ rows }) => rows.map(({ id }) => id));

describe('what is asked', () => {
  test('is what is on', () => {
    expect(rowsOf('')).toEqual([
      'running/target/argocd/argo-cd',
      'running/data-source/prometheus',
      'running/alert/Watchdog',
    ]);
    expect(rowsOf('  releases: { loki: true, jaeger: true, alerts: true }')).toEqual([
      'running/target/argocd/argo-cd',
      'running/target/monitoring/loki',
      'running/data-source/prometheus',
      'running/data-source/loki',
      'running/data-source/jaeger',
      'running/log-lines',
      'running/alert/Watchdog',
      'running/alert/PlatformCanary',
    ]);
  });

  test('is nothing without Prometheus, Grafana or Alertmanager', () => {
    expect(rowsOf('  releases: { kube-prometheus-stack: false }')).toEqual([]);
    expect(rowsOf('  releases: { kube-prometheus-stack: { grafana: false } }')).not.toContain(
      'running/data-source/prometheus',
    );
    const off = '  releases: { kube-prometheus-stack: { values: { alertmanager: { enabled: false } } } }';
    expect(rowsOf(off)).not.toContain('running/alert/Watchdog');
  });

  test('goes to the services that the charts make, each query written for an address', () => {
    const layer = '  releases: { loki: true, alerts: true }';
    const paths = askedFor(layer).map(({ service }) => `${service.service}:${service.port}${service.path}`);
    expect(paths).toEqual([
      'kube-prometheus-stack-prometheus:9090/api/v1/targets?state=active',
      'kube-prometheus-stack-grafana:80/api/datasources/proxy/uid/prometheus/api/v1/query?query=vector(1)',
      'kube-prometheus-stack-grafana:80/api/datasources/proxy/uid/loki/loki/api/v1/labels',
      'loki-gateway:80/loki/api/v1/query?query=sum%28count_over_time%28%7Bpod%3D%7E%22loki-canary-.%2B%22%7D%5B5m%5D%29%29',
      'kube-prometheus-stack-alertmanager:9093/api/v2/alerts?filter=alertname%3D%22Watchdog%22&active=true',
      'kube-prometheus-stack-alertmanager:9093/api/v2/alerts?filter=alertname%3D%22PlatformCanary%22&active=true',
    ]);
  });
});

describe('asking', () => {
  const watch = askedFor('').filter(({ rows }) => rows[0]?.id === 'running/alert/Watchdog');
  const source = askedFor('').filter(({ rows }) => rows[0]?.id === 'running/data-source/prometheus');
  const arrived = '[{"labels":{"alertname":"Watchdog"}}]';

  /** Gives these answers one after the other, then the last one. */
  async function run(asked: typeof watch, answers: readonly (string | KubernetesFailure)[]) {
    let now = 0;
    let times = 0;
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const ask = async () => {
      const answer = answers[Math.min(times, answers.length - 1)] ?? '';
      times += 1;
      if (typeof answer === 'string') return answer;
      throw answer;
    };
    const [check] = await askAll(asked, { ask }, { clock, signal: new AbortController().signal, patienceMs: 60_000 });
    return { status: check?.status, message: check?.message, times, seconds: now / 1000 };
  }
  const failure = (kind: KubernetesFailure['kind']) => new KubernetesFailure(kind, { message: `${kind}\nmore` });

  test.each<[string, readonly (string | KubernetesFailure)[], object]>([
    ['seen at once', [arrived], { status: 'passed', times: 1, seconds: 0 }],
    ['seen after a while', ['[]', '[]', arrived], { status: 'passed', times: 3, seconds: 10 }],
    ['never seen', ['[]'], { status: 'failed', times: 13, seconds: 60 }],
    ['unreadable', ['?'], { status: 'unknown', times: 1 }],
    ['no right to ask', [failure('forbidden')], { status: 'unknown', message: 'forbidden', times: 1 }],
    ['no such page', [failure('absent')], { status: 'unknown', times: 1 }],
    ['no answer', [failure('busy')], { status: 'failed', times: 13, seconds: 60 }],
  ])('an alert: %s', async (_name, answers, expected) => {
    expect(await run(watch, answers)).toMatchObject(expected);
  });

  test.each<[string, readonly (string | KubernetesFailure)[], object]>([
    ['Grafana wants a sign-in', [failure('unauthorized')], { status: 'unknown', times: 1 }],
    ['what is behind Grafana does not answer', [failure('busy')], { status: 'failed', times: 13 }],
    ['it comes back', [failure('busy'), '{"status":"success"}'], { status: 'passed', times: 2 }],
  ])('a data source: %s', async (_name, answers, expected) => {
    expect(await run(source, answers)).toMatchObject(expected);
  });

  test('a defect is no answer', async () => {
    const ask = () => Promise.reject(new TypeError('a defect'));
    const clock = { now: () => 0, sleep: async () => {} };
    await expect(
      askAll(watch, { ask }, { clock, signal: new AbortController().signal, patienceMs: 60_000 }),
    ).rejects.toThrow('a defect');
  });
});
