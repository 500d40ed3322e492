import { expect, test } from '@jest/globals';
import type { AttributeChange, Change, Value } from '@suite/change-report';
import { differencesOf } from './render.ts';

const absent: Value = { is: 'absent' };
const shown = (text: string): Value => ({ is: 'shown', text });
const attribute = (path: string, before: Value, after: Value): AttributeChange => ({ path, before, after });
const change = (kind: Change['kind'], ...attributes: AttributeChange[]): Change => ({
  address: 'module.cluster.azurerm_kubernetes_cluster.this',
  type: 'azurerm_kubernetes_cluster',
  title: 'cluster shop-k8s',
  kind,
  reasons: [],
  attributes,
  reach: 'cluster',
  risk: 'low',
});

test('each attribute that changes in Azure is one row, and the tags of one thing are one', () => {
  const rows = differencesOf([
    change('import'),
    change('create', attribute('name', absent, shown('new'))),
    change(
      'update',
      attribute('tags.team', shown('shop'), absent),
      attribute('tags.platform', absent, shown('contoso')),
      attribute('default_node_pool.tags.platform', absent, shown('contoso')),
      attribute('local_account_disabled', shown('false'), shown('true')),
      attribute('windows_profile.admin_password', { is: 'sensitive' }, { is: 'sensitive' }),
      attribute('image_cleaner_enabled', absent, shown('false')),
      attribute('default_node_pool.temporary_name_for_rotation', absent, shown('systemtmp')),
    ),
  ]);
  expect(rows.map(({ title: _, ...row }) => row)).toEqual([
    { path: 'tags', before: shown('team: shop'), after: shown('platform: contoso') },
    { path: 'default_node_pool.tags', before: absent, after: shown('platform: contoso') },
    { path: 'local_account_disabled', before: shown('false'), after: shown('true') },
    { path: 'windows_profile.admin_password', before: { is: 'sensitive' }, after: { is: 'sensitive' } },
  ]);
});
