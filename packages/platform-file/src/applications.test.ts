import { describe, expect, test } from '@jest/globals';
import { parsePlatform } from './index.ts';
import { resolveEnvironment } from './resolve.ts';
import { problemsOf } from './testing/index.ts';

/** Applications of the platform at line 14, of dev at line 7; one image, `web`. */
const file = (applications: string, dev = '', releases = '') => `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    ${dev === '' ? 'production: false' : `applications: ${dev}`}
    subscription: 33333333-3333-3333-3333-333333333333
    location: westeurope
  prod: { subscription: 55555555-5555-5555-5555-555555555555, location: westeurope, runner: inside }
defaults:
  releases: ${releases === '' ? '{}' : releases}
images: { web: { source: "ghcr.io/contoso/web@sha256:${'a'.repeat(64)}" } }
applications: ${applications}
`;
const idOf = (subscription: string, group: string, name: string) =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`;
const principal = '55555555-5555-5555-5555-555555555555';
const hubId = idOf('44444444-4444-4444-4444-444444444444', 'rg-hub', 'aks-hub');
const ownId = idOf('33333333-3333-3333-3333-333333333333', 'rg-contoso-dev-westeurope', 'aks-contoso-dev-westeurope');
const resolved = (text: string, environment = 'dev') =>
  resolveEnvironment(parsePlatform(text, 'p.yaml').source, environment, 'westeurope').applications;

describe('applications', () => {
  test('need a repository and names; the rest is made of them', () => {
    expect(resolved(file('{ repository: contoso/gitops, apps: [{ name: shop, images: [web] }] }'))).toEqual({
      repository: 'contoso/gitops',
      branch: 'main',
      path: 'environments/dev',
      delivery: 'git',
      isAutomatic: true,
      hasRoot: false,
      project: 'contoso',
      argoNamespace: 'argocd',
      hub: undefined,
      server: undefined,
      apps: [
        {
          name: 'shop',
          application: 'shop',
          namespace: 'shop',
          path: 'environments/dev/shop',
          images: ['web'],
          charts: [],
          values: {},
          setting: 'applications.apps[0]',
        },
      ],
      setting: 'applications',
    });
  });

  test('placeholders stand for environment and region, in the folder of all and in that of one', () => {
    const text = file(
      '{ repository: a/b, path: "{region}/{environment}", apps: [{ name: x }, { name: y, path: "apps/y/{environment}" }] }',
    );
    expect(resolved(text)?.apps.map(({ path }) => path)).toEqual(['westeurope/dev/x', 'apps/y/dev']);
    expect(resolved(text, 'prod')?.path).toBe('westeurope/prod');
  });

  test('an environment says what is different there, or has none', () => {
    const all = '{ repository: a/b, apps: [{ name: x }] }';
    expect(resolved(file(all, '{ branch: next, sync: manual, deliver: application }'))).toMatchObject({
      branch: 'next',
      isAutomatic: false,
      delivery: 'application',
      apps: [{ name: 'x' }],
    });
    expect(resolved(file(all, '{ branch: next }'), 'prod')?.branch).toBe('main');
    expect(resolved(file(all, 'false'))).toBeUndefined();
    expect(resolved(file('false'))).toBeUndefined();
  });

  test('a hub of the id that is given has them under the name of environment and region', () => {
    const text = file(
      `{ repository: a/b, apps: [{ name: x }], argo-cd: { cluster: ${hubId}, namespace: gitops, object-id: ${principal} } }`,
      '',
    );
    expect(resolved(text)).toMatchObject({
      project: 'contoso-dev-westeurope',
      argoNamespace: 'gitops',
      hub: {
        id: hubId,
        subscription: hubId.split('/')[2],
        resourceGroup: 'rg-hub',
        name: 'aks-hub',
        objectId: principal,
      },
      apps: [{ name: 'x', application: 'contoso-dev-westeurope-x', namespace: 'x', path: 'environments/dev/x' }],
    });
    // Nothing is left for an Argo CD in the cluster, unless somebody wants one.
    const releases = (said: string) =>
      resolveEnvironment(
        parsePlatform(text.replace('releases: {}', `releases: ${said}`), 'p.yaml').source,
        'dev',
        'westeurope',
      ).releases;
    expect(releases('{}').argoCd).toBeUndefined();
    expect(releases('{ argo-cd: true }').argoCd).toBeDefined();
  });

  test('a server stands there once, for every workflow', () => {
    const said = '{ server: "https://argocd.contoso.com", audience: "api://argo", dex-connector: github }';
    expect(resolved(file(`{ repository: a/b, argo-cd: ${said} }`))?.server).toEqual({
      address: 'https://argocd.contoso.com',
      audience: 'api://argo',
      connector: 'github',
    });
  });

  test('regions of an environment need folders of their own, because their registries differ', () => {
    const regions = (path: string) =>
      file(`{ repository: a/b, ${path}apps: [{ name: x, images: [web] }] }`).replace(
        '    location: westeurope\n',
        '    regions: { westeurope: , northeurope:  }\n',
      );
    expect(problemsOf(() => parsePlatform(regions(''), 'p.yaml'))).toEqual([
      expect.stringContaining('`environments/dev/x` in westeurope and in northeurope, whose registries differ.'),
    ]);
    expect(problemsOf(() => parsePlatform(regions('path: "{environment}/{region}", '), 'p.yaml'))).toEqual([]);
    expect(problemsOf(() => parsePlatform(regions('deliver: application, '), 'p.yaml'))).toEqual([]);
  });

  test.each([
    ['no repository', file('{ apps: [{ name: x }] }'), '14:15', 'The applications have no `repository`.'],
    [
      'no Argo CD',
      file('{ repository: a/b }', '', '{ argo-cd: false }'),
      '14:15',
      'Applications need Argo CD, and `releases: argo-cd:` is off.',
    ],
    [
      'a name twice',
      file('{ repository: a/b, apps: [{ name: x }, { name: x }] }'),
      '14:62',
      'The application `x` stands there twice.',
    ],
    [
      'the name of the platform',
      file('{ repository: a/b, apps: [{ name: contoso-root }] }'),
      '14:49',
      'The name `contoso-root` is that of the Application over all.',
    ],
    [
      'a namespace of Kubernetes',
      file('{ repository: a/b, apps: [{ name: x, namespace: kube-system }] }'),
      '14:63',
      "is the platform's or Kubernetes' own.",
    ],
    [
      'overrides below a root',
      file('{ repository: a/b, root: true, deliver: application }'),
      '14:40',
      'Overrides reach the Applications that are made here',
    ],
    [
      'an image that is none',
      file('{ repository: a/b, apps: [{ name: x, images: [wep] }] }'),
      '14:61',
      'There is no image `wep` under `images`. There is web.',
    ],
    [
      'values for an image of others',
      file('{ repository: a/b, apps: [{ name: x, values: { web: image } }] }'),
      '14:67',
      'The image `web` is none of this application.',
    ],
    [
      'a root on a hub',
      file(`{ repository: a/b, root: true, argo-cd: { cluster: ${hubId} } }`),
      '14:40',
      'could name any project and cluster of the hub.',
    ],
    [
      'a server of a hub',
      file(`{ repository: a/b, argo-cd: { cluster: ${hubId}, server: "https://a.b" } }`),
      `14:${64 + hubId.length}`,
      'A hub is worked with by its objects',
    ],
    [
      'a hub that is the cluster itself',
      file('{ repository: a/b }', `{ argo-cd: { cluster: ${ownId} } }`),
      '7:41',
      'This is the cluster itself',
    ],
    [
      'a namespace of no hub',
      file('{ repository: a/b, argo-cd: { namespace: x } }'),
      '14:56',
      '`namespace` is of a hub, and none is named.',
    ],
    [
      'an audience of no server',
      file('{ repository: a/b, argo-cd: { audience: x } }'),
      '14:55',
      '`audience` is of a server, and none is named.',
    ],
    [
      'a connector without its audience',
      file('{ repository: a/b, argo-cd: { server: "https://a.b", dex-connector: x } }'),
      '14:83',
      '`dex-connector` needs an `audience`.',
    ],
    ['a folder outside', file('{ repository: a/b, path: ../secrets }'), '14:40', 'Expected a folder'],
    ['a folder that leads outside', file('{ repository: a/b, path: "a/../../b" }'), '14:40', 'Expected a folder'],
    ['another placeholder', file('{ repository: a/b, path: "{stage}" }'), '14:40', 'Expected a folder'],
    ['a URL', file('{ repository: "https://github.com/a/b" }'), '14:29', 'Expected owner/name'],
    ['an option as branch', file('{ repository: a/b, branch: "--upload-pack=x" }'), '14:42', 'Expected the name'],
    ['an unknown key', file('{ repository: a/b, deliverr: git }'), '14:34', 'Unknown key'],
  ])('%s', (_, text, place, expected) => {
    const problems = problemsOf(() => parsePlatform(text, 'p.yaml'));
    expect(problems).toEqual([expect.stringContaining(`p.yaml:${place}: `)]);
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });
});
