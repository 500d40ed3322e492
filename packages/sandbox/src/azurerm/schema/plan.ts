import { type AttributeSchema, type BlockSchema, blockType, type NestedBlockSchema, type ResourceSchema } from './schema.ts';
import { isList, isObjectValue, isUnknown, isZero, type ObjectValue, sameValue, unknown, type Value } from './values.ts';

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
    noteReplacement(context, here, prior !== undefined && !sameValue(attribute.type, prior[name], planned[name]));
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const here = [...path, name];
    planned[name] = planNested(context, nested, prior?.[name], config[name] ?? null, here);
    noteReplacement(context, here, prior !== undefined && countOf(prior[name]) !== countOf(planned[name]));
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
    const wanted = normalise(path, config);
    return prior !== undefined && sameValue(attribute.type, prior, wanted) ? prior : wanted;
  }
  const standard = context.schema.defaults[dotted(path)];
  if (standard !== undefined) return standard;
  if (attribute.computed) return prior === undefined ? (context.creating ? unknown : null) : prior;
  return prior !== undefined && isZero(prior) ? prior : null;
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
  if (blocks.length === 0 && context.schema.computedBlocks?.includes(dotted(path))) {
    return prior ?? (context.creating ? unknown : []);
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
      sameValue(type, { ...prior, ...Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null)) }, prior),
  );
}

function noteReplacement(context: Context, path: Path, changed: boolean): void {
  if (changed && !context.creating && context.schema.forceNew.includes(dotted(path))) context.requiresReplace.push(path);
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
