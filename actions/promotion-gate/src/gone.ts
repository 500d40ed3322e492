import { canonicalJson, parseJson } from '@suite/foundation';
import { z } from 'zod';
import type { Place } from './record.ts';

/** What stands in an environment's registry in place of what runs there, once the environment was taken away. */
export interface Gone extends Place {
  readonly schema: 'gone/v1';
  /** Page of the run that took it away. */
  readonly run: string;
  readonly actor: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const schema: z.ZodType<Gone> = z.object({
  schema: z.literal('gone/v1'),
  repository: z.string(),
  platform: z.string(),
  environment: z.string(),
  region: z.string(),
  run: z.string(),
  actor: z.string(),
  at: z.iso.datetime(),
});

export function encodeGone(gone: Gone): Buffer {
  return Buffer.from(canonicalJson(gone), 'utf8');
}

/** Undefined for anything else. */
export function decodeGone(bytes: Uint8Array): Gone | undefined {
  const result = schema.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  return result.success ? result.data : undefined;
}
