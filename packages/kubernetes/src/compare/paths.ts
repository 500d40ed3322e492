/** One step into an object: a field, a place in a list, or what names an item of a list (`{ name: 'web' }`). */
export type Segment = string | number | Readonly<Record<string, unknown>>;
export type Path = readonly Segment[];

/** `spec.template.spec.containers[web].image`, `spec.ports[80/TCP]`, `data["a.yaml"]`, `spec.rules[0]`. */
export function describePath(path: Path): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    if (typeof segment === 'object') return `${text}[${Object.values(segment).map(describeKey).join('/')}]`;
    if (!/^[\w-]+$/.test(segment)) return `${text}[${JSON.stringify(segment)}]`;
    return text === '' ? segment : `${text}.${segment}`;
  }, '');
}

function describeKey(value: unknown): string {
  const text = String(value);
  // Slashes are left alone: paths of mounts are keys.
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text);
}

/** Whether `path` is at or below the fields `start`; `*` stands for any one segment. */
export function isAtOrBelow(path: Path, start: readonly string[]): boolean {
  return path.length >= start.length && start.every((field, depth) => field === '*' || field === path[depth]);
}

/** The item's name, where the segment names one by `name`; else the field itself. */
export function nameOf(segment: Segment | undefined): string | undefined {
  if (typeof segment === 'object') return typeof segment['name'] === 'string' ? segment['name'] : undefined;
  return typeof segment === 'string' ? segment : undefined;
}
