import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { chart, quantity } from './chart.ts';
import { block, duration, email, flag, list, named, switchable, whole, words } from './vocabulary.ts';

const name = named(
  /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
  'Expected a name of at most 40 lower-case letters, digits and dashes.',
);
const secret = named(
  /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  'Expected the name of a Secret in the namespace `monitoring`, and not what it holds.',
);

const receiverTypes = ['email', 'webhook', 'teams', 'pagerduty'] as const;

const receiver = block({
  name: name.describe('What it is called in Alertmanager.'),
  type: words(...receiverTypes).describe('How people are told.'),
  secret: secret
    .describe('Secret in the namespace `monitoring` that holds the address or key. Never in this file itself.')
    .optional(),
  key: named(/^[A-Za-z0-9._-]{1,253}$/, 'Expected the name of a key in the Secret.')
    .describe(
      'Key in the Secret. Default: `url` of webhook and teams, `routing-key` of pagerduty, `password` of email.',
    )
    .optional(),
  severity: words('critical', 'warning')
    .meta({ description: 'The least that is told.', default: defaults.releases.alerts.severity })
    .optional(),
  resolved: flag.meta({ description: 'Tells that it is over, too.', default: true }).optional(),
  to: list(email).describe('With email: who is told.').optional(),
  from: email.describe('With email: the sender.').optional(),
  smarthost: named(
    /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?:\d{1,5}$/,
    'Expected host and port of a mail server, such as smtp.contoso.com:587.',
  )
    .describe('With email: host and port of the mail server.')
    .optional(),
  username: named(/^[^\s]{1,250}$/, 'Expected a user name without spaces.')
    .describe('With email: who signs in at the mail server; the password is in the Secret.')
    .optional(),
});

const selector = named(
  /^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[^{}\n]{0,300}\})?$/,
  'Expected a counter and what selects of it, such as http_requests_total{code=~"5.."}.',
);

const objective = block({
  name: name.describe('What it is called in rules and alerts.'),
  target: z
    .number({ error: 'Expected a percentage from 50 to 99.999.' })
    .min(50, { error: 'Expected a percentage from 50 to 99.999.' })
    .max(99.999, { error: 'Expected a percentage from 50 to 99.999.' })
    .describe('Percentage of good events over 30 days.'),
  errors: selector.describe('Counter of bad events.'),
  total: selector.describe('Counter of all events.'),
});

/** Releases for logs, traces, alerts and dashboards. All of them have to be asked for. */
export const observabilityReleases = {
  loki: switchable(
    block({
      ...chart,
      retention: duration('dw', '30d')
        .meta({ description: 'How long logs are kept, at least 1d.', default: defaults.releases.logs.retention })
        .optional(),
      storage: quantity
        .meta({
          description:
            'Size of the volume of each server, for what is not in the storage account yet. It can only grow.',
          default: defaults.releases.logs.storage,
        })
        .optional(),
      replicas: whole(1, 9)
        .describe(
          'Servers. Three and more keep every line three times. Default: 3 in production where the user pool has three nodes, else 1.',
        )
        .optional(),
      cache: named(/^(?:off|[1-9]\d{0,4}(?:Mi|Gi))$/, 'Expected off, or a size such as 2Gi.')
        .describe(
          `Memory for a cache of what was read from the storage account. Default: ${defaults.releases.logs.cache} in production, else off.`,
        )
        .optional(),
    }),
  ).meta({
    description: 'Logs, kept in the storage account. Reads and writes it with workload identity.',
    default: false,
  }),
  alloy: switchable(block(chart)).meta({
    description: 'Collector on every node: logs of pods for `loki`, and traces (OTLP) for `jaeger`.',
    default: false,
  }),
  jaeger: switchable(
    block({
      ...chart,
      storage: words('memory', 'disk')
        .meta({
          description: 'Where traces are kept: lost with the pod, or on a volume.',
          default: defaults.releases.traces.storage,
        })
        .optional(),
      size: quantity
        .meta({
          description: 'With disk: size of the volume. It can only grow.',
          default: defaults.releases.traces.size,
        })
        .optional(),
      retention: duration('hd', '7d')
        .meta({ description: 'With disk: how long traces are kept.', default: defaults.releases.traces.retention })
        .optional(),
      'max-traces': whole(1000, 10_000_000)
        .meta({
          description: 'With memory: how many traces are kept.',
          default: defaults.releases.traces.maxTraces,
        })
        .optional(),
    }),
  ).meta({ description: 'Traces.', default: false }),
  alerts: switchable(
    block({
      values: chart.values,
      receivers: list(receiver)
        .meta({ description: 'Whom alerts reach. Without any, nobody is told.', default: [] })
        .optional(),
      objectives: list(objective)
        .meta({
          description:
            'Service level objectives: recorded as burn rates, and alerted on when they are used up too fast.',
          default: [],
        })
        .optional(),
    }),
  ).meta({
    description: 'Alert and recording rules of the platform, and whom they reach.',
    default: false,
  }),
  dashboards: switchable(block({ values: chart.values })).meta({
    description: 'Dashboards of the platform in Grafana.',
    default: false,
  }),
} as const;

export type ReceiverSource = z.infer<typeof receiver>;
