import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { colors } from './style/colors.ts';
import { layout } from './style/layout.ts';
import { parts } from './style/parts.ts';

/** The style sheet: GitHub's own for Markdown, and its proportions and colours (primer.style) for what stands around it. */
export function style(): string {
  const file = createRequire(import.meta.url).resolve('github-markdown-css/github-markdown.css');
  return [asWholePage(readFileSync(file, 'utf8')), colors, layout, parts].join('\n');
}

/** Its colours hold for the whole page, and nothing in it is loaded from anywhere. */
function asWholePage(css: string): string {
  return css
    .replace(/\.markdown-body, \[data-theme="(dark|light)"\]/g, ':root')
    .replace(/^\.markdown-body \{(?=\s*--)/m, ':root {')
    .replace(/^.*\burl\(.*$/gm, '');
}
