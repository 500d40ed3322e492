import { expect, test } from '@jest/globals';
import { refOf, type Selection } from '@suite/kubernetes';
import { object } from './checks/checks.fixture.ts';
import { ownedBy } from './helm-owner.ts';
import { removeLeftovers } from './leftovers.ts';
import type { ReleasePlan } from './plan.ts';
import type { ReleaseRecord } from './record.ts';

const release = { name: 'web', namespace: 'shop' };
const map = (name: string, metadata: object = ownedBy(release)) => object('v1', 'ConfigMap', {}, { name, ...metadata });
const { labels, annotations } = ownedBy(release);
const there = [
  map('rendered'),
  map('left'),
  map('moved', ownedBy({ name: 'other', namespace: 'shop' })),
  map('kept', { labels, annotations: { ...annotations, 'helm.sh/resource-policy': 'keep' } }),
  map('recorded-as-kept'),
];

async function removedAfter(status: ReleaseRecord['status']): Promise<readonly string[]> {
  const removed: string[] = [];
  const objects = [...there, map('gone')].map(one => ({
    ...refOf(one),
    keep: one.metadata.name === 'recorded-as-kept',
  }));
  const plan = {
    ...release,
    record: { status, objects },
    rendered: { objects: [{ object: map('rendered') }] },
  } as unknown as ReleasePlan;
  await removeLeftovers(plan, {
    listMetadata: async ({ fields }: Selection) => there.filter(one => fields === `metadata.name=${one.metadata.name}`),
    remove: async ({ name }) => removed.push(name) > 0,
  });
  return removed;
}

test.each<[ReleaseRecord['status'], readonly string[]]>([
  ['failed', ['left']],
  ['applying', ['left']],
  // Helm knows all of it then.
  ['deployed', []],
])('after an apply that is %s, what it alone has made goes', async (status, expected) => {
  expect(await removedAfter(status)).toEqual(expected);
});
