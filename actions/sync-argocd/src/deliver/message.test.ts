import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryMessage, revertMessage } from './message.ts';
import { app } from './testing.ts';

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

test('a long list ends', () => {
  const places = Array.from({ length: 80 }, (_, at) => place('web', `i${at}`, 'r'));
  const { body } = deliveryMessage([app()], places, { environment: 'dev', bundle: undefined, run: 'r' });
  expect(body.split('\n').filter(line => line.startsWith('- '))).toHaveLength(51);
  expect(body).toContain('- … 30 more\n\nEnvironment: dev\nRun: r');
});
