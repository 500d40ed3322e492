import { shorten } from '@suite/foundation';
import { type Change, type Kind, kinds, type Reason, type Value } from './model.ts';

interface Forms {
  readonly infinitive: string;
  /** `rotates` */
  readonly verb: string;
  /** `rotating` */
  readonly gerund: string;
  /** `rotated` */
  readonly participle: string;
}

export const forms: Readonly<Record<Kind, Forms>> = {
  create: { infinitive: 'create', verb: 'creates', gerund: 'creating', participle: 'created' },
  update: { infinitive: 'change', verb: 'changes', gerund: 'changing', participle: 'changed' },
  rotate: { infinitive: 'rotate', verb: 'rotates', gerund: 'rotating', participle: 'rotated' },
  replace: { infinitive: 'replace', verb: 'replaces', gerund: 'replacing', participle: 'replaced' },
  delete: { infinitive: 'delete', verb: 'deletes', gerund: 'deleting', participle: 'deleted' },
  move: { infinitive: 'move', verb: 'moves', gerund: 'moving', participle: 'moved' },
  import: { infinitive: 'import', verb: 'imports', gerund: 'importing', participle: 'imported' },
  forget: { infinitive: 'forget', verb: 'forgets', gerund: 'forgetting', participle: 'forgotten' },
};

const nameLimit = 80;
const valueLimit = 120;

/** `prod · westeurope`; the shared scope has one region, which says nothing. */
export function placeOf({ scope, region }: { readonly scope: string; readonly region: string }): string {
  return scope === 'shared' || region === '' ? scope : `${scope} · ${region}`;
}

/** Text from outside between backticks, which `prose` renders as code. */
export function quoted(text: string, limit = nameLimit): string {
  return `\`${shorten(plain(text), limit)}\``;
}

function plain(text: string): string {
  return text.replace(/[`\s]+/g, ' ').trim();
}

/** `node pool` and, in backticks, the name. */
export function quotedTitle({ title }: Pick<Change, 'title'>): string {
  const { noun, name } = splitTitle(title);
  return noun === '' ? quoted(name) : `${shorten(plain(noun), nameLimit)} ${quoted(name)}`;
}

/** A title is a noun of ours and, after the last space, a name from outside. */
export function splitTitle(title: string): { readonly noun: string; readonly name: string } {
  const at = title.lastIndexOf(' ');
  return { noun: title.slice(0, Math.max(0, at)), name: title.slice(at + 1) };
}

/** The value within a sentence. */
export function describeValue(value: Value): string {
  switch (value.is) {
    case 'shown':
      return value.text === '' ? 'empty' : quoted(value.text, valueLimit);
    case 'sensitive':
      return 'a sensitive value';
    case 'unknown':
      return 'a value known after apply';
    case 'absent':
      return 'nothing';
  }
}

/** A clause that continues "because". */
export function describeReason({ text, attribute }: Reason): string {
  if (attribute === undefined) return text;
  const { before, after } = attribute;
  const path = quoted(attribute.path);
  const clause =
    before.is === 'sensitive' && after.is === 'sensitive'
      ? `${path}, which is sensitive, changes`
      : `${path} changes from ${describeValue(before)} to ${describeValue(after)}`;
  return text === '' ? clause : `${text}: ${clause}`;
}

/** `1 rotated, 2 changed`, or `1 to rotate, 2 to change` for what has not happened: the rarer kinds last. */
export function describeCounts(
  counts: Readonly<Partial<Record<Kind, number>>>,
  when: 'done' | 'planned' = 'done',
): string {
  return kinds
    .flatMap(kind => {
      const quantity = counts[kind] ?? 0;
      return quantity === 0
        ? []
        : [`${quantity} ${when === 'done' ? forms[kind].participle : `to ${forms[kind].infinitive}`}`];
    })
    .join(', ');
}

/** Code at the beginning of a sentence stays as it is. */
export function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
