import { asArray, asObject, asString, mapInParallel } from '@suite/foundation';
import type { Desired } from './desired.ts';
import type { ResourceReader } from './ports.ts';
import { feature } from './registrations.ts';

/** What is there, of all that a platform needs. */
export interface Observed {
  /** Object id of the bootstrap identity. */
  readonly self: string;
  /** Bodies by id; what is not there is absent. */
  readonly resources: ReadonlyMap<string, unknown>;
  /** Of the identities that are there, by id. */
  readonly identities: ReadonlyMap<string, Identity>;
  readonly credentials: ReadonlyMap<string, readonly Credential[]>;
  readonly roles: readonly ObservedRole[];
  readonly assignments: readonly Assignment[];
  /** `subscription/name` of what is registered or about to be. */
  readonly registered: ReadonlySet<string>;
  /** By subscription: what the bootstrap identity may do there. */
  readonly permissions: ReadonlyMap<string, readonly Permission[]>;
  /** By subscription: where resources can be made. */
  readonly locations: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Identity {
  readonly clientId: string;
  /** Object id. */
  readonly principalId: string;
}

export interface Credential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

export interface ObservedRole {
  /** GUID. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  readonly assignableScopes: readonly string[];
}

export interface Assignment {
  readonly id: string;
  /** In lower case, as all three. */
  readonly scope: string;
  readonly principalId: string;
  /** GUID of the role. */
  readonly role: string;
  readonly condition: string | undefined;
}

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

export const api = {
  authorization: '2022-04-01',
  permissions: '2022-04-01',
  providers: '2021-04-01',
  features: '2021-07-01',
  locations: '2022-12-01',
  identity: '2024-11-30',
} as const;

// Azure throttles readers of a subscription far above this.
const atOnce = 12;

/** Reads; changes nothing. */
export async function observe(desired: Desired, manager: ResourceReader, self: string): Promise<Observed> {
  const subscriptions = [...new Set(desired.states.map(({ subscription }) => subscription))];
  // First, because whoever may not look at all gets one sentence about it.
  const permissions = new Map(
    await mapInParallel(subscriptions, atOnce, async one => [one, await readPermissions(manager, one)] as const),
  );
  const able = subscriptions.filter(one => (permissions.get(one) ?? []).length > 0);
  const isAble = (id: string) => able.includes(id.split('/')[2] ?? '');
  const [resources, perSubscription] = await Promise.all([
    mapInParallel(
      desired.resources.filter(({ id }) => isAble(id)),
      atOnce,
      async ({ id, apiVersion }) => {
        return [id, await manager.find(id, apiVersion)] as const;
      },
    ),
    mapInParallel(able, atOnce, async one => {
      const [registered, locations, assignments, roles] = await Promise.all([
        readRegistered(manager, one),
        readLocations(manager, one),
        manager.list(`/subscriptions/${one}/providers/Microsoft.Authorization/roleAssignments`, api.authorization),
        manager.list(`/subscriptions/${one}/providers/Microsoft.Authorization/roleDefinitions`, api.authorization, {
          $filter: "type eq 'CustomRole'",
        }),
      ]);
      return {
        subscription: one,
        registered,
        locations,
        assignments: assignments.map(readAssignment),
        roles: roles.map(readRole),
      };
    }),
  ]);
  const there = new Map(resources.filter(([, body]) => body !== undefined));
  const identities = new Map(
    desired.states
      .flatMap(place => Object.values(place.identities))
      .flatMap(id => {
        const identity = readIdentity(there.get(id));
        return identity === undefined ? [] : [[id, identity] as const];
      }),
  );
  const credentials = await mapInParallel([...identities.keys()], atOnce, async id => {
    const found = await manager.list(`${id}/federatedIdentityCredentials`, api.identity);
    return [id, found.map(readCredential)] as const;
  });
  const distinct = <T>(items: readonly T[], key: (item: T) => string) => [
    ...new Map(items.map(item => [key(item), item])).values(),
  ];
  return {
    self,
    resources: there,
    identities,
    credentials: new Map(credentials),
    roles: distinct(
      perSubscription.flatMap(({ roles }) => roles),
      ({ name }) => name,
    ),
    assignments: distinct(
      perSubscription.flatMap(({ assignments }) => assignments),
      ({ id }) => id.toLowerCase(),
    ),
    registered: new Set(perSubscription.flatMap(({ registered }) => registered)),
    permissions,
    locations: new Map(perSubscription.map(({ subscription, locations }) => [subscription, locations])),
  };
}

async function readPermissions(manager: ResourceReader, subscription: string): Promise<Permission[]> {
  const id = `/subscriptions/${subscription}/providers/Microsoft.Authorization/permissions`;
  const found = await manager.list(id, api.permissions);
  return found.map(asObject).map(({ actions, notActions }) => ({
    actions: asArray(actions).map(String),
    notActions: asArray(notActions).map(String),
  }));
}

/** Without those that stand for several (`europe`): nothing is made there. */
async function readLocations(manager: ResourceReader, subscription: string): Promise<ReadonlySet<string>> {
  const found = await manager.list(`/subscriptions/${subscription}/locations`, api.locations);
  const physical = found
    .map(asObject)
    .filter(({ metadata }) => asString(asObject(metadata)['regionType'])?.toLowerCase() !== 'logical');
  return new Set(physical.flatMap(({ name }) => asString(name)?.toLowerCase() ?? []));
}

async function readRegistered(manager: ResourceReader, subscription: string): Promise<string[]> {
  const root = `/subscriptions/${subscription}/providers`;
  const [providers, state] = await Promise.all([
    manager.list(root, api.providers),
    manager.find(`${root}/Microsoft.Features/providers/${feature.namespace}/features/${feature.name}`, api.features),
  ]);
  const underWay = (value: unknown) => /^(registered|registering|pending)$/i.test(asString(value) ?? '');
  return [
    ...providers
      .map(asObject)
      .filter(({ registrationState }) => underWay(registrationState))
      .map(({ namespace }) => asString(namespace) ?? ''),
    ...(underWay(asObject(asObject(state)['properties'])['state']) ? [`${feature.namespace}/${feature.name}`] : []),
  ].map(name => registrationKey(subscription, name));
}

export function registrationKey(subscription: string, name: string): string {
  return `${subscription}/${name}`.toLowerCase();
}

export function readIdentity(body: unknown): Identity | undefined {
  const { clientId, principalId } = asObject(asObject(body)['properties']);
  const [client, principal] = [asString(clientId), asString(principalId)];
  if (client === undefined || principal === undefined) return undefined;
  return { clientId: client.toLowerCase(), principalId: principal.toLowerCase() };
}

function readCredential(body: unknown): Credential {
  const { name, properties } = asObject(body);
  const { issuer, subject, audiences } = asObject(properties);
  return {
    name: asString(name) ?? '',
    issuer: asString(issuer) ?? '',
    subject: asString(subject) ?? '',
    audiences: asArray(audiences).map(String),
  };
}

function readAssignment(body: unknown): Assignment {
  const { id, properties } = asObject(body);
  const { scope, principalId, roleDefinitionId, condition } = asObject(properties);
  return {
    id: asString(id) ?? '',
    scope: (asString(scope) ?? '').toLowerCase(),
    principalId: (asString(principalId) ?? '').toLowerCase(),
    role: (asString(roleDefinitionId) ?? '').split('/').at(-1)?.toLowerCase() ?? '',
    condition: asString(condition),
  };
}

function readRole(body: unknown): ObservedRole {
  const { name, properties } = asObject(body);
  const { roleName, description, permissions, assignableScopes } = asObject(properties);
  const texts = (field: string) => asArray(permissions).flatMap(one => asArray(asObject(one)[field]).map(String));
  return {
    name: (asString(name) ?? '').toLowerCase(),
    roleName: asString(roleName) ?? '',
    description: asString(description) ?? '',
    actions: texts('actions'),
    notActions: texts('notActions'),
    dataActions: texts('dataActions'),
    notDataActions: texts('notDataActions'),
    assignableScopes: asArray(assignableScopes).map(String),
  };
}
