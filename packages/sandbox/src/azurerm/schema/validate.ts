import type { Diagnostic } from '../plugin/messages.ts';
import type { ResourceSchema } from './schema.ts';
import { isList, isObjectValue, isUnknown, type ObjectValue, type Value } from './values.ts';

/**
 * Rules between arguments, as the SDK behind azurerm checks them. Rules inside a block hold only where the block is used; a
 * value that is not known yet counts as given.
 */
export function checkRules(schema: ResourceSchema, config: ObjectValue): readonly Diagnostic[] {
  const given = (path: string): boolean => isGiven(lookUp(config, path));
  const diagnostics: Diagnostic[] = [];
  const reported = new Set<string>();
  const report = (group: readonly string[], diagnostic: Diagnostic): void => {
    const key = [...group].sort().join();
    if (!reported.has(key)) diagnostics.push(diagnostic);
    reported.add(key);
  };

  for (const [path, others] of Object.entries(schema.conflictsWith ?? {})) {
    for (const other of others.filter(other => given(toIndexed(path)) && given(other))) {
      report([toIndexed(path), other], {
        summary: 'Conflicting configuration arguments',
        detail: `"${toIndexed(path)}": conflicts with ${other}`,
      });
    }
  }
  for (const [path, group] of Object.entries(schema.exactlyOneOf ?? {})) {
    if (!isInUse(config, path)) continue;
    const names = group.filter(given);
    if (names.length === 1) continue;
    const list = group.map(name => `\`${name}\``).sort().join(',');
    report(group, {
      summary: 'Invalid combination of arguments',
      detail:
        names.length === 0
          ? `"${toIndexed(path)}": one of ${bracket(list)} must be specified`
          : `"${toIndexed(path)}": only one of ${bracket(list)} can be specified, but ${bracket(names.map(name => `\`${name}\``).sort().join(','))} were specified.`,
    });
  }
  for (const [path, group] of Object.entries(schema.atLeastOneOf ?? {})) {
    if (!isInUse(config, path) || group.some(given)) continue;
    report(group, {
      summary: 'Missing required argument',
      detail: `"${toIndexed(path)}": one of ${bracket(group.map(name => `\`${name}\``).sort().join(','))} must be specified`,
    });
  }
  for (const [path, needed] of Object.entries(schema.requiredWith ?? {})) {
    if (!given(toIndexed(path)) || needed.every(given)) continue;
    report([toIndexed(path), ...needed], {
      summary: 'Missing required argument',
      detail: `"${toIndexed(path)}": all of ${bracket([toIndexed(path), ...needed].map(name => `\`${name}\``).sort().join(','))} must be specified`,
    });
  }
  return diagnostics;
}

function bracket(list: string): string {
  return `\`${list.replaceAll('`', '')}\``;
}

/** Rules name their paths with `.0.`, our data without. All blocks with such rules are single. */
function toIndexed(path: string): string {
  return path.split('.').join('.0.');
}

/** Whether the block that holds the argument is there. */
function isInUse(config: ObjectValue, path: string): boolean {
  const parent = path.split('.').slice(0, -1).join('.0.');
  return parent === '' || isGiven(lookUp(config, parent));
}

function lookUp(config: ObjectValue, path: string): Value | undefined {
  return path.split('.').reduce<Value | undefined>((value, step) => {
    if (isUnknown(value)) return value;
    if (isList(value)) return value[Number(step)];
    return isObjectValue(value) ? value[step] : undefined;
  }, config);
}

function isGiven(value: Value | undefined): boolean {
  return value !== undefined && value !== null && !(isList(value) && value.length === 0);
}
