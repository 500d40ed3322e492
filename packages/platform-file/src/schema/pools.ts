import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { labelKey, labelValue, taint } from '../node-marks.ts';
import { block, duration, flag, list, named, off, on, switchable, whole, words } from './vocabulary.ts';

const pool = (name: 'system' | 'user' | 'gpu') => {
  const fallback = defaults.pools[name];
  return {
    size: named(/^Standard_[A-Za-z0-9_-]{1,40}$/, 'Expected an Azure VM size such as Standard_D4ds_v5.')
      .meta({ description: 'VM size. Changing it replaces every node.', default: fallback.size })
      .optional(),
    min: whole(0, 1000)
      .meta({ description: 'Nodes that the autoscaler keeps at least.', default: fallback.min })
      .optional(),
    max: whole(1, 1000)
      .meta({ description: 'Nodes that the autoscaler makes at most.', default: fallback.max })
      .optional(),
    zones: list(z.literal([1, 2, 3, '1', '2', '3'], { error: 'Expected 1, 2 or 3.' }))
      .describe(
        'Availability zones. Default: 1, 2 and 3 for system and user in production, else none, because not every location has them for every size. Changing them replaces every node.',
      )
      .optional(),
    disk: whole(30, 4095)
      .describe(
        'Size of the system disk in GB. Default: what Azure takes for the size. Changing it replaces every node.',
      )
      .optional(),
    'disk-type': words('managed', 'ephemeral')
      .meta({
        description:
          'ephemeral: the system disk lies on the host, which is faster and free, where the size has room for it. Changing it replaces every node.',
        default: defaults.pools.diskType,
      })
      .optional(),
    'host-encryption': flag
      .describe(
        'Encrypts disks and caches on the host too. Default: in production. Changing it replaces every node. The subscription needs the feature EncryptionAtHost.',
      )
      .optional(),
    'max-pods': whole(30, 250)
      .meta({
        description: 'Pods on a node at most. Changing it replaces every node.',
        default: defaults.pools.maxPods,
      })
      .optional(),
    surge: named(/^(?:[1-9]\d?%|100%|[1-9]\d?)$/, 'Expected a share or a number of nodes, such as "33%" or "1".')
      .meta({ description: 'Nodes more than usual during an upgrade.', default: fallback.surge })
      .optional(),
    drain: duration('m', '30m')
      .meta({
        description: 'How long an upgrade waits for the pods of a node to go, 1m to 1440m.',
        default: defaults.pools.drain,
      })
      .optional(),
    soak: named(/^(?:0|[1-9]|[12]\d|30)m$/, 'Expected 0m to 30m.')
      .meta({ description: 'How long an upgrade waits after each node, 0m to 30m.', default: defaults.pools.soak })
      .optional(),
    labels: z
      .record(
        named(labelKey, 'Expected the name of a label, such as team or contoso.com/team.'),
        named(
          labelValue,
          'Expected the value of a label: up to 63 letters, digits, hyphens, underscores and dots, with a letter or digit at both ends.',
        ),
        { error: 'Expected a block of names and texts.' },
      )
      .describe('Labels of its nodes, beside `node-type`. They change in place: pods that run stay.')
      .optional(),
  };
};

const called = (own: string) =>
  named(/^[a-z][a-z0-9]{0,11}$/, 'Expected the name of a pool: up to 12 lower-case letters and digits.')
    .meta({ description: 'Name of a pool that another tool has made. Changing it replaces every node.', default: own })
    .optional();

const taints = list(
  named(
    taint,
    'Expected a taint such as dedicated=data:NoSchedule; the effect is NoSchedule, PreferNoSchedule or NoExecute.',
  ),
).describe(
  'Taints of its nodes, beside those for GPUs and spare capacity. They change in place: NoExecute evicts pods that do not tolerate it, with the others pods that run stay.',
);

/** What only pools for workloads have. */
const worker = {
  taints: taints.optional(),
  spot: off(
    'Spare capacity at a fraction of the price; Azure may take a node back at any time, and pods have to tolerate its taint. Changing it replaces the pool.',
  ),
  'per-zone': off(
    'One pool for each of its zones, so that the autoscaler can keep zones even and volumes find their zone. Their limits count per zone. Changing it replaces the pool.',
  ),
  color: words('blue', 'green')
    .meta({
      description: 'Part of the pool’s name, turned when it was replaced: a green one is called `usergreen`.',
      default: defaults.pools.color,
    })
    .optional(),
};

/** A second pool of the other color, which says only what is different about it. */
const replacement = <T extends z.ZodRawShape>(settings: T) =>
  block(settings)
    .describe(
      'A pool of the other color beside this one, for replacing it without loss: promote, move the workloads, then give its settings to the pool, turn `color`, and take this away.',
    )
    .optional();

export const systemPool = block({
  ...pool('system'),
  name: called('system'),
  dedicated: on(
    'Takes critical add-ons only, by its taint. false: workloads run in it too, as in many clusters that another tool has made. Changing it replaces every node.',
  ),
});
const { color: _, ...ofReplacement } = worker;
export const userPool = block({
  ...pool('user'),
  name: called('user'),
  ...worker,
  replacement: replacement({ ...pool('user'), ...ofReplacement }),
});
const driver = words('install', 'none')
  .meta({
    description: 'install: AKS brings the driver; none: the GPU operator does. Changing it replaces the pool.',
    default: defaults.pools.gpu.driver,
  })
  .optional();
export const gpuPool = block({
  ...pool('gpu'),
  name: called('gpu'),
  ...worker,
  driver,
  replacement: replacement({ ...pool('gpu'), ...ofReplacement, driver }),
});

export const pools = block({
  system: systemPool.describe('Critical add-ons only.').optional(),
  user: switchable(userPool).describe('Applications.').optional(),
  gpu: switchable(gpuPool).describe('GPU and machine learning workloads.').optional(),
  'left-alone': list(
    named(/^[a-z][a-z0-9]{0,11}$/, 'Expected the name of a pool: up to 12 lower-case letters and digits.'),
  )
    .meta({
      description: 'Pools of the cluster that somebody else looks after: never changed, and no drift.',
      default: [],
    })
    .optional(),
}).describe('Node pools.');
