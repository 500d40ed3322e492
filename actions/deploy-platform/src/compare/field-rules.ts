import { groupOf } from '@suite/kubernetes';
import { builtInKinds, builtInTypes } from './built-in-types.ts';

/** How the API server treats a value. */
export type Rule =
  /** The fields of a built-in type. `atomic`: an apply replaces it as a whole. */
  | { readonly is: 'struct'; readonly type: string; readonly atomic: boolean; readonly fields: Fields }
  | { readonly is: 'map'; readonly atomic: boolean; readonly of: Rule }
  /** Matched by the values of these fields. */
  | { readonly is: 'keyed'; readonly keys: readonly string[]; readonly of: Rule }
  | { readonly is: 'set' }
  /** A list that an apply replaces as a whole. */
  | { readonly is: 'list'; readonly of: Rule }
  | { readonly is: 'quantity' }
  /** Number or flag whose zero the server drops. */
  | { readonly is: 'zero' }
  /** Nothing is known but that it belongs to a built-in kind. */
  | { readonly is: 'field' }
  /** Kept exactly as it is written: custom resources, and the values of maps. */
  | { readonly is: 'verbatim' };

/** The rule of a field of a struct. */
export type Fields = (field: string) => Rule;

const field: Rule = { is: 'field' };
export const verbatim: Rule = { is: 'verbatim' };

interface TypeLine {
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, string>;
}

const types = new Map<string, TypeLine>(
  builtInTypes
    .replaceAll('\n  ', ' ')
    .trim()
    .split('\n')
    .map(line => {
      const [name = '', ...fields] = line.split(' ');
      return [
        name.replace('!', ''),
        { atomic: name.endsWith('!'), fields: new Map(fields.map(text => cut(text, '='))) },
      ] as const;
    }),
);

function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}

const structs = new Map<string, Rule>();

function structOf(type: string): Rule {
  const known = structs.get(type);
  if (known !== undefined) return known;
  const line = types.get(type);
  if (line === undefined) return field;
  const rules = new Map<string, Rule>();
  const fields: Fields = name => {
    const text = line.fields.get(name);
    if (text === undefined) return field;
    const rule = rules.get(name) ?? parseRule(text);
    rules.set(name, rule);
    return rule;
  };
  const struct: Rule = { is: 'struct', type, atomic: line.atomic, fields };
  structs.set(type, struct);
  return struct;
}

function parseRule(text: string): Rule {
  if (text === '0') return { is: 'zero' };
  if (text === 'q') return { is: 'quantity' };
  if (text === '[set]') return { is: 'set' };
  const [, open, inside = '', of = ''] = /^([[{])([^\]}]*)[\]}](.*)$/.exec(text) ?? [];
  if (open === undefined) return structOf(text);
  if (open === '{') {
    const rule = of === 'q' ? ({ is: 'quantity' } as const) : of === '' ? verbatim : structOf(of);
    return { is: 'map', atomic: inside === '!', of: rule };
  }
  const rule = of === '' ? field : structOf(of);
  return inside === '' ? { is: 'list', of: rule } : { is: 'keyed', keys: inside.split(','), of: rule };
}

/** Types by group and kind; the last version of a kind stands for those that are not in the table. */
const byKind = new Map<string, string>(
  Object.entries(builtInKinds).flatMap(([apiVersion, kinds]) =>
    kinds.split(' ').flatMap(kind => {
      const versioned = `${apiVersion.replace('/', '.')}.${kind}`;
      const type = types.has(versioned) ? versioned : kind;
      return [
        [`${apiVersion} ${kind}`, type],
        [`${groupOf(apiVersion)} ${kind}`, type],
      ] as const;
    }),
  ),
);

/** Metadata has the same fields in every kind, custom ones too. */
export const metadataRule: Rule = structOf('ObjectMeta');

/** The rule of a whole object; of a kind that the table does not have, `verbatim`. */
export function ruleOfKind(apiVersion: string, kind: string): Rule {
  const type = byKind.get(`${apiVersion} ${kind}`) ?? byKind.get(`${groupOf(apiVersion)} ${kind}`);
  return type === undefined ? verbatim : structOf(type);
}
