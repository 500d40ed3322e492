/** Platform files with fewer environments than the example's. */

/** `shared`, `dev` and `prod`: one that nobody has to approve, and one after it that somebody has to. */
export function withoutStaging(text: string): string {
  return text.replace(/^ {2}staging:\n(?: {4}.*\n)+/m, '');
}

/** `shared` and `dev`, which is no production although nothing comes after it. */
export function onlyDev(text: string): string {
  return text.replace(/^ {2}staging:[\s\S]*/m, '').replace(/^ {2}dev:\n/m, '$&    production: false\n');
}
