import { describe, expect, test } from '@jest/globals';
import { type MarkdownOptions, renderMarkdown } from './markdown.ts';
import { hostileText } from './testing/hostile.ts';

function render(markdown: string, options: Partial<MarkdownOptions> = {}): string {
  return renderMarkdown(markdown, { prefix: 'doc', under: 4, is: 'document', ...options }).html;
}

describe('alerts', () => {
  test.each([
    ['the next line', '> [!WARNING]\n> Text.', 'warning', '<p>Text.</p>'],
    ['lower case and spaces', '>[!note]  \n> Text.', 'note', '<p>Text.</p>'],
    ['Windows line ends', '> [!TIP]\r\n> Text.', 'tip', '<p>Text.</p>'],
    ['the next paragraph', '> [!IMPORTANT]\n>\n> Text.', 'important', '<p>Text.</p>'],
    ['formatted text first', '> [!CAUTION]\n> **Bold** text.', 'caution', '<p><strong>Bold</strong> text.</p>'],
    ['a list', '> [!NOTE]\n> - one', 'note', '<li>one</li>'],
  ])('%s', (_name, markdown, kind, content) => {
    for (const is of ['comment', 'document'] as const) {
      const html = render(markdown, { is });
      expect(html).toContain(`<div class="markdown-alert markdown-alert-${kind}">`);
      expect(html.toLowerCase()).toContain(`</svg>${kind}</p>`);
      expect(html).toContain(content);
      expect(html).not.toContain('[!');
      expect(html).not.toContain('blockquote');
    }
  });

  test.each([
    ['escaped', '> \\[!WARNING]\n> Text.'],
    ['an entity', '> &#91;!WARNING]\n> Text.'],
    ['with words behind the marker', '> [!WARNING] Title\n> Text.'],
    ['of an unknown kind', '> [!DANGER]\n> Text.'],
    ['without content', '> [!WARNING]'],
    ['not first', '> Text.\n> [!WARNING]\n> Text.'],
    ['written as HTML', '<blockquote><p>[!WARNING]\nText.</p></blockquote>'],
    ['in a list', '- a\n\n  > [!WARNING]\n  > Text.'],
    ['in a quote', '> > [!WARNING]\n> > Text.'],
    ['in details', '<details><summary>s</summary>\n\n> [!WARNING]\n> Text.\n\n</details>'],
  ])('%s it is none', (_name, markdown) => {
    const html = render(markdown);
    expect(html).not.toContain('markdown-alert');
    expect(html).toContain('[!');
  });
});

test('a diff has a colour per kind of line, and its text unchanged', () => {
  const html = render('```diff\n@@ a @@\n# b\n! c\n- <d>\n+ e\n  f\n```');
  expect(html).toBe(
    '<div class="highlight"><pre tabindex="0"><span class="pl-mdr">@@ a @@</span>\n<span class="pl-c"># b</span>\n' +
      '<span class="pl-mc">! c</span>\n<span class="pl-md">- &#x3C;d></span>\n<span class="pl-mi1">+ e</span>\n  f</pre></div>',
  );
  expect(render('```text\n- d\n```')).not.toContain('pl-');
});

test('a diagram is a box that says so', () => {
  const html = render('```mermaid\ngraph LR\n  a-->b\n```');
  expect(html).toContain('GitHub draws this as a diagram');
  expect(html).toContain('graph LR\n  a-->b');
});

test.each([
  [':warning: :rocket:', '<p>⚠️ 🚀</p>'],
  ['`:warning:`', '<p><code>:warning:</code></p>'],
  [':constructor: :no_such: 05:01:22', '<p>:constructor: :no_such: 05:01:22</p>'],
])('emoji in %s', (markdown, html) => expect(render(markdown)).toBe(html));

test('line ends are breaks in comments only', () => {
  expect(render('a\nb', { is: 'comment' })).toBe('<p>a<br>\nb</p>');
  expect(render('a\nb', { is: 'document' })).toBe('<p>a\nb</p>');
});

test('markers and other HTML comments leave no trace', () => {
  expect(render('<!-- platform-plan:v1 abc -->\nText.<!-- more -->')).not.toMatch(/platform-plan|more|<!--/);
});

test('task lists, tables and details', () => {
  const html = render(
    '- [x] a\n- [ ] b\n\n| c |\n|--:|\n| d |\n\n<details open><summary>e</summary>\n\n*f*\n\n</details>',
  );
  expect(html).toMatch(/<input type="checkbox" checked disabled [^>]*aria-label="Completed task"> a/);
  expect(html).toMatch(/<input type="checkbox" disabled [^>]*aria-label="Incomplete task"> b/);
  expect(html).toContain('<td align="right">d</td>');
  expect(html).toMatch(/<details open><summary>e<\/summary>\s*<p><em>f<\/em><\/p>\s*<\/details>/);
});

test('headings look as written and are read one level apart', () => {
  const levels = [...render('### a\n##### b\n### c\n# d').matchAll(/<h(\d) aria-level="(\d)"/g)].map(match => [
    match[1],
    match[2],
  ]);
  expect(levels).toEqual([
    ['3', '5'],
    ['5', '6'],
    ['3', '5'],
    ['1', '5'],
  ]);
});

test('links follow to the page, to the web, or nowhere', () => {
  const follow = (url: string) => (url.endsWith('/runs/7') ? '#run-7' : undefined);
  const html = render('[a](https://github.com/o/r/runs/7) [b](https://example.invalid/) [c](/d) [e](#f)', { follow });
  expect(html).toBe(
    '<p><a href="#run-7">a</a> <a href="https://example.invalid/" rel="nofollow noreferrer">b</a> <a>c</a> <a>e</a></p>',
  );
});

test('ids are of the document and no two are equal; links inside find them', () => {
  const html = render('Note[^1].\n\n[^1]: Text.\n\n<p id=x>a</p><p id=x>b</p><p name=x>c</p>\n\n[go](#x)', {
    prefix: 'p',
  });
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(match => match[1]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every(id => id?.startsWith('p-'))).toBe(true);
  const targets = [...html.matchAll(/href="#([^"]*)"/g)].map(match => match[1]);
  expect(targets).toEqual(expect.arrayContaining(['p-x', 'p-fn-1', 'p-fnref-1']));
  for (const target of targets) expect(ids).toContain(target);
  expect(html).not.toContain('name=');
});

test('hostile text stays text', () => {
  const html = render(hostileText);
  expect(html).not.toMatch(/<(script|img|iframe|object|embed|link|meta|base|form|button|style|svg|video|source)\b/i);
  expect(html).not.toMatch(/<[^>]*\s(on\w+|style|class="(?!image"))/i);
  expect(html).not.toMatch(/href="(?!https?:|mailto:|#)/i);
  expect(html).toContain('<span class="image"');
});

describe('a document that is too much is shown as it is written, and says so', () => {
  const list = Array.from({ length: 700 }, (_, level) => `${'  '.repeat(level)}- a`).join('\n');

  test.each([
    ['div', '<div>'.repeat(20_000), 'its elements are nested too deeply'],
    ['details', '<details>'.repeat(3_000), 'its elements are nested too deeply'],
    ['quotes', '> '.repeat(5_000), 'its quotes and lists are nested too deeply'],
    ['a list', list, 'its quotes and lists are nested too deeply'],
  ])('%s', (_what, markdown, reason) => {
    const html = render(`*before*\n\n${markdown}`);
    const escaped = markdown.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    expect(html).toBe(
      `<p class="muted">The sandbox shows this document as it is written: ${reason}.</p><pre tabindex="0">*before*\n\n${escaped}</pre>`,
    );
  });

  test('one that takes too long', () => {
    const options = { prefix: 'doc', under: 4, is: 'document' } as const;
    const { html } = renderMarkdown('*a_ '.repeat(50_000), options, 20);
    expect(html).toContain('as it is written: drawing it takes too long.</p><pre tabindex="0">*a_ *a_ ');
  });

  test('one that a step for drawing cannot take', () => {
    const follow = () => {
      throw new Error('no such <link>');
    };
    expect(render('[a](https://example.invalid/)', { follow })).toBe(
      '<p class="muted">The sandbox shows this document as it is written: no such &lt;link&gt;.</p><pre tabindex="0">[a](https://example.invalid/)</pre>',
    );
  });

  test('a diagram that is too long is a box with its text', () => {
    const bars = Array.from({ length: 60_000 }, (_, index) => `a :${index}, 1ms`).join('\n');
    const html = render(`\`\`\`mermaid\ngantt\n  dateFormat x\n  axisFormat %H:%M:%S\n${bars}\n\`\`\``);
    expect(html).toContain('GitHub draws this as a diagram');
    expect(html).toContain('a :59999, 1ms');
  });
});

test('a document that is drawn once more has the links of the page that it stands on now', () => {
  const text = '[the run](https://github.com/o/r/actions/runs/7)';
  const following = (target: string | undefined) => render(text, { follow: () => target });
  expect(following(undefined)).toContain('href="https://github.com/o/r/actions/runs/7"');
  expect(following('#run-7')).toContain('href="#run-7"');
  expect(following('#run-7')).toBe(following('#run-7'));
  expect(render(text, { prefix: 'other', follow: () => undefined })).not.toContain('#run-7');
});
