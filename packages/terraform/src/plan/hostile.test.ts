import { describe, expect, test } from '@jest/globals';
import { createDigest } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import fc from 'fast-check';
import { digestPlan } from './digest-plan.ts';
import { entry, planOf, recordedPlan } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

/** The error, or undefined where there is a result. Anything but a UserError is thrown on. */
function refusal(plan: unknown): UserError | undefined {
  try {
    readPlan(plan);
    digestPlan(plan, 'lineage', createDigest);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

describe('what is no plan', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'plan'],
    ['a list', []],
    ['a state', { version: 4, lineage: 'x' }],
    ['a plan of another format', { ...planOf([]), format_version: '2.0' }],
    ['a format that is no number', { ...planOf([]), format_version: '1.x' }],
    ['changes that are no list', { ...planOf([]), resource_changes: {} }],
    ['an entry that is no object', planOf([null])],
    ['an entry without an address', planOf([{ ...entry({}), address: 1 }])],
    ['an entry without a type', planOf([{ ...entry({}), type: undefined }])],
    ['an entry without a change', planOf([{ ...entry({}), change: [] }])],
    ['an entry without actions', planOf([entry({ actions: [] })])],
    ['actions that are no texts', planOf([entry({ change: { actions: [1] } })])],
    ['drift that is no list', planOf([], { resource_drift: 'none' })],
    ['outputs that are no object', planOf([], { output_changes: [] })],
    ['an output that is no object', planOf([], { output_changes: { a: null } })],
    ['nesting without end', planOf([entry({ after: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) })])],
  ])('%s gives one problem', (_, plan) => {
    expect(refusal(plan)?.problems).toHaveLength(1);
  });

  test('an action that is not known is refused by name of the resource', () => {
    expect(refusal(planOf([entry({ actions: ['renew'] })]))?.message).toContain('azurerm_subnet.this');
    expect(refusal(planOf([entry({ actions: ['delete', 'update'] })]))).toBeDefined();
  });

  test('a plan without changes is one', () => {
    const { resource_changes: _, ...bare } = planOf([]);
    expect(readPlan(bare)).toMatchObject({ changes: [], drift: [], outputs: [], checks: [], warnings: [] });
  });

  test('names that every object inherits are only names', () => {
    const after = JSON.parse('{"constructor": "a", "__proto__": {"polluted": "b"}, "toString": "c"}');
    const plan = planOf([
      entry({ type: 'constructor', before: {}, after, address: 'constructor.this' }),
      entry({ type: '__proto__', actions: ['delete'], before: { name: 'toString' } }),
    ]);
    const [first, second] = readPlan(plan).changes;
    expect(first?.attributes.map(({ path, before }) => [path, before.is])).toEqual([
      ['constructor', 'absent'],
      ['__proto__.polluted', 'absent'],
      ['toString', 'absent'],
    ]);
    expect(second?.title).toContain('toString');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('long texts are cut', () => {
    const long = 'x'.repeat(100_000);
    const plan = planOf([
      entry({ address: long, before: { name: long, [long]: 1 }, after: { name: long, [long]: long } }),
    ]);
    expect(JSON.stringify(readPlan(plan).changes).length).toBeLessThan(3000);
  });

  test('a thousand differences are counted, not listed', () => {
    const many = (value: number) => Object.fromEntries(Array.from({ length: 1000 }, (_, key) => [`a${key}`, value]));
    const { changes, warnings } = readPlan(planOf([entry({ before: many(1), after: many(2) })]));
    expect(changes[0]?.attributes).toHaveLength(200);
    expect(warnings).toEqual(['800 more attributes of subnet this differ; the plan has them all.']);
  });
});

type Path = readonly (string | number)[];

/** Every place in a tree, up to a number. */
function places(tree: unknown, at: Path = [], found: Path[] = []): Path[] {
  found.push(at);
  if (typeof tree === 'object' && tree !== null) {
    for (const [key, inner] of Object.entries(tree))
      places(inner, [...at, Array.isArray(tree) ? Number(key) : key], found);
  }
  return found;
}

function replaced(tree: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy: Record<string | number, unknown> = Array.isArray(tree) ? ([...tree] as never) : { ...(tree as object) };
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}

describe('any change to a plan gives a result or a UserError', () => {
  test.each([
    'drift',
    'sensitive',
    'replace-cluster',
    'rotate-default-pool',
    'unknown-and-outputs',
    'check-failed',
    'import-with-changes',
    'moved',
  ])('%s', name => {
    const { prior_state: _p, planned_values: _v, ...plan } = recordedPlan(name);
    const all = places(plan);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(all.length - 1), fc.jsonValue()), { minLength: 1, maxLength: 3 }),
        mutations => {
          // From the innermost place outwards, so that every place is still there.
          const mutated = mutations
            .map(([index, value]) => [all[index] ?? [], value] as const)
            .sort(([left], [right]) => right.length - left.length)
            .reduce<unknown>((tree, [place, value]) => replaced(tree, place, value), plan);
          refusal(mutated);
        },
      ),
      { numRuns: 60, seed: 42 },
    );
  });

  test('any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (changes, before, marks) => {
        expect(refusal(changes)).toBeDefined();
        refusal(
          planOf([entry({ before, after: changes, unknown: marks, sensitiveBefore: marks, sensitiveAfter: before })]),
        );
      }),
      { numRuns: 300, seed: 42 },
    );
  });
});
