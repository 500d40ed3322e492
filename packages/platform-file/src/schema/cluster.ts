import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { pools } from './pools.ts';
import { armId, block, cidr, duration, flag, list, named, off, on, switchable, whole, words } from './vocabulary.ts';

const features = block({
  monitoring: on('Container Insights: logs and metrics into the shared workspace.'),
  diagnostics: on('Logs of the control plane into the shared workspace: audit, admission, autoscaler, controllers.'),
  prometheus: off('Azure Monitor workspace that collects Prometheus metrics. Costs by the sample.'),
  defender: on('Microsoft Defender for Containers: threats at run time, vulnerabilities in images. Costs by the vCPU.'),
  'defender-plan': off(
    'Switches the plan Containers of Defender on for the whole subscription, which bills every cluster in it. Leave it off where the subscription has the plan already: Azure would refuse to make it again.',
  ),
  policy: on('Azure Policy for Kubernetes.'),
  'pod-security': words('off', 'baseline', 'restricted')
    .meta({
      description: 'Pod security standard that Azure Policy reports violations of; it denies nothing.',
      default: defaults.features.podSecurity,
    })
    .optional(),
  safeguards: words('off', 'warn', 'enforce')
    .meta({
      description:
        'Deployment safeguards: good practice for workloads, as warnings or enforced. Enforced ones also change pods: they add requests where there are none.',
      default: defaults.features.safeguards,
    })
    .optional(),
  'key-vault-secrets': switchable(
    block({
      rotation: duration('mh', '2m')
        .meta({ description: 'How often secrets are fetched again.', default: defaults.features.rotation })
        .optional(),
    }),
  )
    .describe('Key Vault Secrets Provider: secrets of a vault as files in pods.')
    .optional(),
  'image-cleaner': switchable(
    block({
      interval: duration('hd', '48h')
        .meta({ description: 'How often unused images are removed, 24h to 90d.', default: defaults.features.interval })
        .optional(),
    }),
  )
    .describe('Removes unused images with known vulnerabilities from nodes.')
    .optional(),
  csi: block({
    blob: on('Blob storage as volumes.'),
    disk: on('Managed disks as volumes.'),
    file: on('File shares as volumes.'),
    snapshot: on('Snapshots of volumes.'),
  })
    .describe('Storage drivers.')
    .optional(),
  'workload-identity': on('Workload identity and the OIDC issuer. Switching it off replaces the cluster.'),
  'cost-analysis': flag
    .describe('Costs by namespace in the portal. Default: on, except with the free tier, which has none.')
    .optional(),
});

const maintenance = block({
  day: words('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
    .meta({ description: 'Day of the week.', default: defaults.maintenance.day })
    .optional(),
  start: named(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Expected a time in quotes, such as "02:00".')
    .meta({ description: 'Begin, in quotes.', default: defaults.maintenance.start })
    .optional(),
  hours: whole(4, 24)
    .meta({ description: 'Length in hours, 4 to 24.', default: defaults.maintenance.hours })
    .optional(),
  zone: z
    .string({ error: 'Expected a time zone, such as Europe/Berlin.' })
    .refine(isTimeZone, { error: 'Expected a time zone, such as Europe/Berlin.' })
    .meta({
      description: 'IANA time zone. Azure keeps one offset all year: that of its winter.',
      default: defaults.maintenance.zone,
    })
    .optional(),
});

export const cluster = block({
  version: named(/^1\.\d{2}$/, 'Expected a Kubernetes minor in quotes, such as "1.35".')
    .meta({
      description: 'Kubernetes minor, in quotes; patches follow the upgrade channel.',
      default: defaults.version,
    })
    .optional(),
  tier: words('free', 'standard', 'premium')
    .meta({ description: 'Tier of the control plane: free has no uptime agreement.', default: defaults.tier })
    .optional(),
  private: flag.describe('Private API server. Default: in production. Changing it replaces the cluster.').optional(),
  'private-dns': z
    .union([z.enum(['system', 'none']), armId('Microsoft.Network/privateDnsZones')], {
      error: 'Expected system, none, or the Azure id of a private DNS zone.',
    })
    .meta({
      description:
        'Where the name of a private API server lives: a zone that AKS makes, nowhere (a public name with a private address), or a zone of yours. Changing it replaces the cluster.',
      default: defaults.privateDns,
    })
    .optional(),
  'vnet-integration': off(
    'The API server gets an address in a subnet of the network, without a tunnel to the nodes. Switching it off replaces the cluster. Not offered in every location.',
  ),
  'run-command': flag.describe('`az aks command invoke`. Default: except in production.').optional(),
  'authorized-ranges': list(cidr).describe('Ranges that may reach a public API server. Default: any.').optional(),
  'disk-encryption': block({
    key: named(
      /^https:\/\/[a-z0-9-]{3,24}\.vault\.(?:azure\.(?:net|cn)|usgovcloudapi\.net)\/keys\/[A-Za-z0-9-]{1,127}(?:\/[0-9a-f]{32})?$/,
      'Expected the address of a key: https://….vault.azure.net/keys/….',
    ).describe('Key in a vault of yours.'),
    vault: armId('Microsoft.KeyVault/vaults').describe('Id of that vault; it needs purge protection.'),
  })
    .describe(
      "Disks of nodes and volumes encrypted with a key of yours instead of Azure's. Changing it replaces the cluster.",
    )
    .optional(),
  upgrades: block({
    cluster: words('none', 'patch', 'stable', 'rapid', 'node-image')
      .meta({ description: 'Which Kubernetes versions Azure installs by itself.', default: defaults.upgrades.cluster })
      .optional(),
    nodes: words('none', 'unmanaged', 'security-patch', 'node-image')
      .meta({ description: 'Which node images Azure installs by itself.', default: defaults.upgrades.nodes })
      .optional(),
  })
    .describe('What Azure upgrades by itself.')
    .optional(),
  maintenance: switchable(maintenance).describe('When Azure upgrades by itself. false: at any time.').optional(),
  pools: pools.optional(),
  features: features.describe('Parts of AKS that can be switched off with false.').optional(),
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
