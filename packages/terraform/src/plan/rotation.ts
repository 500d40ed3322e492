import { asString } from '@suite/foundation';
import { isEmpty, isEqual, type Leaf, step } from './leaves.ts';
import type { ResourceChange } from './plan-json.ts';
import { clusterType, poolType } from './resource-types.ts';

// The attributes that azurerm 5.2.0 changes by making new nodes, as its own error lists them ("`temporary_name_for_rotation`
// must be specified when updating any of the following properties"). Its plan says no more than update.
const everyPool = [
  'fips_enabled',
  'host_encryption_enabled',
  'kubelet_config',
  'kubelet_disk_type',
  'linux_os_config',
  'max_pods',
  'node_public_ip_enabled',
  'os_disk_size_gb',
  'os_disk_type',
  'pod_subnet_id',
  'snapshot_id',
  'ultra_ssd_enabled',
  'vm_size',
  'vnet_subnet_id',
  'zones',
];
const poolAttributes: ReadonlySet<string> = new Set(everyPool);
const defaultPoolAttributes: ReadonlySet<string> = new Set([...everyPool, 'name', 'only_critical_addons_enabled']);

export interface Rotation {
  /** The pool's own. */
  readonly poolName: string;
  /** What makes the provider rotate. */
  readonly causes: readonly Leaf[];
  /** Everything of the pool that changes along, the causes included. */
  readonly leaves: readonly Leaf[];
  /** What changes besides in the same resource (of the cluster, when its default pool is rotated). */
  readonly others: readonly Leaf[];
  /** Without a name for the pool that stands in meanwhile the apply fails. */
  readonly hasTemporaryName: boolean;
}

/** Undefined when the update leaves the nodes alone. `leaves` are the differences of the update. */
export function findRotation(change: ResourceChange, leaves: readonly Leaf[]): Rotation | undefined {
  if (change.type === poolType) return rotationOf(change, [], poolAttributes, leaves, []);
  if (change.type !== clusterType) return undefined;
  const [inside, outside] = partition(leaves, leaf => leaf.path[0] === 'default_node_pool');
  return rotationOf(change, ['default_node_pool', 0], defaultPoolAttributes, inside, outside);
}

function rotationOf(
  { before, after, afterUnknown }: ResourceChange,
  at: readonly (string | number)[],
  attributes: ReadonlySet<string>,
  leaves: readonly Leaf[],
  others: readonly Leaf[],
): Rotation | undefined {
  const causes = leaves.filter(
    leaf => attributes.has(String(leaf.path[at.length])) && (leaf.unknown || differs(leaf.before, leaf.after)),
  );
  if (causes.length === 0) return undefined;
  const read = (tree: unknown, key: string) => step(at.reduce(step, tree), key);
  return {
    poolName: asString(read(before, 'name')) ?? asString(read(after, 'name')) ?? 'system',
    causes,
    leaves,
    others,
    hasTemporaryName:
      !isEmpty(read(after, 'temporary_name_for_rotation')) ||
      read(afterUnknown, 'temporary_name_for_rotation') === true,
  };
}

function differs(before: unknown, after: unknown): boolean {
  return !(isEmpty(before) && isEmpty(after)) && !isEqual(before, after);
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter(item => !test(item))];
}
