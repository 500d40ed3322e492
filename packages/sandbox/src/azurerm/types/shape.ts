import { asArray, asBoolean, asNumber, asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import { isList, isObjectValue, type ObjectValue, type Value } from '../schema/values.ts';

/** Terraform's side: what stands in a planned object. Unknown and empty values count as not there. */

export function text(object: ObjectValue | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function flag(object: ObjectValue | undefined, name: string): boolean {
  return object?.[name] === true;
}

export function count(object: ObjectValue | undefined, name: string): number | undefined {
  const value = object?.[name];
  return typeof value === 'number' ? value : undefined;
}

/** A count where 0 means "not given", as it does in most of azurerm. */
export function positive(object: ObjectValue | undefined, name: string): number | undefined {
  const value = count(object, name);
  return value === 0 ? undefined : value;
}

export function texts(object: ObjectValue | undefined, name: string): readonly string[] {
  const value = object?.[name];
  return isList(value) ? value.filter(item => typeof item === 'string') : [];
}

export function textMap(object: ObjectValue | undefined, name: string): { readonly [key: string]: string } {
  const value = object?.[name];
  if (!isObjectValue(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (typeof item === 'string' ? [[key, item]] : [])),
  );
}

export function blocks(object: ObjectValue | undefined, name: string): readonly ObjectValue[] {
  const value = object?.[name];
  return isList(value) ? value.filter(isObjectValue) : [];
}

export function block(object: ObjectValue | undefined, name: string): ObjectValue | undefined {
  return blocks(object, name)[0];
}

/** A list for Azure, or nothing when it is empty. */
export function someTexts(object: ObjectValue | undefined, name: string): readonly string[] | undefined {
  const list = texts(object, name);
  return list.length === 0 ? undefined : list;
}

/** Azure's side: a value deep in a JSON body. */

export function at(body: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => asObject(value)[name], body);
}

export function textAt(body: unknown, ...path: readonly string[]): string {
  return asString(at(body, ...path)) ?? '';
}

export function flagAt(body: unknown, ...path: readonly string[]): boolean {
  return asBoolean(at(body, ...path)) ?? false;
}

export function countAt(body: unknown, ...path: readonly string[]): number {
  return asNumber(at(body, ...path)) ?? 0;
}

export function textsAt(body: unknown, ...path: readonly string[]): readonly string[] {
  return asArray(at(body, ...path)).filter(item => typeof item === 'string');
}

export function textMapAt(body: unknown, ...path: readonly string[]): { readonly [key: string]: string } {
  const entries = Object.entries(asObject(at(body, ...path)));
  return Object.fromEntries(entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])));
}

export function objectsAt(body: unknown, ...path: readonly string[]): readonly JsonObject[] {
  return asArray(at(body, ...path)).filter(isObject);
}

/** Ids of a list of references: `[{ "id": … }]`. */
export function idsAt(body: unknown, ...path: readonly string[]): readonly string[] {
  return objectsAt(body, ...path).map(item => textAt(item, 'id'));
}

export function references(ids: readonly string[]): readonly JsonObject[] {
  return ids.map(id => ({ id }));
}

export function reference(id: string | undefined): JsonObject | undefined {
  return id === undefined ? undefined : { id };
}

export function enabledOr(disabled: string, value: boolean): string {
  return value ? 'Enabled' : disabled;
}

/** `identity` blocks, both ways. */
export function identityToArm(object: ObjectValue): JsonObject {
  const identity = block(object, 'identity');
  if (identity === undefined) return { type: 'None' };
  const ids = texts(identity, 'identity_ids');
  return {
    type: text(identity, 'type'),
    // An explicit null takes away those that were there before.
    userAssignedIdentities: ids.length === 0 ? null : Object.fromEntries(ids.map(id => [id, {}])),
  };
}

export function identityFromArm(body: unknown): Value {
  const type = textAt(body, 'identity', 'type');
  if (type === '' || type === 'None') return [];
  return [
    {
      type,
      identity_ids: Object.keys(asObject(at(body, 'identity', 'userAssignedIdentities'))),
      principal_id: textAt(body, 'identity', 'principalId'),
      tenant_id: textAt(body, 'identity', 'tenantId'),
    },
  ];
}
