import { count } from '@suite/foundation';
import type { Change, Kind, OutputChange } from '../model.ts';
import { countKinds, highestRisk } from '../risk.ts';
import { describeCounts, forms } from '../sentences.ts';
import { details, table } from './blocks.ts';
import { cell, fence, prose } from './escape.ts';
import { type Section, weights } from './section.ts';
import { attributeCell, diffLines, reachLabel, riskLabel, symbols, textCell, titleCell, titleHtml } from './show.ts';

const rowsInSight = 25;
const rowsPerFold = 200;
const changesPerFold = 25;
const cellAttributes = 3;
const foldAttributes = 40;
const namesInTitle = 3;

/** The table: a screenful in sight, the rest folded. `changes` come in order of risk. */
export function tableSections(changes: readonly Change[]): Section[] {
  return chunks(changes, rowsPerFold, rowsInSight).map((part, index) => {
    const described = describeCounts(countKinds(part));
    const rows = changeTable(part);
    return {
      title: `table of ${described}`,
      weight: weights.table(highestRisk(part)),
      markdown: index === 0 ? rows : details(`${count(part.length, 'more change')}: ${described}`, rows),
    };
  });
}

function changeTable(changes: readonly Change[]): string {
  return table(
    ['', 'Resource', 'Change', 'Reach', 'Risk'],
    changes.map(change => [
      symbols[change.kind],
      titleCell(change),
      changeCell(change),
      reachLabel(change.reach),
      riskLabel(change.risk),
    ]),
  );
}

function changeCell(change: Change): string {
  const parts: string[] = [];
  if (change.previousAddress !== undefined) parts.push(`was ${textCell(change.previousAddress)}`);
  for (const { text, attribute } of change.reasons) {
    if (text !== '') parts.push(prose(text, cell));
    if (attribute !== undefined) parts.push(`${attributeCell(attribute)} (${forms[change.kind].verb})`);
  }
  if (change.kind !== 'create') {
    const reasons = new Set(change.reasons.map(({ attribute }) => attribute?.path));
    const others = change.attributes.filter(({ path }) => !reasons.has(path));
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
        title: `details of ${label}`,
        weight: weights.details(highestRisk(part)),
        markdown: details(`${symbols[kind]} ${label}${namesOf(part)}`, fence('diff', part.flatMap(changeLines))),
      };
    }),
  );
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

/** What others have changed. */
export function driftSections(drift: readonly Change[]): Section[] {
  return chunks(drift, rowsPerFold).map(part => {
    const rows = part.map(change => {
      const cells = change.attributes.slice(0, cellAttributes).map(attributeCell);
      const others = change.attributes.length - cellAttributes;
      if (others > 0) cells.push(`${others} more`);
      const what = change.kind === 'delete' ? '**deleted**' : cells.join('<br>');
      return [titleCell(change), what, reachLabel(change.reach)];
    });
    const title = `${count(part.length, 'change')} made by others since the last apply`;
    return {
      title: 'changes made by others',
      weight: weights.drift,
      markdown: details(title, table(['Resource', 'Was → is', 'Reach'], rows)),
    };
  });
}

export function outputSections(outputs: readonly OutputChange[]): Section[] {
  return chunks(outputs, rowsPerFold).map(part => {
    const rows = part.map(({ name, kind, before, after }) => [
      symbols[kind],
      attributeCell({ path: name, before, after }),
    ]);
    const title = count(part.length, 'changed output');
    return { title, weight: weights.outputs, markdown: details(title, table(['', 'Output'], rows)) };
  });
}

/** Parts of at most `size`, the first of at most `first`. */
function chunks<T>(items: readonly T[], size: number, first = size): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; ) {
    const part = items.slice(from, from + (parts.length === 0 ? first : size));
    parts.push(part);
    from += part.length;
  }
  return parts;
}
