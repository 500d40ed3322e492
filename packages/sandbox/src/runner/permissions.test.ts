import { expect, test } from '@jest/globals';
import { excess, joined, permissionsForAll, restricted } from './permissions.ts';

test.each([
  [{ packages: 'write' }, { packages: 'read' }, { requested: 'packages: write', allowed: 'packages: read' }],
  [
    { actions: 'read', 'id-token': 'write', contents: 'read' },
    { contents: 'read' },
    { requested: 'actions: read, id-token: write', allowed: 'actions: none, id-token: none' },
  ],
  [{ contents: 'read' }, { contents: 'write' }, undefined],
  [{}, {}, undefined],
] as const)('%j of %j', (requested, granted, over) => {
  expect(excess(requested, granted)).toEqual(over);
});

test('a run from outside may read what it asked for and gets no id token', () => {
  expect(restricted({ contents: 'write', issues: 'read', 'id-token': 'write' })).toEqual({
    contents: 'read',
    issues: 'read',
  });
});

test('what either of two gives', () => {
  expect(joined({ contents: 'write', issues: 'read' }, { contents: 'read', issues: 'write', actions: 'read' })).toEqual(
    {
      contents: 'write',
      issues: 'write',
      actions: 'read',
    },
  );
});

test('read-all and write-all', () => {
  expect(permissionsForAll('read')).not.toHaveProperty('id-token');
  expect(permissionsForAll('write')).toMatchObject({ 'id-token': 'write', models: 'read', contents: 'write' });
});
