import { isObject, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '../yaml/kubernetes-yaml.ts';

/** Paths of all values that a values.yaml names, `policy.level`, maps included. None for a text that is no YAML. */
export function valuePaths(valuesYaml: string): string[] {
  let values: unknown;
  try {
    values = parseKubernetesYaml(valuesYaml);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
  return pathsOf(values, '');
}

function pathsOf(value: unknown, prefix: string): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [`${prefix}${key}`, ...pathsOf(inner, `${prefix}${key}.`)]);
}
