import { expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import { describeLeftAlone } from './left-alone.ts';

const drift = (paths: readonly string[], more: Partial<Change> = {}): Change => ({
  address: 'azurerm_kubernetes_cluster.this',
  type: 'azurerm_kubernetes_cluster',
  title: 'cluster aks-contoso-dev',
  kind: 'update',
  reasons: [],
  attributes: paths.map(path => ({ path, before: { is: 'shown', text: '48' }, after: { is: 'shown', text: '24' } })),
  reach: 'cluster',
  risk: 'low',
  ...more,
});

test.each<[string, readonly Change[], readonly Change[], readonly (string | RegExp)[]]>([
  ['nothing', [], [], []],
  ['the same as the plan', [drift(['a'])], [drift(['a'])], []],
  [
    'an attribute that the plan leaves',
    [drift(['a', 'b'])],
    [drift(['a'])],
    [/^Of cluster aks-contoso-dev `b` \(now `24`\) changed/],
  ],
  ['a resource that the plan leaves', [drift(['a'])], [], [/`a` \(now `24`\)/]],
  ['a resource that is gone', [drift([], { kind: 'delete' })], [], []],
  ['a resource that is gone by now', [drift(['a'])], [drift([], { kind: 'delete' })], []],
])('%s', (_, refreshed, told, expected) => {
  expect(describeLeftAlone(refreshed, told)).toEqual(expected.map(one => expect.stringMatching(one)));
});

test('a value that is not shown is not told', () => {
  const secret = drift([], { attributes: [{ path: 'a', before: { is: 'sensitive' }, after: { is: 'sensitive' } }] });
  expect(describeLeftAlone([secret], [])[0]).toMatch(/^Of cluster aks-contoso-dev `a` changed/);
});
