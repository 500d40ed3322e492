import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReport, type Row, renderComment, renderSummaryParts } from '@suite/change-report';
import { utf8Length } from '@suite/foundation';
import { ownPeak } from './process-use.ts';

const [what, folder = ''] = process.argv.slice(2);
const mebibyte = 1024 * 1024;
const started = performance.now();
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const files = readdirSync(folder);
if (what === 'parse') files.map(read);
if (what === 'comment') {
  const reports = files.map(file => parseReport(read(file)));
  const rows = [...Map.groupBy(reports, ({ scope, region }) => `${scope} · ${region}`)].flatMap(([title, own]): Row[] =>
    own.slice(0, 1).map(({ scope, region, production }) => ({
      scope,
      region,
      title,
      production,
      actions: own.map(({ action }) => action),
      gate: { reviewers: 1, waitMinutes: 0 },
      reports: own,
    })),
  );
  const content = {
    platform: 'contoso',
    file: 'platform.yaml',
    commit: { head: '9f3c2e1000000000000000000000000000000000' },
    run: { id: '4711', attempt: '1', url: 'https://github.com/contoso/platform/actions/runs/4711' },
    finishedAt: '2026-11-24T05:01:30.000Z',
    rows,
    problems: [],
  };
  const comment = renderComment(content, { limit: 65_536, measure: text => text.length });
  if (comment.length > 65_536) throw new Error(`The comment has ${comment.length} characters.`);
  const summary = renderComment(content, { limit: mebibyte });
  if (utf8Length(summary) > mebibyte) throw new Error('The summary of the comment’s job is too long.');
  for (const report of reports) {
    for (const part of renderSummaryParts(report, { limitBytes: mebibyte })) {
      if (utf8Length(part) > mebibyte) throw new Error('A part of a summary is too long.');
    }
  }
}
console.log(JSON.stringify({ ms: performance.now() - started, megabytes: ownPeak() }));
