import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChartSource, PulledChart, RenderOptions } from '@suite/helm';
import type { RenderedApplication } from './model.ts';
import { createRenderer } from './renderer.ts';
import { application, createRepositories } from './testing/repository.ts';

const repositories = createRepositories();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helm-source-'));
});
afterEach(() => rm(folder, { recursive: true }));
afterAll(() => repositories.removeAll());

/** Helm that gives out any chart, and what it was asked for. */
async function render(
  files: Readonly<Record<string, string>>,
  source: Readonly<Record<string, unknown>>,
  dependencies: PulledChart['dependencies'] = [],
) {
  const pulled: ChartSource[] = [];
  const rendered: RenderOptions[] = [];
  const beside: string[][] = [];
  const archive = join(folder, 'chart.tgz');
  await writeFile(archive, 'chart');
  const repository = await repositories.write({ 'x.yaml': '', ...files });
  const renderer = createRenderer({
    helm: {
      pull: async from => {
        pulled.push(from);
        const path = from.kind === 'folder' ? from.path : archive;
        const needs = from.kind === 'folder' ? dependencies : [];
        return {
          name: 'web',
          version: '1.0.0',
          dependencies: needs,
          values: '',
          crds: [],
          path,
          source: from,
          digest: undefined,
        };
      },
      template: async options => {
        rendered.push(options);
        beside.push(await readdir(join(options.chart.path, 'charts')).catch(() => []));
        return 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n';
      },
    },
    kustomize: undefined,
    capabilities: { kubeVersion: '1.34.4', apiVersions: ['apps/v1'], isNamespaced: () => undefined },
    temp: join(folder, 'temp'),
    atOnce: 1,
  });
  const request = { roots: [application('api', source)], checkouts: [repository], clusters: [] };
  const { applications } = await renderer.render(request);
  await renderer.render(request);
  return { found: applications[0] as RenderedApplication, pulled, rendered, beside };
}

describe('charts that are pulled', () => {
  test.each([
    ['OCI as Argo CD writes it', 'ghcr.io/contoso/charts', { kind: 'oci', url: 'oci://ghcr.io/contoso/charts/web' }],
    ['OCI with its scheme', 'oci://ghcr.io/contoso/charts/', { kind: 'oci', url: 'oci://ghcr.io/contoso/charts/web' }],
    ['https', 'https://charts.example.com', { kind: 'http', repository: 'https://charts.example.com', name: 'web' }],
  ])('%s, once', async (_, repoURL, expected) => {
    const { found, pulled, rendered } = await render({}, { repoURL, chart: 'web', targetRevision: '1.2.3' });
    expect(found.problem).toBeUndefined();
    expect(pulled).toEqual([{ ...expected, version: '1.2.3', digest: undefined }]);
    expect(rendered).toHaveLength(1);
    expect(rendered[0]).toMatchObject({ release: 'api', namespace: 'api', kubeVersion: '1.34.4', includeCrds: true });
  });

  test('value files are those of another source', async () => {
    const { found } = await render(
      {},
      { repoURL: 'ghcr.io/c', chart: 'web', targetRevision: '1.2.3', helm: { valueFiles: ['x.yaml'] } },
    );
    expect(found.problem).toBe('The value file `x.yaml` is one of the chart itself, or of a source that is not there.');
  });
});

describe('dependencies that are not in `charts/`', () => {
  const files = { 'c/Chart.yaml': '' };
  const need = (version: string, repository = 'oci://ghcr.io/contoso') => [{ name: 'lib', version, repository }];

  test('are pulled and put beside the chart', async () => {
    const { found, pulled, beside } = await render(files, { path: 'c', helm: {} }, need('0.1.0'));
    expect(found.problem).toBeUndefined();
    expect(pulled.filter(({ kind }) => kind !== 'folder')).toEqual([
      { kind: 'oci', url: 'oci://ghcr.io/contoso/lib', version: '0.1.0', digest: undefined },
    ]);
    expect(beside).toEqual([['lib-0.1.0.tgz']]);
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
  });

  test('in the version that Chart.lock says', async () => {
    const lock = { ...files, 'c/Chart.lock': 'dependencies: [{ name: lib, version: 0.1.7, repository: x }]\n' };
    const { pulled } = await render(lock, { path: 'c', helm: {} }, need('^0.1.0'));
    expect(pulled).toContainEqual({
      kind: 'oci',
      url: 'oci://ghcr.io/contoso/lib',
      version: '0.1.7',
      digest: undefined,
    });
  });

  test.each([
    ['a range that nothing settles', need('^0.1.0'), 'The chart lib is asked for as `^0.1.0`, and not in one version'],
    ['an alias of a machine', need('0.1.0', '@mine'), 'no address is said for it'],
    ['no address', need('0.1.0', ''), 'no address is said for it'],
  ])('%s', async (_, dependencies, message) => {
    expect((await render(files, { path: 'c', helm: {} }, dependencies)).found.problem).toContain(message);
  });

  test('nothing is pulled for those that are there', async () => {
    const there = { ...files, 'c/charts/lib-0.1.0.tgz': 'x' };
    const { pulled } = await render(there, { path: 'c', helm: {} }, need('0.1.0'));
    expect(pulled.map(({ kind }) => kind)).toEqual(['folder']);
  });
});
