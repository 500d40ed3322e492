import { describe, expect, test } from '@jest/globals';
import { createDigest } from '@suite/change-report';
import { asArray, asObject, canonicalJson, UserError } from '@suite/foundation';
import { digestPlan } from './digest-plan.ts';
import { entry, planOf, recordedPlan, recordedPlans } from './plan.fixture.ts';

const digest = (plan: unknown, lineage = 'lineage-of-the-state') => digestPlan(plan, lineage, createDigest);

/** The same plan with one text replaced everywhere. */
function withText(plan: unknown, from: string, to: string): unknown {
  return JSON.parse(JSON.stringify(plan).replaceAll(from, to));
}

/** Keys and lists of entries in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reordered(inner)]),
  );
}

describe('digestPlan', () => {
  test.each(recordedPlans)('%s/%s: the same however it is written', (name, file) => {
    const plan = recordedPlan(name, file);
    const other = asObject(reordered(plan));
    const shuffled = {
      ...other,
      timestamp: '2030-01-01T00:00:00Z',
      terraform_version: '1.99.0',
      prior_state: {},
      ...(Object.hasOwn(other, 'resource_changes')
        ? { resource_changes: [...asArray(other['resource_changes'])].reverse() }
        : {}),
    };
    expect(digest(plan)).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(shuffled)).toBe(digest(recordedPlan(name, file)));
  });

  test('reading changes nothing in the plan', () => {
    const plan = recordedPlan('replace-cluster');
    digest(plan);
    expect(plan).toEqual(recordedPlan('replace-cluster'));
  });

  test('a sensitive value alone makes another digest', () => {
    const plan = recordedPlan('sensitive');
    expect(digest(withText(plan, 'token-value-two', 'token-value-three'))).not.toBe(digest(plan));
    expect(digest(withText(plan, 'CC-2222-BRAVO', 'CC-2222-DELTA'))).not.toBe(digest(plan));
  });

  test("so does the content of a team's own files", () => {
    const plan = recordedPlan('replace-cluster');
    const [none, one, other] = [undefined, 'a', 'b'].map(files => digestPlan(plan, 'lineage', createDigest, files));
    expect(new Set([none, one, other]).size).toBe(3);
    expect(digestPlan(plan, 'lineage', createDigest, 'a')).toBe(one);
  });

  test('so does the variable of a write-only value, which stands nowhere else', () => {
    const plan = (token: string) =>
      planOf([entry({ type: 'azurerm_key_vault_secret', actions: ['create'], after: { value_wo: null } })], {
        variables: { token: { value: token } },
        configuration: {
          root_module: {
            resources: [
              {
                type: 'azurerm_key_vault_secret',
                name: 'this',
                expressions: { value_wo: { references: ['var.token'] } },
              },
            ],
          },
        },
      });
    expect(digest(plan('one'))).not.toBe(digest(plan('two')));
  });

  test('another lineage, another digest; none is refused', () => {
    const plan = recordedPlan('update-in-place');
    expect(digest(plan, 'another')).not.toBe(digest(plan));
    expect(() => digest(plan, '')).toThrow(UserError);
  });

  test('different recordings have different digests, but for plans that do the same', () => {
    const digests = new Map<string, string[]>();
    for (const [name, file] of recordedPlans) {
      const key = digest(recordedPlan(name, file));
      digests.set(key, [...(digests.get(key) ?? []), `${name}/${file}`]);
    }
    const shared = [...digests.values()].filter(names => names.length > 1);
    expect(shared).toMatchSnapshot();
  });

  const update = { type: 'azurerm_kubernetes_cluster_node_pool', before: { max_count: 1, node_count: 3, tags: null } };
  const base = entry({ ...update, after: { max_count: 2, node_count: 3, tags: null } });
  const original = digest(planOf([base]));

  test.each([
    ['an action', entry({ ...update, after: { max_count: 2, node_count: 3 }, actions: ['create', 'delete'] })],
    ['a value after', entry({ ...update, after: { max_count: 4, node_count: 3 } })],
    [
      'a value before',
      entry({ ...update, before: { max_count: 0, node_count: 3 }, after: { max_count: 2, node_count: 3 } }),
    ],
    ['what is unknown', entry({ ...update, after: { node_count: 3 }, unknown: { max_count: true } })],
    ['an address', entry({ ...update, after: { max_count: 2, node_count: 3 }, address: 'azurerm_subnet.other' })],
    ['a move', entry({ ...update, after: { max_count: 2, node_count: 3 }, entry: { previous_address: 'a.b' } })],
    ['an import', entry({ ...update, after: { max_count: 2, node_count: 3 }, change: { importing: { id: 'x' } } })],
    [
      'what forces it',
      entry({ ...update, after: { max_count: 2, node_count: 3 }, change: { replace_paths: [['a']] } }),
    ],
    ['a left-over', entry({ ...update, after: { max_count: 2, node_count: 3 }, entry: { deposed: '1234abcd' } })],
  ])('%s makes another digest', (_, changed) => {
    expect(digest(planOf([changed]))).not.toBe(original);
  });

  test('what stays may be anything: the number of nodes moves while nobody plans', () => {
    const scaled = entry({
      ...update,
      before: { max_count: 1, node_count: 7 },
      after: { max_count: 2, node_count: 7 },
    });
    expect(digest(planOf([scaled]))).toBe(original);
  });

  test('outputs and completeness count, what is left alone does not', () => {
    const output = (after: string) => ({ output_changes: { url: { actions: ['update'], before: 'a', after } } });
    expect(digest(planOf([base], output('b')))).not.toBe(digest(planOf([base], output('c'))));
    expect(digest(planOf([base], { complete: false }))).not.toBe(original);
    const still = entry({ address: 'azurerm_subnet.still', actions: ['no-op'], before: { a: 1 }, after: { a: 1 } });
    const read = entry({ address: 'data.x.y', actions: ['read'], after: {}, entry: { mode: 'data' } });
    expect(digest(planOf([still, base, read]))).toBe(original);
  });

  test('drift counts in a plan that only refreshes, and in no other', () => {
    const drifted = recordedPlan('drift', 'refresh-only-plan');
    expect(digest(drifted)).not.toBe(digest({ ...drifted, resource_drift: [] }));
    expect(digest(drifted)).toBe(digest(recordedPlan('drift-refresh-only-apply')));
    const plan = recordedPlan('drift');
    expect(digest(plan)).toBe(digest({ ...plan, resource_drift: [] }));
  });

  test('is fed part by part and keeps none', () => {
    const sizes: number[] = [];
    const plan = recordedPlan('big');
    digestPlan(plan, 'lineage', () => ({
      add: part => sizes.push(canonicalJson(part).length),
      end: () => '',
    }));
    expect(sizes.length).toBeGreaterThan(400);
    expect(Math.max(...sizes)).toBeLessThan(1000);
  });
});
