import {
  type AttributeSchema,
  type BlockSchema,
  blockType,
  type CtyType,
  type NestedBlockSchema,
  type ResourceSchema,
} from './schema.ts';
import {
  hasUnknown,
  isEmpty,
  isList,
  isObjectValue,
  isUnknown,
  isZero,
  type ObjectValue,
  sameValue,
  unknown,
  type Value,
} from './values.ts';

export type Path = readonly (string | number)[];

export interface PlannedChange {
  readonly planned: ObjectValue;
  /** Attributes whose change cannot be made in place. */
  readonly requiresReplace: readonly Path[];
}

interface Context {
  readonly schema: ResourceSchema;
  /** Whether the resource as a whole is new: only then are computed values unknown. */
  readonly creating: boolean;
  readonly requiresReplace: Path[];
}

/**
 * Configuration and prior state → planned state, by the rules of the SDK that azurerm is built on. `prior` is null for a
 * resource to be created. Where a recorded run of azurerm disagrees with these rules, the resource type has a rule of its own.
 */
export function planChange(schema: ResourceSchema, prior: ObjectValue | null, config: ObjectValue): PlannedChange {
  const context: Context = { schema, creating: prior === null, requiresReplace: [] };
  const planned = planBlock(context, schema.block, prior ?? undefined, config, []);
  return { planned, requiresReplace: context.requiresReplace };
}

function planBlock(
  context: Context,
  block: BlockSchema,
  prior: ObjectValue | undefined,
  config: ObjectValue,
  path: Path,
): ObjectValue {
  const planned: { [name: string]: Value } = {};
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    const here = [...path, name];
    planned[name] = planAttribute(context, attribute, prior?.[name], config[name] ?? null, here);
    noteReplacement(context, here, !sameValue(attribute.type, prior?.[name], planned[name]));
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const here = [...path, name];
    planned[name] = planNested(context, nested, prior?.[name], config[name] ?? null, here);
    noteReplacement(context, here, countOf(prior?.[name]) !== countOf(planned[name]));
    if (nested.nesting_mode === 'list') noteRemoved(context, nested.block, prior?.[name], planned[name], here);
  }
  return planned;
}

function planAttribute(
  context: Context,
  attribute: AttributeSchema,
  prior: Value | undefined,
  config: Value,
  path: Path,
): Value {
  if (attribute.write_only) return null;
  if (isUnknown(config)) return config;
  if (config !== null) {
    // To the SDK a collection with one unknown element is unknown as a whole.
    if (typeof attribute.type !== 'string' && hasUnknown(config)) return unknown;
    const wanted = normalise(path, config);
    return prior !== undefined && isSame(context.schema, attribute.type, path, prior, wanted) ? prior : wanted;
  }
  const standard = context.schema.defaults[dotted(path)];
  if (standard !== undefined) return standard;
  if (attribute.computed) return prior ?? ownUnknown(context, attribute.type);
  if (prior === undefined || isZero(prior)) return prior ?? null;
  return isList(prior) ? [] : isObjectValue(prior) ? {} : null;
}

/** A computed value that never was: in a block that is new to an existing resource only collections are announced. */
function ownUnknown(context: Context, type: CtyType): Value {
  return context.creating || typeof type !== 'string' ? unknown : null;
}

/** Some texts mean the same in different spellings: names of any case, moments of time. */
function isSame(schema: ResourceSchema, type: CtyType, path: Path, prior: Value, wanted: Value): boolean {
  if (sameValue(type, prior, wanted)) return true;
  if (typeof prior !== 'string' || typeof wanted !== 'string') return false;
  const name = dotted(path);
  if (schema.caseless?.includes(name)) return prior.toLowerCase() === wanted.toLowerCase();
  return schema.moments?.includes(name) === true && Date.parse(prior) === Date.parse(wanted);
}

function planNested(
  context: Context,
  nested: NestedBlockSchema,
  prior: Value | undefined,
  config: Value,
  path: Path,
): Value {
  if (isUnknown(config)) return config;
  if (nested.nesting_mode === 'single') {
    if (!isObjectValue(config)) return null;
    return planBlock(context, nested.block, isObjectValue(prior) ? prior : undefined, config, path);
  }
  const blocks = isList(config) ? config : [];
  if (nested.nesting_mode === 'set' && hasUnknown(blocks)) return unknown;
  if (blocks.length === 0 && context.schema.computedBlocks?.includes(dotted(path))) {
    return prior ?? unknown;
  }
  const priors = isList(prior) ? prior : [];
  return blocks.map((item, index) => {
    if (!isObjectValue(item)) return item;
    const before = nested.nesting_mode === 'list' ? priors[index] : matchInSet(nested.block, item, priors);
    return planBlock(context, nested.block, isObjectValue(before) ? before : undefined, item, [...path, index]);
  });
}

/** The element of a set that the configuration means: equal in everything that the configuration says. */
function matchInSet(block: BlockSchema, config: ObjectValue, priors: readonly Value[]): Value | undefined {
  const type = blockType(block);
  return priors.find(
    prior =>
      isObjectValue(prior) &&
      sameValue(
        type,
        { ...prior, ...Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null)) },
        prior,
      ),
  );
}

function noteReplacement(context: Context, path: Path, changed: boolean): void {
  if (changed && !context.creating && context.schema.forceNew.includes(dotted(path)))
    context.requiresReplace.push(path);
}

/** Blocks that go take with them what can only be replaced. */
function noteRemoved(
  context: Context,
  block: BlockSchema,
  prior: Value | undefined,
  planned: Value | undefined,
  path: Path,
): void {
  const kept = isList(planned) ? planned.length : 0;
  if (!isList(prior) || isUnknown(planned)) return;
  for (const [index, item] of [...prior.entries()].slice(kept)) {
    if (!isObjectValue(item)) continue;
    for (const name of Object.keys(block.attributes ?? {})) {
      noteReplacement(context, [...path, index, name], !isEmpty(item[name]));
    }
    for (const [name, nested] of Object.entries(block.block_types ?? {})) {
      noteRemoved(context, nested.block, item[name], [], [...path, index, name]);
    }
  }
}

function countOf(value: Value | undefined): number {
  return isList(value) ? value.length : isUnknown(value) ? Number.NaN : 0;
}

/** `default_node_pool.vm_size`: without list indices, as the behaviour data names paths. */
export function dotted(path: Path): string {
  return path.filter(step => typeof step === 'string').join('.');
}

/** Azure gives regions back without spaces and capitals, and so azurerm plans them. */
function normalise(path: Path, value: Value): Value {
  return path.at(-1) === 'location' && typeof value === 'string' ? normaliseLocation(value) : value;
}

export function normaliseLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
