import { createHash } from 'node:crypto';
import { canonicalJson, parseJson, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '@suite/helm';
import { stringify } from 'yaml';
import { NotRendered } from '../not-rendered.ts';
import { describeType, format, fromJson, isList, isMap, isTextMap, isTrue, toJson, type Value } from './values.ts';

/** Gets its arguments and the name that it is called by. */
export type TemplateFunction = (args: readonly Value[], name: string) => Value;

/**
 * Functions of Go's text/template, of sprig v3 and of Argo CD (applicationset/utils/template_functions.go) that give the same for the
 * same, and whose rules are plain. Left out, and refused by name: dates, random and cryptographic ones, those of the network and of
 * regular expressions, `slugify`.
 */
export const functions: Readonly<Record<string, TemplateFunction>> = {
  // text/template
  not: ([value]) => !isTrue(value),
  eq: ([one, ...others], name) => others.some(other => compare(one, other, name) === 0),
  ne: ([one, other], name) => compare(one, other, name) !== 0,
  lt: ([one, other], name) => order(one, other, name) < 0,
  le: ([one, other], name) => order(one, other, name) <= 0,
  gt: ([one, other], name) => order(one, other, name) > 0,
  ge: ([one, other], name) => order(one, other, name) >= 0,
  len: ([value], name) => BigInt(lengthOf(value, name)),
  index: ([value, ...keys], name) => keys.reduce<Value>((found, key) => item(found, key, name), value),
  // sprig's, of lists only.
  slice: ([value, from, to], name) => {
    const all = list(value, name);
    const [start, end] = [Number(integer(from ?? 0n, name)), Number(integer(to ?? BigInt(all.length), name))];
    if (start < 0 || end < start || end > all.length) throw new NotRendered('A template slices beyond the end.');
    return all.slice(start, end);
  },
  print: args =>
    args
      .map((value, index) => (index > 0 && areApart(args[index - 1], value) ? ` ${format(value)}` : format(value)))
      .join(''),
  println: args => `${args.map(format).join(' ')}\n`,
  printf: ([pattern, ...args], name) => printf(text(pattern, name), args),

  // strings
  upper: ([value], name) => text(value, name).toUpperCase(),
  lower: ([value], name) => text(value, name).toLowerCase(),
  trim: ([value], name) => text(value, name).trim(),
  trimAll: ([cut, value], name) => trimAll(text(value, name), text(cut, name)),
  trimPrefix: ([prefix, value], name) => {
    const [start, whole] = [text(prefix, name), text(value, name)];
    return whole.startsWith(start) ? whole.slice(start.length) : whole;
  },
  trimSuffix: ([suffix, value], name) => {
    const [end, whole] = [text(suffix, name), text(value, name)];
    return end !== '' && whole.endsWith(end) ? whole.slice(0, -end.length) : whole;
  },
  replace: ([from, to, value], name) => text(value, name).replaceAll(text(from, name), () => text(to, name)),
  contains: ([part, value], name) => text(value, name).includes(text(part, name)),
  hasPrefix: ([prefix, value], name) => text(value, name).startsWith(text(prefix, name)),
  hasSuffix: ([suffix, value], name) => text(value, name).endsWith(text(suffix, name)),
  trunc: ([length, value], name) => {
    const [most, whole] = [Number(integer(length, name)), text(value, name)];
    return most < 0 ? whole.slice(Math.max(0, whole.length + most)) : whole.slice(0, most);
  },
  nospace: ([value], name) => text(value, name).replace(/\s/g, ''),
  quote: args =>
    args
      .filter(isThere)
      .map(value => JSON.stringify(format(value)))
      .join(' '),
  squote: args =>
    args
      .filter(isThere)
      .map(value => `'${format(value)}'`)
      .join(' '),
  cat: args => args.filter(isThere).map(format).join(' '),
  indent: ([spaces, value], name) => indent(Number(integer(spaces, name)), text(value, name)),
  nindent: ([spaces, value], name) => `\n${indent(Number(integer(spaces, name)), text(value, name))}`,
  toString: ([value]: readonly Value[]): Value => (typeof value === 'string' ? value : format(value)),
  b64enc: ([value], name) => Buffer.from(text(value, name), 'utf8').toString('base64'),
  b64dec: ([value], name) => Buffer.from(text(value, name), 'base64').toString('utf8'),
  sha256sum: ([value], name) => createHash('sha256').update(text(value, name)).digest('hex'),
  sha1sum: ([value], name) => createHash('sha1').update(text(value, name)).digest('hex'),
  split: ([separator, value], name) =>
    Object.fromEntries(
      text(value, name)
        .split(text(separator, name))
        .map((part, index) => [`_${index}`, part]),
    ),
  splitList: ([separator, value], name) => text(value, name).split(text(separator, name)),
  join: ([separator, value], name) =>
    (isList(value) ? value.filter(isThere) : [value]).map(format).join(text(separator, name)),

  // what to take
  default: ([fallback, value]) => (isTrue(value) ? value : fallback),
  empty: ([value]) => !isTrue(value),
  coalesce: args => args.find(isTrue),
  ternary: ([yes, no, decides]) => (decides === true ? yes : no),
  fail: ([message], name) => {
    throw new NotRendered(`A template fails: ${text(message, name)}`);
  },

  // lists and maps
  list: args => [...args],
  first: ([value], name) => list(value, name)[0],
  last: ([value], name) => list(value, name).at(-1),
  rest: ([value], name) => list(value, name).slice(1),
  initial: ([value], name) => list(value, name).slice(0, -1),
  append: ([value, more], name) => [...list(value, name), more],
  prepend: ([value, more], name) => [more, ...list(value, name)],
  concat: (args, name) => args.flatMap(value => list(value, name)),
  reverse: ([value], name) => list(value, name).toReversed(),
  uniq: ([value], name) => [...new Map(list(value, name).map(one => [identity(one), one])).values()],
  without: ([value, ...gone], name) =>
    list(value, name).filter(one => !gone.some(other => identity(one) === identity(other))),
  has: ([wanted, value], name) => list(value, name).some(one => identity(one) === identity(wanted)),
  compact: ([value], name) => list(value, name).filter(isTrue),
  sortAlpha: ([value], name) => list(value, name).map(format).sort(),
  dict: args =>
    Object.fromEntries(args.flatMap((key, index) => (index % 2 === 0 ? [[format(key), args[index + 1] ?? '']] : []))),
  get: ([value, key], name) => own(map(value, name), text(key, name)) ?? '',
  hasKey: ([value, key], name) => Object.hasOwn(map(value, name), text(key, name)),
  pick: ([value, ...keys], name) =>
    Object.fromEntries(Object.entries(map(value, name)).filter(([key]) => keys.includes(key))),
  omit: ([value, ...keys], name) =>
    Object.fromEntries(Object.entries(map(value, name)).filter(([key]) => !keys.includes(key))),
  dig: (args, name) => {
    const value = map(args.at(-1), name);
    const [fallback, keys] = [args.at(-2), args.slice(0, -2)];
    const found = keys.reduce<Value>((inner, key) => (isMap(inner) ? own(inner, text(key, name)) : undefined), value);
    return found === undefined ? fallback : found;
  },

  // numbers
  int: ([value], name) => integer(value, name),
  int64: ([value], name) => integer(value, name),
  atoi: ([value], name) => (/^[-+]?\d+$/.test(text(value, name)) ? BigInt(text(value, name)) : 0n),
  add: (args, name) => args.reduce<bigint>((sum, value) => sum + integer(value, name), 0n),
  add1: ([value], name) => integer(value, name) + 1n,
  sub: ([one, other], name) => integer(one, name) - integer(other, name),
  mul: (args, name) => args.reduce<bigint>((product, value) => product * integer(value, name), 1n),
  div: ([one, other], name) => integer(one, name) / notZero(integer(other, name)),
  mod: ([one, other], name) => integer(one, name) % notZero(integer(other, name)),
  max: (args, name) =>
    args
      .map(value => integer(value, name))
      .sort(ascending)
      .at(-1),
  min: (args, name) => args.map(value => integer(value, name)).sort(ascending)[0],

  // notations
  toJson: ([value]) => goJson(toJson(value)),
  toRawJson: ([value]) => canonicalJson(toJson(value)),
  fromJson: ([value], name) => fromJson(parseJson(text(value, name)) ?? null),
  toYaml: ([value]) =>
    stringify(toJson(value), { lineWidth: 0, sortMapEntries: true, indentSeq: false }).replace(/\n$/, ''),
  fromYaml: ([value], name) => map(readYaml(text(value, name)), name),
  fromYamlArray: ([value], name) => list(readYaml(text(value, name)), name),
  normalize: ([value], name) => normalizeName(text(value, name)),
};

/** What a name of Kubernetes may hold (argo-cd applicationset/utils/template_functions.go, `SanitizeName`). */
export function normalizeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^-a-z0-9.]/g, '-')
    .slice(0, 253)
    .replace(/^[-.]+|[-.]+$/g, '');
}

const isThere = (value: Value) => value !== undefined && value !== null;

/** `print` puts a space between two values that are no texts. */
function areApart(one: Value, other: Value): boolean {
  return typeof one !== 'string' && typeof other !== 'string';
}

/** Equal for what Go takes for deeply equal: a whole number is none with a point. */
function identity(value: Value): string {
  if (typeof value === 'bigint') return `whole ${value}`;
  if (isList(value)) return `[${value.map(identity).join()}]`;
  if (isMap(value)) {
    return `{${Object.keys(value)
      .sort()
      .map(key => `${JSON.stringify(key)}:${identity(value[key])}`)
      .join()}}`;
  }
  return canonicalJson(value ?? null);
}

function text(value: Value, name: string): string {
  if (typeof value === 'string') return value;
  throw new NotRendered(`The template function \`${name}\` needs a text, and got ${describeType(value)}.`);
}

function list(value: Value, name: string): readonly Value[] {
  if (isList(value)) return value;
  throw new NotRendered(`The template function \`${name}\` needs a list, and got ${describeType(value)}.`);
}

function map(value: Value, name: string): { readonly [key: string]: Value } {
  if (isMap(value)) return value;
  throw new NotRendered(`The template function \`${name}\` needs a map, and got ${describeType(value)}.`);
}

function own(value: { readonly [key: string]: Value }, key: string): Value {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** sprig's `toInt64`: texts are read, parts are dropped. */
function integer(value: Value, name: string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (typeof value === 'string') return /^[-+]?\d{1,18}$/.test(value) ? BigInt(value) : 0n;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value === undefined || value === null) return 0n;
  throw new NotRendered(`The template function \`${name}\` needs a number, and got ${describeType(value)}.`);
}

function whole(value: Value, name: string): number {
  if (typeof value === 'bigint') return Number(value);
  throw new NotRendered(`The template function \`${name}\` needs a whole number, and got ${describeType(value)}.`);
}

function ascending(one: bigint, other: bigint): number {
  return one < other ? -1 : Number(one > other);
}

function notZero(value: bigint): bigint {
  if (value === 0n) throw new NotRendered('A template divides by zero.');
  return value;
}

function lengthOf(value: Value, name: string): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  return Object.keys(map(value, name)).length;
}

function item(value: Value, key: Value, name: string): Value {
  if (isList(value)) {
    const at = whole(key, name);
    if (at < 0 || at >= value.length) throw new NotRendered(`A template asks for item ${at} of ${value.length}.`);
    return value[at];
  }
  const holder = map(value, name);
  const found = own(holder, text(key, name));
  return found === undefined && isTextMap(holder) ? '' : found;
}

/** Go compares what is of one kind, and nothing with nothing. */
function compare(one: Value, other: Value, name: string): number {
  if (!isThere(one) || !isThere(other)) return isThere(one) === isThere(other) ? 0 : 1;
  return one === other ? 0 : order(one, other, name) || 1;
}

function order(one: Value, other: Value, name: string): number {
  const isSame = typeof one === typeof other && one !== null && typeof one !== 'object' && one !== undefined;
  if (!isSame) {
    throw new NotRendered(`\`${name}\` compares ${describeKind(one)} with ${describeKind(other)}, which Go refuses.`);
  }
  if (one === other) return 0;
  return (one as string) < (other as string) ? -1 : 1;
}

function describeKind(value: Value): string {
  if (typeof value === 'bigint') return 'a whole number';
  return typeof value === 'number' ? 'a number with a point (as all from files are)' : describeType(value);
}

function trimAll(value: string, cut: string): string {
  let [start, end] = [0, value.length];
  while (start < end && cut.includes(value[start] ?? '')) start++;
  while (end > start && cut.includes(value[end - 1] ?? '')) end--;
  return value.slice(start, end);
}

function indent(spaces: number, value: string): string {
  if (spaces < 0 || spaces > 200) throw new NotRendered(`A template indents by ${spaces}.`);
  const pad = ' '.repeat(spaces);
  return pad + value.replaceAll('\n', `\n${pad}`);
}

function printf(pattern: string, args: readonly Value[]): string {
  let next = 0;
  const printed = pattern.replace(
    /%([-0+ #]*)(\d*)(?:\.(\d+))?(.)?/gs,
    (whole, flags: string, width: string, precision, verb) => {
      if (verb === '%') return '%';
      const value = args[next++];
      const isWide = Number(width || 0) > 200;
      if (precision !== undefined || isWide || /[+ #]/.test(flags) || next > args.length) {
        throw new NotRendered(`\`printf\` with \`${whole}\` is not supported here.`);
      }
      const shown = formatAs(verb, value, whole);
      if (flags.includes('-')) return shown.padEnd(Number(width || 0));
      return shown.padStart(Number(width || 0), flags.includes('0') && verb === 'd' ? '0' : ' ');
    },
  );
  if (next < args.length) throw new NotRendered('`printf` has more values than places.');
  return printed;
}

function formatAs(verb: string | undefined, value: Value, whole: string): string {
  if (verb === 'v') return format(value);
  if (verb === 's' && typeof value === 'string') return value;
  if (verb === 'q' && typeof value === 'string') return JSON.stringify(value);
  if (verb === 'd' && typeof value === 'bigint') return value.toString();
  throw new NotRendered(`\`printf\` with \`${whole}\` for ${describeKind(value)} is not supported here.`);
}

function readYaml(value: string): Value {
  try {
    return fromJson(parseKubernetesYaml(value));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new NotRendered(`A template reads what is no valid YAML: ${error.message}`);
  }
}

/** Go writes what HTML would read as escapes. */
function goJson(value: unknown): string {
  return canonicalJson(value).replace(
    /[<>&\u2028\u2029]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
