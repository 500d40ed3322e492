import type { z } from 'zod';
import type { Path } from './position.ts';

/** The part of a zod schema that tells what it is made of. */
interface Definition {
  readonly type: string;
  readonly innerType?: unknown;
  readonly options?: readonly unknown[];
  readonly shape?: Readonly<Record<string, unknown>>;
  /** Of keys that `shape` does not name. */
  readonly catchall?: unknown;
  readonly valueType?: unknown;
  readonly element?: unknown;
}

/** The schema of the value at a path, or undefined where no value is known. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let current: unknown = schema;
  for (const step of path) {
    const { shape, catchall, valueType, element } = definition(current) ?? {};
    current = shape === undefined ? (valueType ?? element) : (own(shape, String(step)) ?? open(catchall));
  }
  return current as z.ZodType | undefined;
}

/** The keys that are known in the block at a path; none where keys are free. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  return Object.keys(definition(schemaAt(schema, path))?.shape ?? {});
}

/** Of what may be absent the thing itself, of alternatives the block. */
function definition(schema: unknown): Definition | undefined {
  const def = (schema as { def?: Definition } | undefined)?.def;
  if (def?.innerType !== undefined) return definition(def.innerType);
  const block = def?.options?.map(definition).find(option => option?.shape !== undefined);
  return block ?? def;
}

/** A strict block's is `never`. */
function open(catchall: unknown): unknown {
  return definition(catchall)?.type === 'never' ? undefined : catchall;
}

function own(shape: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(shape, key) ? shape[key] : undefined;
}
