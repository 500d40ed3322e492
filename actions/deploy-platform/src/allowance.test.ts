import { expect, test } from '@jest/globals';
import { type Change, rateChange } from '@suite/change-report';
import { spareAllowances, withAllowance } from './allowance.ts';
import type { PlatformPlan } from './plan.ts';

const change = (kind: 'delete' | 'replace', title: string, release: string): Change => ({
  address: `${release}/${title}`,
  type: 'apps/v1 StatefulSet',
  title,
  kind,
  reasons: [],
  attributes: [],
  reach: 'data',
  risk: rateChange({ kind, reach: 'data', guarded: true, disruptive: false }),
  allowKey: `release/${release}`,
});
const planOf = (...changes: readonly Change[]): PlatformPlan => ({ releases: [], changes, checks: [], digest: 'd' });
const judged = (allow: readonly string[], ...changes: readonly Change[]) =>
  withAllowance(planOf(...changes), { scope: 'dev', allow }, 'platform.yaml').checks;
const removal = change('delete', 'StatefulSet store/store', 'store');

test('what would be lost is refused, with what to write where', () => {
  expect(judged(['release/web', 'storage'], removal)).toEqual([
    {
      id: 'allow/release/store',
      name: 'allow/release/store',
      status: 'blocked',
      message: 'Deleting StatefulSet `store/store` is not allowed.',
      remedy: 'If it is meant, add `release/store` to `allow:` of dev in `platform.yaml`.',
    },
  ]);
});

test('unless the environment allows it', () => {
  expect(judged(['release/store'], removal)).toMatchObject([{ id: 'allow/release/store', status: 'passed' }]);
});

test('nobody is told to allow what is refused in any case', () => {
  expect(judged([], change('replace', 'StatefulSet store/store', 'store'))).toEqual([]);
});

test('an entry that nothing needs is told; entries for the infrastructure are none of ours', () => {
  expect(
    spareAllowances(planOf(removal), { scope: 'dev', allow: ['release/store', 'storage', 'release/web'] }),
  ).toEqual(['`allow:` of dev names release/web, which this plan does not need: take it out.']);
});
