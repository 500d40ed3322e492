import type { Log } from '@suite/action-kit';
import { asObject, asString, type Clock, mapInParallel, retry, UserError } from '@suite/foundation';
import { builtInRoleIds } from '@suite/platform-file';
import type { Stage } from './desired.ts';
import { emptyState } from './empty-state.ts';
import { guidOf } from './guid.ts';
import { api, type Identity, readIdentity } from './observe.ts';
import type { Place } from './places.ts';
import { ownGrant, type Step, stateMark, type Task, type Trust } from './plan.ts';
import type { Azure } from './ports.ts';
import { neededNow } from './registrations.ts';

export interface Workshop {
  readonly azure: Azure;
  readonly log: Log;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Object id of the bootstrap identity. */
  readonly self: string;
  readonly trust: Trust;
}

const containers = '2023-05-01';
const authorization = '2022-04-01';
const features = '2021-07-01';
const atOnce = 8;

/** In this order: what comes later needs what came before. */
const order: readonly (Stage | Exclude<Task['kind'], 'resource'>)[] = [
  'register',
  'groups',
  'parts',
  'role',
  'settings',
  'credential',
  'assign',
  'state',
  'withdraw',
  'locks',
];

/**
 * Does what the plan says, and gives the identities that are there afterwards, by id. Whatever it is cut off in, the next
 * run finds what is done and goes on.
 */
export async function applyBootstrap(
  steps: readonly Step[],
  known: ReadonlyMap<string, Identity>,
  workshop: Workshop,
): Promise<ReadonlyMap<string, Identity>> {
  const identities = new Map(known);
  for (const stage of order) {
    const due = steps.filter(({ task }) => task !== undefined && stageOf(task) === stage);
    // One thing after the other where Azure takes no two at once: the credentials of an identity.
    const lanes = Map.groupBy(due, step => (step.task?.kind === 'credential' ? step.task.identity : step));
    await mapInParallel([...lanes.values()], atOnce, async lane => {
      for (const step of lane) {
        await perform(step, identities, workshop);
        workshop.log.info(`${step.place}: ${step.what}: ${done[step.change]}`);
      }
    });
    if (stage === 'register') await untilRegistered(due, workshop);
  }
  return identities;
}

const done = { create: 'made', update: 'put right', remove: 'removed', none: 'there' } as const;

function stageOf(task: Task): (typeof order)[number] {
  return task.kind === 'resource' ? task.stage : task.kind;
}

async function perform({ task, what }: Step, identities: Map<string, Identity>, workshop: Workshop): Promise<void> {
  const { azure } = workshop;
  const { manager } = azure;
  switch (task?.kind) {
    case undefined:
      return;
    case 'register':
      await register(task.registration, workshop);
      return;
    case 'resource': {
      const body = await explaining(azure, what, () => manager[task.method](task.id, task.apiVersion, task.body));
      const identity = readIdentity(body);
      if (identity !== undefined) identities.set(task.id, identity);
      return;
    }
    case 'role':
      await explaining(azure, what, () => manager.put(task.id, authorization, task.body));
      return;
    case 'credential': {
      const { issuer, audience } = workshop.trust;
      const id = `${task.identity}/federatedIdentityCredentials/${task.name}`;
      const body = { properties: { issuer, subject: task.subject, audiences: [audience] } };
      await patiently(workshop, () => manager.put(id, api.identity, body));
      return;
    }
    case 'assign': {
      const principalId = identities.get(task.identity)?.principalId;
      if (principalId === undefined) throw new Error(`${task.identity} was not made.`);
      await assign(workshop, { ...task, principalId });
      return;
    }
    case 'state':
      await makeState(task.place, task.metadata, workshop);
      return;
    case 'withdraw':
      await manager.remove(task.id, authorization);
  }
}

async function register(
  { subscription, kind, name }: Extract<Task, { kind: 'register' }>['registration'],
  { azure: { manager } }: Workshop,
): Promise<void> {
  const root = `/subscriptions/${subscription}/providers`;
  if (kind === 'provider') await manager.act(`${root}/${name}/register`, api.providers);
  else {
    const [namespace, feature] = name.split('/');
    await manager.act(`${root}/Microsoft.Features/providers/${namespace}/features/${feature}/register`, features);
  }
}

/** Azure registers in the background; only what is needed here is waited for. */
async function untilRegistered(steps: readonly Step[], { azure: { manager }, clock, log }: Workshop): Promise<void> {
  const awaited = steps.flatMap(({ task }) =>
    task?.kind === 'register' && neededNow.includes(task.registration.name) ? [task.registration] : [],
  );
  await mapInParallel(awaited, atOnce, async ({ subscription, name }) => {
    for (let waitedMs = 0; ; waitedMs += pauseMs) {
      const found = await manager.find(`/subscriptions/${subscription}/providers/${name}`, api.providers);
      if (asString(asObject(found)['registrationState'])?.toLowerCase() === 'registered') return;
      if (waitedMs >= longestMs) {
        throw new UserError({
          message: `${name} is still being registered in the subscription ${subscription} after ${longestMs / 60_000} minutes.`,
          remedy: 'Run this again later: it continues where it stopped.',
        });
      }
      if (waitedMs === 0) log.info(`Waiting for ${name} to be registered in ${subscription}.`);
      await clock.sleep(pauseMs);
    }
  });
}

const pauseMs = 5_000;
const longestMs = 10 * 60_000;

interface Grant {
  readonly on: string;
  /** GUID. */
  readonly role: string;
  readonly principalId: string;
  readonly condition: string | undefined;
  /** Id of the assignment that is there already. */
  readonly existing: string | undefined;
}

async function assign(workshop: Workshop, { on, role, principalId, condition, existing }: Grant): Promise<void> {
  const id = existing ?? assignmentId(on, guidOf('assignment', on, principalId, role));
  await patiently(workshop, () =>
    workshop.azure.manager.put(id, authorization, {
      properties: {
        principalId,
        // Named, because Entra ID may not have heard of an identity that is seconds old.
        principalType: 'ServicePrincipal',
        roleDefinitionId: `${on.split('/').slice(0, 3).join('/')}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
      },
    }),
  );
}

function assignmentId(scope: string, name: string): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}

/** What Azure answers while one part of it has not heard yet of what another part has made. */
const passing = [
  'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
  'PrincipalNotFound',
  'RoleDefinitionDoesNotExist',
];

function patiently<T>({ azure, clock }: Workshop, work: () => Promise<T>): Promise<T> {
  return retry(work, {
    clock,
    attempts: 8,
    baseMs: 2_000,
    capMs: 30_000,
    judge: error => ({ retry: passing.includes(azure.codeOf(error)) }),
  });
}

/**
 * Being Owner gives no right to data, so bootstrap gives itself one, for the time that it takes. The right hangs on the
 * group, because below the account's lock it could not be taken away again.
 */
async function makeState(place: Place, metadata: Readonly<Record<string, string>>, workshop: Workshop): Promise<void> {
  const { azure, self, clock, log } = workshop;
  const { group, account, state } = place;
  const grant = assignmentId(group, ownGrant(group, self));
  await assign(workshop, {
    on: group,
    role: builtInRoleIds['Storage Blob Data Contributor'],
    principalId: self,
    condition: undefined,
    existing: grant,
  });
  try {
    const content = emptyState(workshop.newId());
    for (let waitedMs = 0, pause = 5_000; ; waitedMs += pause, pause = Math.min(30_000, pause * 2)) {
      const outcome = await azure.makeState(place, content);
      if (typeof outcome === 'string') break;
      if (waitedMs >= longestMs) throw outcome.refused;
      if (waitedMs === 0)
        log.info(`${place.title}: waiting for the right to write the state to arrive; it takes some minutes.`);
      await clock.sleep(pause);
    }
    const id = `${account}/blobServices/default/containers/${state.container}`;
    await azure.manager.patch(id, containers, { properties: { metadata: { ...metadata, [stateMark]: state.key } } });
  } finally {
    await azure.manager.remove(grant, authorization);
  }
}

/** Refusals whose own words do not say what to do. */
async function explaining<T>(azure: Azure, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const remedy = remedies[azure.codeOf(error)];
    if (remedy === undefined) throw error;
    throw new UserError(
      { message: `The ${what} cannot be made: ${remedy.because}.`, remedy: remedy.remedy },
      { cause: error },
    );
  }
}

const otherAccount = {
  because: 'its name belongs to somebody else in Azure, or to an account that was deleted a short while ago',
  remedy:
    'Recover the deleted account (`az storage account list-deleted` is in preview; the portal has “Restore deleted account”), or name another one under `state: account:` of this scope in platform.lock.yaml and make it by hand.',
};

const remedies: Readonly<Record<string, { readonly because: string; readonly remedy: string }>> = {
  StorageAccountAlreadyTaken: otherAccount,
  StorageAccountAlreadyExists: otherAccount,
  StorageAccountInAnotherResourceGroup: otherAccount,
  ContainerBeingDeleted: {
    because: 'a container with its name is just being deleted',
    remedy:
      'Run this again in some minutes. If its content is missed, restore it first: the account keeps deleted containers for 30 days.',
  },
  RoleDefinitionWithSameNameExists: {
    because: 'another role in the tenant has its name, and this identity does not see it',
    remedy:
      'Two platforms of a tenant cannot have one name: find the role with `az role definition list --custom-role-only` in the other subscriptions, and delete it there if nothing uses it.',
  },
  InvalidResourceGroupLocation: {
    because: 'the group is there in another location',
    remedy: 'Remove the group if it is empty.',
  },
  SkuNotAvailable: {
    because: 'the location does not offer its kind of redundancy',
    remedy: 'Give `state-redundancy: lrs`.',
  },
};
