import { createHmac } from 'node:crypto';
import { canonicalJson } from '@suite/foundation';

export interface Digest {
  /** Takes the next part; it is not kept. Parts that are equal but for the order of keys count as equal. */
  add(part: unknown): void;
  /** HMAC-SHA-256 in hexadecimal. */
  end(): string;
}

/**
 * A digest that nobody can guess a value from without the key. Throws a TypeError on an empty key, which would be no key
 * at all.
 */
export function createDigest(key: string): Digest {
  if (key === '') throw new TypeError('A digest needs a key.');
  const hmac = createHmac('sha256', key);
  return {
    // Canonical JSON has no line break of its own, so none can stand for the end of a part.
    add: part => {
      hmac.update(canonicalJson(part)).update('\n');
    },
    end: () => hmac.digest('hex'),
  };
}
