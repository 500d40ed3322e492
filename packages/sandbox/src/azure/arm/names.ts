import { sameId } from './ids.ts';
import type { ArmContext } from './type.ts';

/** Held by a resource of any subscription, by somebody elsewhere in the world, or by a vault that waits to be purged. */
export function isNameTaken({ store, conditions }: ArmContext, type: string, name: string, except = ''): boolean {
  if (conditions.takenNames.has(`${type}/${name}`.toLowerCase())) return true;
  const types = sameId(type, 'Microsoft.KeyVault/vaults')
    ? [type, 'Microsoft.KeyVault/locations/deletedVaults']
    : [type];
  return store
    .all()
    .some(one => types.some(kind => sameId(kind, one.type)) && sameId(one.name, name) && !sameId(one.id, except));
}
