import { asArray, asObject, asString } from '@suite/foundation';

/** A managed resource that a state holds, and what it hangs on. Nothing else of its values leaves the state. */
export interface StateResource {
  /** As in a plan: `module.pools.azurerm_kubernetes_cluster_node_pool.this["gpu"]`. */
  readonly address: string;
  readonly type: string;
  /** The provider's; undefined where it has none. */
  readonly id: string | undefined;
  /** Everything that it needs, directly or through others, as addresses without instance keys. */
  readonly dependencies: readonly string[];
}

/** Reads a state as `terraform state pull` gives it, format 4. Leftovers of a replacement are left out. */
export function readStateResources(state: unknown): StateResource[] {
  return asArray(asObject(state)['resources'])
    .map(asObject)
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ module, type, name, instances }) => {
      const prefix = asString(module) === undefined ? '' : `${asString(module)}.`;
      const kind = asString(type) ?? '';
      return asArray(instances)
        .map(asObject)
        .filter(({ deposed }) => deposed === undefined)
        .map(({ index_key: key, attributes, dependencies }) => ({
          address: `${prefix}${kind}.${asString(name) ?? ''}${describeKey(key)}`,
          type: kind,
          id: asString(asObject(attributes)['id']),
          dependencies: asArray(dependencies).flatMap(one => asString(one) ?? []),
        }));
    });
}

/** An address without instance keys, as dependencies are written. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');
}

function describeKey(key: unknown): string {
  if (typeof key === 'number') return `[${key}]`;
  return typeof key === 'string' ? `[${JSON.stringify(key)}]` : '';
}
