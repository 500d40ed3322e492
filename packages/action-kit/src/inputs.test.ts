import { expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { choice, flag, guid, optional, path, readInputs, withDefault } from './inputs.ts';

const kinds = {
  command: choice(['plan', 'apply']),
  'client-id': optional(guid),
  dry: withDefault(flag, false),
  file: withDefault(path('/workspace'), '/workspace/platform.yaml'),
};
const read = (given: Record<string, string>) => readInputs(name => given[name] ?? '', kinds);

test('reads values and fills defaults', () => {
  expect(read({ command: 'plan', file: 'infra/../p.yaml', dry: 'True' })).toEqual({
    command: 'plan',
    'client-id': undefined,
    dry: true,
    file: '/workspace/p.yaml',
  });
});

test('reports every wrong input at once', () => {
  try {
    read({ command: 'aply', 'client-id': 'me', dry: 'yes' });
    throw new Error('accepted');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message.split('\n')).toEqual([
      'input command: is "aply". Use `plan` or `apply`. Did you mean `apply`?',
      'input client-id: is "me". Use a client id such as `11111111-2222-3333-4444-555555555555`.',
      'input dry: is "yes". Use `true` or `false`.',
    ]);
  }
});

test('a path that no disk could have is not taken to one, and not repeated whole', () => {
  const long = `${'a/'.repeat(3000)}b`;
  expect(() => read({ command: 'plan', file: long })).toThrow(
    new UserError({
      message: `is "${long.slice(0, 199)}…".`,
      location: { kind: 'input', name: 'file' },
      remedy: 'A path has at most 4096 characters.',
    }),
  );
});

test('a required input that is missing says how to give it', () => {
  expect(() => read({})).toThrow('input command: is required but was not given. Add `command:` under `with:`.');
});
