import { expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import type { PlanContent } from '@suite/terraform';
import { environmentView, productionView } from '../views.fixture.ts';
import { judgeDestroy } from './judge.ts';
import type { Surroundings } from './surroundings.ts';

const change = (type: string, name: string, more: Partial<Change> = {}): Change => ({
  address: `${type}.${name}`,
  type,
  title: `${type.replace('azurerm_', '')} ${name}`,
  kind: 'delete',
  reasons: [],
  attributes: [],
  reach: 'data',
  risk: 'critical',
  ...more,
});
const cluster = change('azurerm_kubernetes_cluster', 'aks', { allowKey: 'cluster' });
const group = change('azurerm_resource_group', 'rg', { allowKey: 'resource-group' });
const vault = change('azurerm_key_vault', 'kv', { allowKey: 'key-vault' });
const nothing: Surroundings = { strangers: [], locks: [] };

function judge(
  changes: readonly Change[],
  around = nothing,
  allow: readonly string[] = [],
  view = environmentView,
  mode: PlanContent['mode'] = changes.length === 0 ? 'either' : 'destroy',
) {
  const content: PlanContent = {
    changes,
    drift: [],
    refreshed: [],
    outputs: [],
    checks: [],
    warnings: ['The plan is incomplete: something was left out with -target, or put off until after this apply.'],
    mode,
    applyable: changes.length > 0,
    complete: false,
    errored: false,
    variables: {},
    creates: [],
    imports: [],
  };
  return judgeDestroy({ ...view, allow: [...allow] }, 'platform.yaml', content, 'digest', around);
}
const told = (...args: Parameters<typeof judge>) =>
  judge(...args).checks.map(({ status, message }) => `${status}: ${message}`);

test('the cluster goes only when it is named; what it stands on goes with it', () => {
  expect(told([cluster, group])).toEqual(['blocked: Deleting kubernetes_cluster `aks` is not allowed.']);
  const allowed = judge([cluster, group], nothing, ['cluster']);
  expect(allowed).toMatchObject({ verdict: 'changes', checks: [{ status: 'passed' }], content: { warnings: [] } });
});

test.each<[string, readonly Change[], string]>([
  [
    'that changes something',
    [change('azurerm_subnet', 'a', { kind: 'update' })],
    'This plan also changes subnet a: it',
  ],
  ['that takes away what nobody asks for any more', [change('azurerm_subnet', 'a')], 'This plan'],
  ['that changes nothing', [], 'This plan'],
])('a plan %s is no plan to destroy', (_, changes, beginning) => {
  const { verdict, checks } = judge(changes, nothing, [], environmentView, 'build');
  expect(verdict).toBe('blocked');
  expect(checks[0]).toMatchObject({
    id: 'destroy/only',
    message: `${beginning} was not made to destroy.`,
  });
});

test('nothing is left: nothing changes', () => {
  expect(judge([])).toMatchObject({ verdict: 'no-changes', checks: [] });
});

test('data that is not named is refused, and its purge protection explained', () => {
  expect(told([vault])).toEqual([
    'blocked: Deleting key_vault `kv` is not allowed.',
    expect.stringMatching(/^warning: key_vault kv: It has purge protection: .*its name stays taken\. The next apply/),
  ]);
});

test('a group that is not empty, which Terraform would wait for without an end', () => {
  const strangers = ['/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/disks/d'];
  const { checks, verdict } = judge([group], { ...nothing, strangers });
  expect(verdict).toBe('blocked');
  expect(checks).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(
        /also holds 1 resource that the state does not know.*without an end.*disks\/d`\.$/,
      ),
      remedy: expect.stringMatching(/az resource delete --ids \S+disks\/d`/),
    }),
  ]);
  expect(told([cluster], { ...nothing, strangers }, ['cluster'])).toEqual([expect.stringMatching(/^passed/)]);
  expect(told([group], { ...nothing, strangers: undefined })).toEqual([
    expect.stringMatching(/^blocked: What lies in/),
  ]);
});

test('locks: of somebody, of protect, and not readable', () => {
  const lock = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Authorization/locks/frozen';
  expect(judge([group], { ...nothing, locks: [lock] }).checks[0]).toMatchObject({
    status: 'blocked',
    remedy: expect.stringContaining(`az lock delete --ids ${lock}`),
  });
  const ours = lock.replace('frozen', 'do-not-delete');
  expect(judge([group], { ...nothing, locks: [ours] }, [], productionView).checks[0]?.remedy).toMatch(
    /Set `protect: false` for prod, apply that, then destroy/,
  );
  expect(told([group], { ...nothing, locks: undefined })).toEqual([expect.stringMatching(/^unknown: Whether a/)]);
});

test('a plan that was not made to destroy', () => {
  expect(told([change('azurerm_subnet', 'a', { kind: 'create' })])).toEqual([
    'blocked: This plan also changes subnet a: it was not made to destroy.',
  ]);
});

test('what may hold data and has no key is refused, whatever is allowed', () => {
  const thing = change('azurerm_thing_of_a_later_version', 'x');
  const { checks, verdict } = judge([cluster, thing], nothing, ['cluster', 'storage']);
  expect(verdict).toBe('blocked');
  expect(checks.filter(({ status }) => status === 'blocked')).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/^thing_of_a_later_version x \(`\S+\.x`\) is of a type .* may hold data/),
      remedy: expect.stringMatching(/in a change of its own/),
    }),
  ]);
  const harmless = change('azurerm_private_endpoint', 'pe', { reach: 'network' });
  expect(judge([harmless]).checks).toEqual([]);
});
