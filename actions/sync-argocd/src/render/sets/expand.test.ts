import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { ClusterFacts } from '../model.ts';
import { NotRendered } from '../not-rendered.ts';
import { gitops, type TestRepository, writeRepository } from '../testing/repository.ts';
import { openTree, type Tree } from '../tree.ts';
import { expandSet } from './expand.ts';

let repository: TestRepository;
let tree: Tree;
beforeAll(async () => {
  repository = await writeRepository({
    'apps/api/x.yaml': '',
    'apps/My_Web/x.yaml': '',
    'apps/old/x.yaml': '',
    '.github/workflows/x.yaml': '',
    'config/dev/api.json': '{ "name": "api", "cluster": { "region": "westeurope", "count": 3 }, "tags": ["a", "b"] }',
    'config/prod/api.yaml': 'name: api\ncluster: { region: northeurope, count: 12345678 }\n',
    'config/prod/many.yaml': '- name: one\n- name: two\n',
    'config/prod/broken.yaml': 'just text\n',
  });
  tree = await openTree(repository.folder);
});
afterAll(async () => {
  await repository.remove();
});

const clusters: readonly ClusterFacts[] = [
  {
    name: 'aks_dev',
    server: 'https://dev.example.com',
    labels: { env: 'dev' },
    annotations: { 'platform/vault': 'kv-dev' },
  },
  {
    name: 'in-cluster',
    server: 'https://kubernetes.default.svc',
    labels: { env: 'prod' },
    annotations: {},
    project: 'p',
  },
];

const set = (spec: Readonly<Record<string, unknown>>): KubernetesObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'ApplicationSet',
  metadata: { name: 'apps', namespace: 'argocd' },
  spec,
});
const expand = (spec: Readonly<Record<string, unknown>>, more: { readonly clusters?: readonly ClusterFacts[] } = {}) =>
  expandSet(set(spec), {
    clusters: more.clusters ?? clusters,
    treeOf: url => {
      if (url !== gitops) throw new NotRendered(`no ${url}`);
      return tree;
    },
  });
/** Names that a template gives. */
const names = async (generators: readonly unknown[], name: string, more: Readonly<Record<string, unknown>> = {}) =>
  (await expand({ generators, template: { metadata: { name }, spec: {} }, ...more })).map(
    ({ metadata }) => metadata.name,
  );
const go = { goTemplate: true };
const list = (...elements: readonly unknown[]) => ({ list: { elements } });
const folders = (path: string, ...more: readonly unknown[]) => ({
  git: { repoURL: gitops, directories: [{ path }, ...more] },
});
const files = (path: string, ...more: readonly unknown[]) => ({ git: { repoURL: gitops, files: [{ path }, ...more] } });

describe('generators', () => {
  test.each([
    [
      'list',
      [list({ a: 'x', values: { b: 'y' } }, { a: 'z', values: { b: 'w' } })],
      '{{a}}-{{ values.b }}',
      {},
      ['x-y', 'z-w'],
    ],
    ['list, Go', [list({ a: 1, b: { c: 'x' } })], '{{.a}}-{{.b.c}}', go, ['1-x']],
    ['list, as a text', [{ list: { elements: [], elementsYaml: '- a: x\n- a: z\n' } }], '{{.a}}', go, ['x', 'z']],
    ['what is not known stays', [list({ a: 'x' })], '{{a}}-{{b}}', {}, ['x-{{b}}']],
    [
      'folders',
      [folders('apps/*')],
      '{{path.basenameNormalized}}-{{path[0]}}',
      {},
      ['my-web-apps', 'api-apps', 'old-apps'],
    ],
    [
      'folders, without some',
      [folders('apps/*', { path: 'apps/old', exclude: true })],
      '{{path.basename}}',
      {},
      ['My_Web', 'api'],
    ],
    [
      'folders, Go',
      [folders('apps/a*')],
      '{{.path.path}}:{{index .path.segments 1}}:{{.path.basename}}',
      go,
      ['apps/api:api:api'],
    ],
    [
      'folders, with a prefix',
      [{ git: { repoURL: gitops, directories: [{ path: 'apps/api' }], pathParamPrefix: 'me' } }],
      '{{me.path.basename}}',
      {},
      ['api'],
    ],
    ['a star stays within a folder', [folders('*')], '{{path}}', {}, ['apps', 'config']],
    [
      'files',
      [files('config/dev/*')],
      '{{name}}-{{cluster.region}}-{{cluster.count}}-{{tags.1}}-{{path.filename}}-{{path.basename}}',
      {},
      ['api-westeurope-3-b-api.json-dev'],
    ],
    [
      'files, in all folders',
      [files('config/*/api.*')],
      '{{path}}-{{cluster.count}}',
      {},
      ['config/dev-3', 'config/prod-1.2345678e+07'],
    ],
    [
      'files, Go',
      [files('config/prod/api.yaml')],
      '{{.cluster.region}}-{{.path.filenameNormalized}}-{{.path.path}}',
      go,
      ['northeurope-api.yaml-config/prod'],
    ],
    ['files with lists', [files('config/prod/many.yaml')], '{{name}}', {}, ['one', 'two']],
    ['files, without some', [files('config/**', { path: 'config/prod/*', exclude: true })], '{{name}}', {}, ['api']],
    [
      'clusters',
      [{ clusters: {} }],
      '{{name}}-{{nameNormalized}}-{{metadata.labels.env}}-{{project}}',
      {},
      ['aks_dev-aks-dev-dev-', 'in-cluster-in-cluster-prod-p'],
    ],
    [
      'clusters, chosen',
      [{ clusters: { selector: { matchLabels: { env: 'dev' } } } }],
      '{{server}}',
      {},
      ['https://dev.example.com'],
    ],
    [
      'clusters, chosen otherwise',
      [{ clusters: { selector: { matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['dev'] }] } } }],
      '{{name}}',
      {},
      ['in-cluster'],
    ],
    [
      'clusters, Go',
      [
        {
          clusters: {
            selector: { matchLabels: { env: 'dev' } },
            values: { v: '{{ index .metadata.annotations "platform/vault" }}' },
          },
        },
      ],
      '{{.values.v}}-{{.metadata.labels.env}}',
      go,
      ['kv-dev-dev'],
    ],
    ['clusters in one list', [{ clusters: { flatList: true } }], '{{ len .clusters }}', go, ['2']],
    [
      'values',
      [{ git: { repoURL: gitops, directories: [{ path: 'apps/api' }], values: { full: '{{path.basename}}-x' } } }],
      '{{values.full}}',
      {},
      ['api-x'],
    ],
    [
      'a selector behind a generator',
      [{ ...list({ a: 'x', b: '1' }, { a: 'y', b: '2' }), selector: { matchLabels: { b: '2' } } }],
      '{{a}}',
      {},
      ['y'],
    ],
    [
      'a selector on what is nested',
      [
        {
          ...list({ a: 'x', b: { c: 'd' } }, { a: 'y' }),
          selector: { matchExpressions: [{ key: 'b.c', operator: 'Exists' }] },
        },
      ],
      '{{.a}}',
      go,
      ['x'],
    ],
    [
      'matrix',
      [{ matrix: { generators: [list({ a: '1' }, { a: '2' }), list({ b: 'x' }, { b: 'y' })] } }],
      '{{a}}{{b}}',
      {},
      ['1x', '1y', '2x', '2y'],
    ],
    [
      'matrix, the second by the first',
      [{ matrix: { generators: [list({ env: 'dev' }), files('config/{{env}}/api.*')] } }],
      '{{env}}-{{cluster.region}}',
      {},
      ['dev-westeurope'],
    ],
    [
      'matrix, Go',
      [{ matrix: { generators: [{ clusters: { selector: { matchLabels: { env: 'dev' } } } }, folders('apps/api')] } }],
      '{{.name}}-{{.path.basename}}',
      go,
      ['aks_dev-api'],
    ],
    [
      'merge',
      [
        {
          merge: {
            mergeKeys: ['a'],
            generators: [list({ a: '1', b: 'x' }, { a: '2', b: 'y' }), list({ a: '2', b: 'z' }, { a: '3', b: 'w' })],
          },
        },
      ],
      '{{a}}{{b}}',
      {},
      ['1x', '2z'],
    ],
    [
      'merge, Go',
      [
        {
          merge: {
            mergeKeys: ['a'],
            generators: [list({ a: 1, n: { x: 'x', y: 'y' } }), list({ a: 1, n: { x: 'z' } })],
          },
        },
      ],
      '{{.n.x}}{{.n.y}}',
      go,
      ['zy'],
    ],
    ['several generators', [list({ a: 'x' }), list({ a: 'y' })], '{{a}}', {}, ['x', 'y']],
  ])('%s', async (_, generators, name, more, expected) => {
    expect(await names(generators, name, more)).toEqual(expected);
  });

  test("Argo CD's own cluster is there without a Secret, but not where clusters are chosen", async () => {
    const template = { metadata: { name: '{{name}}' }, spec: {} };
    const only = { clusters: clusters.slice(0, 1) };
    expect(
      (await expand({ generators: [{ clusters: {} }], template }, only)).map(({ metadata }) => metadata.name),
    ).toEqual(['aks_dev', 'in-cluster']);
    const chosen = { clusters: { selector: { matchLabels: { env: 'dev' } } } };
    expect(await expand({ generators: [chosen], template }, only)).toHaveLength(1);
  });

  test.each([
    ['who asks outside', [{ pullRequest: {} }], '{{a}}', {}, 'The generator `pullRequest` asks somebody outside'],
    ['a plugin', [{ plugin: {} }], '{{a}}', {}, 'The generator `plugin`'],
    ['nothing', [{}], '{{a}}', {}, 'A generator names nothing.'],
    ['two at once', [{ ...list({ a: 'x' }), clusters: {} }], '{{a}}', {}, 'A generator names list and clusters.'],
    [
      'another repository',
      [{ git: { repoURL: 'https://github.com/a/b', files: [{ path: 'x' }] } }],
      '{{a}}',
      {},
      'no https://github.com/a/b',
    ],
    ['a list of numbers', [list({ a: 1 })], '{{a}}', {}, 'The element `a` of a list generator is no text.'],
    [
      'a file that holds no map',
      [files('config/prod/broken.yaml')],
      '{{a}}',
      {},
      '`config/prod/broken.yaml` is neither a map nor a list of maps.',
    ],
    [
      'a matrix of three',
      [{ matrix: { generators: [list({ a: 'x' }), list({ a: 'x' }), list({ a: 'x' })] } }],
      '{{a}}',
      {},
      'takes two generators',
    ],
    [
      'a matrix that disagrees',
      [{ matrix: { generators: [list({ a: 'x' }), list({ a: 'y' })] } }],
      '{{a}}',
      {},
      'Both generators of a matrix give `a`',
    ],
    [
      'a matrix that grows',
      [
        {
          matrix: {
            generators: [
              list(...Array.from({ length: 100 }, (_, at) => ({ a: `${at}` }))),
              list(...Array.from({ length: 100 }, (_, at) => ({ b: `${at}` }))),
            ],
          },
        },
      ],
      '{{a}}',
      {},
      'more than 5000 Applications',
    ],
    [
      'a merge without keys',
      [{ merge: { generators: [list({ a: 'x' }), list({ a: 'x' })] } }],
      '{{a}}',
      {},
      'needs `mergeKeys`',
    ],
    ['two of one name', [list({ a: 'x' }, { a: 'x' })], '{{a}}', {}, 'It makes two Applications of the name x.'],
    ['no name', [list({ a: '' })], '{{a}}', {}, 'It makes an Application without a name.'],
    [
      'what is missing',
      [list({ a: 'x' })],
      '{{.b}}',
      { ...go, goTemplateOptions: ['missingkey=error'] },
      'A template asks for `b`, which is not there.',
    ],
    [
      'an unknown function',
      [list({ a: 'x' })],
      '{{ .a | slugify }}',
      go,
      'The template function `slugify` is not supported here.',
    ],
    [
      'an unknown option',
      [list({ a: 'x' })],
      '{{.a}}',
      { ...go, goTemplateOptions: ['x=y'] },
      '`x=y` is no option of Go templates.',
    ],
    [
      'an unknown operator',
      [{ clusters: { selector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } } }],
      '{{a}}',
      {},
      '`Like` is no operator of a selector.',
    ],
  ])('%s', async (_, generators, name, more, message) => {
    await expect(names(generators, name, more)).rejects.toThrow(NotRendered);
    await expect(names(generators, name, more)).rejects.toThrow(message);
  });
});

describe('templates', () => {
  const spec = {
    project: 'p-{{a}}',
    source: { repoURL: gitops, helm: { valuesObject: { '{{a}}': ['{{a}}', 3, true] } } },
  };
  const generators = [list({ a: 'x' })];

  test('texts and keys are filled in, numbers stay; the finalizer is added', async () => {
    const [made] = await expand({
      generators,
      template: { metadata: { name: '{{a}}', labels: { l: '{{a}}' } }, spec },
    });
    expect(made).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'x',
        namespace: 'argocd',
        labels: { l: 'x' },
        finalizers: ['resources-finalizer.argocd.argoproj.io'],
      },
      spec: { project: 'p-x', source: { repoURL: gitops, helm: { valuesObject: { x: ['x', 3, true] } } } },
    });
  });

  test('no finalizer where what is deployed is to stay, or where there is one', async () => {
    const template = { metadata: { name: '{{a}}' }, spec };
    const [kept] = await expand({ generators, template, syncPolicy: { preserveResourcesOnDeletion: true } });
    expect(kept?.metadata['finalizers']).toBeUndefined();
    const own = { metadata: { name: '{{a}}', finalizers: ['own'] }, spec };
    expect((await expand({ generators, template: own }))[0]?.metadata['finalizers']).toEqual(['own']);
  });

  test("a generator's template counts before that of the set", async () => {
    const own = { list: { elements: [{ a: 'x' }], template: { metadata: {}, spec: { project: 'own' } } } };
    const [made] = await expand({ generators: [own], template: { metadata: { name: '{{a}}' }, spec } });
    expect(made?.metadata.name).toBe('x');
    expect(asObject(made?.['spec'])).toMatchObject({ project: 'own', source: { repoURL: gitops } });
  });

  test('a patch is merged, and never changes the project', async () => {
    const [made] = await expand({
      goTemplate: true,
      generators: [list({ a: 'x', extra: true })],
      template: { metadata: { name: '{{.a}}', labels: { l: 'm' } }, spec: { project: 'p', source: { path: 'a' } } },
      templatePatch:
        'metadata:\n  labels:\n    l: null\n  finalizers: [two]\nspec:\n  project: other\n  {{- if .extra }}\n  source:\n    path: {{ .a }}\n  {{- end }}\n',
    });
    expect(made?.metadata).toMatchObject({ labels: {}, finalizers: ['resources-finalizer.argocd.argoproj.io', 'two'] });
    expect(made?.['spec']).toEqual({ project: 'p', source: { path: 'x' } });
  });

  test.each([
    ['no YAML', '{', '`templatePatch` is no valid YAML'],
    ['no map', '- a', '`templatePatch` is no map.'],
    ['directives', 'spec: { sources: [{ $patch: delete }] }', 'uses directives such as `$patch`'],
  ])('a patch that is refused: %s', async (_, templatePatch, message) => {
    const act = expand({ generators, template: { metadata: { name: '{{a}}' }, spec }, templatePatch });
    await expect(act).rejects.toThrow(message);
  });
});
