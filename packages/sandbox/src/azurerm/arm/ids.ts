/** The kind of a resource id: how its segments are called in the path and in azurerm's messages. */
export interface IdKind {
  readonly label: string;
  /** Provider namespace, or undefined for a resource group. */
  readonly namespace?: string;
  /** Whether it hangs on any other resource, group or subscription, whose id is then the part called `scope`. */
  readonly isScoped?: true;
  /** `[segment of the path, name in messages]` after the resource group. */
  readonly segments: readonly (readonly [segment: string, title: string])[];
}

/** Names by path segment, with `subscriptions` and `resourceGroups`, or with the `scope` of what is scoped. */
export type IdParts = { readonly [segment: string]: string };

export function formatId(kind: IdKind, parts: IdParts): string {
  const names = kind.segments.map(([segment]) => `/${segment}/${parts[segment]}`).join('');
  if (kind.isScoped) return `${parts['scope']}/providers/${kind.namespace}${names}`;
  const group = `/subscriptions/${parts['subscriptions']}/resourceGroups/${parts['resourceGroups']}`;
  if (kind.namespace === undefined) return group;
  return `${group}/providers/${kind.namespace}${names}`;
}

/** Undefined when the id is of another kind. Segments are compared without regard to case, as Azure does. */
export function parseId(kind: IdKind, id: string): IdParts | undefined {
  if (kind.isScoped) return parseScopedId(kind, id);
  const words = id.split('/').slice(1);
  const expected = ['subscriptions', 'resourceGroups', ...(kind.namespace === undefined ? [] : ['providers'])];
  const parts: { [segment: string]: string } = {};
  const names = [...expected, ...kind.segments.map(([segment]) => segment)];
  if (words.length !== names.length * 2) return undefined;
  for (const [index, name] of names.entries()) {
    if (words[index * 2]?.toLowerCase() !== name.toLowerCase()) return undefined;
    const value = words[index * 2 + 1] ?? '';
    if (value === '' || (name === 'providers' && value.toLowerCase() !== kind.namespace?.toLowerCase()))
      return undefined;
    parts[name] = value;
  }
  return parts;
}

function parseScopedId({ namespace, segments }: IdKind, id: string): IdParts | undefined {
  const words = id.split('/');
  const rest = words.slice(-2 * segments.length - 2);
  const expected = ['providers', namespace ?? '', ...segments.flatMap(([segment]) => [segment, undefined])];
  const isSame = expected.every(
    (word, index) => word === undefined || word.toLowerCase() === rest[index]?.toLowerCase(),
  );
  if (!isSame || rest.includes('') || words.length <= rest.length) return undefined;
  const names = segments.map(([segment], index) => [segment, rest[2 * index + 3] ?? '']);
  return { scope: words.slice(0, -rest.length).join('/'), ...Object.fromEntries(names) };
}

/** `Agent Pool (Subscription: "…"\nResource Group Name: "…"\n…)`: the way azurerm names a resource in its messages. */
export function describeId(kind: IdKind, id: string): string {
  const parts = parseId(kind, id) ?? {};
  const lines = kind.isScoped
    ? [`Scope: ${JSON.stringify(parts['scope'] ?? '')}`]
    : [
        `Subscription: ${JSON.stringify(parts['subscriptions'] ?? '')}`,
        `Resource Group Name: ${JSON.stringify(parts['resourceGroups'] ?? '')}`,
      ];
  const names = kind.segments.map(([segment, title]) => `${title}: ${JSON.stringify(parts[segment] ?? '')}`);
  return `${kind.label} (${[...lines, ...names].join('\n')})`;
}

/** The id without its last type and name: the resource it belongs to. */
export function parentOf(id: string): string {
  return id.split('/').slice(0, -2).join('/');
}

export function sameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
