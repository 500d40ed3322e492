import { sentenceList, UserError } from '@suite/foundation';
import { z } from 'zod';
import { type Change, type ChangeReport, checkStatuses, kinds, reaches, risks, verdicts } from './model.ts';

const time = z.iso.datetime();
const milliseconds = z.number().nonnegative();

const value = z.discriminatedUnion('is', [
  z.object({ is: z.literal('shown'), text: z.string() }),
  z.object({ is: z.literal('absent') }),
  z.object({ is: z.literal('unknown') }),
  z.object({ is: z.literal('sensitive') }),
]);

const attribute = z.object({
  path: z.string(),
  before: value,
  after: value,
  setting: z
    .string()
    .exactOptional()
    .meta({ description: 'What decides it in the platform file: `cluster.pools.gpu.size`.' }),
});

export const changeSchema: z.ZodType<Change> = z.object({
  address: z.string(),
  type: z.string(),
  title: z.string().meta({ description: 'As people call it: `node pool gpu`.' }),
  kind: z.enum(kinds),
  createBeforeDelete: z.boolean().exactOptional(),
  reasons: z
    .array(z.object({ text: z.string(), attribute: attribute.exactOptional() }))
    .meta({ description: 'What forces a replacement or rotation.' }),
  attributes: z
    .array(attribute)
    .meta({ description: 'Sensitive values and those known after apply are named, never shown.' }),
  reach: z.enum(reaches).meta({ description: 'Blast radius.' }),
  risk: z.enum(risks),
  previousAddress: z.string().exactOptional(),
  allowKey: z.string().exactOptional().meta({ description: 'What `allow:` must name: `node-pool/gpu`.' }),
  effect: z.string().exactOptional().meta({ description: 'What stops or is lost.' }),
});

const report = z.object({
  schema: z.literal('change-report/v1'),
  action: z.string(),
  command: z.enum(['plan', 'apply', 'verify', 'drift']),
  platform: z.string(),
  scope: z.string().meta({ description: '`shared` or an environment.' }),
  region: z.string(),
  production: z.boolean(),
  commit: z
    .object({ head: z.string(), base: z.string().exactOptional(), merge: z.string().exactOptional() })
    .meta({ description: 'Of a pull request: tip of its branch, what it is compared with, and the trial merge.' }),
  run: z.object({ id: z.string(), attempt: z.string(), url: z.string(), actor: z.string() }).exactOptional(),
  startedAt: time,
  finishedAt: time,
  verdict: z.enum(verdicts),
  changes: z.array(changeSchema),
  drift: z.array(changeSchema).meta({ description: 'Changed by others since the last apply.' }),
  outputs: z.array(
    z.object({ name: z.string(), kind: z.enum(['create', 'update', 'delete']), before: value, after: value }),
  ),
  checks: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.enum(checkStatuses).meta({
        description: 'blocked: apply refuses. unknown: nobody could say. later: decided by the apply.',
      }),
      message: z.string(),
      remedy: z.string().exactOptional(),
      setting: z
        .string()
        .exactOptional()
        .meta({ description: 'What causes it in the platform file: `cluster.pools.gpu.size`.' }),
    }),
  ),
  differences: z.array(z.object({ what: z.string(), path: z.string(), expected: z.string(), actual: z.string() })),
  warnings: z.array(z.string()),
  timings: z.array(z.object({ name: z.string(), startMs: milliseconds, durationMs: milliseconds })),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional()
    .meta({ description: 'HMAC-SHA-256 of the plan.' }),
});

// Fields that are not known here are dropped, so that a report of a later 1.x can still be read.
const schema: z.ZodType<ChangeReport> = report;

/** The published JSON Schema (draft 2020-12). */
export function reportSchema(): object {
  return {
    title: 'Change report',
    description: 'What a command of the suite changes, why, and how risky it is. It holds no sensitive value.',
    ...z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', reused: 'ref' }),
  };
}

/** Reads a report that somebody stored. Throws a UserError that names the first wrong fields. */
export function parseReport(value: unknown): ChangeReport {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const paths = result.error.issues.slice(0, 3).map(issue => issue.path.map(String).join('.') || 'the document');
  throw new UserError(
    {
      message: `This is no change report of version 1: ${sentenceList(paths)} ${paths.length === 1 ? 'is' : 'are'} not as expected.`,
      remedy: 'Make it again with the version of the suite that reads it.',
    },
    { cause: result.error },
  );
}
