import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { readInputs, token } from './inputs.ts';

let printed: string;
beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation(chunk => {
    printed += String(chunk);
    return true;
  });
});
afterEach(() => void jest.restoreAllMocks());

test('a wrong secret is masked and never repeated', () => {
  const read = () => readInputs(() => 'ghs_SECRET123 extra', { 'github-token': token });
  expect(read).toThrow('input github-token: is not as it should be. Give a token without spaces, or leave it out.');
  expect(printed).toContain('::add-mask::ghs_SECRET123');
});
