import { asArray, asObject, asString } from '@suite/foundation';
import { textMap, texts } from '../application.ts';
import { NotRendered } from '../not-rendered.ts';

export type Selector = (labels: Readonly<Record<string, string>>) => boolean;

/** A label selector; values may be any text, so that addresses of clusters can be matched. Throws NotRendered for an unknown operator. */
export function readSelector(selector: unknown): { readonly matches: Selector; readonly isEmpty: boolean } {
  const labels = Object.entries(textMap(asObject(selector)['matchLabels']));
  const expressions = asArray(asObject(selector)['matchExpressions']).map(asObject);
  const requirements: Selector[] = [
    ...labels.map(
      ([key, value]): Selector =>
        found =>
          own(found, key) === value,
    ),
    ...expressions.map(({ key, operator, values }) => requirement(asString(key) ?? '', operator, texts(values))),
  ];
  return { matches: found => requirements.every(holds => holds(found)), isEmpty: requirements.length === 0 };
}

function requirement(key: string, operator: unknown, values: readonly string[]): Selector {
  const isIn: Selector = found => values.includes(own(found, key) ?? '\0');
  switch (operator) {
    case 'In':
      return isIn;
    case 'NotIn':
      return found => !isIn(found);
    case 'Exists':
      return found => own(found, key) !== undefined;
    case 'DoesNotExist':
      return found => own(found, key) === undefined;
    default:
      throw new NotRendered(`\`${String(operator)}\` is no operator of a selector.`);
  }
}

function own(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
