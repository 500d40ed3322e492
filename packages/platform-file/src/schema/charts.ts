import { z } from 'zod';
import { chart, version } from './chart.ts';
import { block, httpsUrl, named } from './vocabulary.ts';

/** A layer may say a part of it; that it has what it needs is checked when the layers lie over one another. */
const applicationChart = block({
  chart: named(
    /^(?:oci:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+|[a-zA-Z0-9][a-zA-Z0-9._-]{0,99})$/,
    'Expected oci://…, or with `repository` the name of a chart.',
  )
    .describe('`oci://…`, or with `repository` the name in it.')
    .optional(),
  repository: httpsUrl.describe('Repository of charts that is no OCI registry.').optional(),
  version: version.describe('Version that every environment gets.').optional(),
  digest: chart.digest,
});

const chartName = named(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'Expected at most 63 lower-case letters, digits and dashes.',
);

export const charts = z
  .record(
    chartName,
    z.union([applicationChart, z.literal(false, { error: 'Expected a block of settings, or false.' })]),
    { error: 'Expected a block of charts.' },
  )
  .describe(
    'Helm charts of applications whose versions are promoted through the environments. `false` leaves one out.',
  );

export type ApplicationChartSource = z.infer<typeof applicationChart>;
