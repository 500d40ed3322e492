import type { Diagnostic } from '../plugin/messages.ts';
import type { Path } from './plan.ts';
import type { ResourceSchema } from './schema.ts';
import { isList, isObjectValue, isUnknown, type ObjectValue, type Value } from './values.ts';

/**
 * Rules between arguments, as the SDK behind azurerm checks and words them: each argument of a group complains for itself.
 * Rules inside a block hold only where the block is used; a value that is not known yet counts as given.
 */
export function checkRules(schema: ResourceSchema, config: ObjectValue): readonly Diagnostic[] {
  const isGivenAt = (name: string): boolean => isGiven(lookUp(config, name));
  // What is not known yet may turn out not to be there (SDK, validateConflictingAttributes).
  const isKnownAt = (name: string): boolean => isGivenAt(name) && !isUnknown(lookUp(config, name));
  const rule = (
    rules: ResourceSchema['conflictsWith'],
    check: (name: string, group: readonly string[]) => readonly Omit<Diagnostic, 'path'>[],
  ): readonly Diagnostic[] =>
    Object.entries(rules ?? {})
      .filter(([path]) => isInUse(config, path))
      .flatMap(([path, group]) => check(indexed(path), group).map(found => ({ ...found, path: toPath(path) })));

  return [
    ...rule(schema.conflictsWith, (name, others) =>
      isGivenAt(name)
        ? others.filter(isKnownAt).map(other => ({
            summary: 'Conflicting configuration arguments',
            detail: `"${name}": conflicts with ${other}`,
          }))
        : [],
    ),
    ...rule(schema.exactlyOneOf, (name, group) => {
      const given = group.filter(isGivenAt);
      if (given.length === 1) return [];
      const problem =
        given.length === 0
          ? `one of ${list(group)} must be specified`
          : `only one of ${list(group)} can be specified, but ${list(given)} were specified.`;
      return [{ summary: 'Invalid combination of arguments', detail: `"${name}": ${problem}` }];
    }),
    ...rule(schema.atLeastOneOf, (name, group) =>
      group.some(isGivenAt)
        ? []
        : [{ summary: 'Missing required argument', detail: `"${name}": one of ${list(group)} must be specified` }],
    ),
    ...rule(schema.requiredWith, (name, needed) =>
      isGivenAt(name) && !needed.every(isGivenAt)
        ? [
            {
              summary: 'Missing required argument',
              detail: `"${name}": all of ${list([...new Set([name, ...needed])])} must be specified`,
            },
          ]
        : [],
    ),
  ];
}

function list(names: readonly string[]): string {
  return `\`${names.toSorted().join(',')}\``;
}

/** Rules name their arguments with `.0.`, our data without. All blocks with such rules are single. */
function indexed(path: string): string {
  return path.split('.').join('.0.');
}

function toPath(path: string): Path {
  return indexed(path)
    .split('.')
    .map(step => (step === '0' ? 0 : step));
}

/** Whether the block that holds the argument is there. */
function isInUse(config: ObjectValue, path: string): boolean {
  const parent = path.split('.').slice(0, -1).join('.0.');
  return parent === '' || isGiven(lookUp(config, parent));
}

function lookUp(config: ObjectValue, name: string): Value | undefined {
  return name.split('.').reduce<Value | undefined>((value, step) => {
    if (isUnknown(value)) return value;
    if (isList(value)) return value[Number(step)];
    return isObjectValue(value) ? value[step] : undefined;
  }, config);
}

function isGiven(value: Value | undefined): boolean {
  return value !== undefined && value !== null && !(isList(value) && value.length === 0);
}
