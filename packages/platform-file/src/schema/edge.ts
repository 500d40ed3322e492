import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { chart, label, quantity, values } from './chart.ts';
import { block, flag, list, named, off, on, switchable, whole, words } from './vocabulary.ts';

const onlyValues = { values: values.describe('Values for the chart, over the ones it gets here.').optional() };
const cpu = named(/^[1-9]\d{0,5}m$/, 'Expected thousandths of a core, such as 50m.');
const namespace = label('a namespace');

const quota = block({
  cores: whole(1, 100_000).describe('Cores that all pods ask for together.').optional(),
  memory: quantity.describe('Memory that all pods ask for together.').optional(),
  pods: whole(1, 100_000).describe('Pods.').optional(),
  gpus: whole(0, 10_000).describe('GPUs.').optional(),
  storage: quantity.describe('Storage of all claims together.').optional(),
  claims: whole(0, 100_000).describe('Claims of volumes.').optional(),
});

const limit = block({
  cpu: cpu
    .meta({ description: 'Asked for where a container does not say it.', default: defaults.releases.requests.cpu })
    .optional(),
  memory: quantity
    .meta({ description: 'Asked for where a container does not say it.', default: defaults.releases.requests.memory })
    .optional(),
  'memory-limit': quantity.describe('The most that a container gets which does not say it. Default: none.').optional(),
});

/** The way in from the Internet, and what every namespace stands on. All of it is off unless somebody asks for it. */
export const edgeReleases = {
  'gateway-api-crds': switchable(
    block({
      owner: words('platform', 'aks')
        .meta({
          description: 'Who brings the kinds: this release, or the managed Gateway API of the cluster.',
          default: defaults.releases.gatewayApi,
        })
        .optional(),
      ...onlyValues,
    }),
  ).describe('Kinds of Gateway API, standard channel. Default: with `alb-controller`.'),
  'alb-controller': switchable(block(chart)).describe(
    'Programs Application Gateway for Containers from what stands in the cluster. Default: with `gateway`.',
  ),
  gateway: switchable(
    block({
      issuer: words('letsencrypt-prod', 'letsencrypt-staging', 'selfsigned')
        .meta({ description: 'Who signs its certificate.', default: defaults.releases.issuer })
        .optional(),
      namespaces: list(namespace)
        .meta({
          description: "Further namespaces whose routes it takes, beside those of the platform's interfaces.",
          default: [],
        })
        .optional(),
      ...onlyValues,
    }),
  ).describe(
    "The one Gateway: HTTPS with a certificate for the environment's names, and a redirect to it. Default: with `routes`.",
  ),
  routes: switchable(
    block({
      'argo-cd': on('Argo CD at `argocd.`, where it runs.'),
      grafana: z
        .literal(['auto', true, false], { error: 'Expected auto, true or false.' })
        .meta({
          description: 'Grafana at `grafana.`. auto: where people have to sign in; true: in any case.',
          default: 'auto',
        })
        .optional(),
      prometheus: off('Prometheus at `prometheus.`, which asks nobody to sign in.'),
      jaeger: off('Jaeger at `jaeger.`, which asks nobody to sign in.'),
      ...onlyValues,
    }),
  ).meta({ description: "Interfaces of the platform under the environment's domain.", default: false }),
  namespaces: switchable(
    block({
      quotas: z
        .record(namespace, quota, { error: 'Expected a block of namespaces.' })
        .describe('What a namespace may use at most. None has a load balancer of its own.')
        .optional(),
      limits: z
        .record(namespace, limit, { error: 'Expected a block of namespaces.' })
        .describe('What containers get in a namespace that say nothing themselves.')
        .optional(),
      ...onlyValues,
    }),
  ).meta({ description: "Quotas and limits of the platform's namespaces.", default: false }),
  'network-policies': switchable(
    block({
      namespaces: list(namespace)
        .meta({
          description: "Namespaces of your own releases that are closed too, beside the platform's.",
          default: [],
        })
        .optional(),
      ...onlyValues,
    }),
  ).meta({
    description:
      'Closes every namespace of the platform to what comes from outside of it, but for the gateway, scrapes and webhooks.',
    default: false,
  }),
  'storage-classes': switchable(
    block({
      retain: flag
        .describe('Disks outlive their claims, until somebody deletes them. Default: in production.')
        .optional(),
      ...onlyValues,
    }),
  ).meta({
    description: 'Classes of disks: `platform-premium`, and over several zones `platform-premium-zrs`. All can grow.',
    default: false,
  }),
} as const;
