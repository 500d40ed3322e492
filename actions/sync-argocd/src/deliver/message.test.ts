import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryMessage, isDelivery, revertMessage } from './message.ts';
import { app } from './testing.ts';

fc.configureGlobal({ seed: 1 });

const place = (name: string, item: string, after: string) =>
  ({ app: name, kind: 'image', item, form: 'manifest', file: 'f', line: 1, before: 'b', after }) as const;

test('no text from outside can pass for a trailer, whatever it holds', () => {
  const anything = fc
    .string({ unit: 'grapheme' })
    .map(text => `${text}\nBundle: forged\r\n\u2028Run: forged\u0085[skip ci]`);
  fc.assert(
    fc.property(anything, anything, (text, more) => {
      const note = { environment: more, bundle: text, run: more };
      for (const { headline, body } of [
        deliveryMessage([app({ name: text })], [place(text, more, text)], note),
        revertMessage([app({ name: text })], text, note),
      ]) {
        const lines = `${headline}\n\n${body}`.split(/[\n\r\u2028\u2029\u0085\v\f]/);
        expect(lines.filter(line => /^\s*Bundle:/.test(line))).toHaveLength(1);
        expect(lines.filter(line => /^\s*Run:/.test(line))).toHaveLength(1);
        expect(lines.join('')).not.toContain('[skip ci]');
        expect(headline.length).toBeLessThanOrEqual(72);
      }
    }),
  );
});

const runs = 'https://github.com/contoso/platform/actions/runs/';

test.each([
  ['as it is written', (text: string) => text, true],
  ['as GitHub gives it', (text: string) => `${text.replaceAll('\n', '\r\n')}\n`, true],
  ['of another repository', (text: string) => text.replace('/platform/', '/shop/'), false],
  ['of another server', (text: string) => text.replace('github.com', 'github.com.example'), false],
  ['with words after it', (text: string) => `${text}\n\nand then some`, false],
])('a delivery is known by its trailers: %s', (_, change, expected) => {
  const note = { environment: 'dev', bundle: 'sha256:1', run: `${runs}1` };
  for (const { headline, body } of [
    deliveryMessage([app()], [place('web', 'web', 'r')], note),
    revertMessage([app()], 'a'.repeat(40), note),
  ]) {
    expect(isDelivery(change(`${headline}\n\n${body}`), runs)).toBe(expected);
  }
});

test('a long list ends', () => {
  const places = Array.from({ length: 80 }, (_, at) => place('web', `i${at}`, 'r'));
  const { body } = deliveryMessage([app()], places, { environment: 'dev', bundle: undefined, run: 'r' });
  expect(body.split('\n').filter(line => line.startsWith('- '))).toHaveLength(51);
  expect(body).toContain('- … 30 more\n\nEnvironment: dev\nRun: r');
});
