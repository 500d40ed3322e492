import { describe, expect, test } from '@jest/globals';
import { asArray, asObject } from '@suite/foundation';
import { builtInRoleIds, conditionOf, parsePlatform, plansContainerName } from '@suite/platform-file';
import { type Desired, describeDesired } from './desired.ts';
import { guidOf } from './guid.ts';
import type { Observed, ObservedRole } from './observe.ts';
import { listPlaces, type Place } from './places.ts';
import { mostCredentials, obstacles, ownGrant, planBootstrap, type Step } from './plan.ts';

const platform = parsePlatform(
  `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
domain: contoso.com
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope }
  prod: { subscription: 44444444-4444-4444-4444-444444444444, runner: inside, regions: { westeurope: , northeurope: } }
`,
  'platform.yaml',
);
const trust = { issuer: 'https://token.actions.githubusercontent.com', audience: 'api://AzureADTokenExchange' };
const self = '99999999-0000-4000-8000-000000000001';

async function describePlatform(): Promise<{ places: Place[]; desired: Desired }> {
  const places = await listPlaces(platform, undefined, async () => false);
  const desired = describeDesired(places, {
    subjectOf: job => `repo:contoso/platform:${job.kind}`,
    defaultBranch: 'main',
    redundancy: 'zrs',
  });
  return { places, desired };
}

const owner = [{ actions: ['*'], notActions: [] }];

function nothing({ states }: Desired): Observed {
  return {
    self,
    resources: new Map(),
    identities: new Map(),
    credentials: new Map(),
    roles: [],
    assignments: [],
    registered: new Set(),
    permissions: new Map(states.map(({ subscription }) => [subscription, owner])),
    locations: new Map(states.map(({ subscription }) => [subscription, new Set(['westeurope', 'northeurope'])])),
  };
}

/** What Azure shows once everything was made as the steps say. */
function afterwards(desired: Desired, steps: readonly Step[]): Observed {
  const tasks = steps.flatMap(({ task }) => task ?? []);
  const identities = new Map(
    desired.states
      .flatMap(({ identities: { plan, apply } }) => [plan, apply])
      .map(id => [id, { clientId: guidOf('client', id), principalId: guidOf('principal', id) }]),
  );
  const resources = new Map<string, unknown>();
  for (const task of tasks) if (task.kind === 'resource') resources.set(task.id, task.body);
  for (const { account, state } of desired.states) {
    resources.set(`${account}/blobServices/default/containers/${state.container}`, {
      properties: { publicAccess: 'None', metadata: { statemade: state.key } },
    });
  }
  return {
    ...nothing(desired),
    resources,
    identities,
    credentials: new Map(
      [...identities.keys()].map(id => [
        id,
        tasks.flatMap(task =>
          task.kind === 'credential' && task.identity === id
            ? [{ name: task.name, issuer: trust.issuer, subject: task.subject, audiences: [trust.audience] }]
            : [],
        ),
      ]),
    ),
    roles: tasks.flatMap(task => {
      if (task.kind !== 'role') return [];
      const { permissions, ...role } = asObject(asObject(task.body)['properties']);
      return [
        { name: task.id.split('/').at(-1), ...role, ...asObject(asArray(permissions)[0]) } as unknown as ObservedRole,
      ];
    }),
    assignments: tasks.flatMap(task =>
      task.kind === 'assign'
        ? [
            {
              id: `${task.on}/providers/Microsoft.Authorization/roleAssignments/${guidOf(task.on, task.identity, task.role)}`,
              scope: task.on.toLowerCase(),
              principalId: guidOf('principal', task.identity),
              role: task.role,
              condition: task.condition?.replaceAll(' ', '\n'),
            },
          ]
        : [],
    ),
    registered: new Set(desired.registrations.map(({ subscription, name }) => `${subscription}/${name}`.toLowerCase())),
  };
}

const changing = (steps: readonly Step[]) => steps.filter(({ change }) => change !== 'none');

describe('what a platform needs', () => {
  test('names are certain, and short enough for Azure', async () => {
    const { places, desired } = await describePlatform();
    expect(places.map(({ title, state }) => [title, state.account.length <= 24, state.key])).toEqual([
      ['shared', true, 'contoso/shared/westeurope.tfstate'],
      ['dev', true, 'contoso/dev/westeurope.tfstate'],
      ['prod/westeurope', true, 'contoso/prod/westeurope.tfstate'],
      ['prod/northeurope', true, 'contoso/prod/northeurope.tfstate'],
    ]);
    const ids = desired.resources.map(({ id }) => id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
    expect((await describePlatform()).desired.resources).toEqual(desired.resources);
  });

  test('each scope and region, resource by resource', async () => {
    const { desired } = await describePlatform();
    expect(
      desired.resources
        .filter(({ place }) => place === 'dev')
        .map(({ what, stage }) => `${stage}: ${what.replace(/tfcontosodev\w+/, 'ACCOUNT')}`),
    ).toEqual([
      'groups: resource group rg-contoso-state-dev-westeurope',
      'parts: storage account ACCOUNT',
      'parts: plan identity contoso-dev-westeurope-plan',
      'parts: apply identity contoso-dev-westeurope-apply',
      'settings: versions and soft delete of blobs',
      'settings: rule that deletes plan files after 7 days',
      'settings: container tfstate for the state',
      'settings: container plans for plan files',
      'locks: lock against deletion of ACCOUNT',
    ]);
    expect(
      desired.credentials.filter(({ place }) => place === 'dev').map(({ name, subject }) => [name, subject]),
    ).toEqual([
      ['pull-request', 'repo:contoso/platform:pull-request'],
      ['default-branch', 'repo:contoso/platform:branch'],
      ['environment', 'repo:contoso/platform:environment'],
    ]);
  });

  test('a state that the lock names stays where it is, when it is there', async () => {
    const lock = {
      source: {
        version: 1 as const,
        scopes: {
          dev: {
            westeurope: {
              identities: { plan: self, apply: self },
              state: { account: 'stbyhand', container: 'states' },
            },
          },
        },
      },
    } as never;
    const names = async (isThere: boolean) =>
      (await listPlaces(platform, lock, async () => isThere)).map(
        ({ state }) => `${state.account.slice(0, 8)}/${state.container}`,
      );
    expect(await names(true)).toContain('stbyhand/states');
    expect(await names(false)).not.toContain('stbyhand/states');
  });
});

describe('planBootstrap', () => {
  test('an empty tenant: everything is made', async () => {
    const { desired } = await describePlatform();
    const steps = planBootstrap(desired, nothing(desired), trust);
    expect(steps.every(({ change, task }) => change === 'create' && task !== undefined)).toBe(true);
    expect(obstacles(steps, desired, nothing(desired))).toEqual([]);
  });

  test('once it is made there is nothing to do', async () => {
    const { desired } = await describePlatform();
    const there = afterwards(desired, planBootstrap(desired, nothing(desired), trust));
    const again = planBootstrap(desired, there, trust);
    expect(changing(again)).toEqual([]);
    expect(again.every(({ task }) => task === undefined)).toBe(true);
  });

  test('credentials and roles made by hand under other names are the same ones', async () => {
    const { desired } = await describePlatform();
    const there = afterwards(desired, planBootstrap(desired, nothing(desired), trust));
    const byHand: Observed = {
      ...there,
      credentials: new Map(
        [...there.credentials].map(([id, all]) => [id, all.map(one => ({ ...one, name: `hand-${one.name}` }))]),
      ),
      roles: there.roles.map(role => ({ ...role, name: guidOf('hand', role.name) })),
      assignments: there.assignments.map(one => ({
        ...one,
        role: there.roles.some(({ name }) => name === one.role) ? guidOf('hand', one.role) : one.role,
      })),
    };
    expect(changing(planBootstrap(desired, byHand, trust))).toEqual([]);
  });

  test('what differs is put right, and says in what', async () => {
    const { desired, places } = await describePlatform();
    const there = afterwards(desired, planBootstrap(desired, nothing(desired), trust));
    const dev = places[1];
    if (dev === undefined) throw new Error('There is no second place.');
    const resources = new Map(there.resources);
    resources.set(dev.account, {
      properties: {
        allowSharedKeyAccess: true,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        defaultToOAuthAuthentication: true,
        minimumTlsVersion: 'TLS1_0',
        supportsHttpsTrafficOnly: true,
      },
    });
    const observed: Observed = {
      ...there,
      resources,
      credentials: new Map(there.credentials).set(dev.identities.plan, [
        {
          name: 'pull-request',
          issuer: trust.issuer,
          subject: 'repo:old/name:pull_request',
          audiences: [trust.audience],
        },
        { name: 'x', issuer: trust.issuer, subject: 'repo:contoso/platform:branch', audiences: ['other'] },
      ]),
      assignments: there.assignments.map(one => ({ ...one, condition: undefined })),
      roles: there.roles.map(role =>
        role.roleName.includes('Plan Reader') ? { ...role, assignableScopes: [] } : role,
      ),
    };
    const steps = changing(planBootstrap(desired, observed, trust));
    expect(steps.map(({ place, change, differing }) => `${place}: ${change} ${differing.join(' ')}`)).toEqual([
      'all: update assignableScopes',
      'dev: update properties.allowSharedKeyAccess properties.minimumTlsVersion',
      'dev: update subject',
      'dev: update audiences',
      ...['shared', 'dev', 'dev', 'prod/westeurope', 'prod/westeurope', 'prod/northeurope', 'prod/northeurope'].map(
        place => `${place}: update condition`,
      ),
    ]);
  });

  test('a right to data that an earlier run left behind is taken away', async () => {
    const { desired, places } = await describePlatform();
    const there = afterwards(desired, planBootstrap(desired, nothing(desired), trust));
    const group = places[0]?.group ?? '';
    const left = {
      id: `${group}/providers/Microsoft.Authorization/roleAssignments/${ownGrant(group, self)}`,
      scope: group.toLowerCase(),
      principalId: self,
      role: builtInRoleIds['Storage Blob Data Contributor'],
      condition: undefined,
    };
    const steps = changing(planBootstrap(desired, { ...there, assignments: [...there.assignments, left] }, trust));
    expect(steps.map(({ change, task }) => [change, task])).toEqual([['remove', { kind: 'withdraw', id: left.id }]]);
  });

  test('an apply identity may make nobody an owner; only its plan container differs from the plan identity’s', async () => {
    const { desired } = await describePlatform();
    const granting = desired.assignments.filter(({ role }) => role === 'Role Based Access Control Administrator');
    expect(new Set(granting.map(({ condition }) => condition))).toEqual(
      new Set([
        conditionOf({ allBut: ['Owner', 'User Access Administrator', 'Role Based Access Control Administrator'] }),
        conditionOf({ only: ['Key Vault Secrets User'] }),
      ]),
    );
    const plans = desired.assignments.filter(
      ({ on, place }) => place === 'dev' && on.endsWith(`/${plansContainerName}`),
    );
    expect(plans.map(({ who, role }) => [who, role])).toEqual([
      ['plan', { own: 'AKS Platform Plan File Writer (contoso)' }],
      ['apply', { own: 'AKS Platform Plan File Applier (contoso)' }],
    ]);
  });
});

describe('obstacles', () => {
  test('missing rights: one sentence per subscription', async () => {
    const { desired } = await describePlatform();
    const observed: Observed = {
      ...nothing(desired),
      permissions: new Map([
        ['22222222-2222-2222-2222-222222222222', owner],
        [
          '33333333-3333-3333-3333-333333333333',
          [{ actions: ['*'], notActions: ['Microsoft.Authorization/*/Write', 'Microsoft.Authorization/*/Delete'] }],
        ],
        ['44444444-4444-4444-4444-444444444444', []],
      ]),
    };
    const found = obstacles(planBootstrap(desired, observed, trust), desired, observed);
    expect(found.map(({ message }) => message)).toEqual([
      'The bootstrap identity may do no `Microsoft.Authorization/locks/write`, no `Microsoft.Authorization/roleAssignments/delete`, no `Microsoft.Authorization/roleAssignments/write` and no `Microsoft.Authorization/roleDefinitions/write` in the subscription 33333333-3333-3333-3333-333333333333 (dev).',
      'The bootstrap identity may do nothing of what it has to in the subscription 44444444-4444-4444-4444-444444444444 (prod/westeurope and prod/northeurope).',
    ]);
    expect(found[0]?.remedy).toContain('az role assignment create --role Owner');
  });

  test('a location that is not offered, before anything is made', async () => {
    const { desired } = await describePlatform();
    const found = (locations: Observed['locations']) =>
      obstacles([], desired, { ...nothing(desired), locations }).map(({ message, remedy }) => `${message} ${remedy}`);
    const prod = '44444444-4444-4444-4444-444444444444';
    expect(found(new Map([[prod, new Set(['westeurope', 'northeurope2'])]]))).toEqual([
      `prod/northeurope is in northeurope, which Azure does not offer to the subscription ${prod}. Did you mean \`northeurope2\`? \`az account list-locations --query "[].name"\` lists what there is.`,
    ]);
    expect(found(new Map([[prod, new Set()]]))).toEqual([]);
  });

  test.each([
    ['19 others and two to come', 19, 1],
    ['18 others and two to come', 18, 0],
  ])('%s', async (_, others, problems) => {
    const { desired, places } = await describePlatform();
    const id = places[1]?.identities.plan ?? '';
    const observed: Observed = {
      ...nothing(desired),
      credentials: new Map([
        [
          id,
          Array.from({ length: others }, (_value, index) => ({
            name: `o${index}`,
            issuer: trust.issuer,
            subject: `s${index}`,
            audiences: [],
          })),
        ],
      ]),
    };
    const found = obstacles(planBootstrap(desired, observed, trust), desired, observed);
    expect(found.length).toBe(problems);
    if (problems > 0)
      expect(found[0]?.message).toBe(
        `The identity contoso-dev-westeurope-plan trusts 19 subjects already, needs 2 more, and Azure allows ${mostCredentials}.`,
      );
  });
});
