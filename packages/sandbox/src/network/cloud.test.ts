import { expect, test } from '@jest/globals';
import { cloudEdge } from './cloud.ts';
import { findRoute, json, makeRequest, type Route, type WorldRequest } from './http.ts';

const edge = cloudEdge('usgovernment');

/** A player that remembers what it was asked, behind the edge. */
function played(host: string, bodies: 'named' | 'opaque', answer: object = {}) {
  const asked: WorldRequest[] = [];
  const route: Route = {
    host,
    handler: request => {
      asked.push(request);
      return json(200, answer, { Location: `https://${request.host}${request.path}` });
    },
    exists: name => !name.startsWith('absent.'),
  };
  return { asked, route: edge.route(route, bodies) };
}

test('the public world is played as it is', () => {
  const route: Route = { host: 'management.azure.com', handler: () => json(200, {}) };
  expect(cloudEdge('public').route(route, 'named')).toBe(route);
});

test('documents, addresses and forms are translated on their way in and out', async () => {
  const { asked, route } = played('management.azure.com', 'named', { uri: 'https://kv.vault.azure.net/' });
  expect(route.host).toBe('management.usgovcloudapi.net');
  const request = makeRequest(
    'PUT',
    'https://management.usgovcloudapi.net/zones/privatelink.azurecr.us?service=cr.azurecr.us',
    { headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{"server":"cr.azurecr.us"}' },
  );
  expect(await route.handler(request)).toMatchObject({
    headers: { Location: 'https://management.usgovcloudapi.net/zones/privatelink.azurecr.us' },
    body: '{"uri":"https://kv.vault.usgovcloudapi.net/"}',
  });
  expect(asked[0]).toMatchObject({ host: 'management.azure.com', path: '/zones/privatelink.azurecr.io' });
  expect(asked[0]?.query.get('service')).toBe('cr.azurecr.io');
  expect(String(await asked[0]?.body())).toBe('{"server":"cr.azurecr.io"}');
});

test('what a host keeps for others is left alone', async () => {
  const { asked, route } = played('*.azurecr.io', 'opaque', { image: 'cr.azurecr.io/web' });
  const request = makeRequest('PUT', 'https://cr.azurecr.us/v2/web/manifests/1', {
    headers: { 'content-type': 'application/json' },
    body: '{"image":"cr.azurecr.us/web"}',
  });
  expect(await route.handler(request)).toMatchObject({
    headers: { Location: 'https://cr.azurecr.us/v2/web/manifests/1' },
    body: '{"image":"cr.azurecr.io/web"}',
  });
  expect(String(await asked[0]?.body())).toBe('{"image":"cr.azurecr.us/web"}');
});

test('a kubeconfig names the cloud’s own host, too', async () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const { route } = played('management.azure.com', 'named', {
    kubeconfigs: [{ name: 'clusterUser', value: base64('server: https://aks.hcp.westeurope.azmk8s.io:443') }],
  });
  const { body } = await route.handler(makeRequest('POST', 'https://management.usgovcloudapi.net/list'));
  expect(String(body)).toContain(base64('server: https://aks.hcp.westeurope.cx.aks.containerservice.azure.us:443'));
});

test('nobody plays a host of the public cloud, nor one that does not exist', () => {
  const { route } = played('*.vault.azure.net', 'named');
  expect(findRoute([route], 'kv.vault.usgovcloudapi.net')).toBe(route);
  expect(findRoute([route], 'absent.vault.usgovcloudapi.net')).toBeUndefined();
  expect(findRoute([route], 'kv.vault.azure.net')).toBeUndefined();
});
