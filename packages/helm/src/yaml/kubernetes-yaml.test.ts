import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { parseKubernetesYaml } from './kubernetes-yaml.ts';

/** Each row was given to sigs.k8s.io/yaml 1.6.0 (`YAMLToJSON`), which Helm 4.1 and Kubernetes 1.34 use. */
describe('scalars as Kubernetes reads them', () => {
  test.each<readonly [yaml: string, value: unknown]>([
    ['on', true],
    ['On', true],
    ['off', false],
    ['yes', true],
    ['YES', true],
    ['y', true],
    ['N', false],
    ['nO', 'nO'],
    ['TrUe', 'TrUe'],
    ['~', null],
    ['', null],
    ['NULL', null],
    ['nULL', 'nULL'],
    ['"on"', 'on'],
    ["'yes'", 'yes'],
    ['0777', 511],
    ['-0777', -511],
    ['0o777', 511],
    ['0O17', 15],
    ['0o8', '0o8'],
    ['010', 8],
    ['08', 8],
    ['0800', 800],
    ['00', 0],
    ['0x1F', 31],
    ['0x_F', 15],
    ['0x', '0x'],
    ['0xFFFFFFFFFFFFFFFF', Number(2n ** 64n)],
    ['-0x10', -16],
    ['0b101', 5],
    ['-0b1_1', -3],
    ['0b12', '0b12'],
    ['1_000', 1000],
    ['1_', 1],
    ['-_1', -1],
    ['_1', '_1'],
    ['1_000.5', 1000.5],
    ['1e3', 1000],
    ['12e03', 12000],
    ['1e', '1e'],
    ['1e400', '1e400'],
    ['1.', 1],
    ['.5', 0.5],
    ['.', '.'],
    ['-.', '-.'],
    ['+1', 1],
    ['--1', '--1'],
    ['1.10', 1.1],
    ['100m', '100m'],
    ['1:30', '1:30'],
    ['190:20:30', '190:20:30'],
    ['2024-01-01', '2024-01-01'],
    ['=', '='],
    ['18446744073709551616', 18446744073709552000],
    ['-9223372036854775809', -9223372036854776000],
    ['123456789012345678901234567890', 1.2345678901234568e29],
    ['!!str 123', '123'],
    ['!!str', ''],
    ['!!int "0777"', 511],
    ['!!bool "on"', true],
    ['!!float 1', 1],
    ['!!null ""', null],
    ['!!binary aGVsbG8=', 'hello'],
    ['!own bar', 'bar'],
    ['! 12', '12'],
    ['1 000', '1 000'],
  ])('%s', (yaml, value) => {
    expect(parseKubernetesYaml(`v: ${yaml}\n`)).toEqual({ v: value });
  });

  test.each(['.inf', '-.Inf', '.nan', '!!int abc', '!!int 1.5', '!!bool 1', '%5', '@x', '{~: x}', '{[a]: x}'])(
    '%s is refused',
    yaml => {
      expect(() => parseKubernetesYaml(`w: 1\nv: ${yaml}\n`)).toThrow(UserError);
      expect(() => parseKubernetesYaml(`w: 1\nv: ${yaml}\n`)).toThrow(/^line [23]: /);
    },
  );
});

describe('structure as Kubernetes reads it', () => {
  test.each<readonly [why: string, yaml: string, value: unknown]>([
    ['keys are text', '{1: a, true: b, 1.5: c, on: d}', { 1: 'a', true: 'd', '1.5': 'c' }],
    ['the last of equal keys counts', 'a: 1\na: 2\n', { a: 2 }],
    ['`<<` first: later keys win', 'a: &x {k: 1, m: 2}\nb: {<<: *x, k: 3}\n', { a: { k: 1, m: 2 }, b: { k: 3, m: 2 } }],
    ['`<<` last: it wins', 'a: &x {k: 1}\nb: {k: 3, <<: *x}\n', { a: { k: 1 }, b: { k: 1 } }],
    [
      'of merged maps the first counts',
      'a: &x {k: 1}\nc: &y {k: 2}\nb: {<<: [*x, *y]}\n',
      { a: { k: 1 }, c: { k: 2 }, b: { k: 1 } },
    ],
    ['blocks', 'a: |\n  on\n  y\nb: >-\n  p\n  q\n', { a: 'on\ny\n', b: 'p q' }],
    ['folded text', 'a: plain\n   folded\nb: "multi\n  line"\n', { a: 'plain folded', b: 'multi line' }],
    ['JSON', '{"a": [1, true, "x", null]}', { a: [1, true, 'x', null] }],
    ['nothing', '# only a comment\n', null],
    ['__proto__ is a key like others', '{"__proto__": {"a": 1}}', JSON.parse('{"__proto__": {"a": 1}}')],
  ])('%s', (_, yaml, value) => {
    expect(parseKubernetesYaml(yaml)).toEqual(value);
  });

  test('a bomb of aliases is refused', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(() => parseKubernetesYaml(lines.join('\n'))).toThrow(/more than 500000 values/);
  });

  test('a circle is refused', () => {
    expect(() => parseKubernetesYaml('a: &a {b: *a}')).toThrow(/`\*a` leads nowhere/);
  });

  test('an alias means the nearest anchor before it', () => {
    expect(parseKubernetesYaml('- &a 1\n- *a\n- &a 2\n- *a\n')).toEqual([1, 1, 2, 2]);
  });
});
