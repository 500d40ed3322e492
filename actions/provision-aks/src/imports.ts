import type { Check } from '@suite/change-report';
import type { ScopeView } from '@suite/platform-file';
import type { PlannedImport } from '@suite/terraform';
import { subscriptionsElsewhere, withoutKey } from './resource-ids.ts';
import { hasOwnRoot } from './sources/describe-sources.ts';

/**
 * A provider reads and changes a resource where its id says, whatever subscription it works in: an id with a slip would put somebody else's
 * resource under this state. A root of somebody's own may work in several subscriptions, so there it is only said. Pure.
 */
export function judgeImports(imports: readonly PlannedImport[], view: ScopeView): Check[] {
  const elsewhere = subscriptionsElsewhere(view);
  return imports.flatMap(({ address, type, id }): Check[] => {
    const [, subscription] = /^\/subscriptions\/([^/|]+)/i.exec(id) ?? [];
    // A right lies where the thing is that it is about.
    if (subscription === undefined || type === 'azurerm_role_assignment') return [];
    const own = [view.subscription, elsewhere[withoutKey(address)]];
    if (own.some(one => one?.toLowerCase() === subscription.toLowerCase())) return [];
    return [
      {
        id: `import/${address}`,
        name: 'What is imported is its own',
        status: hasOwnRoot(view) ? 'warning' : 'blocked',
        message: `\`${address}\` is to be imported as ${id}, which lies in another subscription than ${view.scope}, ${view.subscription}.`,
        remedy: 'Correct the id in the `import` block, or take the block out and look it up with a data source.',
      },
    ];
  });
}
