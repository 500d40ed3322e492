import { expect, test } from '@jest/globals';
import { judgeImports } from './imports.ts';
import { judgePlan } from './plan.ts';
import { environmentView as view } from './views.fixture.ts';

const own = `/subscriptions/${view.subscription}/resourceGroups/rg`;
const elsewhere = '/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg';
const judge = (type: string, id: string, more: Partial<typeof view> = {}, address = `${type}.this["x"]`) =>
  judgeImports([{ address, type, id }], { ...view, ...more }).map(({ status }) => status);

test('what lies in another subscription is not taken into this state', () => {
  expect(judge('azurerm_storage_account', own)).toEqual([]);
  expect(judge('azurerm_storage_account', own.toUpperCase())).toEqual([]);
  expect(judge('azurerm_storage_account', elsewhere)).toEqual(['blocked']);
  expect(judge('azurerm_monitor_diagnostic_setting', `${elsewhere}/x|platform`)).toEqual(['blocked']);
  const [check] = judgeImports([{ address: 'a.b', type: 'a', id: elsewhere }], view);
  expect(check?.message).toBe(
    `\`a.b\` is to be imported as ${elsewhere}, which lies in another subscription than dev, ${view.subscription}.`,
  );
});

test('what has no place in a subscription, and rights on things that lie elsewhere', () => {
  expect(judge('random_pet', 'brave-otter')).toEqual([]);
  expect(judge('azurerm_role_assignment', `${elsewhere}/providers/Microsoft.Authorization/roleAssignments/1`)).toEqual(
    [],
  );
});

test('a root of their own may work in several subscriptions: said, and not blocked', () => {
  const terraform = { kind: 'root', folder: 'infra', variables: [] } as const;
  expect(judge('azurerm_storage_account', elsewhere, { terraform })).toEqual(['warning']);
});

test('a plan with such an import is one that no apply takes', () => {
  const imports = [{ address: 'a.b', type: 'a', id: elsewhere }];
  const content = {
    changes: [],
    drift: [],
    outputs: [],
    checks: [],
    warnings: [],
    mode: 'build',
    applyable: true,
    complete: true,
    errored: false,
    variables: {},
    creates: [],
    imports,
    refreshed: [],
  } as const;
  expect(judgePlan(view, 'platform.yaml', content, 'digest', [])).toMatchObject({
    verdict: 'blocked',
    checks: [{ id: 'import/a.b' }],
  });
  expect(judgePlan(view, 'platform.yaml', { ...content, imports: [] }, 'digest', []).verdict).toBe('changes');
});
