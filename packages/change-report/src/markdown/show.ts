import { shorten } from '@suite/foundation';
import type { AttributeChange, Change, Kind, Reach, Risk, Value } from '../model.ts';
import { isAtLeast } from '../risk.ts';
import { splitTitle } from '../sentences.ts';
import { cell, escapeText, htmlCode } from './escape.ts';

export const symbols: Readonly<Record<Kind, string>> = {
  create: '+',
  update: '~',
  rotate: '↻',
  replace: '±',
  delete: '−',
  move: '→',
  import: '⇥',
  forget: '⊘',
};

const cellLimit = 80;
const lineLimit = 4000;

export function reachLabel(reach: Reach): string {
  return reach === 'node-pool' ? 'node pool' : reach;
}

/** Only what is dangerous is bold. */
export function riskLabel(risk: Risk): string {
  return isAtLeast(risk, 'high') ? `**${risk}**` : risk;
}

/** `**rotate**`, `replace, new one first`. */
export function kindLabel({ kind, risk, createBeforeDelete }: Change): string {
  const label = isAtLeast(risk, 'high') ? `**${kind}**` : kind;
  return createBeforeDelete === true ? `${label}, new one first` : label;
}

/** The noun, and the name as code; `asCode` decides between a table cell and HTML. */
function titleText({ title }: Pick<Change, 'title'>, asCode: (raw: string) => string): string {
  const { noun, name } = splitTitle(title);
  const code = asCode(shorten(name, cellLimit));
  return noun === '' ? code : `${escapeText(shorten(noun, cellLimit))} ${code}`;
}

export const titleCell = (change: Pick<Change, 'title'>): string => titleText(change, cell);
export const titleHtml = (change: Pick<Change, 'title'>): string => titleText(change, htmlCode);

/** The value for a table cell. */
function valueCell(value: Value): string {
  switch (value.is) {
    case 'shown':
      return textCell(value.text);
    case 'sensitive':
      return '_sensitive_';
    case 'unknown':
      return '_known after apply_';
    case 'absent':
      return '_none_';
  }
}

export function textCell(text: string, limit = cellLimit): string {
  return cell(shorten(text, limit));
}

/** `vm_size`: before → after, for a table cell. */
export function attributeCell(attribute: AttributeChange): string {
  return `${textCell(attribute.path)}: ${valuesCell(attribute)}`;
}

export function valuesCell({ before, after }: Omit<AttributeChange, 'path'>): string {
  if (before.is === 'sensitive' && after.is === 'sensitive') return '_sensitive, changed_';
  if (before.is === 'absent') return valueCell(after);
  return `${valueCell(before)} → ${valueCell(after)}`;
}

/** The lines of a `diff` block for one attribute. */
export function diffLines({ path, before, after }: AttributeChange, note: string): string[] {
  const name = shorten(path, lineLimit);
  const remark = note === '' ? '' : `   # ${note}`;
  if (before.is === 'sensitive' && after.is === 'sensitive') return [`!   ${name} = (sensitive, changed)${remark}`];
  const lines: string[] = [];
  if (before.is !== 'absent') lines.push(`-   ${name} = ${valueLine(before)}${remark}`);
  if (after.is !== 'absent') lines.push(`+   ${name} = ${valueLine(after)}${before.is === 'absent' ? remark : ''}`);
  return lines;
}

function valueLine(value: Exclude<Value, { is: 'absent' }>): string {
  switch (value.is) {
    case 'shown':
      return value.text === '' ? '""' : shorten(value.text, lineLimit);
    case 'sensitive':
      return '(sensitive)';
    case 'unknown':
      return '(known after apply)';
  }
}
