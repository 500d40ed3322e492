import { describe, expect, test } from '@jest/globals';
import { parsePlatform, type Releases, resolveEnvironment } from './index.ts';
import { problemsOf } from './testing/index.ts';

/** Line 8 holds what dev says, line 9 what production says. */
function file(dev: string, prod = ''): string {
  const more = (said: string) => (said === '' ? '' : `, ${said}`);
  return `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
domain: platform.contoso.com
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
defaults: {}
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope${more(dev)} }
  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside${more(prod)} }
`;
}

function releasesOf(said: string, environment: 'dev' | 'prod' = 'dev'): Releases {
  const text = environment === 'dev' ? file(said) : file('', said);
  return resolveEnvironment(parsePlatform(text, 'p.yaml').source, environment, 'westeurope').releases;
}

const plain = (name: string) => ({ version: undefined, digest: undefined, values: {}, setting: `releases.${name}` });

test('nothing of it is on until somebody asks for it', () => {
  const { loki, alloy, jaeger, alerts, dashboards } = releasesOf('');
  expect([loki, alloy, jaeger, alerts, dashboards]).toEqual(Array(5).fill(undefined));
});

describe('what is on has the defaults of its class', () => {
  const on = 'releases: { loki: true, alloy: true, jaeger: true, alerts: true, dashboards: true }';

  test('dev: one server, no cache', () => {
    const { loki, alloy, jaeger, alerts, dashboards } = releasesOf(on);
    expect({ loki, alloy, jaeger, alerts, dashboards }).toEqual({
      loki: { ...plain('loki'), retentionHours: 720, storage: '10Gi', replicas: 1, cacheMebibytes: undefined },
      alloy: plain('alloy'),
      jaeger: { ...plain('jaeger'), storage: { kind: 'memory', maxTraces: 50_000 } },
      alerts: { ...plain('alerts'), receivers: [], objectives: [] },
      dashboards: plain('dashboards'),
    });
  });

  test('production: three servers and a cache', () => {
    expect(releasesOf(on, 'prod').loki).toMatchObject({ replicas: 3, cacheMebibytes: 1024 });
  });

  test.each<[string, string, object]>([
    [
      'production of two nodes',
      'cluster: { pools: { user: { max: 2 } } }, releases: { loki: true }',
      { replicas: 1, scarce: { wants: 3, has: 2 } },
    ],
    [
      'said',
      'releases: { loki: { replicas: 5, retention: 2w, storage: 1Ti, cache: 512Mi } }',
      {
        replicas: 5,
        retentionHours: 336,
        storage: '1Ti',
        cacheMebibytes: 512,
      },
    ],
    ['without a cache', 'releases: { loki: { cache: off } }', { cacheMebibytes: undefined }],
  ])('Loki in production: %s', (_name, said, expected) => {
    expect(releasesOf(said, 'prod').loki).toMatchObject(expected);
  });

  test('traces on disk', () => {
    expect(releasesOf('releases: { jaeger: { storage: disk, retention: 48h } }').jaeger?.storage).toEqual({
      kind: 'disk',
      size: '10Gi',
      retentionHours: 48,
    });
  });
});

test('receivers name a key of a Secret, each in its own way', () => {
  const { alerts } = releasesOf(`releases: { alerts: { receivers: [
    { name: hook, type: webhook, secret: hook },
    { name: team, type: teams, secret: team, key: address, severity: critical },
    { name: duty, type: pagerduty, secret: duty, resolved: false },
    { name: mail, type: email, to: [a@contoso.com], from: b@contoso.com, smarthost: "smtp:587", username: u, secret: mail },
    { name: open, type: email, to: [a@contoso.com], from: b@contoso.com, smarthost: "smtp:25" }] } }`);
  const about = { severity: 'warning', sendResolved: true };
  const mail = { ...about, type: 'email', to: ['a@contoso.com'], from: 'b@contoso.com' };
  expect(alerts?.receivers).toEqual([
    { ...about, name: 'hook', type: 'webhook', secret: { name: 'hook', key: 'url' } },
    { ...about, name: 'team', type: 'teams', severity: 'critical', secret: { name: 'team', key: 'address' } },
    { ...about, name: 'duty', type: 'pagerduty', sendResolved: false, secret: { name: 'duty', key: 'routing-key' } },
    {
      ...mail,
      name: 'mail',
      smarthost: 'smtp:587',
      login: { username: 'u', password: { name: 'mail', key: 'password' } },
    },
    { ...mail, name: 'open', smarthost: 'smtp:25', login: undefined },
  ]);
});

/** What stands where a problem is reported, and the problem. */
function pointed(text: string): string[] {
  return problemsOf(() => parsePlatform(text, 'p.yaml')).map(problem => {
    const [, line, column, message] = /^p\.yaml:(\d+):(\d+): (.*)$/.exec(problem) ?? [];
    const rest = text.split('\n')[Number(line) - 1]?.slice(Number(column) - 1) ?? '';
    return `${/^[^\s,]*/.exec(rest)?.[0]} | ${message}`;
  });
}

describe('what is refused, where and with what advice', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'logs without a storage account',
      'storage: false, backup: false, network: { flow-logs: false }, releases: { loki: true }',
      [
        'true | `loki` keeps logs in the storage account, and there is none. Remove `storage: false`, or set `loki: false`.',
      ],
    ],
    [
      'logs without identity',
      'cluster: { features: { workload-identity: false } }, releases: { loki: true }',
      [
        'true | `loki` reaches the storage account with workload identity, and that is off. Remove `workload-identity: false`, or set `loki: false`.',
      ],
    ],
    [
      'more servers than nodes',
      'cluster: { pools: { user: { max: 2 } } }, releases: { loki: { replicas: 3 } }',
      [
        '3 | Each of 3 servers of Loki wants a node for itself, and the user pool has 2 at most. Set `cluster.pools.user.max: 3` or more, or fewer `replicas`.',
      ],
    ],
    [
      'two servers',
      'releases: { loki: { replicas: 2 } }',
      [
        '2 | Two servers of Loki are no safer than one: while one is away, nothing is written. Use one, or three and more.',
      ],
    ],
    [
      'a cache that is no size',
      'releases: { loki: { cache: true } }',
      ['true | `environments.dev.releases.loki.cache` is `true`. Expected off, or a size such as 2Gi.'],
    ],
    [
      'hours of logs',
      'releases: { loki: { retention: 12h } }',
      ['12h | `environments.dev.releases.loki.retention` is `12h`. Expected a duration such as 30d.'],
    ],
    [
      'a collector for nobody',
      'releases: { alloy: true }',
      ['true | `alloy` collects for `loki` and `jaeger`, and both are off. Switch one of them on.'],
    ],
    [
      'traces on disk without disks',
      'backup: false, cluster: { features: { csi: { disk: false } } }, releases: { jaeger: { storage: disk } }',
      [
        'disk | Traces on disk need the driver for disks, which is off. Switch `cluster.features.csi.disk` on, or use `storage: memory`.',
      ],
    ],
    [
      'a size of memory',
      'releases: { jaeger: { size: 5Gi } }',
      ['5Gi | `size` says nothing with `storage: memory`. Remove it, or change `storage`.'],
    ],
    [
      'alerts of nobody',
      'releases: { kube-prometheus-stack: false, alerts: true }',
      ['true | `alerts` needs `kube-prometheus-stack`, which is off. Switch it on, or set `alerts: false`.'],
    ],
    [
      'dashboards without Grafana',
      'releases: { kube-prometheus-stack: { grafana: false }, dashboards: true }',
      [
        'true | `dashboards` needs Grafana, which is off. Switch `kube-prometheus-stack` on with its `grafana`, or set `dashboards: false`.',
      ],
    ],
    [
      'an address instead of a Secret',
      'releases: { alerts: { receivers: [{ name: a, type: webhook, secret: "https://hooks.contoso.com/x" }] } }',
      [
        '"https://hooks.contoso.com/x" | `environments.dev.releases.alerts.receivers[0].secret` is `https://hooks.contoso.com/x`. Expected the name of a Secret in the namespace `monitoring`, and not what it holds.',
      ],
    ],
    [
      'a receiver without a Secret',
      'releases: { alerts: { receivers: [{ name: a, type: teams }] } }',
      [
        '{ | `teams` of `a` has no `secret`. Name the Secret in the namespace `monitoring` that holds its address or key.',
      ],
    ],
    [
      'mail to nobody',
      'releases: { alerts: { receivers: [{ name: a, type: email, to: [], from: a@contoso.com, username: u }] } }',
      [
        '{ | Mail to `a` lacks `to` and `smarthost`. Say who, from whom and by which server.',
        '{ | `a` signs in at the mail server with a user name and a password, and has only one of them. Set both `username` and `secret`, or neither.',
      ],
    ],
    [
      'keys of mail elsewhere',
      'releases: { alerts: { receivers: [{ name: a, type: pagerduty, secret: a, from: a@contoso.com }] } }',
      ['a@contoso.com | `from` is for mail, and `a` is `pagerduty`. Remove it.'],
    ],
    [
      'one name twice, and one that is taken',
      'releases: { alerts: { receivers: [{ name: a, type: teams, secret: a }, { name: a, type: teams, secret: b }, { name: nobody, type: teams, secret: a }] } }',
      [
        'a | `a` is the name of two receivers. Give each its own.',
        'nobody | `nobody` is the receiver that tells nobody. Use another name.',
      ],
    ],
    [
      'an objective of everything, counted by a formula',
      'releases: { alerts: { objectives: [{ name: web, target: 100, errors: "sum(x)", total: x }] } }',
      [
        '100 | `environments.dev.releases.alerts.objectives[0].target` is `100`. Expected a percentage from 50 to 99.999.',
        '"sum(x)" | `environments.dev.releases.alerts.objectives[0].errors` is `sum(x)`. Expected a counter and what selects of it, such as http_requests_total{code=~"5.."}.',
      ],
    ],
  ])('%s', (_name, dev, expected) => {
    expect(pointed(file(dev))).toEqual(expected);
  });
});
