/** The real Helm and the real Kustomize (scripts/helm.ts; kubectl of the machine). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asArray, asObject } from '@suite/foundation';
import { type KubernetesObject, refOf, titleOf } from '@suite/kubernetes';
import type { RenderedApplication } from './model.ts';
import type { RenderRequest } from './renderer.ts';
import {
  application,
  configMap,
  createRepositories,
  deployment,
  gitops,
  type TestRepository,
} from './testing/repository.ts';
import { hasTools, needs, openTools, type TestTools } from './testing/tools.ts';

const withTools = hasTools ? describe : describe.skip;
const titles = (objects: readonly KubernetesObject[]) => objects.map(object => titleOf(refOf(object)));
const chartFile = (more = '') => `apiVersion: v2\nname: web\nversion: 1.0.0\n${more}`;
const template = `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-config, namespace: {{ .Release.Namespace }} }
data:
  values: {{ .Values | toJson | quote }}
  kube: {{ .Capabilities.KubeVersion.Version | quote }}
  monitors: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
`;
const valuesOf = (object: KubernetesObject | undefined): unknown =>
  JSON.parse(String(asObject(object?.['data'])['values']));

let tools: TestTools;
beforeAll(async () => {
  tools = await openTools();
});
const repositories = createRepositories();
afterAll(async () => {
  await repositories.removeAll();
  await tools.remove();
});

const render = async (
  repository: TestRepository,
  roots: readonly KubernetesObject[],
  more: Partial<RenderRequest> = {},
) => tools.renderer.render({ roots, checkouts: [repository], clusters: [], ...more });
const renderOne = async (
  files: Parameters<typeof repositories.write>[0],
  source: Readonly<Record<string, unknown>>,
  spec: Readonly<Record<string, unknown>> = {},
): Promise<RenderedApplication> => {
  const repository = await repositories.write(files);
  const { applications } = await render(repository, [application('api', source, spec)]);
  return applications[0] as RenderedApplication;
};

describe('plain folders', () => {
  const files = {
    'apps/api/a.yaml': `${deployment('one')}---\n# nothing\n---\n${configMap('two')}`,
    'apps/api/b.json': JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'extra' } }],
    }),
    'apps/api/values.yaml': 'replicas: 3\n',
    'apps/api/notes.txt': 'kind: nothing',
    'apps/api/skipped.yaml': `# +argocd:skip-file-rendering\n${configMap('skipped')}`,
    'apps/api/deep/c.yml': configMap('three'),
    'apps/api/null.yaml': 'apiVersion: v1\nitems: null\nkind: ConfigMapList\n',
  };
  test.each([
    ['the folder alone', {}, ['Deployment api/one', 'ConfigMap api/two', 'Namespace extra']],
    [
      'all below',
      { recurse: true },
      ['Deployment api/one', 'ConfigMap api/two', 'Namespace extra', 'ConfigMap api/three'],
    ],
    ['what is included', { recurse: true, include: '*.yml' }, ['ConfigMap api/three']],
    ['what is not excluded', { recurse: true, exclude: '{a.yaml,deep/*}' }, ['Namespace extra']],
  ])('%s', async (_, directory, expected) => {
    const found = await renderOne(files, { path: 'apps/api', directory });
    expect(found.problem).toBeUndefined();
    expect(titles(found.objects)).toEqual(expected);
  });

  test.each([
    [
      'a broken manifest',
      { 'a/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {\n' },
      '`a/x.yaml` is no valid YAML',
    ],
    ['two JSON documents', { 'a/x.json': '{}{}' }, '`a/x.json` is not one JSON document.'],
    [
      'no name',
      { 'a/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n' },
      'holds a ConfigMap without `metadata.name`.',
    ],
    ['Jsonnet', { 'a/x.jsonnet': '{}' }, '`a/x.jsonnet` is Jsonnet, which is not evaluated here.'],
    ['a link out', { 'a/x.yaml': { link: '/etc/hosts' } }, '`a/x.yaml` is a link out of the repository.'],
    ['too much', { 'a/x.yaml': configMap('x', 'y'.repeat(11 * 1024 * 1024)) }, 'are more than 10 MiB'],
    [
      'aliases that grow',
      {
        'a/x.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\nx0: &x0 [a, a]\n${Array.from({ length: 30 }, (_, at) => `x${at + 1}: &x${at + 1} [*x${at}, *x${at}]`).join('\n')}\n`,
      },
      'more than 500000 values',
    ],
  ])('%s', async (_, files, message) => {
    const found = await renderOne(files, { path: 'a' });
    expect(found.problem).toContain(message);
    expect(found.objects).toEqual([]);
  });

  test('an object that stands twice counts as it stands last, and is told', async () => {
    const found = await renderOne({ 'a/a.yaml': configMap('x', '1'), 'a/b.yaml': configMap('x', '2') }, { path: 'a' });
    expect(found.objects.map(object => asObject(object['data'])['value'])).toEqual(['2']);
    expect(found.warnings).toEqual(['ConfigMap api/x is rendered more than once; Argo CD applies the last one.']);
  });

  test.each([
    ['where the Application says so', { syncOptions: ['CreateNamespace=true'] }, { name: 'api' }],
    [
      'with its labels',
      { syncOptions: ['CreateNamespace=true'], managedNamespaceMetadata: { labels: { a: 'b' }, annotations: {} } },
      { name: 'api', labels: { a: 'b' }, annotations: {} },
    ],
    ['not otherwise', {}, undefined],
  ])('a namespace is made %s', async (_, syncPolicy, metadata) => {
    const found = await renderOne({ 'a/x.yaml': configMap('x') }, { path: 'a' }, { syncPolicy });
    expect(found.namespace?.metadata).toEqual(metadata);
  });

  test('hooks are told apart, and what Argo CD leaves out is', async () => {
    const hook = (name: string, annotations: string) =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: { name: ${name}, annotations: { ${annotations} } }\n`;
    const found = await renderOne(
      {
        'a/x.yaml': [
          configMap('kept'),
          hook('sync', 'argocd.argoproj.io/hook: "PreSync, PostSync"'),
          hook('helms', 'helm.sh/hook: "pre-install,pre-upgrade"'),
          hook('test', 'helm.sh/hook: test'),
          hook('skip', 'argocd.argoproj.io/hook: Skip'),
          hook('mine-counts', 'helm.sh/hook: post-install, argocd.argoproj.io/hook: SyncFail'),
          hook('crd', 'helm.sh/hook: crd-install'),
          `apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: made-, annotations: { argocd.argoproj.io/hook: Sync } }\n`,
        ].join('---\n'),
      },
      { path: 'a' },
    );
    expect(titles(found.objects)).toEqual(['ConfigMap api/kept', 'Job api/crd']);
    expect(found.hooks.map(({ object, phases }) => [object.metadata.name, ...phases])).toEqual([
      ['sync', 'PreSync', 'PostSync'],
      ['helms', 'PreSync'],
      ['mine-counts', 'SyncFail'],
      ['made-*', 'Sync'],
    ]);
  });
});

withTools(`charts ${needs}`, () => {
  const files = {
    'apps/api/Chart.yaml': chartFile(),
    'apps/api/values.yaml': 'image: { repository: nginx, tag: "1" }\nlist: [a]\nfrom: chart\n',
    'apps/api/templates/config.yaml': template,
    'apps/api/templates/tests/t.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: t, annotations: { helm.sh/hook: test } }\n',
    'apps/api/crds/crd.yaml':
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: as.x.io }\nspec: { group: x.io, scope: Namespaced, names: { kind: A, plural: as }, versions: [{ name: v1, served: true, storage: true }] }\n',
    'apps/api/dev.yaml': 'from: dev\n',
    'values/one.yaml': 'from: one\none: true\n',
    'values/two.yaml': 'from: two\n',
    'values/deep/three.yaml': 'from: three\nthree: true\n',
    'files/text.txt': 'a, b\n',
  };
  const values = async (helm: Readonly<Record<string, unknown>>, more: Readonly<Record<string, string>> = {}) => {
    const found = await renderOne({ ...files, ...more }, { path: 'apps/api', helm });
    return found.problem ?? valuesOf(found.objects.at(-1));
  };
  const chart = { image: { repository: 'nginx', tag: '1' }, list: ['a'], from: 'chart' };

  test('names, namespaces, versions and definitions', async () => {
    const found = await renderOne(files, { path: 'apps/api' });
    expect(titles(found.objects)).toEqual(['CustomResourceDefinition as.x.io', 'ConfigMap api/api-config']);
    expect(found.objects[1]).toMatchObject({ data: { kube: 'v1.34.4', monitors: 'true' } });
    const other = await renderOne(files, {
      path: 'apps/api',
      helm: {
        releaseName: 'other',
        namespace: 'elsewhere',
        skipCrds: true,
        kubeVersion: 'v1.30.1',
        apiVersions: ['x/v1'],
      },
    });
    expect(titles(other.objects)).toEqual(['ConfigMap elsewhere/other-config']);
    expect(other.objects[0]).toMatchObject({ data: { kube: 'v1.30.1', monitors: 'false' } });
  });

  test.each([
    ['the chart alone', {}, chart],
    [
      'files, later over earlier',
      { valueFiles: ['/values/one.yaml', 'dev.yaml'] },
      { ...chart, from: 'dev', one: true },
    ],
    [
      'an object over files',
      { valueFiles: ['dev.yaml'], valuesObject: { from: 'object', image: { tag: '2' } } },
      { ...chart, from: 'object', image: { repository: 'nginx', tag: '2' } },
    ],
    ['a text', { values: 'from: text\nlist: null\n' }, { image: chart.image, from: 'text' }],
    [
      'the object before the text',
      { values: 'from: text\n', valuesObject: { from: 'object' } },
      { ...chart, from: 'object' },
    ],
    [
      'parameters over all',
      {
        valuesObject: { from: 'object' },
        parameters: [
          { name: 'from', value: 'set' },
          { name: 'image.tag', value: '2' },
        ],
      },
      { ...chart, from: 'set', image: { repository: 'nginx', tag: 2 } },
    ],
    [
      'a parameter that stays a text',
      { parameters: [{ name: 'image.tag', value: '2', forceString: true }] },
      { ...chart, image: { repository: 'nginx', tag: '2' } },
    ],
    [
      'a comma',
      {
        parameters: [
          { name: 'from', value: 'a,b' },
          { name: 'list', value: '{x,y}' },
        ],
      },
      { ...chart, from: 'a,b', list: ['x', 'y'] },
    ],
    [
      'the build environment',
      {
        valueFiles: ['/values/$MISSING.yaml', '/values/\u0024{ARGOCD_APP_NAME}.yaml'],
        ignoreMissingValueFiles: true,
        parameters: [{ name: 'from', value: '$ARGOCD_APP_NAME/$ARGOCD_APP_REVISION_SHORT/$$HOME/$HOME' }],
      },
      { ...chart, from: 'api/aaaaaaa/$HOME/' },
    ],
    ['a pattern, in the order of paths', { valueFiles: ['/values/*.yaml'] }, { ...chart, from: 'two', one: true }],
    [
      'a pattern for all depths',
      { valueFiles: ['/values/**/*.yaml'] },
      { ...chart, from: 'two', one: true, three: true },
    ],
    [
      'a named file where it is named',
      { valueFiles: ['/values/*.yaml', '/values/one.yaml'] },
      { ...chart, from: 'one', one: true },
    ],
    [
      'a file as a value',
      { fileParameters: [{ name: 'from', path: '/files/text.txt' }] },
      { ...chart, from: 'a, b\n' },
    ],
    ['what is missing and may be', { valueFiles: ['no.yaml', '/no/*.yaml'], ignoreMissingValueFiles: true }, chart],
    ['what is missing', { valueFiles: ['no.yaml'] }, 'There is no value file `no.yaml`.'],
    ['what no file matches', { valueFiles: ['/no/*.yaml'] }, 'No value file matches `/no/*.yaml`.'],
    ['a file above', { valueFiles: ['../../../etc/passwd'] }, '`../../../etc/passwd` leads out of the repository.'],
    [
      'a file of somebody else',
      { valueFiles: ['https://example.com/v.yaml'] },
      'The value file `https://example.com/v.yaml` is not in the repository.',
    ],
    ['values that are none', { values: '- a' }, 'The values of the source are no map.'],
    [
      'a variable that is not closed',
      { parameters: [{ name: 'a', value: '${x' }] },
      'A variable in `${x` is not closed.',
    ],
  ])('values: %s', async (_, helm, expected) => {
    expect(await values(helm)).toEqual(expected);
  });

  test('`.argocd-source.yaml` counts before the Application, and that of the Application before it', async () => {
    const overrides = {
      'apps/api/.argocd-source.yaml':
        'path: /etc\nhelm: { parameters: [{ name: from, value: file }, { name: list, value: x }] }\n',
      'apps/api/.argocd-source-api.yaml': 'helm: { parameters: [{ name: from, value: own }] }\n',
      'apps/api/.argocd-source-other.yaml': 'helm: { parameters: [{ name: from, value: other }] }\n',
    };
    expect(await values({ parameters: [{ name: 'from', value: 'spec' }] }, overrides)).toEqual({
      ...chart,
      from: 'own',
    });
  });

  test('value files of another source', async () => {
    const repository = await repositories.write(files);
    const sources = [
      { repoURL: gitops, targetRevision: 'main', ref: 'values' },
      { repoURL: `${gitops}.git`, path: 'apps/api', helm: { valueFiles: ['$values/values/one.yaml'] } },
      { repoURL: gitops, path: 'plain', targetRevision: 'HEAD' },
    ];
    const { applications } = await render(repository, [application('api', {}, { sources })]);
    expect(applications[0]?.problem).toBe('The repository has no folder `plain`.');
    const { applications: again } = await render(repository, [
      application('api', {}, { sources: sources.slice(0, 2) }),
    ]);
    expect(valuesOf(again[0]?.objects.at(-1))).toEqual({ ...chart, from: 'one', one: true });
  });

  test('dependencies that stand in the repository are put beside the chart', async () => {
    const found = await renderOne(
      {
        'umbrella/Chart.yaml': chartFile(
          'dependencies: [{ name: lib, version: 0.1.0, repository: "file://../lib" }]\n',
        ),
        'umbrella/values.yaml': 'lib: { a: 1 }\n',
        'lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 0.1.0\n',
        'lib/templates/config.yaml': template,
      },
      { path: 'umbrella' },
    );
    expect(found.problem).toBeUndefined();
    expect(titles(found.objects)).toEqual(['ConfigMap api/api-config']);
  });

  test.each([
    [
      'a chart that fails',
      { 'c/Chart.yaml': chartFile(), 'c/templates/x.yaml': '{{ fail "no replicas" }}' },
      { path: 'c' },
      'no replicas',
    ],
    ['no chart', { 'c/values.yaml': '' }, { path: 'c', helm: {} }, 'has no Chart.yaml'],
    [
      'a range',
      { 'c/x': '' },
      { chart: 'redis', repoURL: 'https://charts.example.com', targetRevision: '18.*' },
      'is asked for as `18.*`, and not in one version',
    ],
    [
      'plain http',
      { 'c/x': '' },
      { chart: 'redis', repoURL: 'http://charts.example.com', targetRevision: '1.0.0' },
      'is neither https nor OCI',
    ],
    ['two kinds', { 'c/x': '' }, { path: 'c', helm: {}, kustomize: {} }, 'is said to be kustomize and helm at once'],
    ['a plugin', { 'c/x': '' }, { path: 'c', plugin: { name: 'x' } }, 'A config management plugin'],
    [
      'another repository',
      { 'c/x': '' },
      { path: 'c', repoURL: 'https://github.com/contoso/other' },
      'is not the one that is planned',
    ],
    ['another revision', { 'c/x': '' }, { path: 'c', targetRevision: 'v1.0' }, 'It is pinned to `v1.0` of'],
  ])('%s', async (_, files, source, message) => {
    expect((await renderOne(files, source)).problem).toContain(message);
  });
});

withTools(`hostile charts ${needs}`, () => {
  const chart = { 'c/Chart.yaml': chartFile(), 'c/templates/x.yaml': template };
  test.each([
    [
      'an option as the name of the release',
      chart,
      { path: 'c', helm: { releaseName: '--output-dir=/tmp/x' } },
      '`--output-dir=/tmp/x` is no name for a release of Helm.',
    ],
    [
      'an option as the name of a chart',
      chart,
      { chart: '--untardir=/tmp', repoURL: 'https://charts.example.com', targetRevision: '1.0.0' },
      '`--untardir=/tmp` is no name of a chart.',
    ],
    [
      'a value file that is two for Helm',
      { ...chart, 'c/a,/etc/hosts': 'x: y' },
      { path: 'c', helm: { valueFiles: ['a,/etc/hosts'] } },
      'has a comma or a quote in it',
    ],
    [
      'the same behind a pattern',
      { ...chart, 'c/a,/etc/hosts': 'x: y' },
      { path: 'c', helm: { valueFiles: ['a*/etc/hosts'] } },
      'has a comma or a quote in it',
    ],
    [
      'a file parameter that is two for Helm',
      chart,
      { path: 'c', helm: { fileParameters: [{ name: 'a=/etc/hosts,b', path: 'Chart.yaml' }] } },
      'has a comma, an equals sign or a backslash',
    ],
    [
      'templates that are a link out',
      { 'c/Chart.yaml': chartFile(), 'c/templates': { link: '/etc' } },
      { path: 'c' },
      'is a link out of the repository',
    ],
    [
      'a link out behind a link within',
      { 'c/Chart.yaml': chartFile(), 'c/templates': { link: '../evil' }, 'evil/hosts.yaml': { link: '/etc/hosts' } },
      { path: 'c' },
      '`evil/hosts.yaml` is a link out of the repository.',
    ],
    [
      'a dependency that is written beside its folder',
      {
        'c/Chart.yaml': chartFile('dependencies: [{ name: ../../x, version: 1.0.0, repository: "file://../d" }]\n'),
        'd/Chart.yaml': chartFile(),
      },
      { path: 'c' },
      '`../../x` is no name of a chart.',
    ],
    [
      'a dependency out of the repository',
      { 'c/Chart.yaml': chartFile('dependencies: [{ name: x, version: 1.0.0, repository: "file://../../../etc" }]\n') },
      { path: 'c' },
      'leads out of the repository',
    ],
  ] as const)('%s', async (_, files, source, message) => {
    expect((await renderOne(files, source)).problem).toContain(message);
  });
});

withTools(`kustomizations ${needs}`, () => {
  const files = {
    'base/kustomization.yaml': 'resources: [deployment.yaml]\nimages: [{ name: nginx, newTag: "1.27" }]\n',
    'base/deployment.yaml': deployment('web', 'nginx'),
    'overlays/dev/kustomization.yaml':
      'resources: [../../base, local.yaml]\nnamePrefix: dev-\npatches: [{ path: patch.yaml }]\nconfigMapGenerator: [{ name: settings, literals: [a=b] }]\n',
    'overlays/dev/local.yaml': configMap('local'),
    'overlays/dev/patch.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, env: [{ name: A, value: b }] }] } } }\n',
    'components/extra/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [extra.yaml]\n',
    'components/extra/extra.yaml': configMap('extra'),
  };
  const containers = (object: KubernetesObject | undefined) =>
    asArray(asObject(asObject(asObject(object?.['spec'])['template'])['spec'])['containers']);
  const find = (found: RenderedApplication, kind: string) => found.objects.find(object => object.kind === kind);

  test('a folder as it is', async () => {
    const found = await renderOne(files, { path: 'overlays/dev' });
    expect(titles(found.objects)).toEqual([
      'ConfigMap api/dev-local',
      'ConfigMap api/dev-settings-4h2mbtbbt6',
      'Deployment api/dev-web',
    ]);
    expect(containers(find(found, 'Deployment'))).toEqual([
      { name: 'web', image: 'nginx:1.27', env: [{ name: 'A', value: 'b' }] },
    ]);
  });

  test('settings of the Application, while the checkout stays as it is', async () => {
    const repository = await repositories.write(files);
    const source = {
      path: 'overlays/dev',
      kustomize: {
        namePrefix: 'my-',
        nameSuffix: '-x',
        namespace: 'own',
        images: ['nginx=host.io/nginx:2'],
        replicas: [{ name: 'web', count: 4 }],
        commonLabels: { team: 'a' },
        labelWithoutSelector: true,
        commonAnnotations: { note: '$ARGOCD_APP_NAME' },
        commonAnnotationsEnvsubst: true,
        patches: [
          { target: { kind: 'ConfigMap', name: 'local' }, patch: '- { op: replace, path: /data/value, value: "9" }' },
        ],
        components: ['../../components/extra', '../../components/none'],
        ignoreMissingComponents: true,
      },
    };
    const { applications } = await render(repository, [application('api', source)]);
    const found = applications[0] as RenderedApplication;
    expect(found.problem).toBeUndefined();
    const deployed = find(found, 'Deployment');
    expect(deployed?.metadata).toMatchObject({
      name: 'my-web-x',
      namespace: 'own',
      labels: { team: 'a' },
      annotations: { note: 'api' },
    });
    expect(deployed?.['spec']).toMatchObject({ replicas: 4, selector: { matchLabels: { app: 'web' } } });
    expect(containers(deployed)).toEqual(
      [{ name: 'web', image: 'nginx:1.27', env: [{ name: 'A', value: 'b' }] }].map(one => ({
        ...one,
        image: 'host.io/nginx:2',
      })),
    );
    expect(found.objects.find(({ metadata }) => metadata.name === 'my-local-x')).toMatchObject({
      data: { value: '9' },
    });
    expect(titles(found.objects)).toContain('ConfigMap own/my-extra-x');
    const there = await readFile(join(repository.folder, 'overlays/dev/kustomization.yaml'), 'utf8');
    expect(there).toBe(files['overlays/dev/kustomization.yaml']);
    expect(await readdir(tools.tools.temp)).toEqual([]);
  });

  test.each([
    [
      'a remote base',
      { 'a/kustomization.yaml': 'resources: [https://github.com/org/repo//base?ref=v1]\n' },
      'refers to a remote base',
    ],
    [
      'a remote base without a scheme',
      { 'a/kustomization.yaml': 'resources: [github.com/org/repo//base]\n' },
      'refers to a remote base',
    ],
    [
      'a remote base of a base',
      { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'bases: ["git@github.com:org/repo"]\n' },
      '`b` refers to a remote base',
    ],
    [
      'a base out of the repository',
      { 'a/kustomization.yaml': 'resources: [../../elsewhere]\n' },
      'leads out of the repository',
    ],
    [
      'a link out',
      { 'a/kustomization.yaml': 'resources: [x.yaml]\n', 'a/x.yaml': { link: '/etc/hosts' } },
      'is a link out of the repository',
    ],
    ['no kustomization', { 'a/x.yaml': configMap('x') }, '`a` has no kustomization.yaml.'],
    [
      'two of them',
      { 'a/kustomization.yaml': 'resources: []\n', 'a/kustomization.yml': 'resources: []\n' },
      'has several kustomizations',
    ],
    [
      'a file that is not there',
      { 'a/kustomization.yaml': 'resources: [none.yaml]\n' },
      'Kustomize: accumulating resources',
    ],
    [
      'a file of another folder',
      { 'a/kustomization.yaml': 'resources: [../b/x.yaml]\n', 'b/x.yaml': configMap('x') },
      'Kustomize: accumulating resources',
    ],
    [
      'a cycle',
      { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' },
      'cycle detected',
    ],
  ])('%s', async (_, files, message) => {
    expect((await renderOne(files, { path: 'a', kustomize: {} })).problem).toContain(message);
  });

  test('what is made of the same is made once, for both commits', async () => {
    const own = await openTools();
    const base = await repositories.write(files, 'b'.repeat(40));
    const same = await repositories.write(files);
    const changed = await repositories.write({
      ...files,
      'base/deployment.yaml': deployment('web', 'nginx', '# more\n'),
    });
    const roots = [
      application('api', { path: 'overlays/dev' }),
      application('web', { path: 'overlays/dev', kustomize: { namePrefix: 'x-' } }),
    ];
    const all = async (repository: TestRepository) =>
      own.renderer.render({ roots, checkouts: [repository], clusters: [] });
    const first = await all(base);
    expect(own.ran).toHaveLength(2);
    expect(await all(same)).toEqual(first);
    expect(own.ran).toHaveLength(2);
    await all(changed);
    expect(own.ran).toHaveLength(4);
    await own.remove();
  });
});

describe('applications of applications', () => {
  const child = (name: string, path: string) => JSON.stringify(application(name, { path }));

  test('children are rendered too, and what goes in a circle ends', async () => {
    const repository = await repositories.write({
      'root/a.json': child('a', 'apps/a'),
      'root/root.json': child('root', 'root'),
      'apps/a/b.json': child('b', 'apps/b'),
      'apps/b/x.yaml': configMap('x'),
      'apps/b/a.json': child('a', 'apps/a'),
    });
    const { applications, problems } = await render(repository, [application('root', { path: 'root' })]);
    expect(applications.map(({ application: one, origin }) => [one.name, origin])).toEqual([
      ['root', { is: 'given' }],
      ['a', { is: 'application', name: 'root' }],
      ['b', { is: 'application', name: 'a' }],
    ]);
    expect(problems).toEqual([]);
  });

  test('too deep is told', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`a${at}/x.json`, child(`a${at + 1}`, `a${at + 1}`)]),
    );
    const repository = await repositories.write({ ...files, 'a12/x.yaml': configMap('x') });
    const { applications, problems } = await render(repository, [application('a0', { path: 'a0' })]);
    expect(applications).toHaveLength(9);
    expect(problems).toEqual([
      { subject: 'Application argocd/a9', reason: 'It comes from more than 8 Applications within each other.' },
    ]);
  });
});
