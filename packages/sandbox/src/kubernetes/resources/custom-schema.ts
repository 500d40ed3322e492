import { isObject } from '@suite/foundation';
import { at, copyOf, type Fields, isSame, list, strings } from '../objects.ts';
import type { Cause } from '../status.ts';

/** What the OpenAPI schema of a custom resource does to its objects. */
export interface CustomSchema {
  /** Drops what the schema does not know and fills in defaults. */
  complete(object: Readonly<Fields>): Fields;
  /** Types, required fields, enumerations, bounds, patterns. Validation rules (CEL) are not played: they let everything pass. */
  validate(object: Readonly<Fields>): readonly Cause[];
  /** Fields that the schema does not know, as `spec.colour`. */
  unknownFields(object: Readonly<Fields>): readonly string[];
}

export function customSchema(schema: Readonly<Fields>, preservesUnknown: boolean): CustomSchema {
  const root: Fields = { ...schema, type: 'object', 'x-kubernetes-embedded-resource': true };
  const keepsAll = preservesUnknown || Object.keys(schema).length === 0;
  return {
    complete: object => {
      const filled = withDefaults(copyOf(object), root) as Fields;
      return keepsAll ? filled : (prune(filled, root, () => undefined) as Fields);
    },
    validate: object => judge(object, root, ''),
    unknownFields: object => {
      const found: string[] = [];
      if (!keepsAll) prune(object, root, path => void found.push(path));
      return found;
    },
  };
}

function preserves(schema: Readonly<Fields>): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}

function prune(value: unknown, schema: Readonly<Fields>, onUnknown: (path: string) => void, path = ''): unknown {
  if (Array.isArray(value)) {
    const items = at(schema, 'items');
    return value.map((item, index) => prune(item, items, onUnknown, `${path}[${index}]`));
  }
  if (!isObject(value)) return value;
  const properties = at(schema, 'properties');
  const additional = schema['additionalProperties'];
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const place = path === '' ? key : `${path}.${key}`;
    if (isEmbedded && ['apiVersion', 'kind', 'metadata'].includes(key)) return [[key, item] as const];
    if (isObject(properties[key])) return [[key, prune(item, at(properties, key), onUnknown, place)] as const];
    if (isObject(additional)) return [[key, prune(item, additional, onUnknown, place)] as const];
    if (additional === true || preserves(schema)) return [[key, item] as const];
    onUnknown(place);
    return [];
  });
  return Object.fromEntries(kept);
}

function withDefaults(value: unknown, schema: Readonly<Fields>): unknown {
  if (Array.isArray(value)) return value.map(item => withDefaults(item, at(schema, 'items')));
  if (!isObject(value)) return value;
  const properties = at(schema, 'properties');
  const result: Fields = { ...value };
  for (const [key, property] of Object.entries(properties)) {
    const preset = at(property)['default'];
    const isAbsent = result[key] === undefined || (result[key] === null && at(property)['nullable'] !== true);
    if (isAbsent && preset !== undefined) result[key] = copyOf(preset);
    if (result[key] !== undefined) result[key] = withDefaults(result[key], at(property));
  }
  const additional = schema['additionalProperties'];
  if (!isObject(additional)) return result;
  const rest = Object.entries(result).map(([key, item]) => [
    key,
    key in properties ? item : withDefaults(item, additional),
  ]);
  return Object.fromEntries(rest);
}

function judge(value: unknown, schema: Readonly<Fields>, path: string): Cause[] {
  if (value === null && schema['nullable'] === true) return [];
  const wrong = wrongType(value, schema, path) ?? wrongValue(value, schema, path);
  if (wrong !== undefined) return [wrong];
  if (Array.isArray(value))
    return value.flatMap((item, index) => judge(item, at(schema, 'items'), `${path}[${index}]`));
  if (!isObject(value)) return [];
  const properties = at(schema, 'properties');
  const place = (key: string) => (path === '' ? key : `${path}.${key}`);
  const missing = strings(schema['required'])
    .filter(key => value[key] === undefined)
    .map(key => ({ reason: 'FieldValueRequired', message: 'Required value', field: place(key) }));
  const additional = schema['additionalProperties'];
  const inside = Object.entries(value).flatMap(([key, item]) => {
    if (isObject(properties[key]))
      return key === 'metadata' && path === '' ? [] : judge(item, at(properties, key), place(key));
    return isObject(additional) ? judge(item, additional, place(key)) : [];
  });
  return [...missing, ...inside];
}

function wrongType(value: unknown, schema: Readonly<Fields>, path: string): Cause | undefined {
  const wanted = schema['type'];
  if (schema['x-kubernetes-int-or-string'] === true) {
    return ['number', 'string'].includes(typeof value) ? undefined : typeInvalid(value, 'integer,string', path);
  }
  if (typeof wanted !== 'string') return undefined;
  const actual = typeOf(value);
  const fits = actual === wanted || (wanted === 'number' && actual === 'integer');
  return fits ? undefined : typeInvalid(value, wanted, path);
}

function typeInvalid(value: unknown, wanted: string, path: string): Cause {
  return {
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: ${JSON.stringify(typeOf(value))}: ${path} in body must be of type ${wanted}: ${JSON.stringify(typeOf(value))}`,
    field: path,
  };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function wrongValue(value: unknown, schema: Readonly<Fields>, path: string): Cause | undefined {
  const allowed = list(schema['enum']);
  if (allowed.length > 0 && !allowed.some(one => isSame(one, value))) {
    const supported = allowed.map(one => JSON.stringify(one)).join(', ');
    return {
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`,
      field: path,
    };
  }
  const why = brokenBound(value, schema);
  if (why === undefined) return undefined;
  return {
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(value)}: ${path} in body ${why}`,
    field: path,
  };
}

function brokenBound(value: unknown, schema: Readonly<Fields>): string | undefined {
  const { minimum, maximum, minLength, maxLength, pattern } = schema;
  if (typeof value === 'number') {
    if (typeof minimum === 'number' && value < minimum) return `should be greater than or equal to ${minimum}`;
    if (typeof maximum === 'number' && value > maximum) return `should be less than or equal to ${maximum}`;
  }
  if (typeof value === 'string') {
    if (typeof minLength === 'number' && value.length < minLength) return `should be at least ${minLength} chars long`;
    if (typeof maxLength === 'number' && value.length > maxLength) return `should be at most ${maxLength} chars long`;
    if (typeof pattern === 'string' && !matches(pattern, value)) return `should match '${pattern}'`;
  }
  return undefined;
}

/** Go's patterns that JavaScript cannot read let everything pass. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}
