import { expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createGraph, isGraphRefusal } from './graph.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

function start(answer: FakeAnswer, cloud = clouds.public) {
  const { requests, httpClient } = fakeAzure(() => answer);
  const identity = { name: 'bootstrap identity', clientId: 'c1' };
  return { graph: createGraph(fakeCredential, { cloud, identity, clock: eagerClock(), httpClient }), requests };
}

test('lists, makes and changes', async () => {
  const { graph, requests } = start({ status: 200, body: { value: [{ id: '1' }] } });
  expect(await graph.list('/applications', { $filter: "displayName eq 'x'" })).toEqual([{ id: '1' }]);
  await graph.update('/applications/1', { displayName: 'y' });
  expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', 'https://graph.microsoft.com/v1.0/applications?%24filter=displayName+eq+%27x%27', undefined],
    ['PATCH', 'https://graph.microsoft.com/v1.0/applications/1', '{"displayName":"y"}'],
  ]);
  const { graph: other } = start({ status: 201, body: { appId: 'a' } }, clouds.usgovernment);
  expect(await other.create('/applications', {})).toEqual({ appId: 'a' });
});

test('asks the cloud it is in', async () => {
  const { graph, requests } = start({ status: 200, body: {} }, clouds.china);
  await graph.list('/applications');
  expect(requests[0]?.url).toBe('https://microsoftgraph.chinacloudapi.cn/v1.0/applications');
});

test('a refusal is known as one', async () => {
  const refused = start({
    status: 403,
    body: {
      error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' },
    },
  });
  const error = await refused.graph.list('/applications').catch((caught: unknown) => caught);
  expect(isGraphRefusal(error)).toBe(true);
  const broken = start({ status: 400, body: { error: { code: 'Request_BadRequest', message: 'bad' } } });
  expect(isGraphRefusal(await broken.graph.list('/applications').catch((caught: unknown) => caught))).toBe(false);
});
