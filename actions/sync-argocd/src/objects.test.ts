import { describe, expect, test } from '@jest/globals';
import { asArray, asObject } from '@suite/foundation';
import { fingerprintOf, type OwnObjectsInput, onlyOf, ownObjects } from './objects.ts';
import { viewWith } from './view.fixture.ts';

const inputOf = (applications: string, more: Partial<OwnObjectsInput> = {}): OwnObjectsInput => {
  const view = viewWith(applications);
  if (view.applications === undefined) throw new Error('no applications');
  return {
    view,
    applications: view.applications,
    serverUrl: 'https://github.com',
    outputs: undefined,
    overrides: new Map(),
    ...more,
  };
};
const specs = (input: OwnObjectsInput) =>
  ownObjects(input).argo.map(({ kind, metadata, spec }) => ({ kind, name: metadata.name, ...asObject(spec) }));
const two = '{ repository: contoso/gitops, apps: [{ name: web }, { name: worker, namespace: jobs }] }';

describe('objects of our own', () => {
  test('a project that may do what its applications need, and nothing else', () => {
    const [project] = specs(inputOf(two));
    expect(project).toEqual({
      kind: 'AppProject',
      name: 'contoso',
      description: 'Applications of contoso in dev',
      sourceRepos: ['https://github.com/contoso/gitops'],
      destinations: [
        { server: 'https://kubernetes.default.svc', namespace: 'web' },
        { server: 'https://kubernetes.default.svc', namespace: 'jobs' },
      ],
      namespaceResourceBlacklist: [
        { group: '', kind: 'ResourceQuota' },
        { group: '', kind: 'LimitRange' },
      ],
    });
  });

  test('charts of applications may be read from where they are', () => {
    const [project] = specs(inputOf('{ repository: contoso/gitops, apps: [{ name: web, charts: [redis] }] }'));
    expect(project).toMatchObject({
      sourceRepos: [
        'https://github.com/contoso/gitops',
        'ghcr.io/contoso/charts',
        'oci://ghcr.io/contoso/charts',
        'oci://ghcr.io/contoso/charts/redis',
      ],
    });
  });

  test('an Application for each, in its folder and namespace', () => {
    const [, web, worker] = specs(inputOf(two));
    expect(web).toMatchObject({
      name: 'web',
      project: 'contoso',
      source: { repoURL: 'https://github.com/contoso/gitops', targetRevision: 'main', path: 'environments/dev/web' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'web' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    });
    expect(worker).toMatchObject({ destination: { namespace: 'jobs' } });
  });

  test('of some of them alone, when a command is about those', () => {
    const input = inputOf(two);
    const { namespaces, argo, cluster } = onlyOf(ownObjects(input), [{ application: 'worker', namespace: 'jobs' }]);
    const named = [...namespaces, ...argo].map(({ kind, metadata: { name } }) => `${kind} ${name}`);
    expect(named).toEqual(['Namespace jobs', 'AppProject contoso', 'Application worker']);
    expect([argo[0], cluster]).toEqual([ownObjects(input).argo[0], ownObjects(input).cluster]);
  });

  test('without automation where syncs are manual', () => {
    const [, web] = specs(inputOf('{ repository: a/b, sync: manual, apps: [{ name: web }] }'));
    expect(asObject(asObject(web)['syncPolicy'])).not.toHaveProperty('automated');
  });

  test('one Application over those of a team, in a project that makes Applications alone', () => {
    const found = specs(inputOf('{ repository: a/b, root: true }'));
    expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'AppProject contoso',
      'AppProject contoso-root',
      'Application contoso-root',
    ]);
    const [children, root] = found;
    const places = asArray(asObject(children)['destinations']).map(one => asObject(one)['namespace']);
    // Where the platform itself lives they have no business.
    expect(places).toEqual(
      expect.arrayContaining([
        '*',
        '!kube-*',
        '!argocd',
        '!aks-platform',
        '!monitoring',
        '!cert-manager',
        '!gpu-operator',
      ]),
    );
    expect(new Set(places).size).toBe(places.length);
    expect(asObject(root)['namespaceResourceWhitelist']).toEqual([
      { group: 'argoproj.io', kind: 'Application' },
      { group: 'argoproj.io', kind: 'ApplicationSet' },
    ]);
  });

  test('overrides stand in the source', () => {
    const image = `web=cr.azurecr.io/web@sha256:${'a'.repeat(64)}`;
    const overrides = new Map([
      ['web', { kustomizeImages: [image] }],
      ['worker', { helmParameters: [{ name: 'image.digest', value: 'sha256:1' }] }],
    ]);
    const [, web, worker] = specs(inputOf(two, { overrides }));
    expect(web).toMatchObject({ source: { kustomize: { images: [image] } } });
    expect(worker).toMatchObject({
      source: { helm: { parameters: [{ name: 'image.digest', value: 'sha256:1', forceString: true }] } },
    });
  });

  test('outputs of Terraform travel as annotations, and none that is too long', () => {
    const outputs = {
      registry_login_server: 'cr.azurecr.io',
      gateway: { subnet: 's' },
      none: null,
      long: 'x'.repeat(9000),
    };
    const { cluster } = ownObjects(inputOf(two, { outputs }));
    expect(cluster.metadata.annotations).toEqual({
      'aks-platform.io/registry-login-server': 'cr.azurecr.io',
      'aks-platform.io/gateway': '{"subnet":"s"}',
    });
    expect(Buffer.from(String(asObject(cluster['data'])['server']), 'base64').toString()).toBe(
      'https://kubernetes.default.svc',
    );
  });

  test('on a hub, names are those of the environment, and the cluster is reached with no credential', () => {
    const id = `/subscriptions/${'4'.repeat(8)}-4444-4444-4444-${'4'.repeat(12)}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-hub`;
    const client = '66666666-6666-6666-6666-666666666666';
    const input = inputOf(
      `{ repository: contoso/gitops, argo-cd: { cluster: ${id}, namespace: gitops, client-id: ${client} }, apps: [{ name: web }] }`,
      { endpoint: { server: 'https://aks-dev.azmk8s.io', ca: 'PEM' } },
    );
    const { argo, cluster, namespaces } = ownObjects(input);
    const labels = { 'aks-platform.io/platform': 'contoso-dev-westeurope' };
    const to = { name: 'aks-contoso-dev-westeurope', namespace: 'web' };
    expect(argo).toMatchObject([
      {
        metadata: { name: 'contoso-dev-westeurope', namespace: 'gitops', labels },
        spec: { destinations: [to] },
      },
      {
        metadata: { name: 'contoso-dev-westeurope-web', namespace: 'gitops', labels },
        spec: { project: 'contoso-dev-westeurope', destination: to },
      },
    ]);
    // A server beside the name would be a second way to say where.
    expect(JSON.stringify(argo)).not.toContain('kubernetes.default.svc');
    expect(namespaces.map(({ metadata }) => metadata.name)).toEqual(['web']);
    expect(cluster.metadata).toMatchObject({ name: 'contoso-dev-westeurope-cluster', namespace: 'gitops' });
    const read = (key: string) => Buffer.from(String(asObject(cluster['data'])[key]), 'base64').toString();
    expect([read('name'), read('server')]).toEqual(['aks-contoso-dev-westeurope', 'https://aks-dev.azmk8s.io']);
    expect(JSON.parse(read('config'))).toEqual({
      execProviderConfig: {
        command: 'argocd-k8s-auth',
        args: ['azure'],
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        env: {
          AAD_ENVIRONMENT_NAME: 'AzurePublicCloud',
          AAD_LOGIN_METHOD: 'workloadidentity',
          AZURE_TENANT_ID: '11111111-1111-1111-1111-111111111111',
          AZURE_CLIENT_ID: client,
        },
      },
      tlsClientConfig: { insecure: false, caData: Buffer.from('PEM').toString('base64') },
    });
    const elsewhere = ownObjects({ ...input, view: { ...input.view, cloud: 'usgovernment' } }).cluster;
    const config = Buffer.from(String(asObject(elsewhere['data'])['config']), 'base64').toString();
    expect(config).toContain('"AAD_ENVIRONMENT_NAME":"AzureUSGovernmentCloud"');
  });

  test('namespaces hold pods to the strictest level', () => {
    expect(
      ownObjects(inputOf(two)).namespaces.map(({ metadata }) => [
        metadata.name,
        metadata.labels?.['pod-security.kubernetes.io/enforce'],
      ]),
    ).toEqual([
      ['web', 'restricted'],
      ['jobs', 'restricted'],
    ]);
  });

  test('a fingerprint is the same whatever the order of keys, and another for another value', () => {
    const { cluster } = ownObjects(inputOf(two, { outputs: { a: '1', b: '2' } }));
    const again = ownObjects(inputOf(two, { outputs: { b: '2', a: '1' } })).cluster;
    expect(fingerprintOf(again)).toBe(fingerprintOf(cluster));
    expect(fingerprintOf(ownObjects(inputOf(two, { outputs: { a: '1' } })).cluster)).not.toBe(fingerprintOf(cluster));
  });
});
