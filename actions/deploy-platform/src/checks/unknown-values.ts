import type { Check } from '@suite/change-report';
import { asObject, isObject, type JsonObject, nearest, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '@suite/helm';
import type { EnvironmentScope } from '@suite/platform-file';
import { code, finding, some } from './finding.ts';
import type { CheckInput } from './input.ts';

/**
 * Values of a person that their chart does not name, beside one that it does. Charts without a schema take them without a word, and
 * nothing comes of them.
 */
export function checkUnknownValues({ releases, view }: CheckInput): Check[] {
  return releases.flatMap(({ release, defaults = '' }) => {
    // Of charts that share one setting nobody knows whose the value is.
    const isShared = releases.filter(one => one.release.setting === release.setting).length > 1;
    const said = saidOf(view, release.setting);
    if (isShared || Object.keys(said).length === 0) return [];
    const odd = misspelled(said, parsed(defaults), []);
    if (odd.length === 0) return [];
    return [
      finding(release, 'unknown-values', {
        name: `Values of ${release.name} are ones that its chart names`,
        status: 'warning',
        message: `The chart of ${code(release.name)} names no ${some(odd.map(({ path, meant }) => `${code(path.join('.'))} (${code(meant)}?)`))}, and says nothing of what it does not know.`,
        remedy: `Look the key up in the chart's own values, and correct it in ${code(`${release.setting}.values`)}.`,
      }),
    ];
  });
}

/** `releases.argo-cd`: what the platform file says in its `values`. */
function saidOf({ releases }: EnvironmentScope, setting: string): JsonObject {
  const all = Object.values<unknown>({ ...releases }).flat();
  return asObject(all.map(asObject).find(one => one['setting'] === setting)?.['values']);
}

/** What is no YAML Helm refuses itself. */
function parsed(text: string): JsonObject {
  try {
    return asObject(parseKubernetesYaml(text));
  } catch (error) {
    if (error instanceof UserError) return {};
    throw error;
  }
}

interface Misspelled {
  readonly path: readonly string[];
  readonly meant: string;
}

function misspelled(said: JsonObject, defaults: JsonObject, above: readonly string[]): Misspelled[] {
  const known = Object.keys(defaults);
  return Object.entries(said).flatMap(([key, value]): Misspelled[] => {
    const path = [...above, key];
    if (Object.hasOwn(defaults, key)) {
      const below = defaults[key];
      return isObject(value) && isObject(below) ? misspelled(value, below, path) : [];
    }
    const meant = isKey(key) ? nearest(key, known.filter(isKey)) : undefined;
    // `retentionSize` beside `retention` is another key, and both may be said.
    const isTypo = meant !== undefined && Math.abs(meant.length - key.length) <= 1 && !Object.hasOwn(said, meant);
    return isTypo ? [{ path, meant }] : [];
  });
}

/** A key of a chart's own, and not a label, a variable or the name of somebody's thing. */
function isKey(key: string): boolean {
  return /^[a-z][a-zA-Z0-9]{3,}$/.test(key);
}
