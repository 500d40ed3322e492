import { isObject, type JsonObject } from '@suite/foundation';
import type { Path } from '../schema/plan.ts';
import type { BlockSchema, ResourceSchema } from '../schema/schema.ts';
import { isEmpty, isList, isObjectValue, isUnknown, isZero, type ObjectValue, type Value } from '../schema/values.ts';
import type { InvalidValue } from './resource-type.ts';
import { at, countAt, identityFromArm, identityToArm, objectsAt, textAt, textMapAt, textsAt } from './shape.ts';

/**
 * A table that says both ways at once where an argument of Terraform stands in a body of Azure. Paths in the body are dotted,
 * from its top (`properties.sku.name`) or, inside a block, from the block's own object.
 */
export interface Fields {
  readonly [argument: string]: Field;
}

export interface Field {
  /** Puts a known value into the body, or takes out what stands there for an empty one. Without it the argument is only read. */
  readonly write?: (body: Draft, value: Value) => void;
  /** The value as Azure has it. Without it the state keeps what was configured: secrets that Azure never shows. */
  readonly read?: (body: unknown) => Value;
  /** The fields of a block. Without them the field answers for everything in the block. */
  readonly inner?: Fields;
}

/** A body that is being written. */
export interface Draft {
  [name: string]: unknown;
}

interface Absent<T> {
  /** What Azure means when it says nothing, where that is not empty, 0 or false. */
  readonly absent?: T;
}

export function text(path: string, { absent = '' }: Absent<string> = {}): Field {
  const steps = split(path);
  return {
    write: (body, value) => put(body, steps, isEmpty(value) ? undefined : String(value)),
    read: body => textAt(body, ...steps) || absent,
  };
}

/** A text for which Terraform and Azure have different words: `[Terraform's, Azure's]`. Other words stay as they are. */
export function word(
  path: string,
  words: readonly (readonly [terraform: string, azure: string])[],
  options: Absent<string> = {},
): Field {
  const plain = text(path, options);
  return {
    write: (body, value) => plain.write?.(body, words.find(([terraform]) => terraform === value)?.[1] ?? value),
    read: body => {
      const found = plain.read?.(body) ?? '';
      return words.find(([, azure]) => azure === found)?.[0] ?? found;
    },
  };
}

interface FlagOptions extends Absent<boolean> {
  /** Azure's words for true and false, where it has no flag. */
  readonly words?: readonly [on: string, off: string];
  /** Azure's flag says the opposite. */
  readonly inverted?: boolean;
}

export function flag(path: string, { absent = false, words, inverted = false }: FlagOptions = {}): Field {
  const steps = split(path);
  return {
    write: (body, value) => {
      const isOn = (value === true) !== inverted;
      put(body, steps, words === undefined ? isOn : words[isOn ? 0 : 1]);
    },
    read: body => {
      const found = at(body, ...steps);
      if (found === undefined || found === null) return absent;
      return (words === undefined ? found === true : same(found, words[0])) !== inverted;
    },
  };
}

interface CountOptions extends Absent<number> {
  /** 0 means that nothing was given, as it does in most of azurerm. */
  readonly positive?: boolean;
  /** The count that means that nothing was given, where that is not 0. It is not sent, and read when Azure says nothing. */
  readonly none?: number;
  /** Azure counts in units of so many of azurerm's: 1024 for MB and GB. */
  readonly unit?: number;
}

export function count(path: string, options: CountOptions = {}): Field {
  const { positive = false, none = positive ? 0 : undefined, absent = none ?? 0, unit = 1 } = options;
  const steps = split(path);
  return {
    write: (body, value) => put(body, steps, typeof value === 'number' && value !== none ? value / unit : undefined),
    read: body => (at(body, ...steps) === undefined ? absent : countAt(body, ...steps) * unit),
  };
}

/** A list or set of texts. An empty one is left out, unless Azure must be told. */
export function list(path: string, { sendEmpty = false }: ListOptions = {}): Field {
  const steps = split(path);
  return {
    write: (body, value) => put(body, steps, isEmpty(value) && !sendEmpty ? undefined : textsOf(value)),
    read: body => textsAt(body, ...steps),
  };
}

export function map(path: string): Field {
  const steps = split(path);
  return {
    write: (body, value) => put(body, steps, isObjectValue(value) ? value : {}),
    read: body => textMapAt(body, ...steps),
  };
}

/** The id of another resource: `{ "id": … }` at the path. */
export function reference(path: string): Field {
  return text(`${path}.id`);
}

/** Ids of other resources: `[{ "id": … }]`. */
export function references(path: string): Field {
  return items(path, 'id');
}

interface ListOptions {
  /** An empty list is sent as such instead of being left out. */
  readonly sendEmpty?: boolean;
}

/** Texts that Azure keeps as objects with one member of interest: `[{ "ipv4Address": … }]`. */
export function items(
  path: string,
  member: string,
  { constant = {}, sendEmpty = false }: ListOptions & { readonly constant?: JsonObject } = {},
): Field {
  const steps = split(path);
  return {
    write: (body, value) => {
      const objects = textsOf(value).map(item => ({ [member]: item, ...constant }));
      put(body, steps, objects.length === 0 && !sendEmpty ? undefined : objects);
    },
    read: body => objectsAt(body, ...steps).map(item => textAt(item, member)),
  };
}

interface BlockOptions {
  /** What Azure's object holds besides, always; an object with something else there is no such block. */
  readonly constant?: JsonObject;
  /** What stands there when there is no block. */
  readonly otherwise?: JsonObject | null;
  /** Whether an object of Azure's is such a block; every one by default. */
  readonly present?: (object: unknown) => boolean;
}

/** A block that can stand there once: one object at the path (the body itself for an empty path). */
export function block(path: string, fields: Fields, options: BlockOptions = {}): Field {
  const { constant = {}, otherwise, present = () => true } = options;
  const steps = split(path);
  return {
    inner: fields,
    write: (body, value) => {
      const item = isList(value) ? value[0] : undefined;
      if (steps.length === 0) {
        writeFields(fields, isObjectValue(item) ? item : {}, body);
        return;
      }
      // A block without any argument set is null to the SDK, and a block all the same.
      if (item === undefined) put(body, steps, otherwise);
      else {
        const before = at(body, ...steps);
        const written = writeFields(fields, isObjectValue(item) ? item : {}, isObject(before) ? before : {});
        put(body, steps, { ...written, ...constant });
      }
    },
    read: body => {
      const object = at(body, ...steps);
      const isThere =
        isObject(object) &&
        Object.entries(constant).every(([name, value]) => same(at(object, name), value)) &&
        present(object);
      return isThere ? [readFields(fields, object)] : [];
    },
  };
}

/** Blocks that can stand there often: a list of objects. */
export function blocks(
  path: string,
  fields: Fields,
  { constant = {}, sendEmpty = false }: ListOptions & { readonly constant?: JsonObject } = {},
): Field {
  const steps = split(path);
  return {
    inner: fields,
    write: (body, value) => {
      const items = (isList(value) ? value : []).map(item => ({
        ...writeFields(fields, isObjectValue(item) ? item : {}, {}),
        ...constant,
      }));
      put(body, steps, items.length === 0 && !sendEmpty ? undefined : items);
    },
    read: body => objectsAt(body, ...steps).map(item => readFields(fields, item)),
  };
}

/** The `identity` block, which stands beside the properties. */
export const identity: Field = {
  write: (body, value) => put(body, ['identity'], identityToArm({ identity: value })),
  read: identityFromArm,
};

/** What Azure says and nobody configures. */
export function computed({ read }: Field): Field {
  return read === undefined ? {} : { read };
}

/** What is told to Azure and never read back. */
export function kept({ write }: Field): Field {
  return write === undefined ? {} : { write };
}

/**
 * The body for a planned object: `existing` with every field of the table put in, or taken out where it is empty.
 * Values that are not known stay as Azure has them.
 */
export function writeFields(fields: Fields, planned: ObjectValue, existing: JsonObject): JsonObject {
  const draft: Draft = structuredClone(existing) as Draft;
  for (const [name, { write }] of Object.entries(fields)) {
    const value = planned[name] ?? null;
    if (!isUnknown(value)) write?.(draft, value);
  }
  return draft;
}

export function readFields(fields: Fields, body: unknown): ObjectValue {
  const entries = Object.entries(fields).flatMap(([name, { read }]) =>
    read === undefined ? [] : [[name, read(body)] as const],
  );
  return Object.fromEntries(entries);
}

/**
 * Refusals of what a configuration gives and no table speaks of. What is given but says the same as leaving it out (the default
 * value, or an empty one) passes.
 */
export function refuseOthers(
  type: string,
  schema: ResourceSchema,
  fields: Fields,
  others: readonly string[],
  config: ObjectValue,
): readonly InvalidValue[] {
  const walk = (block: BlockSchema, table: Fields, value: ObjectValue, path: Path, names: string): InvalidValue[] => {
    const here = [...Object.keys(block.attributes ?? {}), ...Object.keys(block.block_types ?? {})];
    return here.flatMap(name => {
      const given = value[name];
      const dotted = names === '' ? name : `${names}.${name}`;
      const field = table[name];
      if (isEmpty(given) || name === 'timeouts' || (path.length === 0 && others.includes(name))) return [];
      if (field === undefined) {
        const standard = schema.defaults[dotted];
        const isSaidAnyway = standard === undefined ? isZero(given) : given === standard;
        const summary = `The sandbox does not play \`${dotted}\` of ${type}`;
        return isSaidAnyway ? [] : [{ path: [...path, name], summary }];
      }
      const nested = block.block_types?.[name]?.block;
      const { inner } = field;
      if (nested === undefined || inner === undefined || !isList(given)) return [];
      return given.flatMap((item, index) =>
        isObjectValue(item) ? walk(nested, inner, item, [...path, name, index], dotted) : [],
      );
    });
  };
  return walk(schema.block, fields, config, [], '');
}

/** Throws for a name that the schema does not have: a slip in a table would otherwise be an argument that does nothing. */
export function checkTable(type: string, block: BlockSchema, fields: Fields): void {
  for (const [name, field] of Object.entries(fields)) {
    const nested = block.block_types?.[name]?.block;
    if (nested === undefined && block.attributes?.[name] === undefined) {
      throw new Error(`The table of ${type} has \`${name}\`, which azurerm has not`);
    }
    if (nested !== undefined && field.inner !== undefined) checkTable(`${type}.${name}`, nested, field.inner);
  }
}

function split(path: string): readonly string[] {
  return path === '' ? [] : path.split('.');
}

function put(body: Draft, steps: readonly string[], value: unknown): void {
  const [name, ...rest] = steps;
  if (name === undefined) return;
  if (rest.length === 0) {
    if (value === undefined) delete body[name];
    else body[name] = value;
    return;
  }
  const before = body[name];
  if (value === undefined && !isObject(before)) return;
  const inner: Draft = isObject(before) ? { ...before } : {};
  put(inner, rest, value);
  // An object that only held what was taken out goes with it; `properties` always stays.
  if (value === undefined && Object.keys(inner).length === 0 && name !== 'properties') delete body[name];
  else body[name] = inner;
}

function textsOf(value: Value): readonly string[] {
  return isList(value) ? value.filter(item => typeof item === 'string') : [];
}

/** Azure is not exact about the case of its words. */
function same(found: unknown, expected: unknown): boolean {
  return typeof found === 'string' && typeof expected === 'string'
    ? found.toLowerCase() === expected.toLowerCase()
    : found === expected;
}
