/** A value as verification sees it; undefined where Azure says nothing. */
export type Seen = undefined | boolean | number | string | readonly string[] | Readonly<Record<string, string>>;

/** Whether what was seen is as good as what was expected. */
export type Match = (expected: Exclude<Seen, undefined>, actual: Seen) => boolean;

export const same: Match = (expected, actual) => expected === actual;

/** Azure answers ids, sizes and states in a case of its own. */
export const ignoringCase: Match = (expected, actual) =>
  typeof expected === 'string' && typeof actual === 'string' && fold(expected) === fold(actual);

/** The same members, whatever their order and case. */
export const anyOrder: Match = (expected, actual) =>
  isList(expected) && isList(actual) && subset(expected, actual) && subset(actual, expected);

/** Azure may add members of its own, and write them in a case of its own. */
export const containsAll: Match = (expected, actual) => isList(expected) && isList(actual) && subset(expected, actual);

/** Versions of TLS: `TLS1_2` is met by `TLS1_3`, `TLSv1.2` by `TLSv1.3`. */
export const atLeast: Match = (expected, actual) =>
  typeof expected === 'string' && typeof actual === 'string' && actual.localeCompare(expected, 'en') >= 0;

/** The same entries, but for those of which `isIgnored` says that somebody else adds them. */
export const entriesBut =
  (isIgnored: (key: string) => boolean): Match =>
  (expected, actual) =>
    isRecord(expected) &&
    isRecord(actual) &&
    Object.entries(expected).every(([key, value]) => actual[key] === value) &&
    Object.keys(actual).every(key => Object.hasOwn(expected, key) || isIgnored(key));

/** `1.35` is met by `1.35` and by every patch of it, as Azure upgrades those by itself. */
export const minor: Match = (expected, actual) =>
  typeof expected === 'string' &&
  typeof actual === 'string' &&
  (actual === expected || actual.startsWith(`${expected}.`));

/** As `match`, where Azure may leave out `omitted` because it is what it does anyway. */
export function omittedMeans(omitted: Exclude<Seen, undefined>, match: Match): Match {
  return (expected, actual) => match(expected, actual ?? omitted);
}

function subset(part: readonly string[], whole: readonly string[]): boolean {
  const members = new Set(whole.map(fold));
  return part.every(member => members.has(fold(member)));
}

function isList(value: Seen): value is readonly string[] {
  return Array.isArray(value);
}

function isRecord(value: Seen): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && !Array.isArray(value);
}

const fold = (text: string) => text.toLowerCase();
