import type { Value } from '@suite/change-report';
import { canonicalJson, isObject, shorten } from '@suite/foundation';
import { isSet } from './differences.ts';
import { nameOf, type Path } from './paths.ts';
import { hiddenValue } from './secret-data.ts';

const longestText = 300;
/** What stays in front of the first difference of two long texts. */
const lead = 40;

const secretWords =
  'pass(?:word|wd|phrase)|secret|token|credentials?|(?:api|access|account|private|shared|encryption|signing)[-_.]?key|connection[-_.]?string|dsn|sas[-_.]?(?:url|token)?';
/** `DB_PASSWORD`, `clientSecret`, `storage_account_key`; not `tokenReviewUrl` or `existingSecret`, which name where one is. */
const secretName = new RegExp(`(?:${secretWords}|(?:^|[-_.])pw|(?:^|[-_.])pat)(?:[-_.]?\\d+)?$`, 'i');
const pointsToOne = /existing|(?:ref|name|path|file|class)$/i;
/** `password: x`, `"clientSecret": "x"`: the rest of such a line is hidden. */
const assignment = new RegExp(`((?:${secretWords})["']?[ \\t]{0,8}[:=][ \\t]{0,8})(?![ \\t\\n])([^\\n]+)`, 'gi');
/** `--token x` within one argument. */
const flag = new RegExp(`((?:^|\\s)--?[\\w-]{0,60}(?:${secretWords})[ \\t]+)(\\S+)`, 'gi');
/** A flag whose value is the next argument. */
const secretFlag = new RegExp(`^--?[\\w-]*(?:${secretWords})$`, 'i');
const userInfo = /(\/\/[^\s/:@]{1,200}:)[^\s/@]{1,400}@/g;

/** A change of a value as it may be shown: nothing of Secrets, nothing that looks like a password, and not too long. */
export function showValues(
  path: Path,
  before: unknown,
  after: unknown,
): { readonly before: Value; readonly after: Value } {
  const sensitive = isSecretPlace(path);
  const [from, to] = [textOf(before, path), textOf(after, path)];
  // What differs is just what is hidden.
  const hidden = from !== undefined && from === to;
  const skipped = from !== undefined && to !== undefined ? commonStart(from, to) : 0;
  const show = (value: unknown, text: string | undefined): Value => {
    if (text === undefined) return { is: 'absent' };
    if (sensitive || hidden || value === hiddenValue) return { is: 'sensitive' };
    const cut = text.length > longestText && skipped > lead ? `…${text.slice(skipped - lead).toWellFormed()}` : text;
    return { is: 'shown', text: shorten(cut, longestText) };
  };
  return { before: show(before, from), after: show(after, to) };
}

function commonStart(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return at;
}

function textOf(value: unknown, path: Path): string | undefined {
  if (!isSet(value)) return undefined;
  const masked = maskInside(value, path);
  return typeof masked === 'string' ? masked : canonicalJson(masked);
}

function maskInside(value: unknown, path: Path): unknown {
  if (typeof value === 'string') return isSecretPlace(path) ? hiddenValue : maskText(value);
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      if (announcesSecret(value[index - 1])) return hiddenValue;
      return maskInside(item, [...path, index]);
    });
  }
  if (!isObject(value)) return value;
  const at = isNamed(value) ? [...path, { name: value.name }] : path;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskInside(inner, [...at, key])]));
}

/** An argument after which a secret follows: `--password`. */
export function announcesSecret(argument: unknown): boolean {
  return typeof argument === 'string' && secretFlag.test(argument);
}

function isNamed(item: unknown): item is { readonly name: string } {
  return isObject(item) && typeof item['name'] === 'string';
}

/** Passwords within a longer text: lines of a configuration, arguments, the user part of an address. */
function maskText(text: string): string {
  return text
    .replace(assignment, `$1${hiddenValue}`)
    .replace(flag, `$1${hiddenValue}`)
    .replace(userInfo, `$1${hiddenValue}@`);
}

/** The value of a variable, or a field, whose name says that it is secret. */
function isSecretPlace(path: Path): boolean {
  const last = path.at(-1);
  const name = last === 'value' ? nameOf(path.at(-2)) : typeof last === 'string' ? last : undefined;
  return name !== undefined && secretName.test(name) && !pointsToOne.test(name);
}
