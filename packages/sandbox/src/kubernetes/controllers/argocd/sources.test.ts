import { afterEach, expect, test } from '@jest/globals';
import { at, type Fields, objects } from '../../objects.ts';
import { configMap, deployment, isReconciled, status } from './testing/cases.ts';
import { type ArgoCluster, memoryRepository, repository, sandboxDriver, startArgoCluster } from './testing/driver.ts';

let cluster: ArgoCluster;
afterEach(() => cluster.close());

const spec = (path: string, more: Fields = {}): Fields => ({
  project: 'default',
  source: { repoURL: repository, path, targetRevision: 'main', ...more },
  destination: { name: 'in-cluster', namespace: 'default' },
});
const messageOf = (application: Fields) => objects(status(application)['conditions'])[0]?.['message'];
const syncOf = (application: Fields) => at(status(application), 'sync')['status'];

test('a private repository needs credentials', async () => {
  const remote = memoryRepository(true);
  cluster = await startArgoCluster(remote);
  const driver = sandboxDriver(cluster, remote);
  await driver.commit({ 'app/a.yaml': configMap('a', 'one') });
  await driver.create('Application', 'app', spec('app'));
  const refresh = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } };
  await driver.patch('app', refresh);
  const refused = await driver.until('app', one => messageOf(one) !== undefined);
  expect(messageOf(refused)).toBe(
    'Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = failed to list refs: authentication required: Repository not found.',
  );
  cluster.view.put({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'gitops', namespace: 'argocd', labels: { 'argocd.argoproj.io/secret-type': 'repo-creds' } },
    stringData: { url: 'https://github.com/contoso', githubAppPrivateKey: 'key' },
  });
  await driver.patch('app', refresh);
  const found = await driver.until('app', one => syncOf(one) === 'OutOfSync');
  expect(status(found)['conditions']).toBeUndefined();
});

test.each<[string, Record<string, string>, Fields, string]>([
  ['a Helm chart', { 'app/Chart.yaml': 'name: a' }, {}, 'the Helm chart in app'],
  ['Helm', { 'app/a.yaml': configMap('a', 'one') }, { helm: { values: '' } }, 'helm'],
  ['Jsonnet', { 'app/a.jsonnet': '{}' }, {}, 'Jsonnet, which app/a.jsonnet is'],
  ['a pattern', { 'app/a.yaml': configMap('a', 'one') }, { directory: { include: '*.yaml' } }, 'directory.include'],
])('%s is refused by name', async (_name, files, source, what) => {
  const remote = memoryRepository();
  cluster = await startArgoCluster(remote);
  const driver = sandboxDriver(cluster, remote);
  await driver.commit(files);
  await driver.create('Application', 'app', spec('app', source));
  await driver.patch('app', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } });
  const found = await driver.until('app', one => messageOf(one) !== undefined);
  expect(messageOf(found)).toContain(`The sandbox's Argo CD does not play ${what}.`);
  expect(syncOf(found)).toBe('Unknown');
});

test('nothing is done before the controller runs, nor outside of its namespace', async () => {
  const remote = memoryRepository();
  cluster = await startArgoCluster(remote);
  const driver = sandboxDriver(cluster, remote);
  await driver.commit({ 'app/a.yaml': configMap('a', 'one') });
  cluster.view.put({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'other', namespace: 'default' },
    spec: spec('app'),
  });
  cluster.view.patch(
    { resource: 'statefulsets', namespace: 'argocd', name: 'argocd-application-controller' },
    { spec: { replicas: 0 } },
  );
  await cluster.pass(5000);
  await driver.create('Application', 'app', spec('app'));
  await cluster.pass(5000);
  const places = [
    { resource: 'applications', namespace: 'argocd', name: 'app' },
    { resource: 'applications', namespace: 'default', name: 'other' },
  ];
  expect(places.map(place => cluster.view.get(place)?.['status'])).toEqual([undefined, undefined]);
  cluster.view.patch(
    { resource: 'statefulsets', namespace: 'argocd', name: 'argocd-application-controller' },
    { spec: { replicas: 1 } },
  );
  await driver.until('app', isReconciled);
  expect(
    cluster.view.get({ resource: 'applications', namespace: 'default', name: 'other' })?.['status'],
  ).toBeUndefined();
});

test('ApplicationSets are refused by name', async () => {
  cluster = await startArgoCluster();
  cluster.view.put({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: 'all', namespace: 'argocd' },
    spec: { generators: [] },
  });
  await cluster.pass();
  const set = cluster.view.get({ resource: 'applicationsets', namespace: 'argocd', name: 'all' });
  expect(objects(at(set, 'status')['conditions'])).toMatchObject([
    {
      type: 'ErrorOccurred',
      status: 'True',
      message: "The sandbox's Argo CD makes no Applications of ApplicationSets.",
    },
  ]);
});

test('nodes say which digest an image has in its registry, and do not find one that is not there', async () => {
  const remote = memoryRepository();
  const digest = `sha256:${'3'.repeat(64)}`;
  cluster = await startArgoCluster(remote, image => {
    if (!image.startsWith('acr.example/')) return undefined;
    return image === 'acr.example/web:1' ? { is: 'there', digest } : { is: 'missing' };
  });
  const driver = sandboxDriver(cluster, remote);
  await driver.commit({
    'app/a.yaml': deployment('a', 'acr.example/web:1'),
    'app/b.yaml': deployment('b', 'acr.example/web:2'),
  });
  await driver.create('Application', 'app', { ...spec('app'), syncPolicy: { automated: {} } });
  await driver.until('app', one => at(status(one), 'health')['status'] === 'Progressing');
  await cluster.pass(5000);
  const container = (app: string) =>
    objects(cluster.view.list('pods', 'default').filter(({ metadata }) => metadata.labels?.['app'] === app))
      .flatMap(pod => objects(at(pod, 'status')['containerStatuses']))
      .map(({ imageID, state }) => ({ imageID, reason: at(state, 'waiting')['reason'] }));
  expect(container('a')).toEqual([1, 2].map(() => ({ imageID: `acr.example/web@${digest}`, reason: undefined })));
  expect(container('b').map(({ reason }) => reason)).toEqual(['ImagePullBackOff', 'ImagePullBackOff']);
});
