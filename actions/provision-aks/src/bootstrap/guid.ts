import { uuidv5 } from '@suite/foundation';

/** Of names of ours. */
const namespace = Buffer.from('5d0a4c1e6b7f4f0e9c3b2a1d8e7f6a5b', 'hex');

/** The same GUID for the same parts, letter case aside: what is made twice is one thing. */
export function guidOf(...parts: readonly string[]): string {
  return uuidv5(namespace, parts.join('\n').toLowerCase());
}
