import { z } from 'zod';
import { defaults } from '../defaults.ts';
import {
  block,
  duration,
  email,
  flag,
  httpsUrl,
  list,
  location,
  named,
  off,
  switchable,
  whole,
  words,
} from './vocabulary.ts';

export const gateway = switchable(
  block({
    waf: words('off', 'detection', 'prevention')
      .describe(
        'Web application firewall in front of everything: off, log only, or block. Default: detection in the first environment, prevention after it.',
      )
      .optional(),
  }),
).describe('Application Gateway for Containers: the one way from the Internet to workloads. Costs by the hour.');

export const registry = block({
  'public-access': flag.describe('Reachable from outside of the network. Default: except in production.').optional(),
  'zone-redundant': flag
    .describe(
      'Copies in several availability zones, where the location has them. Default: in production. Changing it replaces the registry.',
    )
    .optional(),
  replicas: list(location)
    .meta({ description: 'Further locations that hold a copy. Costs by the day.', default: [] })
    .optional(),
  retention: duration('d', '30d')
    .describe(
      'Untagged images are deleted after this time. Default: never, because promotion is by digest and signatures have no tags.',
    )
    .optional(),
  mirror: flag
    .meta({
      description:
        'Charts and images of releases are brought into it by digest, below `mirror/`, and taken from there: for clusters that reach no other registry.',
      default: defaults.registryMirror,
    })
    .optional(),
});

export const keyVault = block({
  own: flag.describe("A vault of the environment's own instead of the shared one. Default: in production.").optional(),
  'public-access': flag
    .describe('Own vault: reachable from outside of the network. Default: except in production.')
    .optional(),
});

export const storage = switchable(
  block({
    replication: words('lrs', 'zrs', 'grs', 'gzrs')
      .describe('Copies: in one zone, in several, in another region too. Default: zrs in production, else lrs.')
      .optional(),
    'public-access': flag.describe('Reachable from outside of the network. Default: except in production.').optional(),
    'soft-delete': duration('d', '7d')
      .meta({
        description: 'How long deleted blobs can be brought back, 1d to 365d.',
        default: defaults.storage.softDelete,
      })
      .optional(),
  }),
).describe('Storage account for application data: logs of Loki, artifacts of MLflow, backups.');

export const database = switchable(
  block({
    size: named(/^(?:B|GP|MO)_Standard_[A-Za-z0-9_]{2,30}$/, 'Expected a size such as GP_Standard_D2ds_v5.')
      .describe(
        `Compute: burstable (B), general purpose (GP) or memory optimised (MO). Default: ${defaults.database.productionSize} in production, else ${defaults.database.size}.`,
      )
      .optional(),
    storage: z
      .literal([32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384], {
        error: 'Expected 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192 or 16384.',
      })
      .meta({ description: 'Disk in GB; it can only grow.', default: defaults.database.storageGb })
      .optional(),
    version: words('14', '15', '16', '17')
      .meta({ description: 'PostgreSQL, in quotes.', default: defaults.database.version })
      .optional(),
    'high-availability': flag
      .describe('A second server in another zone takes over. Doubles the price. Default: in production.')
      .optional(),
    backup: duration('d', '14d')
      .meta({ description: 'How far back it can be restored, 7d to 35d.', default: defaults.database.backup })
      .optional(),
    'geo-backup': off('Backups in the paired region too. Changing it replaces the server.'),
  }),
).describe(
  'PostgreSQL Flexible Server, for MLflow. Default: from the second environment on; the first keeps its data in the cluster.',
);

export const cache = switchable(
  block({
    size: named(/^(?:Balanced|MemoryOptimized|ComputeOptimized)_[A-Z]\d{1,4}$/, 'Expected a size such as Balanced_B0.')
      .meta({ description: 'Azure Managed Redis.', default: defaults.cache.size })
      .optional(),
  }),
).describe('Redis for session data of applications. Costs by the hour. Default: off.');

export const backup = switchable(
  block({
    retention: duration('d', '7d')
      .meta({ description: 'How long backups are kept, 1d to 360d.', default: defaults.backup.retention })
      .optional(),
    every: words('4h', '6h', '8h', '12h', '24h')
      .meta({ description: 'How often.', default: defaults.backup.every })
      .optional(),
  }),
).describe('Backup of cluster state and volumes. Needs `storage`. Default: in production.');

export const budget = block({
  amount: whole(1, 100_000_000).describe("Per month, in the currency of the subscription's bill."),
  notify: list(email)
    .min(1, { error: 'Expected at least one e-mail address.' })
    .describe('Told at 80 % and 100 % of the costs, and when they are forecast to pass it.'),
}).describe('Monthly budget of the environment. It stops nothing.');

export const alerts = block({
  email: list(email).meta({ description: 'Told by e-mail.', default: [] }).optional(),
  webhook: list(httpsUrl).meta({ description: 'Called with the common alert schema.', default: [] }).optional(),
}).describe('Whom alerts of Azure reach: nodes without CPU, memory or disk left, pods that cannot run.');
