import type { Check } from '@suite/change-report';
import { printable, sentenceList, shorten } from '@suite/foundation';
import { finding, openQuestions, orPassed, type Topic } from './finding.ts';
import { creates, type Planned } from './planned.ts';
import type { Answer, PolicyName, PolicyRestrictions } from './ports.ts';

/** A kind of resource that a scope makes. */
export interface TypeNeed {
  /** `Microsoft.ContainerService/managedClusters` */
  readonly type: string;
  /** Terraform's type. */
  readonly terraform: string;
  readonly what: string;
}

export interface PolicyFacts {
  readonly need: TypeNeed;
  readonly answer: Answer<PolicyRestrictions>;
}

const topic: Topic = { id: 'policy', name: 'Azure Policy permits it' };

/** Only of what is made. `tags` and `location` are those that everything of the scope gets. */
export function judgePolicy(
  facts: readonly PolicyFacts[],
  location: string,
  tags: Readonly<Record<string, string>>,
  planned: Planned,
): readonly Check[] {
  const made = facts.filter(({ need }) => creates(planned, need.terraform));
  const found = made.flatMap(({ need, answer }) => (answer.known ? judgeType(need, answer.value, location, tags) : []));
  const checks = mergeByPolicy(found);
  return orPassed(
    topic,
    [
      ...checks,
      ...openQuestions(
        topic,
        made.map(({ answer }) => answer),
      ),
    ],
    'No policy refuses what is made, as far as type, location and tags tell.',
  );
}

interface Refusal {
  readonly policy: PolicyName;
  /** False where the policy looked at more than was shown to it. */
  readonly sure: boolean;
  /** What it wants, as a clause; empty when it is not known. */
  readonly wants: string;
  readonly what: string;
  readonly setting: string | undefined;
}

function judgeType(
  { what }: TypeNeed,
  { violations, fields }: PolicyRestrictions,
  location: string,
  tags: Readonly<Record<string, string>>,
): Refusal[] {
  const ofFields = fields
    .filter(({ effect }) => mayDeny(effect))
    .flatMap((restriction): Refusal[] => {
      const { policy, field, result, values, fallback } = restriction;
      const own = ownValue(field, location, tags);
      const isOurs = values.some(value => sameValue(field, value, own));
      const refused =
        (result === 'required' && fallback === undefined && (own === undefined || (values.length > 0 && !isOurs))) ||
        (result === 'denied' && own !== undefined && (values.length === 0 || isOurs));
      if (!refused) return [];
      const setting = settingOf(field);
      return [{ policy, sure: setting !== undefined, what, setting, wants: wantsOf(restriction) }];
    });
  const told = new Set(ofFields.map(({ policy }) => policy.assignment));
  const ofContent = violations
    .filter(({ effect, policy }) => mayDeny(effect) && !told.has(policy.assignment))
    .map(({ policy, fields: looked, reason }): Refusal => {
      const sure = looked.every(field => shown.test(field));
      return { policy, sure, what, wants: clean(reason), setting: looked.flatMap(field => settingOf(field) ?? [])[0] };
    });
  return [...ofFields, ...ofContent];
}

/** Fields that the question carried. */
const shown = /^(?:type|location|tags(?:[.[].*)?)$/i;

/** Azure leaves the effect out where it is the usual one. */
function mayDeny(effect: string): boolean {
  return effect === '' || effect === 'deny';
}

function ownValue(field: string, location: string, tags: Readonly<Record<string, string>>): string | undefined {
  if (field.toLowerCase() === 'location') return location;
  const tag = tagOf(field);
  if (tag === undefined) return undefined;
  return Object.entries(tags).find(([name]) => name.toLowerCase() === tag.toLowerCase())?.[1];
}

/** `owner` of `tags.owner` and `tags[owner]`, quoted or not. */
function tagOf(field: string): string | undefined {
  return /^tags(?:\.|\[')(.+?)(?:'\])?$/i.exec(field)?.[1] ?? /^tags\[(.+?)\]$/i.exec(field)?.[1];
}

function sameValue(field: string, value: string, own: string | undefined): boolean {
  if (own === undefined) return false;
  const plain = (text: string) => (field.toLowerCase() === 'location' ? text.replaceAll(' ', '') : text).toLowerCase();
  return plain(value) === plain(own);
}

function settingOf(field: string): string | undefined {
  if (field.toLowerCase() === 'location') return 'location';
  return tagOf(field) === undefined ? undefined : 'tags';
}

function wantsOf({ field, result, values }: PolicyRestrictions['fields'][number]): string {
  const name = `\`${clean(field)}\``;
  const list = sentenceList(
    values.slice(0, 8).map(value => `\`${clean(value)}\``),
    'or',
  );
  if (result === 'denied') return values.length === 0 ? `it permits no ${name}` : `it refuses ${list} as ${name}`;
  return values.length === 0 ? `it wants a ${name}` : `it wants ${list} as ${name}`;
}

function clean(text: string): string {
  return shorten(
    printable(text)
      .replace(/[`\s]+/g, ' ')
      .trim(),
    200,
  ).replace(/\.$/, '');
}

/** One check per policy and wish, however many kinds of things it refuses. */
function mergeByPolicy(refusals: readonly Refusal[]): Check[] {
  const groups = new Map<string, Refusal[]>();
  for (const refusal of refusals) {
    const key = JSON.stringify([refusal.policy.assignment, refusal.wants, refusal.sure]);
    groups.set(key, [...(groups.get(key) ?? []), refusal]);
  }
  return [...groups.values()].flatMap((group): Check[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { policy, sure, wants, setting } = first;
    const name = nameOf(policy);
    const things = sentenceList([...new Set(group.map(({ what }) => what))]);
    const wish = wants === '' ? '' : `: ${wants}`;
    const message = sure
      ? `The policy \`${name}\` refuses the ${things}${wish}.`
      : `The policy \`${name}\` may refuse the ${things}, depending on settings that it was not shown${wish}.`;
    const change = setting === undefined ? 'the platform file' : `\`${setting}\` in the platform file`;
    const remedy = `Change ${change} to what it wants, or ask its owner for an exemption; \`az policy assignment show --name ${name} --scope ${scopeOf(policy)}\` says what it is.`;
    return [
      finding(
        topic,
        sure ? 'blocked' : 'warning',
        message,
        { remedy, ...(setting === undefined ? {} : { setting }) },
        `${name}/${groupIndex(groups, group)}`,
      ),
    ];
  });
}

function groupIndex(groups: ReadonlyMap<string, readonly Refusal[]>, group: readonly Refusal[]): number {
  return [...groups.values()].indexOf(group);
}

function nameOf({ assignment, definition }: PolicyName): string {
  return clean((assignment || definition).split('/').at(-1) ?? '');
}

/** The scope of an assignment is what stands before its provider. */
function scopeOf({ assignment }: PolicyName): string {
  return clean(/^(.*)\/providers\/Microsoft\.Authorization\/policyAssignments\//i.exec(assignment)?.[1] || '/');
}
