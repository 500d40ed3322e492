import { asArray, asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '../objects.ts';
import { isSet, own } from './differences.ts';
import { type Rule, verbatim } from './field-rules.ts';

/**
 * The rule of a custom resource from its definition's schema: lists with keys and sets (`x-kubernetes-list-type`), maps that an
 * apply replaces (`x-kubernetes-map-type`), defaults. Undefined without a definition or a schema of this version.
 */
export function ruleOfResource(definition: KubernetesObject | undefined, apiVersion: string): Rule | undefined {
  if (definition === undefined) return undefined;
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const served = asArray(asObject(definition['spec'])['versions'])
    .map(asObject)
    .find(({ name }) => name === version);
  const schema = asObject(served?.['schema'])['openAPIV3Schema'];
  return isObject(schema) ? ruleOfSchema(schema) : undefined;
}

/** Finds the definition of an object's kind among these objects. */
export function createDefinitions(
  objects: Iterable<KubernetesObject>,
): (object: Pick<KubernetesObject, 'apiVersion' | 'kind'>) => KubernetesObject | undefined {
  const byKind = new Map<string, KubernetesObject>();
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue;
    const { group, names } = asObject(object['spec']);
    byKind.set(`${asString(group)}/${asString(asObject(names)['kind'])}`, object);
  }
  return ({ apiVersion, kind }) => byKind.get(`${groupOf(apiVersion)}/${kind}`);
}

const rules = new WeakMap<JsonObject, Rule>();

function ruleOfSchema(schema: JsonObject): Rule {
  const known = rules.get(schema);
  if (known !== undefined) return known;
  const rule = readSchema(schema);
  rules.set(schema, rule);
  return rule;
}

function readSchema(schema: JsonObject): Rule {
  const { properties, additionalProperties, items } = schema;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (isObject(properties)) {
    const schemaOf = (field: string) => own(properties, field);
    return {
      is: 'shape',
      atomic,
      fields: field => {
        const inner = schemaOf(field);
        return isObject(inner) ? ruleOfSchema(inner) : verbatim;
      },
      defaultOf: field => defaulted(own(schemaOf(field), 'default'), schemaOf(field)),
    };
  }
  if (isObject(additionalProperties)) return { is: 'map', atomic, of: ruleOfSchema(additionalProperties), kept: true };
  if (!isObject(items)) return verbatim;
  const of = ruleOfSchema(items);
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { is: 'set', kept: true };
    case 'map': {
      const keys = asArray(schema['x-kubernetes-list-map-keys']).map(String);
      const defaults = keys.map(key => [key, own(own(own(items, 'properties'), key), 'default')] as const);
      return { is: 'keyed', keys, defaults: Object.fromEntries(defaults), of, kept: true };
    }
    default:
      return { is: 'list', of, kept: true };
  }
}

/** A default with the defaults within it, as the API server fills it. */
function defaulted(value: unknown, schema: unknown): unknown {
  const properties = own(schema, 'properties');
  if (!isObject(value) || !isObject(properties)) return value;
  const filled = Object.entries(properties).flatMap(([key, inner]) => {
    const given = own(value, key) ?? own(inner, 'default');
    return isSet(given) ? [[key, defaulted(given, inner)] as const] : [];
  });
  return { ...value, ...Object.fromEntries(filled) };
}
