import { Document, isMap, isPair, isScalar, type Pair, parseDocument, YAMLMap } from 'yaml';
import type { ScopeLock } from './lock.ts';

/** What the lock holds of one scope and region. */
export interface LockedPlace extends ScopeLock {
  readonly scope: string;
  readonly region: string;
}

const heading =
  ' Written by bootstrap: who plans, who applies, and where the state lives. Ids only, no secret. Do not edit by hand.';

/**
 * The lock with these places in it, in their order. What else stands in `text`, the lock as it is, is kept: other scopes
 * come last, and comments stay where they are. The same text comes back when nothing is different.
 */
export function writeLock(text: string | undefined, places: readonly LockedPlace[]): string {
  const document = text === undefined ? new Document({ version: 1, scopes: {} }) : parseDocument(text);
  if (text === undefined) document.commentBefore = heading;
  let isSame = text !== undefined;
  for (const { scope, region, identities, state } of places) {
    const wanted = { identities: { ...identities }, state: { ...state } };
    if (sameEntry(document.getIn(['scopes', scope, region]), wanted)) continue;
    isSame = false;
    if (!isMap(document.getIn(['scopes', scope]))) document.setIn(['scopes', scope], new YAMLMap());
    document.setIn(['scopes', scope, region], entryNode(document, wanted));
  }
  if (isSame && text !== undefined) return text;
  const scopes = document.get('scopes');
  if (isMap(scopes)) {
    scopes.flow = false;
    sortBy(scopes, [...new Set(places.map(({ scope }) => scope))]);
    for (const pair of scopes.items) {
      if (!isMap(pair.value)) continue;
      const name = keyOf(pair);
      sortBy(
        pair.value,
        places.filter(({ scope }) => scope === name).map(({ region }) => region),
      );
    }
  }
  return document.toString({ lineWidth: 160 });
}

function entryNode(document: Document, wanted: ScopeLock): YAMLMap {
  const entry = document.createNode(wanted) as YAMLMap;
  for (const pair of entry.items) if (isMap(pair.value)) pair.value.flow = true;
  return entry;
}

function sameEntry(node: unknown, { identities, state }: ScopeLock): boolean {
  if (!isMap(node)) return false;
  const text = (...path: string[]) => {
    const value = node.getIn(path);
    return typeof value === 'string' ? value : undefined;
  };
  return (
    text('identities', 'plan')?.toLowerCase() === identities.plan &&
    text('identities', 'apply')?.toLowerCase() === identities.apply &&
    text('state', 'account') === state.account &&
    text('state', 'container') === state.container
  );
}

/** Keys that are not named keep their order behind the others. */
function sortBy(map: YAMLMap, order: readonly string[]): void {
  const rank = (pair: unknown) => {
    const at = order.indexOf(keyOf(pair));
    return at < 0 ? order.length : at;
  };
  map.items.sort((one, other) => rank(one) - rank(other));
}

function keyOf(pair: unknown): string {
  if (!isPair(pair)) return '';
  const { key } = pair as Pair;
  return String(isScalar(key) ? key.value : key);
}
