import type { PageContent } from '../content.ts';

/** Text that would be markup, code or a wide thing, if the page let it. */
export const hostileText = [
  '</style></title></pre></textarea></svg><script>document.title="taken"</script>',
  '<img src=https://example.invalid/a.png onerror=alert(1)>',
  '<svg onload=alert(1)><use href="https://example.invalid/x.svg#a"></use></svg>',
  '<iframe src="https://example.invalid/"></iframe><object data="x"></object><embed src=x>',
  '<link rel=stylesheet href="https://example.invalid/x.css"><meta http-equiv=refresh content="0;url=https://example.invalid/">',
  '<base href="https://example.invalid/"><form action="https://example.invalid/"><button>x</button></form>',
  '<a href="javascript:alert(1)" onclick="alert(1)">a</a> [b](javascript:alert(1)) [c](data:text/html,x) [d](/etc/passwd) [e](//example.invalid)',
  '<p style="position:fixed;background:url(https://example.invalid/p)" class="markdown-alert box" id="actions" name="deployments">p</p>',
  '![i](https://example.invalid/i.png) <picture><source srcset="https://example.invalid/s.png"></picture> <video src=x></video>',
  '" onmouseover="alert(1)" x="\' onfocus=\'alert(1)',
  '--><!-- \u0000\u001b[31m\u202e\ud800 ]]>',
  `<table width=9000><tr><td width=9000>t</td></tr></table><hr width=9000>${'w'.repeat(500)}`,
].join('\n\n');

/** The same content with `change` applied to every text in it that a person or a tool wrote. */
export function withEveryText(content: PageContent, change: (text: string) => string): PageContent {
  return mapTexts(content, change) as PageContent;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map(item => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change)]));
}
