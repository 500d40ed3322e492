import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import type { CtyType } from './schema.ts';

/** A value that is known only after apply. */
class Unknown {
  toJSON(): string {
    return '(known after apply)';
  }
}
export const unknown = new Unknown();

export type Value = null | boolean | number | string | Unknown | readonly Value[] | ObjectValue;

export interface ObjectValue {
  readonly [name: string]: Value;
}

// Unknown values are extension 0, or extension 12 when Terraform also knows something about them, which we drop.
const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: value => (value instanceof Unknown ? Uint8Array.of(0) : null),
  decode: () => unknown,
});
extensionCodec.register({ type: 12, encode: () => null, decode: () => unknown });
const encoder = new Encoder({ extensionCodec });
const decoder = new Decoder({ extensionCodec });

export function encodeValue(value: Value): Uint8Array {
  return encoder.encode(value);
}

export function decodeValue(bytes: Uint8Array): Value {
  return decoder.decode(bytes) as Value;
}

export function isUnknown(value: Value | undefined): value is Unknown {
  return value instanceof Unknown;
}

export function isObjectValue(value: Value | undefined): value is ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnknown(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function hasUnknown(value: Value): boolean {
  if (isUnknown(value)) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isObjectValue(value) && Object.values(value).some(hasUnknown);
}

/** Every attribute that the type names is there (null when absent), every other one is dropped, unknowns become null if asked. */
export function conform(type: CtyType, value: Value | undefined, unknowns: 'keep' | 'drop' = 'keep'): Value {
  if (value === undefined || value === null) return null;
  if (isUnknown(value)) return unknowns === 'keep' ? value : null;
  if (typeof type === 'string') return conformPrimitive(type, value);
  const [kind, inner] = type;
  if (kind === 'object') {
    const source = isObjectValue(value) ? value : {};
    const entries = Object.entries(inner as { readonly [name: string]: CtyType });
    return Object.fromEntries(entries.map(([name, item]) => [name, conform(item, source[name], unknowns)]));
  }
  if (kind === 'map') {
    const entries = Object.entries(isObjectValue(value) ? value : {});
    return Object.fromEntries(entries.map(([key, item]) => [key, conform(inner as CtyType, item, unknowns)]));
  }
  return (isList(value) ? value : []).map(item => conform(inner as CtyType, item, unknowns));
}

/** Azure is not exact about types (`"30"` for 30); Terraform is. */
function conformPrimitive(type: 'string' | 'number' | 'bool', value: Value): Value {
  if (type === 'string') return typeof value === 'string' ? value : String(value);
  if (type === 'bool') return value === true || value === 'true';
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

/** Equality as the SDK behind azurerm sees it: sets have no order, and an empty text or collection equals none. */
export function sameValue(type: CtyType, left: Value | undefined, right: Value | undefined): boolean {
  if (isUnknown(left) || isUnknown(right)) return isUnknown(left) && isUnknown(right);
  if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right);
  if (typeof type === 'string') return left === right;
  const [kind, inner] = type;
  if (kind === 'list' || kind === 'set') {
    if (!isList(left) || !isList(right) || left.length !== right.length) return false;
    if (kind === 'list') return left.every((item, index) => sameValue(inner as CtyType, item, right[index]));
    const rest = [...right];
    return left.every(item => {
      const at = rest.findIndex(other => sameValue(inner as CtyType, item, other));
      if (at >= 0) rest.splice(at, 1);
      return at >= 0;
    });
  }
  if (!isObjectValue(left) || !isObjectValue(right)) return false;
  const names = kind === 'object' ? Object.keys(inner) : [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.every(name => {
    const item = kind === 'object' ? (inner as { readonly [name: string]: CtyType })[name] : (inner as CtyType);
    return item !== undefined && sameValue(item, left[name], right[name]);
  });
}

export function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (isList(value)) return value.length === 0;
  return isObjectValue(value) && Object.keys(value).length === 0;
}

/** What the SDK behind azurerm cannot tell from "not set". */
export function isZero(value: Value | undefined): boolean {
  return value === false || value === 0 || isEmpty(value);
}
