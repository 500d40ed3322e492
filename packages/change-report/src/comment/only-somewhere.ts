import { sentenceList } from '@suite/foundation';
import type { Change } from '../model.ts';
import { forms, quoted, quotedTitle, splitTitle } from '../sentences.ts';
import { isKnown, type PlacedChange, placedChanges, type Row } from './content.ts';

/** Something that changes in some environments and not in the others. */
export interface OnlySomewhere {
  /** Environments in which it changes, in order. */
  readonly scopes: readonly string[];
  /** Plain text with names in backticks: `cluster.pools.gpu.size`. */
  readonly what: string;
}

/**
 * Changes that reach only some environments: meant, or forgotten elsewhere. Environments have one configuration, so what is
 * the same has the same address; the names of things differ. One that is made from nothing is left out.
 */
function onlySomewhere(rows: readonly Row[]): OnlySomewhere[] {
  const compared = rows.filter(row => row.scope !== 'shared' && isKnown(row) && !isNew(row));
  const scopes = [...new Set(compared.map(({ scope }) => scope))];
  if (scopes.length < 2) return [];
  const units = new Map<string, { scopes: Set<string>; placed: PlacedChange[]; path: string | undefined }>();
  for (const placed of placedChanges(compared)) {
    for (const path of pathsOf(placed.change)) {
      const key = JSON.stringify([placed.report.action, placed.change.address, placed.change.kind, path]);
      const unit = units.get(key) ?? { scopes: new Set(), placed: [], path };
      unit.scopes.add(placed.row.scope);
      unit.placed.push(placed);
      units.set(key, unit);
    }
  }
  const found = new Map<string, OnlySomewhere>();
  for (const unit of units.values()) {
    if (unit.scopes.size === scopes.length) continue;
    const what = describe(unit.placed, unit.path);
    if (!found.has(what)) found.set(what, { scopes: [...unit.scopes], what });
  }
  return [...found.values()];
}

/** Everything in it is created: there is nothing yet that others could have changed as well. */
function isNew({ reports }: Row): boolean {
  const changes = reports.flatMap(report => report.changes);
  return changes.length > 2 && changes.every(({ kind }) => kind === 'create');
}

/** What is compared: of an update each attribute, of everything else the thing as a whole. */
function pathsOf({ kind, attributes, reasons }: Change): readonly (string | undefined)[] {
  if (kind !== 'update' && kind !== 'rotate') return [undefined];
  const paths = new Set([
    ...reasons.flatMap(({ attribute }) => attribute?.path ?? []),
    ...attributes.map(({ path }) => path),
  ]);
  return paths.size === 0 ? [undefined] : [...paths];
}

function describe(placed: readonly PlacedChange[], path: string | undefined): string {
  const change = placed[0]?.change as Change;
  const attributes = [...change.attributes, ...change.reasons.flatMap(({ attribute }) => attribute ?? [])];
  const setting = attributes.find(attribute => attribute.path === path)?.setting;
  if (setting !== undefined) return quoted(setting);
  const titles = new Set(placed.map(({ change: { title } }) => title));
  // A name that each environment has its own of says nothing here.
  const thing = titles.size === 1 ? quotedTitle(change) : splitTitle(change.title).noun;
  return path === undefined ? `${forms[change.kind].gerund} ${thing}` : `${quoted(path)} of ${thing}`;
}

const shown = 8;

/** One line, without the words that introduce it; undefined when all environments change alike. */
export function describeOnlySomewhere(rows: readonly Row[]): string | undefined {
  const found = onlySomewhere(rows);
  if (found.length === 0) return undefined;
  const parts = found.slice(0, shown).map(({ what, scopes }) => `${what} (${sentenceList(scopes)})`);
  if (found.length > shown) parts.push(`${found.length - shown} more`);
  return parts.join(', ');
}
