import { isWithin } from '../access.ts';
import { properties } from './body.ts';
import { refusals } from './errors.ts';
import type { ArmContext } from './type.ts';

export const lockType = 'Microsoft.Authorization/locks';

/**
 * A lock holds for its scope and all below it. What is deleted takes everything under it along, so locks below count too.
 * A lock itself can always be removed, and assignments can be added under `CanNotDelete`.
 */
export function demandNoLock({ store }: ArmContext, id: string, operation: 'delete' | 'write'): void {
  const locks = store.all().filter(({ type }) => type === lockType);
  if (locks.length === 0 || id.toLowerCase().includes(`/${lockType.toLowerCase()}/`)) return;
  const holding = locks
    .filter(({ body }) => operation === 'delete' || properties(body)['level'] === 'ReadOnly')
    .map(lock => lock.id.slice(0, lock.id.toLowerCase().lastIndexOf('/providers/')))
    .filter(scope => isWithin(id, scope) || (operation === 'delete' && isWithin(scope, id)));
  if (holding.length > 0) throw refusals.locked(id, [...new Set(holding)], operation);
}
