import { count } from '@suite/foundation';
import type { Change, Kind, OutputChange } from '../model.ts';
import { countKinds, highestRisk } from '../risk.ts';
import { describeCounts, forms } from '../sentences.ts';
import { chunks, details, filledTable, table } from './blocks.ts';
import { cell, fence, prose } from './escape.ts';
import { type Section, weights } from './section.ts';
import {
  attributeCell,
  diffLines,
  kindLabel,
  reachLabel,
  symbols,
  textCell,
  titleCell,
  titleHtml,
  valuesCell,
} from './show.ts';

const rowsInSight = 25;
const rowsPerFold = 200;
export const changesPerFold = 25;
const cellAttributes = 3;
const foldAttributes = 200;
const namesInTitle = 3;

/** The table: a screenful in sight, the rest folded. `changes` come in order of risk. */
export function tableSections(changes: readonly Change[]): Section[] {
  return chunks(changes, rowsPerFold, rowsInSight).map((part, index) => {
    const described = describeCounts(countKinds(part));
    const rows = changeTable(part);
    return {
      holds: { quantity: part.length, singular: 'change in the table', plural: 'changes in the table' },
      weight: weights.table(highestRisk(part)),
      markdown: index === 0 ? rows : details(`${count(part.length, 'more change')}: ${described}`, rows),
    };
  });
}

export function changeTable(changes: readonly Change[]): string {
  const rows = changes.map(change => [
    symbols[change.kind],
    titleCell(change),
    kindLabel(change),
    forcedByCell(change),
    beforeAfterCell(change),
    reachLabel(change.reach),
  ]);
  return filledTable(['', 'Resource', 'Change', 'Forced by', 'Before → after', 'Reach'], rows);
}

function forcedByCell({ reasons }: Change): string {
  return reasons
    .slice(0, cellAttributes)
    .map(({ text, attribute }) => {
      const path = attribute === undefined ? '' : textCell(attribute.path);
      return text === '' ? path : [prose(text, cell), path].filter(part => part !== '').join(': ');
    })
    .join('<br>');
}

function beforeAfterCell({ kind, previousAddress, reasons, attributes }: Change): string {
  const parts: string[] = [];
  if (previousAddress !== undefined) parts.push(`was ${textCell(previousAddress)}`);
  const forcing = reasons.flatMap(({ attribute }) => attribute ?? []);
  const [only] = forcing;
  // The column before has already named it.
  if (only !== undefined && forcing.length === 1) parts.push(valuesCell(only));
  else parts.push(...forcing.slice(0, cellAttributes).map(attributeCell));
  // All attributes of what comes or goes are no news in a table; the folded block has them.
  if (kind !== 'create' && kind !== 'delete') {
    const told = new Set(forcing.map(({ path }) => path));
    const others = attributes.filter(({ path }) => !told.has(path));
    parts.push(...others.slice(0, cellAttributes).map(attributeCell));
    if (others.length > cellAttributes) parts.push(`${others.length - cellAttributes} more`);
  }
  return parts.join('<br>');
}

/** Folded blocks with every attribute that may be shown, of one kind and risk each. `changes` come in order of risk. */
export function detailSections(changes: readonly Change[]): Section[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    if (change.attributes.length === 0) continue;
    const key = `${change.risk} ${change.kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()].flatMap(group =>
    chunks(group, changesPerFold).map((part, index) => {
      const kind = part[0]?.kind ?? 'update';
      const from = index * changesPerFold;
      const range = group.length > changesPerFold ? ` (${from + 1}–${from + part.length} of ${group.length})` : '';
      const label = `${part.length} ${forms[kind].participle}${range}`;
      return {
        holds: {
          quantity: part.length,
          singular: `${forms[kind].participle} resource in detail`,
          plural: `${forms[kind].participle} resources in detail`,
        },
        weight: weights.details(highestRisk(part)),
        markdown: details(`${symbols[kind]} ${label}${namesOf(part)}`, detailFence(part)),
      };
    }),
  );
}

/** Every attribute that may be shown. */
export function detailFence(changes: readonly Change[]): string {
  return fence('diff', changes.flatMap(changeLines));
}

function namesOf(changes: readonly Change[]): string {
  return changes.length > namesInTitle ? '' : `: ${changes.map(titleHtml).join(', ')}`;
}

const markers: Readonly<Record<Kind, string>> = {
  create: '+',
  update: '!',
  rotate: '!',
  replace: '!',
  delete: '-',
  move: ' ',
  import: ' ',
  forget: ' ',
};

function changeLines(change: Change): string[] {
  const note = change.kind === 'rotate' ? 'rotates all nodes' : 'forces the replacement';
  const reasons = new Set(change.reasons.map(({ attribute }) => attribute?.path));
  const lines = [`${markers[change.kind]} ${change.address}`];
  for (const attribute of change.attributes.slice(0, foldAttributes)) {
    lines.push(...diffLines(attribute, reasons.has(attribute.path) ? note : ''));
  }
  const others = change.attributes.length - foldAttributes;
  if (others > 0) lines.push(`    … ${count(others, 'more attribute')}`);
  return lines;
}

/** What others have changed, folded. */
export function driftSections(drift: readonly Change[]): Section[] {
  return chunks(drift, rowsPerFold).map(part => ({
    holds: driftContents(part),
    weight: weights.drift,
    markdown: details(`${count(part.length, 'change')} made by others since the last apply`, driftTable(part)),
  }));
}

/** The same where it is what the page is about: a screenful in sight. */
export function openDriftSections(drift: readonly Change[]): Section[] {
  return chunks(drift, rowsPerFold, rowsInSight).map((part, index) => ({
    holds: driftContents(part),
    weight: weights.differences,
    markdown:
      index === 0 ? driftTable(part) : details(`${count(part.length, 'more change')} made by others`, driftTable(part)),
  }));
}

const driftContents = ({ length }: readonly Change[]) => ({
  quantity: length,
  singular: 'change made by others',
  plural: 'changes made by others',
});

function driftTable(drift: readonly Change[]): string {
  const rows = drift.map(change => [titleCell(change), driftCell(change), reachLabel(change.reach)]);
  return table(['Resource', 'Was → is', 'Reach'], rows);
}

function driftCell({ kind, attributes }: Change): string {
  if (kind === 'delete') return '**deleted**';
  if (kind === 'create') return '**made**';
  const cells = attributes.slice(0, cellAttributes).map(attributeCell);
  const others = attributes.length - cellAttributes;
  return [...cells, ...(others > 0 ? [`${others} more`] : [])].join('<br>');
}

export function outputSections(outputs: readonly OutputChange[]): Section[] {
  return chunks(outputs, rowsPerFold).map(part => {
    const rows = part.map(({ name, kind, before, after }) => [
      symbols[kind],
      attributeCell({ path: name, before, after }),
    ]);
    return {
      holds: { quantity: part.length, singular: 'changed output' },
      weight: weights.outputs,
      markdown: details(count(part.length, 'changed output'), table(['', 'Output'], rows)),
    };
  });
}
