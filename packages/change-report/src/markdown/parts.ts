import { shorten, utf8Length } from '@suite/foundation';
import { headline } from '../headline.ts';
import type { ChangeReport } from '../model.ts';
import { placeOf } from '../sentences.ts';
import { escapeText, prose } from './escape.ts';
import { summarySections } from './summary.ts';

// Room for the sentence that leads on, and for the heading of a part that continues.
const reserve = 1000;
const elsewhere = '`plan-comment` with `command: summary` writes the others; the report file holds all of it.';

/**
 * The summary of a report without anything left out: as many parts as it takes, each at most `limitBytes` of UTF-8 and made of
 * whole sections. One part when it fits.
 */
export function renderSummaryParts(report: ChangeReport, { limitBytes }: { readonly limitBytes: number }): string[] {
  const parts: string[][] = [[]];
  let used = 0;
  for (const { markdown } of summarySections(report)) {
    const size = utf8Length(markdown) + 2;
    if (used > 0 && used + size > limitBytes - reserve) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)?.push(markdown);
    used += size;
  }
  return parts.map((sections, index) => {
    const body = sections.map(section => `${section}\n`).join('\n');
    if (parts.length === 1) return body;
    const of = `part ${index + 1} of ${parts.length}`;
    const heading =
      index === 0 ? '' : `### ${escapeText(placeOf(report))}, ${of}: ${prose(shorten(headline(report), 200))}\n\n`;
    const onward = index === parts.length - 1 ? '' : `\n_This is ${of}. ${elsewhere}_\n`;
    return `${heading}${body}${onward}`;
  });
}
