import { type JsonObject, mapInParallel } from '@suite/foundation';

export type Path = readonly string[];

/** Paths of everything that is no block; lists are walked too. */
export function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value);
  return inside.length === 0 ? [] : inside.flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** With another value of the same kind there. */
function changedAt(values: JsonObject, path: Path): JsonObject {
  const changed = structuredClone(values) as Record<string, unknown>;
  let block = changed;
  for (const step of path.slice(0, -1)) block = block[step] as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  const before = block[last];
  block[last] = typeof before === 'boolean' ? !before : typeof before === 'number' ? before + 1 : `${before}1`;
  return changed;
}

/**
 * Paths of the values that nobody would miss: with another value there the same is rendered. What a chart refuses is not without effect.
 * `render` gives what is compared.
 */
export async function idleLeavesOf(
  values: JsonObject,
  render: (values: JsonObject) => Promise<unknown>,
): Promise<string[]> {
  const rendered = async (changed: JsonObject) =>
    JSON.stringify(await render(changed).catch((error: unknown) => String(error)));
  const usual = await rendered(values);
  const idle = await mapInParallel(leavesOf(values), 4, async path =>
    (await rendered(changedAt(values, path))) === usual ? [path.join('.')] : [],
  );
  return idle.flat();
}
