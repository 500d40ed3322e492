import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { lockDigest } from './chart-lock.ts';
import { editsFor } from './edits.ts';
import { app, digest, folder, readMap, web } from './testing.ts';
import type { DeliveredApp, PlacedChart } from './types.ts';

const at = (file: string) => `${folder}/${file}`;
const address = 'oci://ghcr.io/contoso/charts/redis';
const redis: PlacedChart = { name: 'redis', address, version: '1.3.0', digest };
const mongo: PlacedChart = { name: 'mongo', address: 'https://charts.contoso.com/mongo', version: '2.1.0', digest };
const shop = app({ images: [], charts: ['redis'] });

type Files = Readonly<Record<string, string>>;

async function edited(files: Files, apps: readonly DeliveredApp[] = [shop], images = [web]) {
  const cargo = { images, charts: [redis, mongo] };
  const edits = await editsFor(readMap(files), apps, cargo);
  const after = { ...files, ...Object.fromEntries(edits.files.map(file => [file.path, file.after])) };
  // A second run has nothing to do.
  expect((await editsFor(readMap(after), apps, cargo)).files).toEqual([]);
  return { edits, after };
}

async function problems(files: Files, apps: readonly DeliveredApp[] = [shop]) {
  const error = await editsFor(readMap(files), apps, { images: [], charts: [redis, mongo] }).catch(caught => caught);
  if (!(error instanceof UserError)) throw error;
  return error.message;
}

const chartYaml = (version: string, more = '') => `apiVersion: v2
name: shop
version: 0.1.0
dependencies:
  # the cache
  - name: redis
    version: ${version} # by hand
    repository: oci://ghcr.io/contoso/charts
${more}`;

describe('the version of a chart', () => {
  test('in a Chart.yaml is written where it stands, and everything else stays', async () => {
    const { after, edits } = await edited({ [at('Chart.yaml')]: chartYaml('1.2.3') });
    expect(after[at('Chart.yaml')]).toBe(chartYaml('1.3.0'));
    expect(edits.places).toEqual([
      {
        app: 'web',
        kind: 'chart',
        item: 'redis',
        form: 'chart',
        file: at('Chart.yaml'),
        line: 7,
        before: '1.2.3',
        after: '1.3.0',
      },
    ]);
  });

  test.each([
    ['in quotes', 'version: "1.2.3"', 'version: "1.3.0"'],
    ['as a range', 'version: ^1.0.0', 'version: 1.3.0'],
    ['by an alias of the repository', 'version: 1.2.3', 'version: 1.3.0', '"@contoso"'],
    ['with a slash at the end', 'version: 1.2.3', 'version: 1.3.0', 'oci://ghcr.io/Contoso/charts/'],
  ])('%s', async (_, before, expected, repository = 'oci://ghcr.io/contoso/charts') => {
    const of = (version: string) => `dependencies:\n- name: redis\n  ${version}\n  repository: ${repository}\n`;
    const { after } = await edited({ [at('Chart.yaml')]: of(before) });
    expect(after[at('Chart.yaml')]).toBe(of(expected));
  });

  test('in a kustomization', async () => {
    const of = (version: string) => `helmCharts:
- name: mongo
  repo: https://charts.contoso.com
  version: ${version}
  releaseName: db
- { name: other, repo: "https://charts.contoso.com", version: 1.0.0 }
`;
    const { after } = await edited({ [at('kustomization.yaml')]: of('2.0.0') }, [
      app({ images: [], charts: ['mongo'] }),
    ]);
    expect(after[at('kustomization.yaml')]).toBe(of('2.1.0'));
  });

  test.each([
    ['without the scheme of OCI', 'repoURL: ghcr.io/contoso/charts\n    chart: redis'],
    ['as an OCI source', `repoURL: ${address}\n    path: .`],
  ])('in the source of an Application %s, one of several or of a set', async (_, source) => {
    const one = (version: string) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    ${source}\n    targetRevision: ${version}\n`;
    const several = (version: string) => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
spec:
  template:
    spec:
      sources:
      - { repoURL: "https://github.com/contoso/gitops", path: values, ref: values }
      - { repoURL: "ghcr.io/contoso/charts", chart: redis, targetRevision: ${version} }
`;
    const { after } = await edited({ [at('a.yaml')]: one('1.2.3'), [at('b.yaml')]: several('1.2.3') });
    expect(after[at('a.yaml')]).toBe(one('1.3.0'));
    expect(after[at('b.yaml')]).toBe(several('1.3.0'));
  });

  test('is written beside digests of images, in one edit of a file', async () => {
    const of = (newName: string, version: string) =>
      `images:\n- name: web\n  newName: ${newName}\n  digest: ${digest}\nhelmCharts:\n- name: redis\n  repo: oci://ghcr.io/contoso/charts\n  version: ${version}\n`;
    const { edits } = await edited({ [at('kustomization.yaml')]: of('quay.io/x/web', '1.2.3') }, [
      app({ charts: ['redis'] }),
    ]);
    expect(edits.files.map(({ after }) => after)).toEqual([of(web.repository, '1.3.0')]);
  });

  test('of several applications in one file', async () => {
    const files = {
      'shared/Chart.yaml': chartYaml(
        '1.2.3',
        '  - { name: mongo, version: 2.0.0, repository: "https://charts.contoso.com/" }\n',
      ),
    };
    const of = (name: string, chart: string) => app({ name, path: 'shared', images: [], charts: [chart] });
    const { after } = await edited(files, [of('a', 'redis'), of('b', 'mongo')]);
    expect(after['shared/Chart.yaml']).toContain('version: 1.3.0 # by hand');
    expect(after['shared/Chart.yaml']).toContain('version: 2.1.0,');
  });

  test.each<[string, Files, string]>([
    [
      'that stands nowhere',
      { [at('values.yaml')]: 'a: 1\n' },
      'Nothing in environments/dev/web says where the version of the chart redis (oci://ghcr.io/contoso/charts/redis) of the application web belongs. Looked at values.yaml. Write it there once, as a dependency in a Chart.yaml,',
    ],
    ['without a folder', {}, 'the GitOps repository has no YAML files in environments/dev/web.'],
    [
      'of a chart with a name that is nearly it',
      { [at('Chart.yaml')]: chartYaml('1.2.3').replace('name: redis', 'name: reddis') },
      'environments/dev/web/Chart.yaml:7:14: Nothing in environments/dev/web says where the version of the chart redis (oci://ghcr.io/contoso/charts/redis) of the application web belongs. It has oci://ghcr.io/contoso/charts/reddis. Correct `charts: redis:` in the platform file',
    ],
    [
      'of the same name from elsewhere',
      { [at('Chart.yaml')]: chartYaml('1.2.3').replace('oci://ghcr.io/contoso/charts', 'https://charts.fabrikam.com') },
      'It has https://charts.fabrikam.com/redis.',
    ],
    [
      'of a chart that lies in Git',
      { [at('Chart.yaml')]: chartYaml('1.2.3').replace('oci://ghcr.io/contoso/charts', 'file://../redis') },
      'Looked at Chart.yaml.',
    ],
    [
      'that differs from one place to the other',
      {
        [at('Chart.yaml')]: chartYaml('1.2.3'),
        [at('more/kustomization.yaml')]:
          'helmCharts:\n- { name: redis, repo: "oci://ghcr.io/contoso/charts", version: 1.1.0 }\n',
      },
      'environments/dev/web/Chart.yaml:7:14: The chart redis of the application web stands there in different versions: 1.2.3 in environments/dev/web/Chart.yaml:7:14 and 1.1.0 in environments/dev/web/more/kustomization.yaml:2:65. All of them would become 1.3.0.',
    ],
    [
      'that a template makes',
      {
        [at('set.yaml')]:
          'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec: { template: { spec: { source: { repoURL: ghcr.io/contoso/charts, chart: redis, targetRevision: "{{ .v }}" } } } }\n',
      },
      'is made by a template there: `{{ .v }}`.',
    ],
    [
      'behind an anchor',
      { [at('Chart.yaml')]: chartYaml('&v 1.2.3') },
      'The chart redis of the application web cannot be written where it stands',
    ],
    [
      'of a chart that is packed beside it',
      { [at('Chart.yaml')]: chartYaml('1.2.3'), [at('charts/redis-1.2.3.tgz')]: 'x' },
      'lies in Git (environments/dev/web/charts/redis-1.2.3.tgz), and Helm takes that one',
    ],
    [
      'of a chart that is unpacked beside it',
      { [at('Chart.yaml')]: chartYaml('1.2.3'), [at('charts/redis/Chart.yaml')]: 'name: redis\n' },
      'lies in Git (environments/dev/web/charts/redis/Chart.yaml)',
    ],
  ])('%s is refused', async (_, files, expected) => {
    expect(await problems(files)).toContain(expected);
  });

  test('of a chart whose name only begins like one that is packed', async () => {
    await edited({ [at('Chart.yaml')]: chartYaml('1.2.3'), [at('charts/redis-cluster-1.0.0.tgz')]: 'x' });
  });
});

describe('a Chart.lock', () => {
  // As Helm 4.1.4 wrote them, with `helm dependency update`.
  const chart = (redisVersion: string) => `apiVersion: v2
name: shop
version: 0.1.0
dependencies:
  - name: redis
    version: ${redisVersion}
    repository: oci://ghcr.io/contoso/charts
    condition: redis.enabled
    tags: [a&b, cache]
    alias: cache
    import-values:
      - data
      - parent: p
        child: c
  - name: mongo
    version: 2.0.0
    repository: file://../mongo
    enabled: true
`;
  const lock = (version: string, pin: string) => `dependencies:
- name: redis
  repository: oci://ghcr.io/contoso/charts
  version: ${version}
- name: mongo
  repository: file://../mongo
  version: 2.0.0
digest: ${pin}
generated: "2026-11-28T14:49:47.898087958Z"
`;
  const cache = { condition: 'redis.enabled', tags: ['a&b', 'cache'], alias: 'cache' };
  const values = { 'import-values': ['data', { parent: 'p', child: 'c' }] };
  const mongoOf = { name: 'mongo', version: '2.0.0', repository: 'file://../mongo' };
  const of = (asked: string, locked: string, repository: string) =>
    lockDigest(
      [
        { name: 'redis', version: asked, repository, ...cache, ...values },
        { ...mongoOf, enabled: true },
      ],
      [{ name: 'redis', version: locked, repository }, mongoOf],
    );

  test('has the digest that Helm writes', () => {
    expect(of('>=1.0.0 <2', '1.2.3', 'file://../redis')).toBe(
      'sha256:338888c3848ae0699320dada6a87fd44d36045d9a11cb975636b6c9a3ad7f887',
    );
  });

  test('gets the version and its new digest, and keeps the rest', async () => {
    const from = 'oci://ghcr.io/contoso/charts';
    const { after } = await edited({
      [at('Chart.yaml')]: chart('">=1.0.0 <2"'),
      [at('Chart.lock')]: lock('1.2.3', of('>=1.0.0 <2', '1.2.3', from)),
    });
    expect(after[at('Chart.yaml')]).toBe(chart('"1.3.0"'));
    expect(after[at('Chart.lock')]).toBe(lock('1.3.0', of('1.3.0', '1.3.0', from)));
  });

  test('of another Chart.yaml is refused: what it would lock, nobody has said', async () => {
    const files = { [at('Chart.yaml')]: chart('1.2.3'), [at('Chart.lock')]: lock('1.2.3', digest) };
    expect(await problems(files)).toContain(
      'environments/dev/web/Chart.lock:1:1: environments/dev/web/Chart.lock does not belong to the Chart.yaml beside it',
    );
  });
});
