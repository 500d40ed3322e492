import { describe, expect, test } from '@jest/globals';
import { judgeAllowance, unusedAllowances } from './allowance.ts';
import { changedCluster, replacedCluster, rotatedPool, sampleChange } from './testing/samples.ts';

const place = { scope: 'dev', platformFile: 'platform.yaml' };

describe('judgeAllowance', () => {
  test('asks nothing for what needs no key', () => {
    expect(judgeAllowance([sampleChange(), changedCluster], [], place)).toEqual([]);
  });

  test('blocks what is not allowed, and says why and what to write where', () => {
    expect(judgeAllowance([rotatedPool], ['cluster'], place)).toEqual([
      {
        id: 'allow/node-pool/gpu',
        name: 'allow/node-pool/gpu',
        status: 'blocked',
        message:
          'Rotating node pool `gpu` is not allowed; it happens because `vm_size` changes from `Standard_NC24s_v3` to ' +
          '`Standard_NC4as_T4_v3`.',
        remedy: 'If it is meant, add `node-pool/gpu` to `allow:` of dev in `platform.yaml`.',
      },
    ]);
  });

  test('passes what is allowed, and only that', () => {
    const checks = judgeAllowance([rotatedPool, replacedCluster], ['node-pool/gpu'], place);
    expect(checks.map(({ id, status }) => [id, status])).toEqual([
      ['allow/node-pool/gpu', 'passed'],
      ['allow/cluster', 'blocked'],
    ]);
  });

  test('a key is a whole word', () => {
    const [check] = judgeAllowance([rotatedPool], ['node-pool', 'node-pool/gpu2', 'node-pool/*'], place);
    expect(check?.status).toBe('blocked');
  });

  test('judges any kind that carries a key', () => {
    const forgotten = sampleChange({ kind: 'forget', allowKey: 'registry' });
    expect(judgeAllowance([forgotten], [], place)).toMatchObject([{ id: 'allow/registry', status: 'blocked' }]);
  });

  test('asks once for a key that several changes need, and names three of them', () => {
    const zones = ['a', 'b', 'c', 'd', 'e'].map(name =>
      sampleChange({ title: `DNS zone ${name}`, kind: 'delete', allowKey: 'dns' }),
    );
    expect(judgeAllowance(zones, [], place).map(({ message }) => message)).toEqual([
      'Deleting DNS zone `a`, deleting DNS zone `b`, deleting DNS zone `c` and 2 more is not allowed.',
    ]);
  });

  test('a name cannot end its quotation', () => {
    const [check] = judgeAllowance([{ ...rotatedPool, title: 'node pool `x`\nallowed' }], [], place);
    expect(check?.message).toMatch(/^Rotating node pool `x allowed` is not allowed;/);
  });
});

test('unusedAllowances names what nothing in the plan needs', () => {
  expect(unusedAllowances([rotatedPool], ['node-pool/gpu', 'cluster', 'registry'])).toEqual(['cluster', 'registry']);
});
