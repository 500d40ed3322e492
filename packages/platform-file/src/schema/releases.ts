import { isObject } from '@suite/foundation';
import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { podSecurityLevels } from '../pod-security.ts';
import type { Path } from '../position.ts';
import { block, duration, email, flag, httpsUrl, list, named, on, switchable, words } from './vocabulary.ts';

const quantity = named(/^[1-9]\d{0,4}(?:Mi|Gi|Ti)$/, 'Expected a size such as 50Gi.');

const values = z
  .record(z.string(), z.unknown(), { error: 'Expected a block of values.' })
  .superRefine((given, { addIssue }) => {
    for (const path of notInJson(given)) {
      addIssue({ code: 'custom', path: [...path], message: 'Expected a number that JSON can hold.' });
    }
  });

/** Paths of what YAML can say and a chart cannot be given: `.inf`, `.nan`. */
function notInJson(value: unknown): Path[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [[]];
  const inside = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  return inside.flatMap(([step, inner]) => notInJson(inner).map(path => [step, ...path]));
}

// Ranges are no versions: what was planned has to be what is applied.
const version = named(
  /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]{1,60})?(?:\+[0-9A-Za-z.-]{1,60})?$/,
  'Expected one version of the chart, in full, such as 1.2.3.',
);
const digest = named(/^sha256:[0-9a-f]{64}$/, 'Expected sha256: and 64 digits.');

const chart = {
  version: version.describe('Version of the chart instead of the one that is pinned; needs its `digest`.').optional(),
  digest: digest
    .describe('Digest of the chart: of its manifest in an OCI registry, of its archive in a repository.')
    .optional(),
  values: values
    .describe('Values for the chart, over the ones it gets here: blocks come together, null removes.')
    .optional(),
};

/** What the platform's own releases take beside chart and values. */
export const knownReleases = {
  'prometheus-operator-crds': switchable(block(chart)).meta({
    description: 'What the Prometheus operator is told with: kinds of monitors and rules.',
    default: true,
  }),
  'cert-manager': switchable(
    block({
      ...chart,
      email: email
        .describe("Contact of the accounts at Let's Encrypt. Default: the first address of `alerts.email`, else none.")
        .optional(),
    }),
  ).meta({ description: 'Certificates.', default: true }),
  issuers: switchable(block({ values: chart.values })).describe(
    'Who signs certificates: `selfsigned`, and with a domain `letsencrypt-staging` and `letsencrypt-prod`. Default: with cert-manager.',
  ),
  'kube-prometheus-stack': switchable(
    block({
      ...chart,
      retention: duration('hdwy', '15d')
        .meta({ description: 'How long metrics are kept.', default: defaults.releases.metrics.retention })
        .optional(),
      storage: quantity
        .meta({
          description: 'Size of the volume for metrics. It can only grow.',
          default: defaults.releases.metrics.storage,
        })
        .optional(),
      grafana: on('Grafana with dashboards.'),
    }),
  ).meta({ description: 'Prometheus, Alertmanager and Grafana.', default: true }),
  'argo-cd': switchable(
    block({
      ...chart,
      'high-availability': z
        .literal(['auto', true, false], { error: 'Expected auto, true or false.' })
        .meta({
          description: 'Redis on three nodes. auto: where the user pool has three at least.',
          default: defaults.releases.highAvailability,
        })
        .optional(),
    }),
  ).meta({ description: 'Argo CD, which deploys applications from Git.', default: true }),
} as const;

const label = (what: string) =>
  named(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, `Expected ${what}: lower-case letters, digits and dashes.`);

/** A layer may say a part of it; that it has what it needs is checked when the layers lie over one another. */
const ownRelease = switchable(
  block({
    chart: named(
      /^(?:oci:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+|\.(?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9._-]+)+|[a-z0-9][a-z0-9._-]{0,99})$/,
      'Expected oci://…, a folder such as ./charts/ours, or with `repository` the name of a chart.',
    )
      .describe('`oci://…`, a folder beside this file such as `./charts/ours`, or with `repository` the name in it.')
      .optional(),
    repository: httpsUrl.describe('Repository of charts that is no OCI registry.').optional(),
    version: version.describe('Version of the chart. Not of a folder.').optional(),
    digest: chart.digest,
    namespace: label('a namespace').describe('Namespace, which is made for it.').optional(),
    'pod-security': words(...podSecurityLevels)
      .meta({
        description: 'What its namespace lets pods do. In one of the namespaces here: what it is already.',
        default: defaults.releases.podSecurity,
      })
      .optional(),
    needs: list(label('the name of a release'))
      .meta({ description: 'Releases that have to be ready first.', default: [] })
      .optional(),
    values: values.describe('Values for the chart.').optional(),
    timeout: duration('m', '15m')
      .meta({ description: 'How long it may take to be ready, 1m to 120m.', default: defaults.releases.timeout })
      .optional(),
    stateful: flag
      .meta({ description: 'Holds data: never rolled back or removed by itself.', default: false })
      .optional(),
  }),
);

const known = Object.fromEntries(
  Object.entries(knownReleases).map(([name, settings]) => [name, settings.optional()]),
) as { readonly [Name in keyof typeof knownReleases]: z.ZodOptional<(typeof knownReleases)[Name]> };

// The name is Helm's too, which takes 53 characters.
export const releases = z
  .object(known, { error: 'Expected a block of releases.' })
  .catchall(ownRelease)
  .describe(
    'What Helm installs in the cluster: releases of the platform, which `false` switches off, and releases of your own.',
  );

export type OwnReleaseSource = Exclude<z.infer<typeof ownRelease>, boolean>;
