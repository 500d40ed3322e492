import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withoutCommands } from './log.ts';

fc.configureGlobal({ seed: 1 });

test.each([
  ['::add-path::/tmp/evil', ': :add-path::/tmp/evil'],
  ['  ::set-output name=a::b', '  : :set-output name=a::b'],
  ['line\r::error::x', 'line\n: :error::x'],
  ['##[add-mask]x', '## [add-mask]x'],
  ['module::function is fine', 'module::function is fine'],
])('%j is printed as %j', (line, expected) => expect(withoutCommands(line)).toBe(expected));

test('no text can make the runner obey', () => {
  const text = fc
    .array(fc.constantFrom('::', ':', '##[', '#', '[', '\n', '\r', ' ', '\t', 'a', '\u001b[0m', '\u200b'))
    .map(parts => parts.join(''));
  fc.assert(
    fc.property(text, hostile => {
      for (const line of withoutCommands(hostile).split('\n')) {
        expect(line.trimStart().startsWith('::')).toBe(false);
        expect(line).not.toContain('##[');
      }
    }),
  );
});
