import { describe, expect, test } from '@jest/globals';
import { sentenceList } from '@suite/foundation';
import { parsePlatform, type Releases, resolveEnvironment } from './index.ts';
import { knownReleaseNames } from './releases.ts';
import { problemsOf } from './testing/index.ts';

const digest = `sha256:${'a'.repeat(64)}`;

interface Layers {
  readonly defaults?: string;
  readonly dev?: string;
  readonly region?: string;
  readonly domain?: boolean;
}

/** Lines 7, 9 and 11 hold what the layers say. */
function file({ defaults = '', dev = '', region = '', domain = false }: Layers): string {
  return `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
${domain ? 'domain: platform.contoso.com' : '# no domain'}
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
defaults:
  ${defaults === '' ? '{}' : `releases: ${defaults}`}
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, ${dev === '' ? '' : `${dev}, `}
    regions:
      { westeurope: ${region === '' ? '' : `{ releases: ${region} }`} } }
  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside }
`;
}

function releasesOf(layers: Layers, environment = 'dev'): Releases {
  return resolveEnvironment(parsePlatform(file(layers), 'p.yaml').source, environment, 'westeurope').releases;
}

const said = (releases: string): Layers => ({ dev: `releases: ${releases}` });

describe('what is on', () => {
  test.each<[string, Layers, readonly string[]]>([
    ['all of ours by default', {}, ['operatorCrds', 'certManager', 'issuers', 'metrics', 'argoCd']],
    ['without Argo CD', said('{ argo-cd: false }'), ['operatorCrds', 'certManager', 'issuers', 'metrics']],
    ['no issuers without cert-manager', said('{ cert-manager: false }'), ['operatorCrds', 'metrics', 'argoCd']],
    [
      'an environment over the defaults',
      { defaults: '{ argo-cd: false, cert-manager: false }', ...said('{ cert-manager: true }') },
      ['operatorCrds', 'certManager', 'issuers', 'metrics'],
    ],
    [
      'a region over its environment',
      { ...said('{ argo-cd: false }'), region: '{ argo-cd: true, kube-prometheus-stack: false }' },
      ['operatorCrds', 'certManager', 'issuers', 'argoCd'],
    ],
  ])('%s', (_name, layers, expected) => {
    const { own, ...ours } = releasesOf(layers);
    expect(own).toEqual([]);
    const names = Object.entries(ours).flatMap(([name, release]) => (release === undefined ? [] : [name]));
    expect(names).toEqual(expected);
  });
});

describe('settings', () => {
  test('defaults', () => {
    const plain = { version: undefined, digest: undefined, values: {} };
    expect(releasesOf({})).toEqual({
      operatorCrds: { ...plain, setting: 'releases.prometheus-operator-crds' },
      certManager: { ...plain, setting: 'releases.cert-manager', email: undefined },
      issuers: { ...plain, setting: 'releases.issuers', challenge: 'dns' },
      metrics: {
        ...plain,
        setting: 'releases.kube-prometheus-stack',
        retention: '15d',
        storage: '50Gi',
        grafana: true,
      },
      argoCd: { ...plain, setting: 'releases.argo-cd', highAvailability: false, scarce: { wants: 3, has: 1 } },
      own: [],
    });
  });

  test('switching on keeps what a lower layer says', () => {
    const layers = { defaults: '{ kube-prometheus-stack: { retention: 30d } }' };
    expect(releasesOf({ ...layers, ...said('{ kube-prometheus-stack: true }') }).metrics?.retention).toBe('30d');
  });

  test('a version comes with its digest', () => {
    const { argoCd } = releasesOf(said(`{ argo-cd: { version: 10.2.0, digest: "${digest}" } }`));
    expect(argoCd).toMatchObject({ version: '10.2.0', digest });
  });

  test.each([
    ['its own', said('{ cert-manager: { email: a@contoso.com } }'), 'a@contoso.com'],
    ['that of alerts', { dev: 'alerts: { email: [b@contoso.com, c@contoso.com] }' }, 'b@contoso.com'],
    ['none', {}, undefined],
  ])('the contact for certificates: %s', (_name, layers, email) => {
    expect(releasesOf(layers).certManager?.email).toBe(email);
  });

  test.each([
    ['one node at least', '', false, { wants: 3, has: 1 }],
    ['three nodes at least', 'cluster: { pools: { user: { min: 3 } } }', true, undefined],
    [
      'one in each of three zones',
      'cluster: { pools: { user: { zones: [1, 2, 3], per-zone: true } } }',
      true,
      undefined,
    ],
    ['no user pool', 'cluster: { pools: { user: false } }', false, { wants: 3, has: 0 }],
    ['said', 'releases: { argo-cd: { high-availability: true } }', true, undefined],
    ['refused', 'releases: { argo-cd: { high-availability: false } }', false, undefined],
  ])('high availability of Argo CD: %s', (_name, dev, highAvailability, scarce) => {
    expect(releasesOf({ dev }).argoCd).toMatchObject({ highAvailability });
    expect(releasesOf({ dev }).argoCd?.scarce).toEqual(scarce);
  });

  test.each([
    ['dev', {}, 'on-failure'],
    ['prod', {}, 'never'],
    ['dev', { dev: 'rollback: never' }, 'never'],
  ])('rollback of %s', (environment, layers, expected) => {
    const { source } = parsePlatform(file(layers), 'p.yaml');
    expect(resolveEnvironment(source, environment, 'westeurope').rollback).toBe(expected);
  });

  test('values come together over all layers; lists, words and null replace', () => {
    const { certManager } = releasesOf({
      defaults: '{ cert-manager: { values: { a: { b: 1, c: [1, 2], d: { e: 1 } }, f: { g: 1 } } } }',
      dev: 'releases: { cert-manager: { values: { a: { c: [3], d: true, h: null } } } }',
      region: '{ cert-manager: { values: { f: { g: { i: 2 } } } } }',
    });
    expect(certManager?.values).toEqual({ a: { b: 1, c: [3], d: true, h: null }, f: { g: { i: 2 } } });
  });
});

describe('own releases', () => {
  test('of all three kinds', () => {
    const { own } = releasesOf({
      defaults: `{
    traefik: { chart: oci://ghcr.io/traefik/helm/traefik, version: 39.0.0, digest: "${digest}", namespace: ingress },
    minio: { chart: minio, repository: "https://charts.min.io", version: 5.4.0, digest: "${digest}", namespace: data },
    ours: { chart: ./charts/ours, namespace: ours } }`,
      dev: `releases: { minio: { needs: [cert-manager, ours], stateful: true, timeout: 30m, pod-security: baseline, values: { a: 1 },
    ready: { conditions: [{ api-version: minio.min.io/v2, kind: Tenant, name: main }, { api-version: v1, kind: Node, name: n, namespace: x, condition: DiskPressure }],
      http: [{ service: minio, port: 9000, path: /minio/health/live, scheme: https }, { service: console, port: 80 }] } }, traefik: false }`,
      region: '{ ours: true }',
    });
    const ready = { conditions: [], http: [] };
    const plain = { podSecurity: 'restricted', needs: [], values: {}, ready, timeoutMinutes: 15, isStateful: false };
    expect(own).toEqual([
      {
        name: 'minio',
        chart: { kind: 'http', repository: 'https://charts.min.io', name: 'minio', version: '5.4.0', digest },
        namespace: 'data',
        podSecurity: 'baseline',
        needs: ['cert-manager', 'ours'],
        values: { a: 1 },
        ready: {
          conditions: [
            { apiVersion: 'minio.min.io/v2', kind: 'Tenant', namespace: 'data', name: 'main', condition: 'Ready' },
            { apiVersion: 'v1', kind: 'Node', namespace: 'x', name: 'n', condition: 'DiskPressure' },
          ],
          http: [
            { service: 'minio', port: '9000', path: '/minio/health/live', scheme: 'https' },
            { service: 'console', port: '80', path: '/', scheme: 'http' },
          ],
        },
        timeoutMinutes: 30,
        isStateful: true,
        setting: 'releases.minio',
      },
      {
        ...plain,
        name: 'ours',
        chart: { kind: 'folder', path: './charts/ours' },
        namespace: 'ours',
        setting: 'releases.ours',
      },
    ]);
    expect(
      releasesOf({
        defaults: `{ traefik: { chart: oci://ghcr.io/t/traefik, version: 39.0.0, digest: "${digest}", namespace: ingress } }`,
      }).own,
    ).toEqual([
      {
        ...plain,
        name: 'traefik',
        chart: { kind: 'oci', url: 'oci://ghcr.io/t/traefik', version: '39.0.0', digest },
        namespace: 'ingress',
        setting: 'releases.traefik',
      },
    ]);
  });
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
  const oci = `chart: oci://ghcr.io/a/b, version: 1.0.0, digest: "${digest}"`;
  test.each<[string, Layers, readonly string[]]>([
    [
      'a name like one of ours',
      said('{ cert-manger: { values: {} } }'),
      ['{ | Unknown release `cert-manger`. Did you mean `cert-manager`? One of your own names its `chart`.'],
    ],
    [
      'a name like nothing',
      { defaults: '{ vault: true }' },
      [
        `true | Unknown release \`vault\`. Known are ${sentenceList(knownReleaseNames)}. One of your own names its \`chart\`.`,
      ],
    ],
    [
      'an option that is none',
      said('{ argo-cd: { high-availabilty: true } }'),
      [
        'high-availabilty: | Unknown key `environments.dev.releases.argo-cd.high-availabilty`. Did you mean `high-availability`?',
      ],
    ],
    [
      'an option of an own one that is none',
      said(`{ ours: { ${oci}, namespace: a, valeus: {} } }`),
      ['valeus: | Unknown key `environments.dev.releases.ours.valeus`. Did you mean `values`?'],
    ],
    [
      'what it waits for is none',
      said(
        `{ ours: { ${oci}, namespace: a, ready: { conditions: [{ api-version: 1, kind: x, name: A }], http: [{ service: s, port: 0, path: a }] } } }`,
      ),
      [
        '1 | `environments.dev.releases.ours.ready.conditions[0].api-version` is `1`. Expected a version of an API, such as postgresql.cnpg.io/v1.',
        'x | `environments.dev.releases.ours.ready.conditions[0].kind` is `x`. Expected a kind, such as Cluster.',
        'A | `environments.dev.releases.ours.ready.conditions[0].name` is `A`. Expected the name of an object: lower-case letters, digits, dashes and dots.',
        '0 | `environments.dev.releases.ours.ready.http[0].port` is `0`. Expected a whole number from 1 to 65535.',
        'a | `environments.dev.releases.ours.ready.http[0].path` is `a`. Expected a path, such as /healthz.',
      ],
    ],
    [
      'a value that is none',
      said('{ argo-cd: { high-availability: maybe } }'),
      ['maybe | `environments.dev.releases.argo-cd.high-availability` is `maybe`. Expected auto, true or false.'],
    ],
    [
      'a number that JSON does not have',
      said('{ argo-cd: { values: { a: [1, .inf] } } }'),
      ['.inf] | `environments.dev.releases.argo-cd.values.a[1]` is `.inf`. Expected a number that JSON can hold.'],
    ],
    [
      'a version without digest',
      said('{ argo-cd: { version: 10.2.0 } }'),
      [
        '10.2.0 | Of `10.2.0` of `argo-cd` no digest is known. Name the digest beside it: `helm pull` prints that of an OCI chart, index.yaml has the others.',
      ],
    ],
    [
      'a range of versions',
      said('{ argo-cd: { version: ^10.2 } }'),
      [
        '^10.2 | `environments.dev.releases.argo-cd.version` is `^10.2`. Expected one version of the chart, in full, such as 1.2.3.',
      ],
    ],
    [
      'monitors without their kinds',
      said('{ prometheus-operator-crds: false }'),
      [
        'false | `kube-prometheus-stack` needs `prometheus-operator-crds`, which is off. Remove `prometheus-operator-crds: false`, or set `kube-prometheus-stack: false` too.',
      ],
    ],
    [
      'issuers without cert-manager',
      said('{ cert-manager: false, issuers: true }'),
      ['true | `issuers` needs `cert-manager`, which is off. Remove `cert-manager: false`, or `issuers`.'],
    ],
    [
      'issuers that cannot write to the zone',
      { domain: true, dev: 'releases: { issuers: true }, cluster: { features: { workload-identity: false } }' },
      [
        "true | Let's Encrypt asks for records in the DNS zone, which cert-manager writes with workload identity, and that is off. Remove `workload-identity: false`, or `issuers`.",
      ],
    ],
    [
      'high availability on two nodes',
      { dev: 'cluster: { pools: { user: { max: 2 } } }, releases: { argo-cd: { high-availability: true } }' },
      [
        'true | Redis wants 3 nodes for itself to fail over, and the user pool has 2 at most. Set `cluster.pools.user.max: 3` or more, or `high-availability: auto`.',
      ],
    ],
    [
      'a chart from nowhere',
      said(`{ ours: { chart: minio, version: 1.0.0, digest: "${digest}", namespace: a } }`),
      ['minio | Nothing says where the chart `minio` is. Add `repository: https://…`, or write oci://… or ./….'],
    ],
    [
      'a chart from two places',
      said(`{ ours: { ${oci}, namespace: a, repository: "https://charts.min.io" } }`),
      [
        '"https://charts.min.io" | `oci://ghcr.io/a/b` says already where the chart is. Remove `repository`, or name the chart in it.',
      ],
    ],
    [
      'a folder outside of the repository',
      said('{ ours: { chart: ./../x, namespace: a } }'),
      [
        './../x | `environments.dev.releases.ours.chart` is `./../x`. Expected oci://…, a folder such as ./charts/ours, or with `repository` the name of a chart.',
      ],
    ],
    [
      'a folder with a version',
      said('{ ours: { chart: ./x, version: 1.0.0, namespace: a } }'),
      ['1.0.0 | A chart in a folder has the `version` of this repository. Remove it.'],
    ],
    [
      'an own one without anything',
      said('{ ours: { chart: oci://ghcr.io/a/b } }'),
      [
        '{ | `ours` has no `version`. Name one version of the chart, in full.',
        '{ | `ours` has no `namespace`. Name the one that it is installed in.',
      ],
    ],
    [
      'an own one without digest',
      said('{ ours: { chart: oci://ghcr.io/a/b, version: 1.0.0, namespace: a } }'),
      [
        '1.0.0 | Of `1.0.0` of `ours` no digest is known. Name the digest beside it: `helm pull` prints that of an OCI chart, index.yaml has the others.',
      ],
    ],
    [
      'a name that Helm does not take',
      said(`{ Ours: { ${oci}, namespace: a } }`),
      ['{ | `Ours` cannot be the name of a release. Use at most 53 lower-case letters, digits and dashes.'],
    ],
    [
      'three hours',
      said('{ ours: { chart: ./x, namespace: a, timeout: 180m } }'),
      ['180m | `ours` cannot take 180m. Use 1m to 120m.'],
    ],
    [
      'two levels in one namespace',
      said('{ a: { chart: ./x, namespace: n, pod-security: baseline }, b: { chart: ./x, namespace: n } }'),
      [
        'dev: | `b` wants the namespace `n` to be restricted, which is baseline for the others in it. Say `pod-security: baseline`, or use another namespace.',
      ],
    ],
    [
      'another level in a namespace of ours',
      said('{ a: { chart: ./x, namespace: monitoring, pod-security: baseline } }'),
      [
        'baseline | `a` wants the namespace `monitoring` to be baseline, which is privileged for the others in it. Say `pod-security: privileged`, or use another namespace.',
      ],
    ],
    [
      'needs that never come',
      said(
        '{ argo-cd: false, ours: { chart: ./x, namespace: a, needs: [argo-cd, cert-manger, ours, issuers, issuers, x] } }',
      ),
      [
        'argo-cd | `ours` needs `argo-cd`, which is off. Switch it on, or remove it from `needs`.',
        'cert-manger | `ours` needs `cert-manger`, which is no release. Did you mean `cert-manager`?',
        'ours | `ours` needs itself. Remove it.',
        'issuers | `ours` needs `issuers` twice. Remove one.',
        'x] | `ours` needs `x`, which is no release. On are prometheus-operator-crds, cert-manager, issuers, kube-prometheus-stack and ours.',
      ],
    ],
    [
      'a circle',
      said(
        '{ a: { chart: ./x, namespace: a, needs: [b] }, b: { chart: ./x, namespace: a, needs: [c] }, c: { chart: ./x, namespace: a, needs: [b] } }',
      ),
      ['[c] | Each of these waits for the next: `b` → `c` → `b`. Remove one of the edges.'],
    ],
  ])('%s', (_name, layers, expected) => {
    expect(pointed(file(layers))).toEqual(expected);
  });
});
