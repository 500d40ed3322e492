import { describe, expect, test } from '@jest/globals';
import { readApplication } from './application.ts';
import { readProject } from './project.ts';
import { forbiddenBy, type ProjectResource, ruleText } from './project-rules.ts';
import { normalizeAddress, repositoryKey } from './repository.ts';

const application = (spec: object = {}, namespace = 'argocd') =>
  readApplication({
    metadata: { name: 'api', namespace },
    spec: {
      source: { repoURL: 'https://github.com/contoso/gitops.git' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'api' },
      ...spec,
    },
  });
const open = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };
const project = (spec: object) => readProject({ metadata: { name: 'contoso' }, spec: { ...open, ...spec } });
const rules = (spec: object, of = application(), resources: readonly ProjectResource[] = []) =>
  forbiddenBy(project(spec), of, 'argocd', resources).map(({ what, rule, says }) => `${what} | ${rule} | ${says}`);
const kind = (group: string, name: string, isNamespaced = true): ProjectResource => ({
  group,
  kind: name,
  name: 'x',
  isNamespaced,
});

describe('what a project forbids', () => {
  test.each<[string, object, string[]]>([
    ['nothing', {}, []],
    ['a repository in another notation', { sourceRepos: ['https://GitHub.com/contoso/gitops'] }, []],
    ['a star does not reach over a slash', { sourceRepos: ['https://github.com/*'] }, ['sourceRepos']],
    ['two stars do', { sourceRepos: ['https://github.com/**'] }, []],
    ['no repository at all', { sourceRepos: [] }, ['sourceRepos']],
    ['a repository that is denied', { sourceRepos: ['*', '!https://github.com/contoso/gitops'] }, ['sourceRepos']],
    ['another repository that is denied', { sourceRepos: ['!https://github.com/contoso/other'] }, []],
    ['the cluster by its name', { destinations: [{ name: 'in-cluster', namespace: 'api' }] }, []],
    ['another namespace', { destinations: [{ server: '*', namespace: 'web' }] }, ['destinations']],
    ['another cluster', { destinations: [{ server: 'https://other', namespace: '*' }] }, ['destinations']],
    [
      'a namespace that is denied',
      {
        destinations: [
          { server: '*', namespace: '*' },
          { server: '*', namespace: '!api' },
        ],
      },
      ['destinations'],
    ],
  ])('%s', (_name, spec, expected) => {
    expect(rules(spec).map(line => line.split(' | ')[1])).toEqual(expected.map(rule => `spec.${rule}`));
  });

  test('says which rule, and what it says', () => {
    expect(rules({ sourceRepos: ['https://github.com/fabrikam/*'], destinations: [] })).toEqual([
      'the repository https://github.com/contoso/gitops.git | spec.sourceRepos | https://github.com/fabrikam/*',
      'the namespace api of the cluster https://kubernetes.default.svc | spec.destinations | nothing',
    ]);
  });

  test.each([
    ['spec.sourceRepos', 'nothing', 'spec.sourceRepos allows nothing'],
    ['spec.sourceRepos', '!https://a', 'spec.sourceRepos denies https://a'],
    ['spec.namespaceResourceBlacklist', 'LimitRange', 'spec.namespaceResourceBlacklist denies LimitRange'],
  ])('%s: %s', (rule, says, text) => {
    expect(ruleText({ rule, says })).toBe(text);
  });

  test('a cluster that only Argo CD can name counts as allowed', () => {
    const elsewhere = application({ destination: { server: 'https://aks.example', namespace: 'api' } });
    expect(rules({ destinations: [{ name: 'aks-*', namespace: '*' }] }, elsewhere)).toEqual([]);
    expect(rules({ destinations: [{ server: 'https://other', namespace: '*' }] }, elsewhere)).toHaveLength(1);
  });

  test.each<[string, string[], number]>([
    ['argocd', [], 0],
    ['team-a', [], 1],
    ['team-a', ['team-*'], 0],
    ['team-a', ['/^team-[ab]$/'], 0],
    ['team-c', ['/^team-[ab]$/'], 1],
    ['team-a', ['/(/'], 1],
  ])('an Application in %s with %j', (namespace, sourceNamespaces, count) => {
    expect(rules({ sourceNamespaces }, application({}, namespace))).toHaveLength(count);
  });

  test.each<[string, object, ProjectResource, string | undefined]>([
    ['every namespaced kind, where it says nothing', {}, kind('apps', 'Deployment'), undefined],
    [
      'no kind of the cluster, where it says nothing',
      {},
      kind('', 'Namespace', false),
      'spec.clusterResourceWhitelist',
    ],
    [
      'none, where the list is empty',
      { namespaceResourceWhitelist: [] },
      kind('apps', 'Deployment'),
      'spec.namespaceResourceWhitelist',
    ],
    [
      'a denied kind',
      { namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }] },
      kind('', 'Secret'),
      'spec.namespaceResourceBlacklist',
    ],
    [
      'an allowed kind of the cluster',
      { clusterResourceWhitelist: [{ group: '*', kind: '*' }] },
      kind('rbac.authorization.k8s.io', 'ClusterRole', false),
      undefined,
    ],
    [
      'one of another name',
      { clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'team-*' }] },
      kind('', 'Namespace', false),
      'spec.clusterResourceWhitelist',
    ],
    [
      'a denied kind of the cluster',
      {
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        clusterResourceBlacklist: [{ group: '', kind: 'Node*' }],
      },
      kind('', 'NodeX', false),
      'spec.clusterResourceBlacklist',
    ],
  ])('%s', (_name, spec, resource, rule) => {
    expect(rules(spec, application(), [resource]).map(line => line.split(' | ')[1])).toEqual(rule ? [rule] : []);
  });
});

test.each<[string, string]>([
  ['https://github.com/Contoso/gitops.git', 'github.com/contoso/gitops'],
  ['git@github.com:contoso/gitops.git', 'github.com/contoso/gitops'],
  ['ssh://git@github.com/contoso/gitops', 'github.com/contoso/gitops'],
  ['https://token@github.com/contoso/gitops/', 'github.com/contoso/gitops'],
  ['ssh://git@ghes.example:2222/contoso/gitops', 'ghes.example:2222/contoso/gitops'],
  ['file:///srv/gitops.git', '/srv/gitops'],
])('repository %s', (address, key) => {
  expect(repositoryKey(address)).toBe(key);
});

test.each<[string, string]>([
  ['git@github.com:contoso/gitops.git', 'git@github.com/contoso/gitops'],
  ['ssh://git@github.com/contoso/gitops.git', 'git@github.com/contoso/gitops'],
  ['HTTPS://github.com/contoso/gitops.git', 'https://github.com/contoso/gitops'],
])('address %s', (address, normalized) => {
  expect(normalizeAddress(address)).toBe(normalized);
});
