import { isObject } from '@suite/foundation';

/**
 * A value of a Go template. Whole numbers of templates and functions are bigints, for what comes from JSON and YAML is a float in Go
 * and is compared and printed as one. Undefined: what is not there.
 */
export type Value =
  | undefined
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly Value[]
  | { readonly [key: string]: Value };

const textMaps = new WeakSet<object>();

/** A map that holds texts only, in Go as well: what it has not is an empty text to `index`. */
export function textMapOf(map: Readonly<Record<string, string>>): Value {
  const own = { ...map };
  textMaps.add(own);
  return own;
}

export function isTextMap(value: object): boolean {
  return textMaps.has(value);
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return isObject(value);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** JSON is what templates are given. */
export function fromJson(value: unknown): Value {
  return value as Value;
}

export function toJson(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(toJson);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
  return value ?? null;
}

/** What `if` and `and` go by. */
export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  if (typeof value === 'bigint') return value !== 0n;
  return Boolean(value);
}

/** As a template prints it. */
export function print(value: Value): string {
  return value === undefined || value === null ? '<no value>' : format(value);
}

/** Go's `%v`. */
export function format(value: Value): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'number') return formatFloat(value);
  if (isList(value)) return `[${value.map(format).join(' ')}]`;
  if (isMap(value)) {
    const entries = Object.keys(value)
      .sort()
      .map(key => `${key}:${format(value[key])}`);
    return `map[${entries.join(' ')}]`;
  }
  return String(value);
}

/** `1e+06`, `0.5`, `12`: the shortest digits, with an exponent below -4 and from 6 on (Go strconv, `%g` at its shortest). */
function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 6)) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return exponent < 0 ? value.toFixed(digits.replace(/[-.]/g, '').length - 1 - exponent) : plain(value);
}

function plain(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

export function describeType(value: Value): string {
  if (value === undefined || value === null) return 'nothing';
  if (isList(value)) return 'a list';
  if (isMap(value)) return 'a map';
  if (typeof value === 'bigint' || typeof value === 'number') return 'a number';
  return typeof value === 'string' ? 'a text' : 'a boolean';
}
