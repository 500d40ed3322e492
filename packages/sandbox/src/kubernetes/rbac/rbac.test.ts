import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '../access/attributes.ts';
import type { KubeObject } from '../objects.ts';
import { createStore } from '../store/store.ts';
import { evaluateRbac } from './evaluate.ts';
import { allows, inWords, notCovered, type Rule } from './rules.ts';

const rule = (part: Partial<Rule>): Rule => ({
  verbs: [],
  apiGroups: [],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
  ...part,
});
const get = (part: object = {}): Attributes => ({ verb: 'get', group: '', resource: 'pods', ...part });

describe('a rule', () => {
  test.each<[string, Partial<Rule>, Attributes, boolean]>([
    ['of this very thing', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, get(), true],
    ['of everything', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, get({ subresource: 'log' }), true],
    ['of another verb', { verbs: ['list'], apiGroups: [''], resources: ['pods'] }, get(), false],
    ['of another group', { verbs: ['get'], apiGroups: ['apps'], resources: ['pods'] }, get(), false],
    [
      'without subresources',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
      get({ subresource: 'log' }),
      false,
    ],
    [
      'of a subresource',
      { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] },
      get({ subresource: 'log' }),
      true,
    ],
    [
      'of a subresource of all',
      { verbs: ['get'], apiGroups: [''], resources: ['*/log'] },
      get({ subresource: 'log' }),
      true,
    ],
    [
      'of this name',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      get({ name: 'a' }),
      true,
    ],
    [
      'of another name',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      get({ name: 'b' }),
      false,
    ],
    [
      'of names, asked about all',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      get(),
      false,
    ],
    ['of a path', { verbs: ['get'], nonResourceURLs: ['/metrics'] }, { verb: 'get', path: '/metrics' }, true],
    ['of paths', { verbs: ['get'], nonResourceURLs: ['/api/*'] }, { verb: 'get', path: '/api/v1' }, true],
    ['of another path', { verbs: ['get'], nonResourceURLs: ['/api/*'] }, { verb: 'get', path: '/apis' }, false],
    [
      'of resources, asked about a path',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verb: 'get', path: '/x' },
      false,
    ],
  ])('%s', (_name, part, attributes, isAllowed) => {
    expect(allows(rule(part), attributes)).toBe(isAllowed);
  });

  const secrets = rule({ verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] });
  test.each<[string, readonly Rule[], readonly string[]]>([
    ['the same', [secrets], []],
    ['everything', [rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })], []],
    [
      'a part',
      [rule({ verbs: ['get'], apiGroups: [''], resources: ['secrets'] })],
      ['{APIGroups:[""], Resources:["secrets"], Verbs:["list"]}'],
    ],
    [
      'some names',
      [rule({ verbs: ['*'], apiGroups: [''], resources: ['secrets'], resourceNames: ['a'] })],
      ['{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}'],
    ],
    ['nothing', [], ['{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}']],
  ])('is covered by who holds %s but for …', (_name, held, missing) => {
    expect(notCovered(held, [secrets]).map(inWords)).toEqual(missing);
  });
});

describe('bindings', () => {
  const group = 'rbac.authorization.k8s.io';
  const store = createStore();
  const put = (kind: string, name: string, more: object, namespace?: string) => {
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const object = { apiVersion: `${group}/v1`, kind, metadata, ...more } as KubeObject;
    store.put(`${kind.toLowerCase()}s.${group}`, object);
  };
  const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }];
  put('ClusterRole', 'reader', { rules });
  put('Role', 'reader', { rules: [{ ...rules[0], resources: ['secrets'] }] }, 'team');
  const refer = (kind: string) => ({ kind, name: 'reader', apiGroup: group });
  put('ClusterRoleBinding', 'all', { roleRef: refer('ClusterRole'), subjects: [{ kind: 'Group', name: 'ops' }] });
  put('RoleBinding', 'team', { roleRef: refer('ClusterRole'), subjects: [{ kind: 'User', name: 'ann' }] }, 'team');
  put('RoleBinding', 'own', { roleRef: refer('Role'), subjects: [{ kind: 'ServiceAccount', name: 'bot' }] }, 'team');
  put(
    'RoleBinding',
    'lost',
    { roleRef: { kind: 'Role', name: 'none' }, subjects: [{ kind: 'User', name: 'ann' }] },
    'team',
  );

  test.each<[string, readonly string[], Attributes, string]>([
    [
      'ann',
      [],
      get({ namespace: 'team' }),
      'RBAC: allowed by RoleBinding "team/team" of ClusterRole "reader" to User "ann"',
    ],
    ['ann', [], get({ namespace: 'other' }), ''],
    ['ann', [], get(), ''],
    [
      'bob',
      ['ops'],
      get({ namespace: 'other' }),
      'RBAC: allowed by ClusterRoleBinding "all" of ClusterRole "reader" to Group "ops"',
    ],
    ['bob', ['ops'], get(), 'RBAC: allowed by ClusterRoleBinding "all" of ClusterRole "reader" to Group "ops"'],
    [
      'system:serviceaccount:team:bot',
      [],
      get({ namespace: 'team', resource: 'secrets' }),
      'RBAC: allowed by RoleBinding "own/team" of Role "reader" to ServiceAccount "bot"',
    ],
    ['system:serviceaccount:other:bot', [], get({ namespace: 'team', resource: 'secrets' }), ''],
  ])('%s of %j: %j', (name, groups, attributes, reason) => {
    expect(evaluateRbac(store, { name, groups }, attributes)).toEqual({ allowed: reason !== '', reason });
  });
});
