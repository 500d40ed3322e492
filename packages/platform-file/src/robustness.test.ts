import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import fc from 'fast-check';
import { listScopes, parseLock, parsePlatform, platformSchema, resolveScope } from './index.ts';
import { platformSource } from './schema.ts';
import { lockFor } from './testing/index.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../examples/platform-repository/${name}`, import.meta.url), 'utf8');
const example = read('platform.yaml');
const lockExample = read('platform.lock.yaml');

/** A typed value from which every scope resolves, or errors that stand inside of the file. Anything else fails. */
function expectValueOrProblems(content: string | Uint8Array): void {
  const platform = valueOrProblems(content, () => parsePlatform(content, 'p.yaml'));
  if (platform === undefined) return;
  expect(platformSource.safeParse(platform.source).success).toBe(true);
  const lock = lockFor(platform);
  for (const scope of listScopes(platform)) expect(resolveScope(platform, lock, scope)).toMatchObject(scope);
}

function valueOrProblems<T>(content: string | Uint8Array, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lines = (typeof content === 'string' ? content : new TextDecoder().decode(content)).split('\n');
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { message, location, remedy } of error.problems) {
      expect(message).toMatch(/^[^\n]+[.!?]$/);
      expect(`${message}${remedy ?? ''}`).not.toMatch(/\p{Cc}|\p{Cf}|Invalid input|undefined|\[object/u);
      expect(message.length).toBeLessThan(1000);
      if (location?.kind !== 'file') throw new Error(`no place: ${message}`);
      expect(location.line).toBeGreaterThanOrEqual(1);
      expect(location.line).toBeLessThanOrEqual(lines.length);
      expect(location.column).toBeGreaterThanOrEqual(1);
      expect(location.column).toBeLessThanOrEqual((lines[location.line - 1] ?? '').length + 2);
    }
    return undefined;
  }
}

/** Every key that the schema knows, and some that mean something elsewhere. */
const keys = [
  ...new Set([...JSON.stringify(platformSchema()).matchAll(/"([a-z-]+)":/g)].map(([, key]) => key ?? '')),
  ...['dev', 'prod', 'westeurope', '__proto__', 'constructor', 'toString', 'then', '<<', '', '1.30', 'clutser'],
];
const words = [
  ...['1', '1.30', '"1.35"', 'true', 'false', 'null', '~', 'yes', '.nan', '-.inf', '0x1f', '1e999', '{}', '[]'],
  ...['westeurope', 'kubenet', 'cilium', '10.0.0.0/8', '10.40.0.0/14', '999.0.0.0/99', '0.0.0.0/0', '48h', '99999d'],
  ...['11111111-1111-1111-1111-111111111111', 'Standard_NC6s_v3', 'Standard_D2s_v3', 'node-pool/gpu', '*x', '&x a'],
  ...['!!binary aGk=', '!x', '"\\u202e\\e[31m`"', '|', '>', '"', "'", '@', '%', '{', '[', ': ', '- ', '? ', '#', '\t'],
];
const piece = fc.oneof(
  fc.constantFrom(...keys).map(key => `${key}: `),
  fc.constantFrom(...words),
  fc.constantFrom('\n', '\n  ', '\n    ', '\n      ', ', ', ' ', '\n---\n', '\r\n', '\ufeff', '\0', '%YAML 1.1\n'),
  fc.string({ unit: 'binary', maxLength: 5 }),
);

/** A right file after a few accidents: pieces cut out, put in, put twice. */
const accident = fc.record({ at: fc.nat(2000), cut: fc.nat(40), put: fc.array(piece, { maxLength: 3 }) });
const mutated = (text: string) =>
  fc.array(accident, { minLength: 1, maxLength: 4 }).map(accidents =>
    accidents.reduce((current, { at, cut, put }) => {
      const offset = at % (current.length + 1);
      return current.slice(0, offset) + put.join('') + current.slice(offset + cut);
    }, text),
  );

/** Files of the right shape with any values: most get past YAML, and many past the schema. */
const value: fc.Arbitrary<string> = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...words.slice(0, 28)),
    fc
      .array(fc.tuple(fc.constantFrom(...keys), tie('value')), { maxLength: 4 })
      .map(entries => `{ ${entries.map(([key, inner]) => `${JSON.stringify(key)}: ${inner}`).join(', ')} }`),
    fc.array(tie('value'), { maxLength: 3 }).map(items => `[${items.join(', ')}]`),
  ),
})).value as fc.Arbitrary<string>;

/** Settings that exist, with values that are mostly right for them. */
const range = fc.oneof(
  fc.nat(70).map(octet => `10.${octet}.0.0/16`),
  fc
    .tuple(fc.nat(70), fc.nat(15), fc.integer({ min: 12, max: 30 }))
    .map(([a, b, bits]) => `10.${a}.${16 * b}.0/${bits}`),
);
const count = fc.integer({ min: 0, max: 12 }).map(String);
const oneOf = (...texts: string[]) => fc.constantFrom(...texts);
const known: Readonly<Record<string, fc.Arbitrary<string>>> = {
  runner: oneOf('inside', 'ubuntu-latest'),
  production: oneOf('true', 'false'),
  allow: oneOf('[cluster, registry]', '[]', '[node-pool/gpu]'),
  admins: oneOf('[11111111-1111-1111-1111-11111111111A]', '[]'),
  'tags.team': oneOf('a', '"1"'),
  'cluster.version': oneOf('"1.34"', '"1.40"', '"1.33"'),
  'cluster.tier': oneOf('free', 'premium'),
  'cluster.private': oneOf('true', 'false'),
  'cluster.upgrades.cluster': oneOf('none', 'node-image', 'rapid'),
  'cluster.pools.gpu': oneOf('true', 'false', '{ max: 1 }', '{ size: Standard_NC6s_v3 }'),
  'cluster.pools.user.min': count,
  'cluster.pools.system.max': count,
  'cluster.pools.system.zones': oneOf('[1, 2, 3]', '["3"]', '[]'),
  'cluster.pools.system.size': oneOf('Standard_D2s_v3', 'Standard_E4-2ds_v5', 'Standard_D8ds_v5'),
  'cluster.authorized-ranges': range.map(text => `[${text}]`),
  'cluster.features.image-cleaner.interval': oneOf('48h', '7d', '1h'),
  'network.address-space': range,
  'network.pods': range,
  'network.services': range,
  'network.zones.dmz': range,
  'network.zones.compute': range,
  'registry.public-access': oneOf('true', 'false'),
  releases: oneOf('{ argo-cd: false }', '{ issuers: true }', '{ cert-manager: false }', '{ x: true }'),
  'releases.ours': oneOf('{ chart: ./x, namespace: a }', '{ chart: ./x, namespace: a, needs: [ours, y] }', 'false'),
  images: oneOf('{ web: false }', '{ web: { tags: [v1, v1] } }', '{ web: { source: web:1 } }', '{ web: }'),
  'releases.argo-cd.values': oneOf('{ a: { b: null } }', '{ a: true }', '{ a: [.nan] }'),
};
const setting = fc.constantFrom(...Object.keys(known)).chain(path =>
  fc.oneof({ arbitrary: known[path] ?? value, weight: 4 }, { arbitrary: value, weight: 1 }).map(text =>
    path
      .split('.')
      .reduceRight((inner, key) => `{ ${key}: ${inner} }`, text)
      .slice(2, -2),
  ),
);
const shaped = fc
  .record({ defaults: fc.option(setting), dev: fc.array(setting, { maxLength: 2 }), region: fc.option(setting) })
  .map(({ defaults, dev, region }) => {
    const subscription = 'subscription: 33333333-3333-3333-3333-333333333333';
    const place = region === null ? 'location: westeurope' : `regions: { westeurope: , northeurope: { ${region} } }`;
    return `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
${defaults === null ? '' : `defaults: { ${defaults} }`}
environments:
  dev: { ${[subscription, place, ...dev].join(', ')} }
  prod: { ${subscription}, location: westeurope, runner: inside }
`;
  });

describe('any content gives a typed value or problems with places, and nothing else', () => {
  test.each<[string, fc.Arbitrary<string | Uint8Array>, number]>([
    ['bytes', fc.uint8Array({ maxLength: 300 }), 500],
    ['text', fc.string({ unit: 'binary', maxLength: 200 }), 500],
    ['pieces of YAML', fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join('')), 1500],
    ['the example after accidents', mutated(example), 1500],
    ['the example with broken bytes', mutated(example).map(text => Buffer.from(text, 'latin1')), 300],
    ['any value', value, 500],
    ['the right shape with any settings', shaped, 2500],
  ])('%s', (_name, contents, numRuns) => {
    fc.assert(fc.property(contents, expectValueOrProblems), { numRuns, seed: 3 });
  });

  test('the lock after accidents', () => {
    fc.assert(
      fc.property(mutated(lockExample), text => {
        valueOrProblems(text, () => parseLock(text, 'l.yaml'));
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  test('the right shape is sometimes right and sometimes wrong, or it would show little', () => {
    const outcomes = fc.sample(shaped, { numRuns: 300, seed: 3 }).map(text => {
      return valueOrProblems(text, () => parsePlatform(text, 'p.yaml')) !== undefined;
    });
    expect(outcomes.filter(Boolean).length).toBeGreaterThan(30);
    expect(outcomes.filter(right => !right).length).toBeGreaterThan(30);
  });
});

describe('hostile files end soon', () => {
  const size = 128 * 1024;
  test.each([
    ['brackets', '['.repeat(size)],
    ['braces', '{'.repeat(size)],
    ['dashes', '- '.repeat(size / 2)],
    ['questions', '? '.repeat(size / 2)],
    ['colons', 'a: '.repeat(size / 3)],
    ['keys', Array.from({ length: size / 9 }, (_, index) => `k${index}: 1`).join('\n')],
    ['equal keys', 'k: 1\n'.repeat(size / 5)],
    ['environments', `environments:\n${Array.from({ length: size / 12 }, (_, index) => `  e${index}: {}`).join('\n')}`],
    ['tags', `shared:\n  tags:\n${Array.from({ length: size / 16 }, (_, index) => `    T${index}: x`).join('\n')}`],
    ['one key', `${'k'.repeat(size - 10)}: 1`],
    ['one text', `name: ${'x'.repeat(size - 10)}`],
    ['an open quote', `"${'a'.repeat(size - 10)}`],
    ['lines', '\n'.repeat(size)],
    ['documents', '---\n'.repeat(size / 4)],
  ])('%s', (_name, content) => {
    // What is quadratic takes minutes here, so the time limit of the test runner is the measure.
    expectValueOrProblems(content.slice(0, size));
  });
});
