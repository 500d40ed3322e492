import { describe, expect, test } from '@jest/globals';
import { patchTypeOf } from '../apply/merge-type.ts';
import type { Fields } from '../objects.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicPatch } from './strategic-patch.ts';

describe('JSON patch (RFC 6902)', () => {
  const document = { a: { 'b/c': 1, list: [1, 2] } };

  test.each<[string, readonly object[], unknown]>([
    ['adds a field', [{ op: 'add', path: '/x', value: 1 }], { ...document, x: 1 }],
    ['adds to a list', [{ op: 'add', path: '/a/list/1', value: 9 }], { a: { 'b/c': 1, list: [1, 9, 2] } }],
    ['adds at the end', [{ op: 'add', path: '/a/list/-', value: 9 }], { a: { 'b/c': 1, list: [1, 2, 9] } }],
    ['replaces', [{ op: 'replace', path: '/a/b~1c', value: 2 }], { a: { 'b/c': 2, list: [1, 2] } }],
    ['replaces in a list', [{ op: 'replace', path: '/a/list/0', value: 9 }], { a: { 'b/c': 1, list: [9, 2] } }],
    ['removes', [{ op: 'remove', path: '/a/list/0' }], { a: { 'b/c': 1, list: [2] } }],
    ['copies', [{ op: 'copy', from: '/a/list', path: '/l' }], { ...document, l: [1, 2] }],
    ['moves', [{ op: 'move', from: '/a/list', path: '/l' }], { a: { 'b/c': 1 }, l: [1, 2] }],
    ['tests', [{ op: 'test', path: '/a/list', value: [1, 2] }], document],
    ['replaces everything', [{ op: 'replace', path: '', value: 1 }], 1],
  ])('%s', (_name, operations, result) => {
    expect(jsonPatch(document, operations)).toEqual(result);
    expect(document).toEqual({ a: { 'b/c': 1, list: [1, 2] } });
  });

  test.each([
    ['a path that is not there', { op: 'remove', path: '/none' }, 'the path "/none" does not exist'],
    ['a place behind the end', { op: 'add', path: '/a/list/9', value: 1 }, 'does not exist'],
    ['a test that fails', { op: 'test', path: '/a/b~1c', value: 2 }, 'testing value /a/b~1c failed'],
    ['an operation that is none', { op: 'mend', path: '/a' }, 'Unexpected kind: mend'],
    ['no path', { op: 'add' }, 'has no path'],
  ])('refuses %s', (_name, operation, words) => {
    expect(() => jsonPatch(document, [operation])).toThrow(words);
  });
});

test.each<[unknown, unknown, unknown]>([
  [{ a: 1, b: { c: 2 } }, { b: { d: 3 } }, { a: 1, b: { c: 2, d: 3 } }],
  [{ a: 1, b: 2 }, { a: null }, { b: 2 }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: 1 }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  [{ a: 1 }, 'x', 'x'],
])('merge patch (RFC 7386): %j with %j', (document, patch, result) => {
  expect(mergePatch(document, patch)).toEqual(result);
});

describe('strategic merge patch', () => {
  const pod = {
    containers: [
      { name: 'a', image: 'a:1', args: ['x'], ports: [{ containerPort: 1 }] },
      { name: 'b', image: 'b:1' },
    ],
    tolerations: [{ key: 'x' }],
    nodeSelector: { one: '1' },
  };
  const patch = (change: Fields) => strategicPatch(pod, change, patchTypeOf('core.v1.PodSpec'));
  const names = (result: Fields) => (result['containers'] as readonly Fields[]).map(({ name }) => name);

  test('merges items by their key, and replaces other lists', () => {
    expect(patch({ containers: [{ name: 'a', args: ['y'], ports: [{ containerPort: 2 }] }] })['containers']).toEqual([
      { name: 'a', image: 'a:1', args: ['y'], ports: [{ containerPort: 2 }, { containerPort: 1 }] },
      { name: 'b', image: 'b:1' },
    ]);
    expect(patch({ tolerations: [{ key: 'y' }] })['tolerations']).toEqual([{ key: 'y' }]);
  });

  test.each<[string, Fields, readonly string[]]>([
    ['a new item behind those it does not name', { containers: [{ name: 'c' }] }, ['c', 'a', 'b']],
    ['an order of its own', { $setElementOrder: [], containers: [{ name: 'b' }, { name: 'a' }] }, ['b', 'a']],
    ['the order that it sets', { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }, ['b', 'a']],
    ['one item less', { containers: [{ name: 'a', $patch: 'delete' }] }, ['b']],
    ['a list of its own', { containers: [{ $patch: 'replace' }, { name: 'z' }] }, ['z']],
  ])('%s', (_name, change, result) => {
    expect(names(patch(change))).toEqual(result);
  });

  test.each<[string, Fields, Fields]>([
    ['takes away', { nodeSelector: null }, { containers: pod.containers, tolerations: pod.tolerations }],
    ['replaces an object', { nodeSelector: { $patch: 'replace', two: '2' } }, { ...pod, nodeSelector: { two: '2' } }],
    ['empties an object', { nodeSelector: { $patch: 'delete' } }, { ...pod, nodeSelector: {} }],
    ['keeps some keys only', { $retainKeys: ['tolerations'] }, { tolerations: pod.tolerations }],
  ])('%s', (_name, change, result) => {
    expect(patch(change)).toEqual(result);
  });

  test('takes values out of a list of scalars', () => {
    const metadata = { finalizers: ['a', 'b'] };
    const type = patchTypeOf('meta.v1.ObjectMeta');
    expect(strategicPatch(metadata, { '$deleteFromPrimitiveList/finalizers': ['a'] }, type)).toEqual({
      finalizers: ['b'],
    });
    expect(strategicPatch(metadata, { finalizers: ['c'] }, type)).toEqual({ finalizers: ['c', 'a', 'b'] });
  });

  test('refuses directives that it does not know', () => {
    expect(() => patch({ '$mend/containers': [] })).toThrow('unknown directive $mend/containers');
  });
});
