import { describe, expect, test } from '@jest/globals';
import { utf8Length } from '@suite/foundation';
import { fitSections, type Section, weights } from './section.ts';

function section(name: string, weight: number, length: number, quantity = 1): Section {
  return { holds: { quantity, singular: name }, weight, markdown: name.charAt(0).repeat(length) };
}

const verdict = section('verdict', weights.verdict, 20);
const binding = section('last line', weights.binding, 30);

function note(missing: string): string {
  return `_Left out to keep within the size limit: ${missing}. The report file holds all of it._`;
}

describe('fitSections', () => {
  test('keeps all that fits, to the byte', () => {
    const all = [verdict, section('ä', 1, 10), binding];
    const whole = fitSections(all, { limit: 1000 });
    expect(whole).toBe(`${'v'.repeat(20)}\n\n${'ä'.repeat(10)}\n\n${'l'.repeat(30)}\n`);
    // The last separator is counted, though nothing follows it.
    expect(fitSections(all, { limit: utf8Length(whole) + 1 })).toBe(whole);
    expect(fitSections(all, { limit: utf8Length(whole) - 1 })).not.toContain('ä');
  });

  test('gives up what weighs least, of that the largest, and says so before the last line', () => {
    const all = [
      verdict,
      section('details', 1, 300),
      section('table', 2, 500),
      section('huge', 1, 400, 7),
      section('outputs', 1, 100),
      binding,
    ];
    const kept = fitSections(all, { limit: 1100 }).trimEnd().split('\n\n');
    expect(kept).toEqual([
      'v'.repeat(20),
      'd'.repeat(300),
      't'.repeat(500),
      'o'.repeat(100),
      note('7 huges'),
      'l'.repeat(30),
    ]);
    expect(fitSections(all, { limit: 800 })).toContain(note('1 details and 7 huges'));
    expect(fitSections(all, { limit: 400 })).toContain(note('1 table, 1 outputs, 1 details and 7 huges'));
  });

  test('adds up contents of one kind', () => {
    const all = [verdict, section('row', 1, 900, 200), section('row', 1, 800, 25), binding];
    expect(fitSections(all, { limit: 400 })).toContain(note('225 rows'));
  });

  test('without room for the sentence the verdict alone remains, and without that nothing', () => {
    expect(fitSections([verdict, section('a', 1, 900), binding], { limit: 25 })).toBe('v'.repeat(20));
    expect(fitSections([verdict, section('a', 1, 900), binding], { limit: 10 })).toBe('');
  });
});
