import { describe, expect, test } from '@jest/globals';
import { cell, codeSpan, escapeText, fence, htmlCode, link, mermaidText, prose } from './escape.ts';

// What a Markdown parser makes of all this is test/reality's subject; here is what GitHub adds, and the exact form.
describe('escapeText', () => {
  test.each([
    ['@octocat', '&#64;&#8203;octocat'],
    ['org/repo#12', 'org/repo&#35;&#8203;12'],
    ['GH-12 and gh-12', 'GH-&#8203;12 and gh-&#8203;12'],
    ['https://example.invalid', 'https:&#8203;//example.invalid'],
    ['www.example.invalid', 'www&#8203;.example.invalid'],
    [':smile:', ':&#8203;smile:'],
    ['9f3c2e1', '9f3c2e&#8203;1'],
    [
      '0123456789abcdef0123456789abcdef01234567',
      '012345&#8203;6789ab&#8203;cdef01&#8203;234567&#8203;89abcd&#8203;ef0123&#8203;4567',
    ],
    ['<b>&amp;', '&#60;b&#62;&#38;amp;'],
    ['- a', '&#45; a'],
    ['12. a', '12&#46; a'],
    ['a\r\nb\tc', 'a b c'],
    ['a\u202eb\u2066c\u200bd', 'a\ufffdb\ufffdc\ufffdd'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['a\ud800b', 'a\ufffdb'],
    ['two: words', 'two: words'],
    ['größer, 3.5 µs', 'größer, 3.5 µs'],
  ])('%j', (raw, markdown) => {
    expect(escapeText(raw)).toBe(markdown);
  });
});

describe('code', () => {
  test.each([
    ['gpu', '`gpu`', '`gpu`'],
    ['', '`""`', '`""`'],
    ['a`b', '``a`b``', '<code>a&#96;b</code>'],
    ['`a', '`` `a ``', '<code>&#96;a</code>'],
    ['a```b``', '```` a```b`` ````', '<code>a&#96;&#96;&#96;b&#96;&#96;</code>'],
    ['a|b', '`a|b`', '<code>a&#124;b</code>'],
    ['a\\', '`a\\`', '<code>a&#92;</code>'],
    ['a\nb', '`a b`', '`a b`'],
  ])('%j', (raw, span, inCell) => {
    expect(codeSpan(raw)).toBe(span);
    expect(cell(raw)).toBe(inCell);
  });

  test('inside HTML', () => {
    expect(htmlCode('</code>')).toBe('<code>&#60;/code&#62;</code>');
  });

  test('a fence is longer than what it holds, and lines stay lines', () => {
    expect(fence('diff', ['- a\n+ b', '  ````'])).toBe('`````diff\n- a + b\n  ````\n`````');
  });
});

test('prose keeps its own code and escapes the rest', () => {
  expect(prose('add `node-pool/gpu` to *it*')).toBe('add `node-pool/gpu` to &#42;it&#42;');
  expect(prose('a ` alone')).toBe('a &#96; alone');
});

describe('link', () => {
  test.each([
    ['https://example.invalid/a?b=c&d=e', '[run 1](https://example.invalid/a?b=c&amp;d=e)'],
    ['https://example.invalid/a) [b](c', '[run 1](https://example.invalid/a%29%20%5Bb%5D%28c)'],
    ['javascript:alert(1)', 'run 1'],
    ['data:text/html,x', 'run 1'],
    ['not an address', 'run 1'],
  ])('%s', (address, markdown) => {
    expect(link('run 1', address)).toBe(markdown);
  });
});

test('a name in a diagram has nothing of its grammar', () => {
  expect(mermaidText('node pool "gpu": x;\n%% click # <b>')).toBe('node pool gpu x click b');
});
