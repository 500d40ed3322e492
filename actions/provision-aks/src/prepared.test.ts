import { expect, test } from '@jest/globals';
import { engines } from '@suite/terraform';
import type { Services } from './ports.ts';
import { describeMissing, makePlan, type Prepared } from './prepared.ts';
import { recordingLog } from './run.fixture.ts';
import type { Target } from './target.ts';
import { environmentView } from './views.fixture.ts';

test('what is shared comes first', () => {
  expect(describeMissing(['log workspace log-contoso'], 'build')).toEqual({
    message: 'The shared scope has no log workspace log-contoso yet.',
    remedy: expect.stringMatching(/^Apply the scope `shared` first/),
  });
});

test('and goes last: a destroy says that its plan reads it', () => {
  const { message, remedy } = describeMissing(['log workspace log-contoso', 'vault kv'], 'destroy');
  expect(message).toBe(
    'The shared scope has no log workspace log-contoso and vault kv any more. The plan of the destroy reads them, as every plan of this environment does. Nothing was destroyed.',
  );
  expect(remedy).toMatch(/^What is shared goes last\./);
  expect(remedy).not.toMatch(/first/);
});

test('what hangs on something that is adopted is adopted as well, once its id is known by that', async () => {
  const group = 'module.resource_group.azurerm_resource_group.this';
  const grant = 'module.identities.azurerm_role_assignment.workload["alb-controller/nodes"]';
  const nodes = `/subscriptions/${environmentView.subscription}/resourceGroups/rg-nodes`;
  const imported: string[] = [];
  const create = (address: string, after: object) => ({
    address,
    mode: 'managed',
    type: address.split('.').at(-2),
    name: 'this',
    change: { actions: ['create'], before: null, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {} },
  });
  /** Until the group is taken over, nobody knows the scope of the grant. */
  const planned = () => ({
    format_version: '1.2',
    terraform_version: '1.11.4',
    applyable: true,
    complete: true,
    errored: false,
    resource_changes: [
      ...(imported.join().includes(group) ? [] : [create(group, { name: 'rg-nodes' })]),
      ...(imported.join().includes(grant)
        ? []
        : [create(grant, imported.length === 0 ? { name: 'guid' } : { name: 'guid', scope: nodes })]),
    ],
  });
  let plans = 0;
  const prepared = {
    azure: { findResource: async (id: string) => ({ id }) },
    workspace: {
      sources: { kind: 'suite' },
      hashOwnFiles: async () => undefined,
      writeImports: async (text: string) => void imported.splice(0, 1, text),
    },
    terraform: {
      engine: engines.terraform,
      plan: async () => void plans++,
      show: async () => planned(),
      revision: async () => ({ lineage: 'a', serial: 1 }),
      recorded: async () => [],
    },
    varFiles: [],
    purpose: 'build',
  } as unknown as Prepared;
  const target = {
    view: { ...environmentView, allow: ['adopt'] },
    platform: { document: { path: 'platform.yaml' } },
  } as unknown as Target;
  const { checks } = await makePlan(target, { log: recordingLog().log } as Services, prepared, '/t/plan');
  expect(imported.join().match(/^ {2}id = .*$/gm)).toEqual([
    `  id = "${nodes}"`,
    `  id = "${nodes}/providers/Microsoft.Authorization/roleAssignments/guid"`,
  ]);
  expect(checks).toEqual([]);
  expect(plans).toBe(3);
});
