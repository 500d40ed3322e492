import type { Change } from '@suite/change-report';
import { poolInstances, type ScopeView } from '@suite/platform-file';

/**
 * The changes with the keys that `allow:` takes for pools: it names what the platform file calls them, whatever another tool has
 * called them in Azure. Those of a team's own files keep their names.
 */
export function withPoolKeys(changes: readonly Change[], view: ScopeView): Change[] {
  if (view.kind === 'shared' || view.terraform?.kind === 'root') return [...changes];
  const { cluster } = view;
  const kinds = new Map<string, string>([
    [cluster.pools.system.name, 'system'],
    ...poolInstances(cluster).map(({ name, kind }) => [name, kind] as const),
  ]);
  return changes.map(change => {
    const name = /^node-pool\/(.+)$/.exec(change.allowKey ?? '')?.[1];
    const kind = name === undefined || !change.address.startsWith('module.') ? undefined : kindOf(change, name, kinds);
    return kind === undefined ? change : { ...change, allowKey: `node-pool/${kind}` };
  });
}

/** A pool that goes is in the platform file no more, so its address tells first. */
function kindOf({ address }: Change, name: string, kinds: ReadonlyMap<string, string>): string | undefined {
  if (address === 'module.cluster.azurerm_kubernetes_cluster.this') return 'system';
  return /^module\.pools\..*\["(user|gpu)(?:green)?\d?"\]$/.exec(address)?.[1] ?? kinds.get(name);
}
