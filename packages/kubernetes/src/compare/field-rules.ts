import { groupOf } from '../objects.ts';
import { builtInKinds, builtInTypes } from './built-in-types.ts';

/** How the API server treats a value. `kept`: empty ones stay as they are written, as in all of a custom resource. */
export type Rule =
  /** The fields of a built-in type. `atomic`: an apply replaces it as a whole. */
  | { readonly is: 'struct'; readonly type: string; readonly atomic: boolean; readonly fields: Fields }
  /** The fields that the definition of a custom resource has, and what it puts there when nobody says anything. */
  | {
      readonly is: 'shape';
      readonly atomic: boolean;
      readonly fields: Fields;
      readonly defaultOf: (field: string) => unknown;
    }
  | { readonly is: 'map'; readonly atomic: boolean; readonly of: Rule; readonly kept?: true }
  /** Matched by the values of these fields, or what they are by default. */
  | {
      readonly is: 'keyed';
      readonly keys: readonly string[];
      readonly defaults: Readonly<Record<string, unknown>>;
      readonly of: Rule;
      readonly kept?: true;
    }
  | { readonly is: 'set'; readonly kept?: true }
  /** A list that an apply replaces as a whole. */
  | { readonly is: 'list'; readonly of: Rule; readonly kept?: true }
  | { readonly is: 'quantity' }
  /** Number or flag whose zero the server drops. */
  | { readonly is: 'zero' }
  /** Nothing is known but that it belongs to a built-in kind. */
  | { readonly is: 'field' }
  /** Kept exactly as it is written. `mayGrow`: a definition that is not known may put defaults into it. */
  | { readonly is: 'verbatim'; readonly mayGrow: boolean };

/** The rule of a field of a struct. */
export type Fields = (field: string) => Rule;

const field: Rule = { is: 'field' };
/** The values of maps, and what is free in a custom resource. */
export const verbatim: Rule = { is: 'verbatim', mayGrow: false };
/** A custom resource whose definition is not at hand. */
const unknownResource: Rule = { is: 'verbatim', mayGrow: true };

/** The rule of what stands under a name in a value with this rule. */
export function ruleOfField(rule: Rule, name: string): Rule {
  switch (rule.is) {
    case 'struct':
    case 'shape':
      return rule.fields(name);
    case 'map':
      return rule.of;
    case 'verbatim':
      return rule;
    default:
      return field;
  }
}

/** The rule of an item of a list with this rule. */
export function ruleOfItem(rule: Rule): Rule {
  if (rule.is === 'list' || rule.is === 'keyed') return rule.of;
  return rule.is === 'verbatim' ? rule : field;
}

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
  if (inside === '') return { is: 'list', of: rule };
  // The one key that has a default (core/v1 `ContainerPort` and `ServicePort`).
  return { is: 'keyed', keys: inside.split(','), defaults: { protocol: 'TCP' }, of: rule };
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

/** The rule of a whole object; of a kind that the table does not have, nothing is known. */
export function ruleOfKind(apiVersion: string, kind: string): Rule {
  const type = byKind.get(`${apiVersion} ${kind}`) ?? byKind.get(`${groupOf(apiVersion)} ${kind}`);
  return type === undefined ? unknownResource : structOf(type);
}
