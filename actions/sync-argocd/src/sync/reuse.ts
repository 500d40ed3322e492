/** The value, made of the parts of an earlier one that are equal to its own. Both are plain data that nobody changes. */
export function reuse<T>(now: T, before: unknown): T {
  if (now === before) return before as T;
  if (!isComposite(now) || !isComposite(before) || Array.isArray(now) !== Array.isArray(before)) return now;
  const keys = Object.keys(now);
  const partOf = (key: string) => (Object.hasOwn(before, key) ? before[key] : absent);
  const parts = keys.map(key => [key, reuse(now[key], partOf(key))] as const);
  const isSame = keys.length === Object.keys(before).length && parts.every(([key, part]) => part === partOf(key));
  if (isSame) return before as T;
  return (Array.isArray(now) ? parts.map(([, part]) => part) : Object.fromEntries(parts)) as T;
}

/** Equal to nothing. */
const absent = Symbol('absent');

function isComposite(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
