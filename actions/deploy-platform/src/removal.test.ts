import { expect, test } from '@jest/globals';
import { orderRemovals } from './removal.ts';

const node = (text: string) => {
  const [name = '', needs = ''] = text.split(' < ');
  return { name, needs: needs === '' ? [] : needs.split(', ') };
};

test.each<[string, readonly string[], readonly string[]]>([
  ['nothing', [], []],
  ['what needs another one goes first', ['kinds', 'web < kinds'], ['web', 'kinds < web']],
  [
    'through others',
    ['kinds', 'issuers < manager', 'manager < kinds'],
    ['issuers', 'manager < issuers', 'kinds < manager'],
  ],
  ['what stays does not count', ['web < kinds', 'store'], ['store', 'web']],
  ['a circle, which two applies can leave', ['a < b', 'b < a'], ['a', 'b < a']],
  ['itself', ['a < a'], ['a']],
])('%s', (_, gone, expected) => {
  const shown = orderRemovals(gone.map(node)).map(({ name, needs }) =>
    needs.length === 0 ? name : `${name} < ${needs.join(', ')}`,
  );
  expect(shown).toEqual(expected);
});
