import { asObject, nearest, type Problem, sentenceList } from '@suite/foundation';
import { builtInRoleIds, type Right } from '@suite/platform-file';
import {
  type Desired,
  type DesiredAssignment,
  type DesiredCredential,
  type DesiredResource,
  type DesiredRole,
  lastOf,
  type Registration,
  type Stage,
} from './desired.ts';
import { guidOf } from './guid.ts';
import {
  type Assignment,
  type Credential,
  type Observed,
  type ObservedRole,
  type Permission,
  registrationKey,
} from './observe.ts';
import type { Place } from './places.ts';
import { changedBody, differences, newBody } from './rule.ts';

/** One line of the plan: a thing, and what is to be done about it. */
export interface Step {
  readonly what: string;
  readonly place: string;
  readonly change: 'create' | 'update' | 'remove' | 'none';
  /** Of an update: the properties that differ. */
  readonly differing: readonly string[];
  /** Absent where nothing is to be done. */
  readonly task?: Task;
}

/** What is done. `principal`: object id, or the id of an identity that is made first. */
export type Task =
  | { readonly kind: 'register'; readonly registration: Registration }
  | {
      readonly kind: 'resource';
      readonly stage: Stage;
      readonly id: string;
      readonly apiVersion: string;
      readonly method: 'put' | 'patch';
      readonly body: object;
    }
  | { readonly kind: 'role'; readonly id: string; readonly body: object }
  | { readonly kind: 'credential'; readonly identity: string; readonly name: string; readonly subject: string }
  | {
      readonly kind: 'assign';
      readonly identity: string;
      readonly on: string;
      readonly role: string;
      readonly condition: string | undefined;
      readonly existing: string | undefined;
    }
  | { readonly kind: 'state'; readonly place: Place; readonly metadata: Readonly<Record<string, string>> }
  | { readonly kind: 'withdraw'; readonly id: string };

export interface Trust {
  readonly issuer: string;
  readonly audience: string;
}

/** Entra ID takes no more per identity (Microsoft Learn, "Federated identity credentials considerations and limitations"). */
export const mostCredentials = 20;

/** Says of a container that its state was made: the state itself can only be seen with a right to data. */
export const stateMark = 'statemade';

/** Compares, and says what to do, in the order in which things are listed. Pure. */
export function planBootstrap(desired: Desired, observed: Observed, trust: Trust): Step[] {
  const roleIds = roleIdsOf(desired, observed);
  return [
    ...desired.registrations.map(one => planRegistration(one, observed, desired.states)),
    ...desired.roles.map(role => planRole(role, observed, roleIds)),
    ...desired.resources.map(one => planResource(one, observed)),
    ...desired.credentials.map(one => planCredential(one, observed, trust)),
    ...desired.assignments.map(one => planAssignment(one, observed, roleIds)),
    ...desired.states.flatMap(place => planState(place, observed)),
  ];
}

function planRegistration(
  { subscription, kind, name }: Registration,
  { registered }: Observed,
  places: readonly Place[],
): Step {
  const step = {
    what: `${kind === 'provider' ? 'resource provider' : 'feature'} ${name}`,
    place: [...new Set(places.filter(place => place.subscription === subscription).map(({ title }) => title))].join(
      ', ',
    ),
    differing: [],
  };
  if (registered.has(registrationKey(subscription, name))) return { ...step, change: 'none' };
  return { ...step, change: 'create', task: { kind: 'register', registration: { subscription, kind, name } } };
}

function planResource({ id, apiVersion, what, place, stage, rule }: DesiredResource, { resources }: Observed): Step {
  const step = { what, place, differing: [] };
  const task = { kind: 'resource' as const, stage, id, apiVersion };
  const body = resources.get(id);
  if (body === undefined) {
    return { ...step, change: 'create', task: { ...task, method: 'put', body: newBody(rule) } };
  }
  const differing = differences(rule, body);
  if (rule.change === 'never' || differing.length === 0) return { ...step, change: 'none' };
  return {
    ...step,
    change: 'update',
    differing,
    task: { ...task, method: rule.change, body: changedBody(rule, body) },
  };
}

/** GUIDs of the roles of the platform's own: of those that are there by name, or the ones that they will have. */
function roleIdsOf({ roles }: Desired, observed: Observed): ReadonlyMap<string, string> {
  return new Map(
    roles.map(({ roleName, subscriptions }) => [
      roleName,
      findRole(observed, roleName)?.name ?? guidOf('role', subscriptions[0] ?? '', roleName),
    ]),
  );
}

function findRole({ roles }: Observed, roleName: string): ObservedRole | undefined {
  return roles.find(role => role.roleName.toLowerCase() === roleName.toLowerCase());
}

function planRole(role: DesiredRole, observed: Observed, ids: ReadonlyMap<string, string>): Step {
  const { roleName, description, actions, dataActions, subscriptions } = role;
  const step = { what: `role ${roleName}`, place: 'all', differing: [] };
  // Nothing needs it: the platform has one environment, or no shared zone.
  if (subscriptions.length === 0) return { ...step, change: 'none' };
  const there = findRole(observed, roleName);
  const wanted = subscriptions.map(one => `/subscriptions/${one}`);
  const scopes = there?.assignableScopes ?? [];
  const more = wanted.filter(one => !scopes.some(scope => scope.toLowerCase() === one.toLowerCase()));
  const guid = ids.get(roleName) ?? '';
  const body = {
    properties: {
      roleName,
      type: 'CustomRole',
      description,
      permissions: [{ actions, notActions: [], dataActions, notDataActions: [] }],
      assignableScopes: [...scopes, ...more],
    },
  };
  const id = `${wanted[0]}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
  const task: Task = { kind: 'role', id, body };
  if (there === undefined) return { ...step, change: 'create', task };
  const differing = [
    ...(there.description === description ? [] : ['description']),
    ...(sameSet(there.actions, actions) && there.notActions.length === 0 ? [] : ['actions']),
    ...(sameSet(there.dataActions, dataActions) && there.notDataActions.length === 0 ? [] : ['dataActions']),
    ...(more.length === 0 ? [] : ['assignableScopes']),
  ];
  return differing.length === 0 ? { ...step, change: 'none' } : { ...step, change: 'update', differing, task };
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const lower = (texts: readonly string[]) => [...new Set(texts.map(text => text.toLowerCase()))].sort().join('\n');
  return lower(one) === lower(other);
}

/** A credential is the same by issuer and subject, whatever its name: Entra ID takes the pair once. */
function planCredential(wanted: DesiredCredential, { credentials }: Observed, { issuer, audience }: Trust): Step {
  const { identity, name, subject, what, place } = wanted;
  const there = credentials.get(identity) ?? [];
  const same = there.find(one => one.issuer === issuer && one.subject === subject);
  const named = there.find(one => one.name.toLowerCase() === name);
  const step = { what, place, differing: [] };
  if (same?.audiences.includes(audience)) return { ...step, change: 'none' };
  const task: Task = { kind: 'credential', identity, name: same?.name ?? named?.name ?? name, subject };
  if (same !== undefined) return { ...step, change: 'update', differing: ['audiences'], task };
  return named === undefined
    ? { ...step, change: 'create', task }
    : { ...step, change: 'update', differing: ['subject'], task };
}

function planAssignment(wanted: DesiredAssignment, observed: Observed, ids: ReadonlyMap<string, string>): Step {
  const { place, who, identity, role, on, condition } = wanted;
  const guid = roleGuid(role, ids);
  const principal = observed.identities.get(identity)?.principalId;
  const there = observed.assignments.find(
    one => one.scope === on.toLowerCase() && one.principalId === principal && one.role === guid,
  );
  const step = { what: `${nameOf(role)} for the ${who} identity on ${describeScope(on)}`, place, differing: [] };
  const task: Task = { kind: 'assign', identity, on, role: guid, condition, existing: there?.id };
  if (there === undefined) return { ...step, change: 'create', task };
  if (sameCondition(there, condition)) return { ...step, change: 'none' };
  return { ...step, change: 'update', differing: ['condition'], task };
}

/** Azure and people break conditions into lines as they like. */
function sameCondition({ condition = '' }: Assignment, wanted = ''): boolean {
  const dense = (text: string) => text.replace(/\s+/g, '').toLowerCase();
  return dense(condition) === dense(wanted);
}

function roleGuid(role: Right['role'], ids: ReadonlyMap<string, string>): string {
  if (typeof role === 'string') return builtInRoleIds[role];
  const guid = ids.get(role.own);
  if (guid === undefined) throw new Error(`${role.own} is assigned and nowhere defined.`);
  return guid;
}

function nameOf(role: Right['role']): string {
  return typeof role === 'string' ? role : role.own;
}

function describeScope(id: string): string {
  const parts = id.split('/');
  if (parts.length === 3) return 'the subscription';
  return parts.at(-2) === 'containers' ? `the container ${lastOf(id)}` : lastOf(id);
}

function planState(place: Place, observed: Observed): Step[] {
  const { title, account, state, group } = place;
  const container = observed.resources.get(`${account}/blobServices/default/containers/${state.container}`);
  const metadata = asObject(asObject(asObject(container)['properties'])['metadata']);
  const texts = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
  const isMade = Object.entries(texts).some(([key, value]) => key.toLowerCase() === stateMark && value === state.key);
  const step: Step = { what: `empty state ${state.key}`, place: title, differing: [], change: 'none' };
  const left = observed.assignments.find(({ id }) => lastOf(id).toLowerCase() === ownGrant(group, observed.self));
  if (!isMade) return [{ ...step, change: 'create', task: { kind: 'state', place, metadata: texts } }];
  if (left === undefined) return [step];
  const what = 'right to data that an earlier run was cut off with';
  return [step, { what, place: title, differing: [], change: 'remove', task: { kind: 'withdraw', id: left.id } }];
}

/** GUID of the right that bootstrap gives itself for as long as it writes a state. */
export function ownGrant(group: string, self: string): string {
  return guidOf('own grant', group, self, builtInRoleIds['Storage Blob Data Contributor']);
}

/** What keeps the plan from being performed, before anything is changed. */
export function obstacles(steps: readonly Step[], desired: Desired, observed: Observed): Problem[] {
  const subscriptions = [...new Set(desired.states.map(({ subscription }) => subscription))];
  return [
    ...subscriptions.flatMap(one => missingRights(one, observed.permissions.get(one) ?? [], desired.states)),
    ...desired.states.flatMap(place => unknownLocation(place, observed)),
    ...[...observed.credentials].flatMap(([identity, there]) => tooManyCredentials(identity, there, steps)),
  ];
}

const needed = [
  'Microsoft.Authorization/locks/write',
  'Microsoft.Authorization/roleAssignments/delete',
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.ManagedIdentity/userAssignedIdentities/write',
  'Microsoft.Resources/subscriptions/resourceGroups/write',
  'Microsoft.Storage/storageAccounts/write',
];

function missingRights(subscription: string, permissions: readonly Permission[], places: readonly Place[]): Problem[] {
  const missing = needed.filter(action => !permissions.some(one => permits(one, action)));
  if (missing.length === 0) return [];
  const used = sentenceList([
    ...new Set(places.filter(place => place.subscription === subscription).map(({ title }) => title)),
  ]);
  const which =
    missing.length === needed.length ? 'nothing of what it has to' : sentenceList(missing.map(one => `no \`${one}\``));
  return [
    {
      message: `The bootstrap identity may do ${which} in the subscription ${subscription} (${used}).`,
      remedy: `Make it Owner there for as long as this takes: \`az role assignment create --role Owner --scope /subscriptions/${subscription} --assignee-principal-type ServicePrincipal --assignee-object-id OBJECT-ID\`. A new assignment takes some minutes to work.`,
    },
  ];
}

/** A typing error would show only when its first resource is made, after those of other places. */
function unknownLocation({ title, region, subscription }: Place, { locations }: Observed): Problem[] {
  const offered = locations.get(subscription);
  if (offered === undefined || offered.size === 0 || offered.has(region)) return [];
  const meant = nearest(region, [...offered]);
  return [
    {
      message: `${title} is in ${region}, which Azure does not offer to the subscription ${subscription}.`,
      remedy: `${meant === undefined ? '' : `Did you mean \`${meant}\`? `}\`az account list-locations --query "[].name"\` lists what there is.`,
    },
  ];
}

function permits({ actions, notActions }: Permission, action: string): boolean {
  const matches = (patterns: readonly string[]) =>
    patterns.some(pattern =>
      new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(action),
    );
  return matches(actions) && !matches(notActions);
}

function tooManyCredentials(identity: string, there: readonly Credential[], steps: readonly Step[]): Problem[] {
  const more = steps.filter(
    ({ change, task }) => change === 'create' && task?.kind === 'credential' && task.identity === identity,
  ).length;
  if (more === 0 || there.length + more <= mostCredentials) return [];
  return [
    {
      message: `The identity ${lastOf(identity)} trusts ${there.length} subjects already, needs ${more} more, and Azure allows ${mostCredentials}.`,
      remedy: `Remove what is not used any more: \`az identity federated-credential list --identity-name ${lastOf(identity)} --resource-group ${identity.split('/')[4]}\`, then \`… delete --name NAME\`.`,
    },
  ];
}
