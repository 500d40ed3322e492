import { expect, test } from '@jest/globals';
import { readActivity } from './activity-log.ts';
import { clouds } from './clouds.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

const cluster = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks';
const event = (more: object) => ({
  caller: 'mona@contoso.com',
  claims: { appid: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c' },
  eventTimestamp: '2026-11-26T03:12:44.1234567Z',
  operationName: { value: 'Microsoft.ContainerService/managedClusters/write' },
  resourceId: cluster,
  status: { value: 'Succeeded' },
  ...more,
});

function read(answer: FakeAnswer) {
  const { requests, httpClient } = fakeAzure(() => answer);
  const identity = { name: 'plan identity of dev', clientId: 'c1' };
  const options = { cloud: clouds.public, identity, clock: eagerClock(), httpClient };
  const place = { subscription: 's', resourceGroup: 'g' };
  const [from, to] = [Date.parse('2026-11-13T00:00:00Z'), Date.parse('2026-11-27T00:00:00Z')];
  return { requests, activity: readActivity(fakeCredential, options, place, from, to) };
}

test('what changed something, who did it and when', async () => {
  const { requests, activity } = read({
    status: 200,
    body: {
      value: [
        event({}),
        event({ status: { value: 'Started' } }),
        event({ status: { value: 'Failed' } }),
        event({ caller: undefined }),
        event({ claims: undefined, status: { value: 'Accepted' } }),
        'nonsense',
      ],
    },
  });
  const one = {
    resourceId: cluster,
    caller: 'mona@contoso.com',
    clientId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
    operation: 'Microsoft.ContainerService/managedClusters/write',
    at: '2026-11-26T03:12:44.1234567Z',
  };
  expect(await activity).toEqual([one, { ...one, clientId: '' }]);
  const url = new URL(requests[0]?.url ?? '');
  expect(url.pathname).toBe('/subscriptions/s/providers/Microsoft.Insights/eventtypes/management/values');
  expect(url.searchParams.get('$filter')).toBe(
    "eventTimestamp ge '2026-11-13T00:00:00.000Z' and eventTimestamp le '2026-11-27T00:00:00.000Z' and resourceGroupName eq 'g'",
  );
});

test('without the right to it', async () => {
  const { activity } = read({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } });
  await expect(activity).rejects.toThrow('may not perform');
});
