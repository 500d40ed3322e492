import { asString, parseJson } from '@suite/foundation';

/** The text inside of Go's quotes (`%q`); one without quotes is as it is. */
export function unquote(text: string): string {
  return asString(parseJson(text)) ?? text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
}
