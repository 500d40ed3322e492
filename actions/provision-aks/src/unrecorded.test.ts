import { expect, test } from '@jest/globals';
import type { Condition, Unrecorded } from './adopt.ts';
import { describeApplied, describeUnrecorded, findUnrecorded } from './unrecorded.ts';

const group = '/subscriptions/s/resourceGroups/rg-dev';
const resource = (id: string, heldBy: (body: unknown) => boolean = () => true): Unrecorded => ({
  condition: 'whole',
  importId: id,
  place: 's',
  address: `at ${id}`,
  type: 'any',
  id,
  apiVersion: '2025-01-01',
  heldBy,
  removal: `remove ${id}`,
});
const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
const subnet = `${network}/subnets/compute`;

const view = { scope: 'dev', subscription: 's', allow: [] };

async function find(existing: readonly string[], planned: readonly Unrecorded[]) {
  const asked: string[] = [];
  const found = await findUnrecorded(planned, async id => {
    asked.push(id);
    return existing.includes(id) ? { id } : undefined;
  });
  return { asked, found: found.map(({ id }) => id) };
}

test('asks once when the group is not there, however much is planned in it', async () => {
  const planned = [resource(group), resource(network), resource(subnet)];
  expect(await find([], planned)).toEqual({ asked: [group], found: [] });
});

test('finds what an interrupted run left, at every depth', async () => {
  const planned = [resource(subnet), resource(network), resource(group), resource(`${group}/providers/X/y/other`)];
  expect((await find([group, network, subnet], planned)).found).toEqual([group, network, subnet]);
});

test('asks for a resource whose parents are recorded', async () => {
  expect((await find([subnet], [resource(subnet)])).found).toEqual([subnet]);
});

test('a property of another resource counts only when it is set', async () => {
  expect((await find([subnet], [resource(subnet, () => false)])).found).toEqual([]);
});

test('says what to remove: the outermost, once, with what lies in it', () => {
  const found = [resource(group), resource(network), resource(subnet), resource(subnet, () => true)];
  expect(describeUnrecorded(found, view)).toEqual([
    {
      address: `at ${group}`,
      message: `\`at ${group}\` would be created, but ${group} exists already and the state does not know it, nor 3 resources in it.`,
      remedy: expect.stringContaining(`\`remove ${group}\``),
    },
  ]);
  expect(describeUnrecorded([resource(subnet), resource(subnet)], view)).toHaveLength(1);
});

test.each<[Condition, RegExp]>([
  ['failed', /vnet was made only in part: its create failed, so it cannot be adopted as it is\.$/],
  ['working', /vnet is still being made, so it cannot be adopted/],
])('what is %s is not offered for adoption; what is around it is, which need not go for that', (condition, message) => {
  const stuck = { ...resource(network), condition };
  const [around] = describeUnrecorded([resource(group), stuck], view);
  expect(around?.message).toMatch(message);
  expect(around?.remedy).toMatch(/add `adopt` .* names what it cannot take over, which alone is removed then\.$/);
  const [alone] = describeUnrecorded([stuck], view);
  expect(alone?.remedy).toContain(`\`remove ${network}\``);
  expect(alone?.remedy).not.toContain('`adopt`');
});

test('what is whole is offered for adoption, until it is asked for', () => {
  expect(describeUnrecorded([resource(group)], view)[0]?.remedy).toMatch(
    /add `adopt` to `allow:` of dev and plan again/,
  );
  // A plan that was made before it was there does not import it, and whoever adopts removes nothing.
  const { remedy } = describeUnrecorded([resource(group)], { ...view, allow: ['adopt'] })[0] ?? {};
  expect(remedy).toMatch(/^Plan again: `allow:` of dev names `adopt`, so the new plan takes it over/);
  expect(remedy).not.toContain('remove');
});

test('what the state has by now shows that the plan was applied', () => {
  expect(describeApplied(['a', 'b', 'c', 'd', 'e']).message).toBe(
    'This plan was applied already, or another run has applied since it was made: it would create `a`, `b`, `c` and 2 more, which the state has already. Nothing was applied.',
  );
});
