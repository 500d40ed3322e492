import { createHash } from 'node:crypto';

/** Of names of ours, for RFC 9562's version 5. */
const namespace = Buffer.from('5d0a4c1e6b7f4f0e9c3b2a1d8e7f6a5b', 'hex');

/** The same GUID for the same parts, letter case aside: what is made twice is one thing. */
export function guidOf(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(namespace).update(parts.join('\n').toLowerCase()).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
