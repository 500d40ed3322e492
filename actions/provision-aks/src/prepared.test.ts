import { expect, test } from '@jest/globals';
import { describeMissing } from './prepared.ts';

test('what is shared comes first', () => {
  expect(describeMissing(['log workspace log-contoso'], 'build')).toEqual({
    message: 'The shared scope has no log workspace log-contoso yet.',
    remedy: expect.stringMatching(/^Apply the scope `shared` first/),
  });
});

test('and goes last: a destroy says that its plan reads it', () => {
  const { message, remedy } = describeMissing(['log workspace log-contoso', 'vault kv'], 'destroy');
  expect(message).toBe(
    'The shared scope has no log workspace log-contoso and vault kv any more. The plan of the destroy reads them, as every plan of this environment does. Nothing was destroyed.',
  );
  expect(remedy).toMatch(/^What is shared goes last\./);
  expect(remedy).not.toMatch(/first/);
});
