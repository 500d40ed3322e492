import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { podSecurityLevels } from '../pod-security.ts';
import { aiReleases, login } from './ai-releases.ts';
import { chart, label, quantity, values, version } from './chart.ts';
import { edgeReleases } from './edge.ts';
import { observabilityReleases } from './observability.ts';
import { block, duration, email, flag, httpsUrl, list, named, on, switchable, whole, words } from './vocabulary.ts';

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
  issuers: switchable(
    block({
      challenge: words('dns', 'http')
        .meta({
          description:
            "How Let's Encrypt is shown that a name is ours: by a record in the zone, or by an answer of the release `gateway`, which gives no wildcards.",
          default: defaults.releases.challenge,
        })
        .optional(),
      values: chart.values,
    }),
  ).describe(
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
      login: login.optional(),
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
      login: login.optional(),
    }),
  ).meta({ description: 'Argo CD, which deploys applications from Git.', default: true }),
  ...edgeReleases,
  ...observabilityReleases,
  ...aiReleases,
} as const;

/** Besides what its chart renders, which has to be there and to have rolled out. */
const ready = block({
  conditions: list(
    block({
      'api-version': named(
        /^(?:[a-z0-9][a-z0-9.-]{0,250}\/)?v[0-9][a-z0-9]{0,30}$/,
        'Expected a version of an API, such as postgresql.cnpg.io/v1.',
      ).describe('API of the object: `postgresql.cnpg.io/v1`.'),
      kind: named(/^[A-Z][A-Za-z0-9]{0,62}$/, 'Expected a kind, such as Cluster.').describe('Kind of the object.'),
      name: named(
        /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
        'Expected the name of an object: lower-case letters, digits, dashes and dots.',
      ).describe('Name of the object.'),
      namespace: label('a namespace').describe('Namespace of the object. Default: that of the release.').optional(),
      condition: named(/^[A-Za-z][A-Za-z0-9./-]{0,315}$/, 'Expected the type of a condition, such as Ready.')
        .meta({ description: 'Type of the condition in its status that has to be True.', default: 'Ready' })
        .optional(),
    }),
  )
    .meta({
      description: 'Objects that have to have a condition, such as those that an operator works on.',
      default: [],
    })
    .optional(),
  http: list(
    block({
      service: label('the name of a service').describe('Name of the Service, in the namespace of the release.'),
      port: whole(1, 65535).describe('Its port.'),
      path: named(/^\/[A-Za-z0-9._~/-]{0,500}$/, 'Expected a path, such as /healthz.')
        .meta({ description: 'Path that has to answer with success.', default: '/' })
        .optional(),
      scheme: words('http', 'https').meta({ description: 'What it speaks.', default: 'http' }).optional(),
    }),
  )
    .meta({ description: "Services that have to answer, through the API server's proxy.", default: [] })
    .optional(),
});

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
    ready: ready
      .describe('What else says that it is ready, for whatever needs it. Its workloads and definitions always do.')
      .optional(),
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
