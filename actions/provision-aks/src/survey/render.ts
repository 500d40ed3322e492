import {
  type AttributeChange,
  type Change,
  cell,
  escapeText,
  fence,
  filledTable,
  prose,
  type Value,
} from '@suite/change-report';
import { count } from '@suite/foundation';

/** What a survey hands to a person. */
export interface SurveyProposal {
  readonly cluster: string;
  /** Where the lines belong: `environments.dev`. */
  readonly place: string;
  readonly lines: string;
  readonly notes: readonly string[];
  /** What the plan does to what is there. */
  readonly changes: readonly Change[];
  /** The platform file with the lines in it. */
  readonly file: string;
}

/** What stands in the summary before the plan. */
export function renderProposal({ cluster, place, lines, notes, changes }: SurveyProposal): string[] {
  const rows = differencesOf(changes);
  const taken = changes.filter(({ kind }) => kind === 'import').length;
  const made = changes.filter(({ kind }) => kind === 'create').length;
  return [
    `### ${prose(`${cluster} in the words of the platform file`)}`,
    prose(`Below \`${place}\`:`),
    fence('text', lines.trimEnd().split('\n')),
    notes.map(note => `- ${prose(note)}`).join('\n'),
    prose(
      `With these lines ${count(taken, 'resource')} would be taken over, ${count(made, 'resource')} made, and ${rows.length === 0 ? 'nothing of what is there changed.' : 'this changed of what is there:'}`,
    ),
    filledTable(
      ['', 'Attribute', 'Today', 'After the first apply'],
      rows.map(({ title, path, before, after }) => [escapeText(title), cell(path), shown(before), shown(after)]),
    ),
  ];
}

interface Row extends Pick<AttributeChange, 'path' | 'before' | 'after'> {
  readonly title: string;
}

/** Each attribute that differs; the tags of one thing are one of them. */
export function differencesOf(changes: readonly Change[]): Row[] {
  return changes
    .filter(({ kind }) => kind !== 'import' && kind !== 'create')
    .flatMap(({ title, attributes }) =>
      [...Map.groupBy(attributes.filter(isOfAzure), ({ path }) => tags.exec(path)?.[1] ?? path)].map(
        ([path, group]) => ({ title, path, before: together(group, 'before'), after: together(group, 'after') }),
      ),
    );
}

/** `default_node_pool.tags` of `default_node_pool.tags.team`. */
const tags = /^((?:default_node_pool\.)?tags)\./;

/** Of tags, all by their names; anything else stands alone. */
function together(group: readonly AttributeChange[], side: 'before' | 'after'): Value {
  const named = group.flatMap(attribute => {
    const value = attribute[side];
    const tag = attribute.path.replace(tags, '');
    if (tag === attribute.path) return [value];
    return value.is === 'shown' ? [{ is: 'shown' as const, text: `${tag}: ${value.text}` }] : [];
  });
  const [first = { is: 'absent' as const }, ...more] = named;
  if (first.is !== 'shown') return first;
  return {
    is: 'shown',
    text: [first, ...more].flatMap(value => (value.is === 'shown' ? [value.text] : [])).join(', '),
  };
}

/**
 * What only Terraform keeps, or says for the first time of what is so already, changes nothing in Azure; storage drivers are said as they
 * were read.
 */
function isOfAzure({ path, before, after }: AttributeChange): boolean {
  if (path.endsWith('temporary_name_for_rotation')) return false;
  return !(
    before.is === 'absent' &&
    after.is === 'shown' &&
    (after.text === 'false' || path.startsWith('storage_profile.'))
  );
}

function shown(value: Value): string {
  if (value.is === 'shown') return cell(value.text);
  return value.is === 'absent' ? 'none' : 'not shown';
}
