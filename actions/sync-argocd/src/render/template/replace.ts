import { evaluate, type TemplateOptions } from './evaluate.ts';
import { isMap, type Value } from './values.ts';

/** Parameters of one Application, by name; nested only for Go templates. */
export type Parameters = { readonly [key: string]: Value };

/** How an ApplicationSet writes its templates. */
export type Notation = { readonly is: 'go'; readonly options: TemplateOptions } | { readonly is: 'fast' };

/** A text with its parameters put in (argo-cd 3.6 applicationset/utils/utils.go, `Replace`). Throws NotRendered. */
export function replaceText(text: string, parameters: Parameters, notation: Notation): string {
  if (notation.is === 'go') return text.includes('{{') ? evaluate(text, parameters, notation.options) : text;
  return text.replace(/\{\{([\s\S]*?)\}\}/g, (whole, tag: string) => {
    const name = tag.trim();
    const value = name !== '' && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    // What is not known stays as it is.
    return typeof value === 'string' ? value : whole;
  });
}

/** The same for all texts of a value, keys of maps included. */
export function replaceAll<T>(value: T, parameters: Parameters, notation: Notation): T {
  return replaceWithin(value, text => replaceText(text, parameters, notation)) as T;
}

function replaceWithin(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map(item => replaceWithin(item, replace));
  if (!isMap(value as Value)) return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [replace(key), replaceWithin(item, replace)]),
  );
}
