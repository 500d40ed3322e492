import { count, sentenceList, shorten } from '@suite/foundation';
import { prose } from '../markdown/escape.ts';
import type { Check } from '../model.ts';
import type { Row } from './content.ts';

const shown = 10;
const limit = 400;

/** What blocks nothing and should be known: checks that fail, warn or could not be made, warnings, drift. Equal findings are told once. */
export function findingLines(rows: readonly Row[]): string[] {
  const places = new Map<string, string[]>();
  for (const row of rows) {
    for (const finding of findingsOf(row)) places.set(finding, [...(places.get(finding) ?? []), row.title]);
  }
  const lines = [...places].map(
    ([finding, where]) => `- ${prose(sentenceList(where))}: ${prose(shorten(finding, limit))}`,
  );
  const others = lines.length - shown;
  return others > 0 ? [...lines.slice(0, shown), `- ${count(others, 'more finding')} in the summaries`] : lines;
}

function findingsOf({ reports }: Row): string[] {
  return reports.flatMap(({ verdict, checks, warnings, drift }) => [
    // Those of a failed plan are told as the danger they are.
    ...(verdict === 'failed' ? [] : withStatus(checks, 'failed')).map(describe),
    ...withStatus(checks, 'unknown').map(describe),
    ...withStatus(checks, 'warning').map(describe),
    ...warnings,
    ...(drift.length === 0
      ? []
      : [
          `${count(drift.length, 'thing')} ${drift.length === 1 ? 'was' : 'were'} changed by others since the last apply.`,
        ]),
  ]);
}

function withStatus(checks: readonly Check[], wanted: Check['status']): Check[] {
  return checks.filter(({ status }) => status === wanted);
}

function describe({ name, status, message, remedy }: Check): string {
  const sentence = remedy === undefined ? message : `${message} ${remedy}`;
  return `${name}: ${status === 'unknown' ? 'unknown. ' : ''}${sentence}`;
}
