import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type PageContent, renderPage } from '../../packages/sandbox/src/page/page.ts';
import { hostileText, withEveryText } from '../../packages/sandbox/src/page/testing/hostile.ts';
import { sampleContent } from '../../packages/sandbox/src/page/testing/samples.ts';
import { browserFlags, findBrowser, pagePatience } from '../support/browser.ts';

const folder = join(import.meta.dirname, '..', '..', 'out', 'screenshots');
const executablePath = findBrowser();

const looks = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const;

if (executablePath === undefined) {
  test.skip('the page in a browser: no Chromium is on PATH', () => undefined);
} else {
  describe('the page in a browser', () => {
    let browser: Browser;

    beforeAll(async () => {
      await mkdir(folder, { recursive: true });
      browser = await chromium.launch({ executablePath, args: [...browserFlags] });
    });
    afterAll(() => browser?.close());

    /** Opens a page, folded as it comes and then unfolded, and tells all that a person would miss or mind. */
    async function lookAt(name: string, content: PageContent, { colorScheme, ...viewport }: (typeof looks)[number]) {
      const address = pathToFileURL(join(folder, `${name}.html`)).href;
      await writeFile(join(folder, `${name}.html`), renderPage(content));
      const page = await browser.newPage({ colorScheme, viewport });
      page.setDefaultTimeout(pagePatience);
      try {
        const events: string[] = [];
        page.on('request', request => events.push(request.url()));
        page.on('console', message => events.push(message.text()));
        page.on('dialog', dialog => events.push(dialog.message()));
        await page.goto(address);
        await page.screenshot({
          path: join(folder, `${name}-${viewport.width}-${colorScheme}.png`),
          fullPage: content === sampleContent,
        });
        const folded = await wider(page);
        await page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })");
        const unfolded = await wider(page);
        return { title: await page.title(), events, folded, unfolded, findings: await findings(page), address };
      } finally {
        await page.close();
      }
    }

    test.each(looks)('$width wide, $colorScheme: fits, reads well, asks for nothing', async look => {
      const { address, ...seen } = await lookAt('page', sampleContent, look);
      const title = 'Something failed · contoso/platform · sandbox';
      expect(seen).toEqual({ title, events: [address], folded: [], unfolded: [], findings: [] });
    });

    test.each(looks.filter(({ colorScheme }) => colorScheme === 'light'))(
      '$width wide: hostile text in every field neither runs nor widens it',
      async look => {
        // A browser does not lay out the same text in thousands of lines within the time of a test.
        const isFiller = (text: string) => /^line \d+ /.test(text);
        const content = withEveryText(sampleContent, text => (isFiller(text) ? text : `${text}\n\n${hostileText}`));
        const { address, title, events, folded, unfolded } = await lookAt('hostile', content, look);
        expect({ events, folded, unfolded }).toEqual({ events: [address], folded: [], unfolded: [] });
        expect(title).toMatch(/^Something failed · /);
      },
    );
  });
}

/** Elements that make the page wider than the window; what scrolls within something else does not. */
async function wider(page: Page): Promise<unknown> {
  return await page.evaluate(`
    document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
      .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
      .filter(element => {
        for (let around = element.parentElement; around !== document.body; around = around.parentElement)
          if (getComputedStyle(around).overflowX !== 'visible') return false;
        return true;
      })
      .map(element => element.outerHTML.slice(0, 120))
      .concat('The page is ' + document.documentElement.scrollWidth + ' wide.')`);
}

/**
 * What axe finds against WCAG 2.2 A and AA and its own good practices, contrast and the order of headings among it; and text whose
 * contrast it could not judge for what lies under it (it never judges text within a drawing).
 */
async function findings(page: Page): Promise<unknown> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
  // A table of a comment may leave the head of a column empty; the page shows it as it is.
  return await page.evaluate(`
    axe.run({ rules: { 'empty-table-header': { enabled: false } } }).then(({ violations, incomplete }) => [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html.slice(0, 160), failureSummary])),
      ...incomplete.flatMap(({ id, nodes }) => nodes.flatMap(({ html, any }) =>
        !html.startsWith('<text') && any.some(({ data }) => ['pseudoContent', 'bgOverlap', 'bgImage'].includes(data?.messageKey)) ? [[id, html.slice(0, 160)]] : [])),
    ])`);
}
