import { expect, test } from '@jest/globals';
import { coverageRows, judgeChecks } from './coverage.ts';

const known = ['Registry', 'Registry: tier', 'Role AcrPull of the nodes on crcontoso'];
const row = { id: 24, item: 'Registry tier Premium' };

test.each([
  ['a name', ['Registry: tier']],
  ['words that names begin with', ['Registry', 'Role AcrPull of the nodes', 'Role']],
  ['what shows it instead', 'bootstrap'],
])('a row may say %s', (_case, verified) => {
  expect(() => judgeChecks({ ...row, verified }, known)).not.toThrow();
});

test.each([
  ['a check that is not there', ['Registry: tier', 'Registry: size'], 'does not have: Registry: size.'],
  ['half a word', ['Regis'], 'does not have: Regis.'],
  ['nothing', [], 'does not say which checks'],
  ['no word', '', 'does not say which checks'],
])('a row that says %s is refused by its number', (_case, verified, message) => {
  const judged = () => judgeChecks({ ...row, verified }, known);
  expect(judged).toThrow(/^Row 24 \(Registry tier Premium\) /);
  expect(judged).toThrow(message);
});

test('a row without the field is refused', () => {
  expect(() => judgeChecks(JSON.parse(JSON.stringify(row)), known)).toThrow('does not say which checks');
});

test('what shows a row instead is one word', async () => {
  const words = (await coverageRows()).flatMap(({ verified }) => (typeof verified === 'string' ? [verified] : []));
  expect(words).not.toEqual([]);
  for (const word of words) expect(word).toMatch(/^[a-z]+$/);
});
