import { createHash } from 'node:crypto';

/** Ids are numbers to GitHub; the same name gives the same one, so that subjects can be written down beforehand. */
export function madeUpId(name: string): string {
  return String(100_000_000 + (createHash('sha256').update(name).digest().readUInt32BE() % 800_000_000));
}

/** An opaque id as GraphQL gives it: `IC_…`. */
export function nodeId(prefix: string, id: number | string): string {
  return `${prefix}_${Buffer.from(`${prefix}:${id}`).toString('base64url')}`;
}
