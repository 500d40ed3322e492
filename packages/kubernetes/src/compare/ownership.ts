import { asArray, canonicalJson, isObject, parseJson } from '@suite/foundation';
import type { ManagedFields } from '../objects.ts';
import { type Difference, isSet, keysOf, own } from './differences.ts';
import { type Rule, ruleOfField, ruleOfItem } from './field-rules.ts';
import type { Path, Segment } from './paths.ts';

/**
 * Who owns which fields of a live object (`metadata.managedFields`). An `Apply` says what somebody wants. An `Update`, which is
 * how releases are written that began with Helm 3, is given the server's defaults too.
 */
export interface Ownership {
  /** The manager other than ours that owns the field, whose value an apply would have to take from it. */
  otherOwner(path: Path): string | undefined;
  /** What ours own alone and `rendered` no longer has: Helm takes it away. Of an `Update` what no default can have made. */
  takenAway(rendered: unknown, live: unknown, rule: Rule): Difference[];
}

/** `managers`: the names of our field managers. */
export function readOwnership(entries: readonly ManagedFields[], managers: readonly string[]): Ownership {
  const others = new Map<string, string>();
  const ours: ManagedFields[] = [];
  for (const entry of entries) {
    // Controllers write what they observe there. What is written through others, such as `scale`, is wanted.
    if (entry.subresource === 'status') continue;
    if (managers.includes(entry.manager)) ours.push(entry);
    else for (const leaf of leaves(entry.fieldsV1, '')) others.set(leaf, entry.manager);
  }
  const applied = ours.filter(({ operation }) => operation === 'Apply');
  const otherOwner = (path: Path): string | undefined => {
    let at = '';
    for (const segment of path) {
      at += step(segment);
      const owner = others.get(at);
      if (owner !== undefined) return owner;
    }
    return undefined;
  };
  const isShared = (path: Path): boolean => {
    const at = path.map(step).join('');
    return [...others.keys()].some(leaf => leaf.startsWith(`${at}\n`));
  };
  return {
    otherOwner,
    takenAway(rendered, live, rule) {
      const found =
        applied.length > 0
          ? applied.flatMap(entry => [...missing(entry.fieldsV1, rendered, live, [], isShared)])
          : ours.flatMap(entry =>
              [...missing(entry.fieldsV1, rendered, live, [], isShared)].filter(one => isSaid(one, rule)),
            );
      const alone = found.filter(({ path }) => otherOwner(path) === undefined);
      return [...new Map(alone.map(one => [one.path.map(step).join(''), one] as const)).values()];
    },
  };
}

/** Keys of maps that the server itself puts into what somebody else creates. */
const serverKeys =
  /^(?:kubernetes\.io\/metadata\.name|deprecated\.daemonset\.template\.generation|(?:batch\.kubernetes\.io\/)?(?:controller-uid|job-name))$/;

/** Lists that the server makes when nobody says them (Kubernetes 1.34.4, `pkg/apis/<group>/v1/defaults.go`; addresses are allocated). */
const serverLists: ReadonlySet<unknown> = new Set(['clusterIPs', 'ipFamilies', 'metrics', 'policies', 'policyTypes']);

/** What no default makes, so that somebody said it: keys of maps, items of lists with keys, most lists. */
function isSaid({ path, before }: Difference, rule: Rule): boolean {
  const last = path.at(-1);
  let parent = rule;
  for (const segment of path.slice(0, -1)) {
    parent = typeof segment === 'string' ? ruleOfField(parent, segment) : ruleOfItem(parent);
  }
  if (typeof last !== 'string') return parent.is === 'keyed';
  switch (parent.is) {
    case 'map':
      // Requests are made of limits.
      return parent.of.is !== 'quantity' && !serverKeys.test(last);
    case 'shape':
      return parent.defaultOf(last) === undefined;
    case 'verbatim':
      return !parent.mayGrow;
    default: {
      const own = ruleOfField(parent, last);
      return (Array.isArray(before) && !serverLists.has(last)) || (own.is === 'map' && own.atomic);
    }
  }
}

/** Fields without fields below: the ones that have a value. */
function* leaves(node: unknown, at: string): Generator<string> {
  const names = fieldNames(node);
  if (names.length === 0) yield at;
  for (const name of names) {
    const below = parseName(name);
    if (below !== undefined) yield* leaves(own(node, name), at + step(below));
  }
}

function* missing(
  node: unknown,
  rendered: unknown,
  live: unknown,
  path: Path,
  isShared: (path: Path) => boolean,
): Generator<Difference> {
  if (!isSet(live)) return;
  const names = fieldNames(node);
  if (names.length === 0) {
    // A null is applied, and owned, like any other value: what is there beside it is the server's default.
    if (rendered === undefined) yield { path, before: live, after: undefined };
    return;
  }
  // An item that goes is said once, not field by field. One that others have fields of stays with those.
  if (isObject(path.at(-1)) && own(node, '.') !== undefined && !isSet(rendered) && !isShared(path)) {
    yield { path, before: live, after: undefined };
    return;
  }
  for (const name of names) {
    const segment = parseName(name);
    if (segment === undefined) continue;
    yield* missing(own(node, name), child(rendered, segment), child(live, segment), [...path, segment], isShared);
  }
}

function fieldNames(node: unknown): string[] {
  return isObject(node) ? Object.keys(node).filter(name => name !== '.') : [];
}

/** `f:spec`, `k:{"name":"web"}`; items of sets (`v:`) and places in lists (`i:`) are a matter of the list as a whole. */
function parseName(name: string): Segment | undefined {
  if (name.startsWith('f:')) return name.slice(2);
  const keys = name.startsWith('k:') ? parseJson(name.slice(2)) : undefined;
  return isObject(keys) ? keys : undefined;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(child, value);
}

function child(value: unknown, segment: Segment): unknown {
  if (typeof segment === 'string') return own(value, segment);
  if (typeof segment === 'number') return asArray(value)[segment];
  const wanted = canonicalJson(segment);
  return asArray(value).find(item => canonicalJson(keysOf(item, Object.keys(segment))) === wanted);
}

function step(segment: Segment): string {
  if (typeof segment === 'number') return `\ni:${segment}`;
  return typeof segment === 'string' ? `\nf:${segment}` : `\nk:${canonicalJson(segment)}`;
}
