import {
  type CustomRole,
  conditionOf,
  customRoles,
  distinctRights,
  type IdentityKind,
  plansContainerName,
  type Right,
  rightsOf,
} from '@suite/platform-file';
import type { Place } from './places.ts';
import type { Redundancy } from './redundancy.ts';
import { feature, namespaces } from './registrations.ts';
import { atLeast, holds, type Rule } from './rule.ts';
import type { JobKind } from './subjects.ts';

/**
 * What a platform needs in Azure before Terraform can work, as a list: every thing has a certain name, so that whoever looks
 * again finds what is there. Nothing here was looked up, but for the names of subjects.
 */
export interface Desired {
  readonly registrations: readonly Registration[];
  readonly roles: readonly DesiredRole[];
  readonly resources: readonly DesiredResource[];
  readonly credentials: readonly DesiredCredential[];
  readonly assignments: readonly DesiredAssignment[];
  readonly states: readonly Place[];
}

export interface Registration {
  readonly subscription: string;
  readonly kind: 'provider' | 'feature';
  /** `Microsoft.Compute`, or `Microsoft.Compute/EncryptionAtHost`. */
  readonly name: string;
}

export interface DesiredRole extends CustomRole {
  /** Subscriptions in which it can be assigned; Azure wants the right to write roles in each. */
  readonly subscriptions: readonly string[];
}

/** A resource that is read and written by its id. */
export interface DesiredResource {
  readonly id: string;
  readonly apiVersion: string;
  /** For people: `storage account tfcontosodev1a2b3c`. */
  readonly what: string;
  readonly place: string;
  /** When it is made, after all of the stages before. */
  readonly stage: Stage;
  readonly rule: Rule;
}

export const stages = ['groups', 'parts', 'settings', 'locks'] as const;
export type Stage = (typeof stages)[number];

/** That an identity trusts jobs of this repository with one subject. */
export interface DesiredCredential {
  readonly identity: string;
  readonly name: string;
  readonly subject: string;
  readonly what: string;
  readonly place: string;
}

export interface DesiredAssignment {
  readonly place: string;
  readonly who: IdentityKind;
  /** Id of the identity. */
  readonly identity: string;
  readonly role: Right['role'];
  readonly on: string;
  readonly condition: string | undefined;
}

export interface Settings {
  readonly subjectOf: (job: JobKind) => string;
  readonly defaultBranch: string;
  /** How often a new state account keeps its data. */
  readonly redundancy: Redundancy;
}

const planFileDays = 7;
const undoDays = 30;

const api = {
  groups: '2023-07-01',
  storage: '2023-05-01',
  identity: '2024-11-30',
  locks: '2020-05-01',
} as const;

export function describeDesired(places: readonly Place[], settings: Settings): Desired {
  const subscriptions = [...new Set(places.map(({ subscription }) => subscription))];
  const rights = distinctRights(rightsOf(places));
  const placeOf = ({ scope, region }: Right) => {
    const place = places.find(one => one.scope === scope && one.region === region);
    if (place === undefined) throw new Error(`A right names ${scope} in ${region}, which is no place.`);
    return place;
  };
  return {
    registrations: subscriptions.flatMap((subscription): Registration[] => [
      ...namespaces.map(name => ({ subscription, kind: 'provider' as const, name })),
      { subscription, kind: 'feature', name: `${feature.namespace}/${feature.name}` },
    ]),
    roles: customRoles(places[0]?.platform ?? '').map(role => ({
      ...role,
      subscriptions: subscriptionsOf(role, rights),
    })),
    resources: places.flatMap(place => resourcesOf(place, settings)),
    credentials: places.flatMap(place => credentialsOf(place, settings)),
    assignments: rights.map(right => {
      const { title, identities } = placeOf(right);
      return {
        place: title,
        who: right.identity,
        identity: identities[right.identity],
        role: right.role,
        on: right.on,
        condition: right.limit === undefined ? undefined : conditionOf(right.limit),
      };
    }),
    states: places,
  };
}

/** Where a role is used. */
function subscriptionsOf({ roleName }: CustomRole, rights: readonly Right[]): string[] {
  const used = rights.filter(({ role }) => typeof role !== 'string' && role.own === roleName);
  return [...new Set(used.map(({ on }) => on.split('/')[2] ?? ''))].sort();
}

function resourcesOf(place: Place, { redundancy }: Settings): DesiredResource[] {
  const { title, group, account, state, region, tags, identities } = place;
  const blobs = `${account}/blobServices/default`;
  const storage = (id: string, what: string, stage: Stage, rule: Rule): DesiredResource => ({
    id,
    apiVersion: api.storage,
    what,
    place: title,
    stage,
    rule,
  });
  const container = (name: string, what: string) =>
    storage(`${blobs}/containers/${name}`, `container ${name} for ${what}`, 'settings', {
      must: { properties: { publicAccess: 'None' } },
      change: 'patch',
    });
  return [
    {
      id: group,
      apiVersion: api.groups,
      what: `resource group ${lastOf(group)}`,
      place: title,
      stage: 'groups',
      rule: { must: {}, once: { location: region, tags }, change: 'never' },
    },
    storage(account, `storage account ${state.account}`, 'parts', {
      must: {
        properties: {
          allowSharedKeyAccess: false,
          allowBlobPublicAccess: false,
          allowCrossTenantReplication: false,
          defaultToOAuthAuthentication: true,
          minimumTlsVersion: 'TLS1_2',
          supportsHttpsTrafficOnly: true,
        },
      },
      // Its network and its copies are the owner's afterwards: a firewall that somebody has set stays.
      once: { location: region, tags, kind: 'StorageV2', sku: { name: `Standard_${redundancy.toUpperCase()}` } },
      change: 'patch',
    }),
    ...(['plan', 'apply'] as const).map(
      (kind): DesiredResource => ({
        id: identities[kind],
        apiVersion: api.identity,
        what: `${kind} identity ${lastOf(identities[kind])}`,
        place: title,
        stage: 'parts',
        rule: { must: {}, once: { location: region, tags }, change: 'never' },
      }),
    ),
    storage(blobs, 'versions and soft delete of blobs', 'settings', {
      must: {
        properties: {
          isVersioningEnabled: true,
          deleteRetentionPolicy: { enabled: true, days: atLeast(undoDays) },
          containerDeleteRetentionPolicy: { enabled: true, days: atLeast(undoDays) },
        },
      },
      change: 'put',
    }),
    storage(
      `${account}/managementPolicies/default`,
      `rule that deletes plan files after ${planFileDays} days`,
      'settings',
      {
        must: { properties: { policy: { rules: holds('name', [planFileRule]) } } },
        change: 'put',
      },
    ),
    container(state.container, 'the state'),
    container(plansContainerName, 'plan files'),
    {
      // On the account and not on the group: below a lock no role assignment can be taken away.
      id: `${account}/providers/Microsoft.Authorization/locks/keep-state`,
      apiVersion: api.locks,
      what: `lock against deletion of ${state.account}`,
      place: title,
      stage: 'locks',
      rule: {
        must: { properties: { level: 'CanNotDelete' } },
        once: { properties: { notes: 'Holds the Terraform state of a platform.' } },
        change: 'put',
      },
    },
  ];
}

/** Versions go as well: a plan file holds what Terraform knows. */
const planFileRule = {
  name: 'delete-plan-files',
  enabled: true,
  type: 'Lifecycle',
  definition: {
    filters: { blobTypes: ['blockBlob'], prefixMatch: [`${plansContainerName}/`] },
    actions: {
      baseBlob: { delete: { daysAfterModificationGreaterThan: planFileDays } },
      version: { delete: { daysAfterCreationGreaterThan: planFileDays } },
    },
  },
};

function credentialsOf({ title, scope, identities }: Place, settings: Settings): DesiredCredential[] {
  const { subjectOf, defaultBranch } = settings;
  const trust = (kind: IdentityKind, name: string, job: JobKind): DesiredCredential => ({
    identity: identities[kind],
    name,
    subject: subjectOf(job),
    what: `trust of the ${kind} identity in ${describeJob(job)}`,
    place: title,
  });
  return [
    trust('plan', 'pull-request', { kind: 'pull-request' }),
    trust('plan', 'default-branch', { kind: 'branch', branch: defaultBranch }),
    trust('apply', 'environment', { kind: 'environment', environment: scope }),
  ];
}

function describeJob(job: JobKind): string {
  if (job.kind === 'pull-request') return 'pull requests';
  return job.kind === 'branch' ? `the branch ${job.branch}` : `the GitHub environment ${job.environment}`;
}

export function lastOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
