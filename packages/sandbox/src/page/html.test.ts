import { expect, test } from '@jest/globals';
import { html, nothing, trusted } from './html.ts';

test.each([
  ['<b> & "c" \'d\'', '&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['a\u0000b\r\nc\td', 'a\ufffdb\nc\td'],
  ['\ud800', '\ufffd'],
])('%j is escaped', (text, expected) => expect(html`<p>${text}</p>`.html).toBe(`<p>${expected}</p>`));

test('HTML stands as it is, alone and in lists; what is absent leaves no trace', () => {
  const items = ['<', 'b'].map(item => html`<li>${item}</li>`);
  expect(html`${items}${nothing}${undefined}${trusted('<br>')}${1}`.html).toBe('<li>&lt;</li><li>b</li><br>1');
});
