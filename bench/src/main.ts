/**
 * `pnpm bench [name]`: runs the measurements, prints a table and writes `.bench/<name>.json` (DESIGN §8). Ours and the
 * peers run alternately in one go; figures are medians of at least five runs.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureArgocd } from './argocd.ts';
import { measureArgocdRender } from './argocd-render.ts';
import { measureColdStart } from './cold-start.ts';
import { measureComment } from './comment.ts';
import { measureHelm } from './helm.ts';
import { measureLayer } from './layer.ts';
import { type Measurement, renderTable } from './measurement.ts';
import { measurePreflight } from './preflight.ts';
import { measurePromotion } from './promotion.ts';
import { measureRegistry } from './registry.ts';
import { measureReport } from './report.ts';

const benchmarks: Readonly<Record<string, () => Promise<Measurement>>> = {
  argocd: measureArgocd,
  'argocd-render': measureArgocdRender,
  'cold-start': measureColdStart,
  comment: measureComment,
  helm: measureHelm,
  layer: measureLayer,
  preflight: measurePreflight,
  promotion: measurePromotion,
  registry: measureRegistry,
  report: measureReport,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(1);
}
const folder = join(import.meta.dirname, '..', '..', '.bench');
await mkdir(folder, { recursive: true });
for (const [name, measure] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const measurement = await measure();
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(measurement, null, 2)}\n`);
  console.log(renderTable(measurement));
}
