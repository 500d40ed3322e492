import { describe, expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createResourceReader, readAction } from './resource-reader.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

const id = '/subscriptions/s/resourceGroups/rg dev/providers/Microsoft.Network/virtualNetworks/vnet';

function start(answer: FakeAnswer | string, cloud = clouds.public) {
  const { requests, httpClient } = fakeAzure(() => answer);
  const identity = { name: 'apply identity of environment dev', clientId: 'c1' };
  return {
    reader: createResourceReader(fakeCredential, { cloud, identity, clock: eagerClock(), httpClient }),
    requests,
  };
}

describe('createResourceReader', () => {
  test('gives the body of what is there', async () => {
    const { reader, requests } = start({ status: 200, body: { id, tags: { a: 'b' } } });
    expect(await reader.find(id, '2025-01-01')).toEqual({ id, tags: { a: 'b' } });
    expect(requests[0]?.url).toBe(
      'https://management.azure.com/subscriptions/s/resourceGroups/rg%20dev/providers/Microsoft.Network/virtualNetworks/vnet?api-version=2025-01-01',
    );
  });

  test('asks the cloud it is in', async () => {
    const { reader, requests } = start({ status: 200, body: {} }, clouds.china);
    await reader.find(id, '2025-01-01');
    expect(requests[0]?.url).toContain('https://management.chinacloudapi.cn/');
  });

  test('nothing there', async () => {
    const { reader } = start({ status: 404, body: { error: { code: 'ResourceNotFound', message: 'x' } } });
    expect(await reader.find(id, '2025-01-01')).toBeUndefined();
  });

  test('403 without names in it: the right that reading takes', async () => {
    const { reader } = start({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } });
    await expect(reader.find(id, '2025-01-01')).rejects.toThrow(
      `The apply identity of environment dev (client id c1) may not perform \`Microsoft.Network/virtualNetworks/read\` on ${id}.`,
    );
  });

  test('an answer that should not be', async () => {
    const { reader } = start({ status: 400, body: { error: { code: 'InvalidApiVersionParameter', message: 'bad' } } });
    await expect(reader.find(id, 'x')).rejects.toThrow('answered 400');
  });
});

test.each([
  ['/subscriptions/s/resourceGroups/g', 'Microsoft.Resources/subscriptions/resourceGroups/read'],
  [
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s',
    'Microsoft.Network/virtualNetworks/subnets/read',
  ],
  [
    '/subscriptions/s/providers/A.B/c/d/providers/Microsoft.Authorization/roleAssignments/x',
    'Microsoft.Authorization/roleAssignments/read',
  ],
])('%s needs %s', (resource, action) => {
  expect(readAction(resource)).toBe(action);
});
