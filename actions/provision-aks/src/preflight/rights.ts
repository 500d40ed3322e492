import type { Check } from '@suite/change-report';
import { count, sentenceList } from '@suite/foundation';
import { conditionAllows } from './condition.ts';
import { type Detail, finding, openQuestions, orPassed, type Topic } from './finding.ts';
import type { Answer, Denial, Grant, Permission } from './ports.ts';
import type { RightNeed, RightNeeds } from './right-needs.ts';

/** Whose rights are judged. */
export interface Principal {
  /** `apply identity of dev in westeurope` */
  readonly name: string;
  readonly clientId: string;
  /** Undefined where it could not be found out. */
  readonly objectId: string | undefined;
}

/** What is known of somebody's rights. */
export interface Rights {
  /** Subscriptions of which everything is known. */
  readonly subscriptions: readonly string[];
  readonly grants: readonly Grant[];
  readonly denials: readonly Denial[];
}

const topic: Topic = { id: 'rights', name: 'The apply identity may do all of it' };

/** Missing rights with the command that gives them; what cannot be told is said to be open. */
export function judgeRights(
  { needs, unknownTypes }: RightNeeds,
  principal: Principal,
  rights: Answer<Rights>,
): readonly Check[] {
  if (needs.length === 0 && unknownTypes.length === 0) return [];
  if (!rights.known) return openQuestions(topic, [rights]);
  const roots = rights.value.subscriptions.map(id => `/subscriptions/${id}`);
  const missing: (RightNeed & { readonly denial?: string })[] = [];
  const open: string[] = unknownTypes.map(type => `what ${type} takes is not written down`);
  for (const need of needs) {
    if (!roots.some(root => isWithin(need.scope, root))) {
      open.push(`\`${need.action}\` on ${need.scope}, in a subscription whose roles could not be read`);
      continue;
    }
    const verdict = judgeNeed(need, rights.value, principal.objectId);
    if (verdict.is === 'missing')
      missing.push({ ...need, ...(verdict.by === undefined ? {} : { denial: verdict.by }) });
    if (verdict.is === 'open') open.push(`\`${need.action}\` on ${need.scope}, ${verdict.why}`);
  }
  const checks = [...missingChecks(missing, principal), ...openChecks(open)];
  return orPassed(topic, checks, `It has the ${count(needs.length, 'right')} that this plan takes.`);
}

type Verdict =
  | { readonly is: 'granted' }
  | { readonly is: 'missing'; readonly by?: string }
  | { readonly is: 'open'; readonly why: string };

const everybody = '00000000-0000-0000-0000-000000000000';

function judgeNeed(need: RightNeed, { grants, denials }: Rights, objectId: string | undefined): Verdict {
  const denied = denials.filter(
    denial => isWithin(need.scope, denial.scope) && denial.permissions.some(one => permits(one, need.action)),
  );
  let doubt: string | undefined;
  for (const { name, principals, excluded, groups, condition } of denied) {
    if (objectId !== undefined && excluded.includes(objectId)) continue;
    const hits = principals.includes(everybody) || (objectId !== undefined && principals.includes(objectId));
    if (hits && condition === undefined && !(objectId === undefined && excluded.length > 0)) {
      return { is: 'missing', by: name };
    }
    if (hits || groups || objectId === undefined) doubt = `which the deny assignment \`${name}\` may take away`;
  }
  const giving = grants.filter(
    ({ scope, permissions }) => isWithin(need.scope, scope) && permissions.some(one => permits(one, need.action)),
  );
  const verdicts = giving.map(({ condition }) =>
    condition === undefined || condition === '' ? true : conditionAllows(condition, need),
  );
  if (verdicts.includes(true)) return doubt === undefined ? { is: 'granted' } : { is: 'open', why: doubt };
  if (verdicts.includes(undefined)) return { is: 'open', why: `which the condition of a role decides` };
  return { is: 'missing' };
}

export function permits({ actions, notActions }: Permission, action: string): boolean {
  return actions.some(pattern => matches(pattern, action)) && !notActions.some(pattern => matches(pattern, action));
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}

/** At or under a scope; `/` is above all. Management groups are above the subscriptions that Azure lists them for. */
function isWithin(scope: string, outer: string): boolean {
  const [inside, around] = [scope.toLowerCase(), outer.toLowerCase().replace(/\/$/, '')];
  if (around === '' || around.startsWith('/providers/microsoft.management/managementgroups/')) return true;
  return inside === around || inside.startsWith(`${around}/`);
}

const named = 4;

/** One check per role that would help, because that is one command. */
function missingChecks(missing: readonly (RightNeed & { readonly denial?: string })[], principal: Principal): Check[] {
  const groups = new Map<string, (RightNeed & { readonly denial?: string })[]>();
  for (const need of missing) {
    const key = `${need.denial ?? ''}\n${roleFor(need.action).part}`;
    groups.set(key, [...(groups.get(key) ?? []), need]);
  }
  return [...groups.values()].map(group => {
    const rights = group.slice(0, named).map(({ action, scope, role }) => {
      const what = role === undefined ? '' : ` (to assign ${role})`;
      return `\`${action}\` on ${scope}${what}`;
    });
    if (group.length > named) rights.push(count(group.length - named, 'more right'));
    const message = `The ${principal.name} (client id ${principal.clientId}) may not perform ${sentenceList(rights)}.`;
    const first = group[0];
    const denial = first?.denial;
    const { part, role } = roleFor(first?.action ?? '');
    const detail: Detail =
      denial === undefined
        ? { remedy: `${role(assigneeOf(principal), outermost(group))} A new assignment takes some minutes to work.` }
        : { remedy: `The deny assignment \`${denial}\` forbids it whatever roles say: ask who made it.` };
    return finding(topic, 'blocked', message, detail, denial === undefined ? part : `denied/${part}`);
  });
}

function assigneeOf({ clientId, objectId }: Principal): string {
  return objectId === undefined
    ? `--assignee ${clientId}`
    : `--assignee-object-id ${objectId} --assignee-principal-type ServicePrincipal`;
}

interface Helping {
  readonly part: string;
  readonly role: (assignee: string, scope: string) => string;
}

/** The smallest built-in role that has such an action. */
function roleFor(action: string): Helping {
  const command = (name: string) => (assignee: string, scope: string) =>
    `Give it the role: \`az role assignment create ${assignee} --role "${name}" --scope ${scope}\`.`;
  if (/^Microsoft\.Authorization\/roleAssignments\//i.test(action)) {
    return { part: 'assignments', role: command('Role Based Access Control Administrator') };
  }
  if (/^Microsoft\.Authorization\/policyAssignments\//i.test(action)) {
    return { part: 'policies', role: command('Resource Policy Contributor') };
  }
  if (/^Microsoft\.Authorization\//i.test(action)) {
    return {
      part: 'locks',
      role: (assignee, scope) =>
        `Make a custom role with \`Microsoft.Authorization/locks/*\`, which of the built-in ones only Owner and User Access Administrator have: \`az role definition create\`, then \`az role assignment create ${assignee} --role <its name> --scope ${scope}\`.`,
    };
  }
  if (/^Microsoft\.Security\//i.test(action)) {
    return { part: 'security', role: command('Security Admin') };
  }
  return { part: 'resources', role: command('Contributor') };
}

/** A scope that holds all of them, if one of them does; else their subscription. */
function outermost(needs: readonly RightNeed[]): string {
  const scopes = needs.map(({ scope }) => scope);
  const around = scopes.find(candidate => scopes.every(scope => isWithin(scope, candidate)));
  return around ?? /^\/subscriptions\/[^/]+/i.exec(scopes[0] ?? '')?.[0] ?? '/';
}

function openChecks(open: readonly string[]): Check[] {
  if (open.length === 0) return [];
  const shown = open.slice(0, named);
  if (open.length > named) shown.push(count(open.length - named, 'more right'));
  const message = `Of some rights it is not known: ${shown.join('; ')}.`;
  return [
    finding(
      topic,
      'unknown',
      message,
      { remedy: 'The apply finds out: it stops before it changes anything where it can.' },
      'unknown',
    ),
  ];
}
