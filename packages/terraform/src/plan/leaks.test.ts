import { describe, expect, test } from '@jest/globals';
import { asArray, asObject, isObject } from '@suite/foundation';
import { entry, planOf, recordedPlan, recordedPlans } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

/** Every text and number under a mark; written without the code under test. */
function sensitiveLeaves(value: unknown, marks: unknown): string[] {
  if (marks === true) {
    if (typeof value === 'string' || typeof value === 'number') return [String(value)];
    return typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(inner => sensitiveLeaves(inner, true))
      : [];
  }
  if (typeof marks !== 'object' || marks === null || typeof value !== 'object' || value === null) return [];
  return Object.entries(marks).flatMap(([key, inner]) => sensitiveLeaves((value as never)[key], inner));
}

function secretsIn(plan: Record<string, unknown>): string[] {
  const changes = [...asArray(plan['resource_changes']), ...asArray(plan['resource_drift'])].map(item =>
    asObject(asObject(item)['change']),
  );
  const marked = [...changes, ...Object.values(asObject(plan['output_changes'])).map(asObject)].flatMap(change => [
    ...sensitiveLeaves(change['before'], change['before_sensitive']),
    ...sensitiveLeaves(change['after'], change['after_sensitive']),
  ]);
  const declared = asObject(asObject(asObject(plan['configuration'])['root_module'])['variables']);
  const variables = Object.entries(asObject(plan['variables'])).flatMap(([name, variable]) =>
    asObject(declared[name])['sensitive'] === true ? sensitiveLeaves(asObject(variable)['value'], true) : [],
  );
  return [...new Set([...marked, ...variables])].filter(secret => secret.length >= 4);
}

function shown(plan: unknown): string {
  const { creates: _c, variables: _v, ...printable } = readPlan(plan);
  return JSON.stringify(printable);
}

const all = [...new Set(recordedPlans.flatMap(([name, file]) => secretsIn(recordedPlan(name, file))))];

describe('no sensitive value is shown', () => {
  test('the recordings hold some', () => {
    expect(all).toEqual(
      expect.arrayContaining(['token-value-one', 'token-value-two', 'CC-1111-ALPHA', 'fake-cluster-token']),
    );
  });

  test.each(recordedPlans)('%s/%s', (name, file) => {
    const text = shown(recordedPlan(name, file));
    expect(all.filter(secret => text.includes(JSON.stringify(secret).slice(1, -1)))).toEqual([]);
  });

  test('the same secrets planted where nothing is marked', () => {
    const variables = { variables: { password: { value: 'correct horse' } } };
    const configuration = { configuration: { root_module: { variables: { password: { sensitive: true } } } } };
    const plan = planOf(
      [
        entry({
          type: 'azurerm_storage_account',
          before: { name: 'st1', key: 'key-of-storage', note: 'key-of-storage', tags: null },
          after: { name: 'st1', key: 'key-two', note: 'before correct horse after', tags: { 'correct horse': 'x' } },
          sensitiveBefore: { key: true },
          sensitiveAfter: { key: true },
        }),
        entry({ address: 'azurerm_subnet.other', actions: ['create'], after: { name: 'correct horse' } }),
      ],
      {
        ...variables,
        ...configuration,
        output_changes: {
          listed: { actions: ['create'], before: null, after: { deep: ['key-of-storage'] }, after_sensitive: false },
        },
        checks: [
          {
            address: { kind: 'check', to_display: 'check.password' },
            status: 'fail',
            instances: [{ problems: [{ message: 'It is correct horse.' }] }],
          },
        ],
      },
    );
    const { changes, outputs, checks } = readPlan(plan);
    expect(shown(plan)).not.toMatch(/correct horse|key-of-storage|key-two/);
    expect(changes[0]?.attributes).toEqual([
      { path: 'key', before: { is: 'sensitive' }, after: { is: 'sensitive' } },
      { path: 'note', before: { is: 'sensitive' }, after: { is: 'sensitive' } },
      { path: '(sensitive)', before: { is: 'absent' }, after: { is: 'shown', text: 'x' } },
    ]);
    expect(changes[1]?.title).toBe('subnet (sensitive)');
    expect(outputs[0]?.after).toEqual({ is: 'sensitive' });
    expect(checks[0]).toMatchObject({ status: 'failed', message: 'It does not hold.' });
  });

  test('a secret is not shown by half where a text is cut', () => {
    const secret = 'secret-that-is-cut-in-half';
    const filler = (length: number) => 'x'.repeat(length - 10);
    const plan = planOf(
      [
        entry({ actions: ['create'], after: { name: filler(120) + secret, note: filler(500) + secret } }),
        entry({ before: {}, after: { tags: { [filler(195) + secret]: 'y', [secret]: 'z' } } }),
      ],
      {
        output_changes: { token: { actions: ['update'], before: secret, after: 'b', before_sensitive: true } },
        checks: [
          {
            address: { kind: 'check', to_display: 'check.a' },
            status: 'fail',
            instances: [{ problems: [{ message: filler(1000) + secret }] }],
          },
        ],
      },
    );
    expect(shown(plan)).not.toContain('secret-');
  });

  test('a mark inside a value that is compared as a whole hides all of it', () => {
    const plan = planOf([
      entry({
        before: { list: ['open-value', 'hidden-value'] },
        after: { list: ['open-value'] },
        sensitiveBefore: { list: [false, true] },
      }),
    ]);
    expect(readPlan(plan).changes[0]?.attributes).toEqual([
      { path: 'list', before: { is: 'sensitive' }, after: { is: 'sensitive' } },
    ]);
  });

  test('what becomes sensitive hides what it was', () => {
    const tags = { cost: 'in-clear-until-now' };
    const plan = planOf([entry({ before: { tags }, after: { tags }, sensitiveAfter: { tags: { cost: true } } })]);
    expect(isObject(readPlan(plan).changes[0])).toBe(true);
    expect(shown(plan)).not.toContain('in-clear');
    expect(readPlan(plan).changes[0]?.attributes).toEqual([
      { path: 'tags.cost', before: { is: 'sensitive' }, after: { is: 'sensitive' } },
    ]);
  });
});
