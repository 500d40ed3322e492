import { describe, expect, test } from '@jest/globals';
import { type Clock, UserError } from '@suite/foundation';
import { applyBootstrap } from './apply.ts';
import type { Place } from './places.ts';
import type { Step, Task } from './plan.ts';
import type { Azure } from './ports.ts';

const group = '/subscriptions/s/resourceGroups/rg-contoso-state-dev-westeurope';
const account = `${group}/providers/Microsoft.Storage/storageAccounts/tfdev`;
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/contoso-dev-westeurope-plan`;
const state = { account: 'tfdev', container: 'tfstate', key: 'contoso/dev/westeurope.tfstate' };
const place = { title: 'dev', group, account, state } as unknown as Place;

const step = (task: Task, change: Step['change'] = 'create'): Step => ({
  what: `${task.kind} thing`,
  place: 'dev',
  change,
  differing: [],
  task,
});

interface World {
  /** Answers of a request by its method and last segment; an Error is thrown. */
  readonly answers?: Readonly<Record<string, unknown[]>>;
  readonly states?: Awaited<ReturnType<Azure['makeState']>>[];
}

function start({ answers = {}, states = [] }: World) {
  const asked: string[] = [];
  const pauses: number[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: async milliseconds => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
  const ask = async (method: string, id: string): Promise<unknown> => {
    const name = `${method} ${id.split('/').at(-1)}`;
    asked.push(name);
    const answer = answers[name]?.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const azure: Azure = {
    whoAmI: async () => 'self',
    manager: {
      find: id => ask('GET', id),
      list: async () => [],
      put: id => ask('PUT', id),
      patch: id => ask('PATCH', id),
      act: id => ask('POST', id),
      remove: async id => {
        await ask('DELETE', id);
      },
    },
    graph: { list: async () => [], create: async () => ({}), update: async () => {} },
    makeState: async () => {
      asked.push('state');
      return states.shift() ?? 'made';
    },
    codeOf: error => (error instanceof Error ? error.message : ''),
    isGraphRefusal: () => false,
    audience: 'api://AzureADTokenExchange',
    workloadAudience: 'api://AzureADTokenExchange',
  };
  const log: string[] = [];
  const run = (steps: readonly Step[]) =>
    applyBootstrap(steps, new Map(), {
      azure,
      log: { info: (line: string) => void log.push(line) } as never,
      clock,
      newId: () => '7e4b5a90-0000-4000-8000-000000000001',
      self: 'self',
      trust: { issuer: 'https://token.actions.githubusercontent.com', audience: 'api://AzureADTokenExchange' },
    });
  return { run, asked, pauses, log };
}

describe('applyBootstrap', () => {
  test('in the order in which one thing needs the other, whatever the order of the plan', async () => {
    const { run, asked } = start({
      answers: { 'PUT contoso-dev-westeurope-plan': [{ properties: { clientId: 'C', principalId: 'P' } }] },
    });
    const resource = (stage: 'groups' | 'parts' | 'settings' | 'locks', id: string): Step =>
      step({ kind: 'resource', stage, id, apiVersion: 'v', method: 'put', body: {} });
    const identities = await run([
      resource('locks', '/lock'),
      step({
        kind: 'assign',
        identity,
        on: '/subscriptions/s',
        role: 'r',
        condition: undefined,
        existing: '/assignment',
      }),
      step({ kind: 'credential', identity, name: 'two', subject: 'b' }),
      step({ kind: 'role', id: '/role', body: {} }),
      resource('settings', '/container'),
      resource('parts', identity),
      resource('groups', '/group'),
    ]);
    expect(asked).toEqual([
      'PUT group',
      'PUT contoso-dev-westeurope-plan',
      'PUT role',
      'PUT container',
      'PUT two',
      'PUT assignment',
      'PUT lock',
    ]);
    expect(identities.get(identity)).toEqual({ clientId: 'c', principalId: 'p' });
  });

  test('what it makes resources of is waited for until it is registered', async () => {
    const { run, asked, pauses } = start({
      answers: { 'GET Microsoft.Storage': [{ registrationState: 'Registering' }, { registrationState: 'Registered' }] },
    });
    const registration = (name: string) =>
      step({ kind: 'register', registration: { subscription: 's', kind: 'provider', name } });
    await run([registration('Microsoft.Storage'), registration('Microsoft.Cache')]);
    expect(asked).toEqual(['POST register', 'POST register', 'GET Microsoft.Storage', 'GET Microsoft.Storage']);
    expect(pauses).toEqual([5000]);
  });

  test('what Azure has not heard of yet is tried again', async () => {
    const { run, asked } = start({
      answers: { 'PUT one': [new Error('ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity')] },
    });
    await run([step({ kind: 'credential', identity, name: 'one', subject: 'a' })]);
    expect(asked).toEqual(['PUT one', 'PUT one']);
  });
});

describe('the empty state', () => {
  const task: Task = { kind: 'state', place, metadata: {} };
  const refused = { refused: new UserError({ message: 'may not write' }) };
  const short = (asked: readonly string[]) => asked.map(one => one.replace(/[0-9a-f]{8}-\S+/, 'GRANT'));

  test('a right for the time that it takes, which may arrive late', async () => {
    const { run, asked, pauses, log } = start({ states: [refused, refused, 'made'] });
    await run([step(task)]);
    expect(short(asked)).toEqual(['PUT GRANT', 'state', 'state', 'state', 'PATCH tfstate', 'DELETE GRANT']);
    expect(pauses).toEqual([5000, 10_000]);
    expect(log.filter(line => line.includes('waiting for the right'))).toHaveLength(1);
  });

  test('a state that is there stays, and is marked', async () => {
    const { run, asked } = start({ states: ['exists'] });
    await run([step(task)]);
    expect(short(asked)).toEqual(['PUT GRANT', 'state', 'PATCH tfstate', 'DELETE GRANT']);
  });

  test('a right that never arrives is given back all the same, and nothing is marked', async () => {
    const { run, asked, pauses } = start({ states: Array.from({ length: 100 }, () => refused) });
    await expect(run([step(task)])).rejects.toThrow('may not write');
    expect(asked.at(-1)).toMatch(/^DELETE /);
    expect(asked).not.toContain('PATCH tfstate');
    expect(pauses.reduce((sum, pause) => sum + pause)).toBeGreaterThanOrEqual(600_000);
  });
});

test.each([
  ['StorageAccountAlreadyTaken', /storage thing cannot be made: its name belongs to somebody else in Azure/],
  ['RoleDefinitionWithSameNameExists', /another role in the tenant has its name/],
  ['ContainerBeingDeleted', /a container with its name is just being deleted\. Run this again/],
])('%s is said in words', async (code, message) => {
  const { run } = start({ answers: { 'PUT x': [new Error(code)] } });
  const resource: Task = { kind: 'resource', stage: 'parts', id: '/x', apiVersion: 'v', method: 'put', body: {} };
  await expect(run([{ ...step(resource), what: 'storage thing' }])).rejects.toThrow(message);
});
