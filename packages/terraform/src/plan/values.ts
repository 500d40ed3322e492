import type { Value } from '@suite/change-report';
import { isObject, shorten } from '@suite/foundation';
import { child, holdsMark, isMarked } from './differences.ts';
import type { Secrets } from './secrets.ts';

// Longer ones (scripts, certificates) say no more to a reader, and a report shall stay small.
const textLimit = 1000;

const absent: Value = { is: 'absent' };
const sensitive: Value = { is: 'sensitive' };
const unknown: Value = { is: 'unknown' };

/** What may be shown of a value: nothing of what is marked, nor anything that holds a secret from elsewhere. */
export function showValue(value: unknown, sensitiveMarks: unknown, unknownMarks: unknown, secrets: Secrets): Value {
  // Sensitive first: that a secret is known after apply changes nothing about it.
  if (isMarked(sensitiveMarks)) return isAbsent(value, unknownMarks) ? absent : sensitive;
  if (isMarked(unknownMarks)) return unknown;
  if (isAbsent(value, unknownMarks)) return absent;
  if (typeof value === 'string') {
    return secrets.includes(value) ? sensitive : { is: 'shown', text: shorten(value, textLimit) };
  }
  return { is: 'shown', text: shorten(JSON.stringify(mask(value, sensitiveMarks, unknownMarks, secrets)), textLimit) };
}

function isAbsent(value: unknown, unknownMarks: unknown): boolean {
  return (value === undefined || value === null) && !holdsMark(unknownMarks);
}

function mask(value: unknown, sensitiveMarks: unknown, unknownMarks: unknown, secrets: Secrets): unknown {
  if (isMarked(sensitiveMarks)) return '(sensitive)';
  if (isMarked(unknownMarks)) return '(known after apply)';
  if (typeof value === 'string') return secrets.includes(value) ? '(sensitive)' : value;
  if (Array.isArray(value)) {
    return value.map((item, index) => mask(item, child(sensitiveMarks, index), child(unknownMarks, index), secrets));
  }
  const keys = new Set(isObject(value) ? Object.keys(value) : []);
  if (isObject(unknownMarks))
    for (const key of Object.keys(unknownMarks)) if (holdsMark(unknownMarks[key])) keys.add(key);
  if (!isObject(value) && keys.size === 0) return value ?? null;
  return Object.fromEntries(
    [...keys].map(key => {
      const name = secrets.includes(key) ? '(sensitive)' : key;
      const inner = isObject(value) ? value[key] : undefined;
      return [name, mask(inner, child(sensitiveMarks, key), child(unknownMarks, key), secrets)];
    }),
  );
}
