import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asArray, asObject, type JsonObject } from '@suite/foundation';
import { cellsOf, countingMachine, type Loss } from '../lost-machine.fixture.ts';
import { recordingLog, runContext } from '../run.fixture.ts';
import { bootstrap } from './bootstrap.ts';
import { guidOf } from './guid.ts';
import type { Azure, Services } from './ports.ts';

/** `bootstrap`, whose machine is lost before and after each thing that it changes in Azure and Entra ID: the next one completes. */
interface Tenant {
  /** By id in lower case. */
  readonly resources: Map<string, JsonObject>;
  /** Ids by what there can be only one of. */
  readonly taken: Map<string, string>;
  readonly registered: Set<string>;
  /** States by account. */
  readonly states: Map<string, string>;
  readonly applications: JsonObject[];
  /** `appId` of each. */
  readonly principals: string[];
  /** By object id of the application. */
  readonly trusts: Map<string, JsonObject[]>;
}

const emptyTenant = (): Tenant => ({
  resources: new Map(),
  taken: new Map(),
  registered: new Set(),
  states: new Map(),
  applications: [],
  principals: [],
  trusts: new Map(),
});

const self = guidOf('self');
const issuer = 'https://token.actions.githubusercontent.com';
const prefix = 'repo:contoso/platform';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootstrap-'));
  const example = join(import.meta.dirname, '..', '..', '..', '..', 'examples', 'platform-repository');
  await cp(join(example, 'platform.yaml'), join(folder, 'platform.yaml'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A run on a machine of its own, whose checkout has no lock. Gives what it changed, in order, and the lock that it wrote. */
async function run(tenant: Tenant, loss?: Loss) {
  const { effects, effect, isLost } = countingMachine(loss);
  const lockFile = join(folder, 'platform.lock.yaml');
  await rm(lockFile, { force: true });
  const services: Services = {
    context: runContext,
    log: recordingLog().log,
    clock: { now: () => 0, sleep: async () => undefined },
    summary: { append: async () => undefined, room: async () => 0 },
    setOutputs: () => undefined,
    newId: () => guidOf('lineage'),
    repository: {
      readSubjects: async () => ({ prefix, claims: undefined }),
      readDefaultBranch: async () => 'main',
      readOwnClaims: async () => ({
        iss: issuer,
        sub: `${prefix}:environment:bootstrap`,
        environment: 'bootstrap',
      }),
    },
    connect: () => azureOf(tenant, effect),
  };
  const request = {
    command: 'bootstrap',
    platformFile: join(folder, 'platform.yaml'),
    clientId: guidOf('client'),
    dryRun: false,
    entraApplications: true,
    redundancy: 'zrs',
    token: 't',
  } as const;
  const error = await bootstrap(request, services).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const lock = await readFile(lockFile, 'utf8').catch(() => undefined);
  return { effects, error, lock, isLost: isLost() };
}

type EffectOf = ReturnType<typeof countingMachine>['effect'];

/** Azure as far as bootstrap sees it, which takes nothing twice and lets nothing go below a lock. */
function azureOf(tenant: Tenant, effect: EffectOf): Azure {
  const { resources, taken, registered, states, applications, principals, trusts } = tenant;
  const find = async (id: string): Promise<unknown> => {
    if (/\/managedClusters\//.test(id))
      return { properties: { oidcIssuerProfile: { issuerURL: `https://oidc${id}` } } };
    if (/\/features\//.test(id)) return { properties: { state: registered.has(id) ? 'Registered' : 'NotRegistered' } };
    if (/\/providers\/[^/]+$/.test(id))
      return { registrationState: registered.has(id) ? 'Registered' : 'NotRegistered' };
    return resources.get(id.toLowerCase());
  };
  const below = (id: string) =>
    [...resources].filter(([key]) => key.startsWith(id.toLowerCase())).map(([, body]) => body);
  const list = async (id: string): Promise<readonly unknown[]> => {
    if (id.endsWith('/locations'))
      return [{ name: 'westeurope' }, { name: 'europe', metadata: { regionType: 'Logical' } }];
    if (id.endsWith('/permissions')) return [{ actions: ['*'], notActions: [] }];
    if (id.endsWith('/providers')) {
      const known = [...registered].filter(one => one.startsWith(`${id}/`) && !one.includes('/features/'));
      return known.map(one => ({ namespace: one.slice(id.length + 1), registrationState: 'Registered' }));
    }
    const subscription = id.split('/').slice(0, 3).join('/');
    const [, kind = ''] = /\/(\w+)$/.exec(id) ?? [];
    if (kind === 'federatedIdentityCredentials') return below(`${id}/`);
    if (kind === 'roleAssignments') return below(subscription).filter(({ id }) => String(id).includes(`/${kind}/`));
    return [...resources.values()].filter(({ id, properties }) => {
      return (
        String(id).includes(`/${kind}/`) && asArray(asObject(properties)['assignableScopes']).includes(subscription)
      );
    });
  };
  const put = async (id: string, _api: string, body: object): Promise<unknown> =>
    effect(`PUT ${id}`, () => {
      const properties = { ...asObject(asObject(body)['properties']), ...filledIn(id) };
      const made = { ...body, id, name: id.split('/').at(-1), properties };
      const key = onceOnly(id, properties);
      const twin = key === undefined ? id : (taken.get(key) ?? id);
      if (twin !== id) throw new Error(`${id} is there already, as ${twin}.`);
      if (key !== undefined) taken.set(key, id);
      resources.set(id.toLowerCase(), made);
      return made;
    });
  return {
    whoAmI: async () => self,
    manager: {
      find,
      list,
      put,
      patch: async (id, _api, body) =>
        effect(`PATCH ${id}`, () => {
          const there = asObject(resources.get(id.toLowerCase()));
          const properties = { ...asObject(there['properties']), ...asObject(asObject(body)['properties']) };
          resources.set(id.toLowerCase(), { ...there, properties });
        }),
      act: async id => effect(`POST ${id}`, () => void registered.add(id.replace(/\/register$/, ''))),
      remove: async id =>
        effect(`DELETE ${id}`, () => {
          const scopes = below('').flatMap(
            one => /^(.*)\/providers\/[^/]+\/locks\//.exec(String(one['id']))?.[1] ?? [],
          );
          if (scopes.some(scope => id.startsWith(`${scope}/`))) throw new Error(`${id} is locked.`);
          const gone = asObject(resources.get(id.toLowerCase()));
          taken.delete(onceOnly(id, asObject(gone['properties'])) ?? '');
          resources.delete(id.toLowerCase());
        }),
    },
    graph: {
      list: async (path, query) => {
        const wanted = /'(.*)'$/.exec(query?.['$filter'] ?? '')?.[1];
        if (path === '/applications') return applications.filter(({ displayName }) => displayName === wanted);
        if (path === '/servicePrincipals') return principals.filter(appId => appId === wanted);
        return trusts.get(path.split('/')[2] ?? '') ?? [];
      },
      create: async (path, body) =>
        effect(`POST ${path} ${JSON.stringify(body).slice(0, 80)}`, () => {
          const { displayName, appId } = asObject(body);
          if (path === '/applications') {
            const made = {
              ...body,
              id: guidOf('object', String(displayName)),
              appId: guidOf('app', String(displayName)),
            };
            applications.push(made);
            return made;
          }
          if (path === '/servicePrincipals') principals.push(String(appId));
          else trusts.set(path.split('/')[2] ?? '', [...(trusts.get(path.split('/')[2] ?? '') ?? []), asObject(body)]);
          return {};
        }),
      update: async path => effect(`PATCH ${path}`, () => undefined),
    },
    makeState: async ({ state, group }, content) =>
      effect(`the state of ${state.account}`, () => {
        const isGranted = below(`${group}/providers/`).some(one => asObject(one['properties'])['principalId'] === self);
        if (!isGranted) throw new Error(`Nobody may write in ${state.account}.`);
        if (states.has(state.account)) return 'exists';
        states.set(state.account, content);
        return 'made';
      }),
    codeOf: () => '',
    isGraphRefusal: () => false,
    audience: 'api://AzureADTokenExchange',
    workloadAudience: 'api://AzureADTokenExchange',
  };
}

/** What Azure says itself of a resource. */
function filledIn(id: string): JsonObject {
  const [, scope] = /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignments\//.exec(id) ?? [];
  if (scope !== undefined) return { scope };
  return /\/userAssignedIdentities\/[^/]+$/.test(id)
    ? { clientId: guidOf('client', id), principalId: guidOf('principal', id) }
    : {};
}

/** Of what is the same in this Azure takes one, whatever it is called. */
function onceOnly(id: string, { principalId, roleDefinitionId, subject, roleName }: JsonObject): string | undefined {
  const kinds = /^(.*)\/(roleAssignments|federatedIdentityCredentials|roleDefinitions)\//;
  const [, parent = '', kind] = kinds.exec(id) ?? [];
  if (kind === undefined) return undefined;
  return JSON.stringify(kind === 'roleDefinitions' ? roleName : [parent, principalId, roleDefinitionId, subject]);
}

/** Nobody cares in which order it was made. */
const contentOf = ({ resources, registered, states, applications, principals, trusts }: Tenant) => ({
  resources: Object.fromEntries(resources),
  registered: new Set(registered),
  states: Object.fromEntries(states),
  applications: applications.map(({ displayName }) => displayName).sort(),
  principals: [...principals].sort(),
  trusts: Object.fromEntries(trusts),
});

test('lost at each of its effects, the next one completes: nothing is missing, nothing is there twice', async () => {
  const undisturbed = emptyTenant();
  const { effects, error, lock } = await run(undisturbed);
  expect(error).toBeUndefined();
  expect((await run(undisturbed)).effects).toEqual([]);
  const end = contentOf(undisturbed);
  // Four places, and what each of them has.
  expect(end.applications).toHaveLength(12);
  expect(Object.keys(end.states)).toHaveLength(4);

  const cells = cellsOf(effects);
  const diverged: string[] = [];
  for (const { what, at, when } of cells) {
    const tenant = emptyTenant();
    const killed = await run(tenant, { at, when });
    expect(killed.isLost).toBe(true);
    expect(killed.lock).toBeUndefined();
    const next = await run(tenant);
    try {
      expect(next.error).toBeUndefined();
      expect(next.lock).toBe(lock);
      expect(contentOf(tenant)).toEqual(end);
    } catch (difference) {
      diverged.push(`${what}: ${String(difference).slice(0, 600)}`);
    }
  }
  process.stdout.write(
    `bootstrap: ${effects.length} effects, ${cells.length - diverged.length} of ${cells.length} cells converge\n`,
  );
  expect(diverged).toEqual([]);
});
