import { asArray, asObject, isObject } from '@suite/foundation';
import { describePath } from './leaves.ts';
import { own, type PlanJson, type ResourceChange, type Segment } from './plan-json.ts';

/** What the configuration says about resources, found by address. */
export interface Configuration {
  /** Whether somebody wrote a value for this attribute, whatever the value is. */
  sets(change: ResourceChange, path: readonly Segment[]): boolean;
  /** The names of everything that somebody wrote in the resource's own block. */
  argumentsOf(change: ResourceChange): readonly string[];
  /** Whether a planned value was computed from this attribute. */
  uses(change: ResourceChange, path: readonly Segment[]): boolean;
}

/** Reads `configuration` and `relevant_attributes` on demand. */
export function readConfiguration(plan: PlanJson): Configuration {
  const root = own(plan.root['configuration'], 'root_module');
  const modules = new Map<string, ReadonlyMap<string, unknown>>();
  const resourcesOf = (moduleAddress: string) => {
    const names = withoutKeys(moduleAddress);
    let resources = modules.get(names);
    if (resources === undefined) {
      resources = expressionsByResource(findModule(root, names));
      modules.set(names, resources);
    }
    return resources;
  };
  const expressionsOf = ({ moduleAddress, type, label }: ResourceChange) =>
    resourcesOf(moduleAddress).get(`${type}.${label}`);
  const used = new Map<string, string[]>();
  for (const entry of asArray(plan.root['relevant_attributes'])) {
    const { resource, attribute } = asObject(entry);
    const path = asArray(attribute).filter(segment => typeof segment === 'string' || typeof segment === 'number');
    // A whole resource that is referred to says nothing about any attribute of it.
    if (typeof resource !== 'string' || path.length === 0) continue;
    const paths = used.get(resource);
    if (paths === undefined) used.set(resource, [describePath(path)]);
    else paths.push(describePath(path));
  }
  return {
    sets: (change, path) => isConfigured(expressionsOf(change), path),
    argumentsOf: change => Object.keys(asObject(expressionsOf(change))),
    uses: ({ address }, path) => {
      const whole = describePath(path);
      // Terraform names the instance, or the resource where an expression goes over all instances.
      const paths = [...(used.get(address) ?? []), ...(used.get(withoutLastKey(address)) ?? [])];
      return paths.some(prefix => whole === prefix || whole.startsWith(`${prefix}.`) || whole.startsWith(`${prefix}[`));
    },
  };
}

function expressionsByResource(module: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    asArray(own(module, 'resources')).map(resource => {
      const { type, name, expressions } = asObject(resource);
      return [`${type}.${name}`, expressions];
    }),
  );
}

/** `names` as `module.a.module.b`. */
function findModule(root: unknown, names: string): unknown {
  if (names === '') return root;
  return names
    .replace(/^module\./, '')
    .split('.module.')
    .reduce<unknown>((module, name) => own(own(own(module, 'module_calls'), name), 'module'), root);
}

// An instance key is a number or a quoted text, in which anything may stand.
const instanceKey = /\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g;

function withoutKeys(address: string): string {
  return address.replace(instanceKey, '');
}

function withoutLastKey(address: string): string {
  const last = [...address.matchAll(instanceKey)].at(-1);
  return last !== undefined && last.index + last[0].length === address.length ? address.slice(0, last.index) : address;
}

/**
 * In `expressions` an attribute is an object with `references` or `constant_value` (or nothing, when it refers to
 * nothing), a block is an object or list of objects of the same kind, and a dynamic block is not told from its content.
 */
function isConfigured(expressions: unknown, path: readonly Segment[]): boolean {
  let current = expressions;
  for (const segment of path) {
    if (isExpression(current)) return true;
    if (typeof segment === 'string') {
      current = own(current, segment);
    } else if (Array.isArray(current)) {
      // More instances than blocks come from a dynamic block, whose only entry stands for all.
      current = current[segment] ?? current[0];
    }
    if (current === undefined) return false;
  }
  return true;
}

function isExpression(tree: unknown): boolean {
  return isObject(tree) && (Object.hasOwn(tree, 'references') || Object.hasOwn(tree, 'constant_value'));
}
