import type { OutputChange } from '@suite/change-report';
import { shorten } from '@suite/foundation';
import { containsTrue } from './leaves.ts';
import type { Mask } from './mask.ts';
import type { OutputJson } from './plan-json.ts';

const longestName = 120;

/** By name, as Terraform sorts them. */
export function readOutputs(outputs: readonly OutputJson[], mask: Mask): OutputChange[] {
  return outputs.flatMap((output): OutputChange[] => {
    const kind = kindOf(output.actions);
    if (kind === undefined) return [];
    const sensitive = containsTrue(output.beforeSensitive) || containsTrue(output.afterSensitive);
    const unknown = kind !== 'delete' && containsTrue(output.afterUnknown);
    return [
      {
        name: shorten(output.name, longestName),
        kind,
        before: kind === 'create' ? { is: 'absent' } : mask.show(output.before, sensitive),
        // Of a value that is known in part, the part would look like all of it.
        after: unknown ? { is: 'unknown' } : mask.show(output.after, sensitive),
      },
    ];
  });
}

function kindOf(actions: readonly string[]): OutputChange['kind'] | undefined {
  if (actions.includes('update') || actions.length > 1) return 'update';
  if (actions.includes('create')) return 'create';
  return actions.includes('delete') ? 'delete' : undefined;
}
