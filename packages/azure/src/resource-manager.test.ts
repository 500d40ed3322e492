import type { PipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createResourceManager, failureCode } from './resource-manager.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

const identity = { name: 'bootstrap identity', clientId: 'c1' };
const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
const arm = 'https://management.azure.com';

function start(answer: (request: PipelineRequest, index: number) => FakeAnswer | string) {
  const { requests, httpClient } = fakeAzure(answer);
  const clock = eagerClock();
  const manager = createResourceManager(fakeCredential, { cloud: clouds.public, identity, clock, httpClient });
  return {
    manager,
    requests,
    clock,
    asked: () => requests.map(({ method, url }) => `${method} ${url.slice(arm.length)}`),
  };
}

describe('createResourceManager', () => {
  test('a PUT that is answered at once', async () => {
    const { manager, requests } = start(() => ({ status: 201, body: { id } }));
    expect(await manager.put(id, '2023-05-01', { location: 'westeurope' })).toEqual({ id });
    expect(requests[0]?.body).toBe('{"location":"westeurope"}');
    expect(requests[0]?.headers.get('content-type')).toBe('application/json');
  });

  test('a PUT that goes on is followed at its address, as slowly as Azure asks, then read', async () => {
    const location = `${arm}/subscriptions/s/providers/Microsoft.Storage/locations/l/asyncoperations/1?api-version=x`;
    const { manager, asked, clock } = start((_, index) =>
      index === 0
        ? { status: 202, headers: { location, 'retry-after': '17' } }
        : index === 1
          ? { status: 202, headers: { 'retry-after': '3' } }
          : { status: 200, body: { id, kind: 'StorageV2' } },
    );
    expect(await manager.put(id, 'v', {})).toEqual({ id, kind: 'StorageV2' });
    expect(asked()).toEqual([
      `PUT ${id}?api-version=v`,
      `GET ${location.slice(arm.length)}`,
      `GET ${location.slice(arm.length)}`,
      `GET ${id}?api-version=v`,
    ]);
    expect(clock.pauses).toEqual([17_000, 3_000]);
  });

  test('an operation that fails says why', async () => {
    const { manager } = start((_, index) =>
      index === 0
        ? { status: 201, headers: { 'azure-asyncoperation': `${arm}/o` }, body: {} }
        : { status: 200, body: { status: 'Failed', error: { code: 'Quota', message: 'No more.' } } },
    );
    await expect(manager.put(id, 'v', {})).rejects.toThrow('Azure gave up: Quota: No more.');
  });

  test('an operation without end is left', async () => {
    const { manager, clock } = start(() => ({ status: 202, headers: { location: `${arm}/o` } }));
    await expect(manager.put(id, 'v', {})).rejects.toThrow('Azure has not finished within 10 minutes. Run this again');
    expect(clock.pauses.reduce((sum, pause) => sum + pause)).toBe(600_000);
  });

  test('the token is sent to no other host, wherever an answer points', async () => {
    const { manager, requests } = start((_, index) =>
      index === 0
        ? { status: 200, body: { value: [1], nextLink: 'https://evil.example.com/next' } }
        : { status: 202, headers: { location: 'https://evil.example.com/o' } },
    );
    expect(await manager.list('/subscriptions/s/x', 'v')).toEqual([1]);
    await manager.remove(id, 'v');
    expect(requests.map(({ url }) => new URL(url).host)).toEqual(['management.azure.com', 'management.azure.com']);
  });

  test('every page of a list', async () => {
    const { manager, asked } = start((_, index) => ({
      status: 200,
      body: { value: [index], ...(index < 2 ? { nextLink: `${arm}/next${index}` } : {}) },
    }));
    expect(await manager.list('/subscriptions/s/providers', 'v', { $filter: "type eq 'x'" })).toEqual([0, 1, 2]);
    expect(asked()).toEqual([
      'GET /subscriptions/s/providers?api-version=v&%24filter=type+eq+%27x%27',
      'GET /next0',
      'GET /next1',
    ]);
  });

  test('what is not there: undefined, an empty list, and removed', async () => {
    const { manager } = start(() => ({ status: 404, body: { error: { code: 'ResourceNotFound', message: 'x' } } }));
    expect(await manager.find(id, 'v')).toBeUndefined();
    expect(await manager.list(id, 'v')).toEqual([]);
    await expect(manager.remove(id, 'v')).resolves.toBeUndefined();
  });

  test.each([
    ['put', 'Microsoft.Storage/storageAccounts/write'],
    ['patch', 'Microsoft.Storage/storageAccounts/write'],
    ['remove', 'Microsoft.Storage/storageAccounts/delete'],
  ] as const)('403 of %s names the right', async (verb, action) => {
    const { manager } = start(() => ({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } }));
    await expect(manager[verb](id, 'v', {})).rejects.toThrow(
      `The bootstrap identity (client id c1) may not perform \`${action}\` on ${id}.`,
    );
  });

  test('Azure’s own code of a refusal stays known', async () => {
    const { manager } = start(() => ({
      status: 409,
      body: { error: { code: 'StorageAccountAlreadyTaken', message: 'Taken.' } },
    }));
    const error = await manager.put(id, 'v', {}).catch((caught: unknown) => caught);
    expect(failureCode(error)).toBe('StorageAccountAlreadyTaken');
    expect(failureCode(new Error('x'))).toBe('');
  });
});
