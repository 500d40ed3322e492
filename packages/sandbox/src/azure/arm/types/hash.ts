import { createHash } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Small letters and digits that are always the same for a text: the made-up parts of names that Azure gives. */
export function hashOf(text: string, length: number): string {
  const bytes = createHash('sha256').update(text.toLowerCase()).digest();
  return Array.from(bytes.subarray(0, length), byte => letters[byte % letters.length]).join('');
}

/** A whole number below `limit`, always the same for a text. */
export function numberOf(text: string, limit: number): number {
  return createHash('sha256').update(text.toLowerCase()).digest().readUInt32BE(0) % limit;
}

export function guidFrom(text: string): string {
  const digits = createHash('sha256').update(text.toLowerCase()).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}
