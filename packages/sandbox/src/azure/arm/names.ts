import { sameId } from './ids.ts';
import type { ArmContext } from './type.ts';

/** Held by a resource of any subscription, or by somebody elsewhere in the world. */
export function isNameTaken({ store, conditions }: ArmContext, type: string, name: string, except = ''): boolean {
  if (conditions.takenNames.has(`${type}/${name}`.toLowerCase())) return true;
  return store.all().some(one => sameId(type, one.type) && sameId(one.name, name) && !sameId(one.id, except));
}
