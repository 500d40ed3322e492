import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAccessControl } from '../azure/access.ts';
import type { Resource } from '../azure/arm/store.ts';
import { createTokenMint } from '../azure/tokens.ts';
import { json, makeRequest } from '../network/http.ts';
import { startWorld, type World } from '../world/index.ts';
import { subscription } from '../world/testing.ts';
import { createKubernetes } from './kubernetes.ts';
import { at } from './objects.ts';
import { steppedClock } from './testing/clock.ts';
import { clusterId } from './testing/cluster.ts';

const tenant = '00000000-0000-0000-0000-00000000aaaa';
const host = 'aks-1.hcp.westeurope.azmk8s.io';
const privateHost = 'aks-2.privatelink.westeurope.azmk8s.io';

const cluster = (name: string, more: object = {}): Resource => ({
  id: clusterId.replace(/aks$/, name),
  type: 'Microsoft.ContainerService/managedClusters',
  name,
  etag: '1',
  body: {
    properties: {
      fqdn: host,
      currentKubernetesVersion: '1.34.4',
      aadProfile: { managed: true, tenantID: tenant, enableAzureRBAC: true },
      disableLocalAccounts: true,
      ...more,
    },
  },
});
const pool = (count: number): Resource => ({
  id: `${clusterId}/agentPools/user`,
  type: 'Microsoft.ContainerService/managedClusters/agentPools',
  name: 'user',
  etag: '1',
  body: { properties: { count, vmSize: 'Standard_D2s_v3' } },
});

async function start(...resources: Resource[]) {
  const clock = steppedClock();
  const mint = await createTokenMint(clock);
  const access = createAccessControl();
  const closing = new AbortController();
  let isInside = false;
  const kubernetes = createKubernetes({
    clock,
    mint,
    access,
    resources: () => resources,
    isInside: () => isInside,
    closing: closing.signal,
  });
  const role = access.roleByName('Azure Kubernetes Service RBAC Cluster Admin')?.name ?? '';
  access.assign({ name: 'a', principalId: 'o', scope: clusterId.slice(0, clusterId.indexOf('/providers')), role });
  const token = await mint.issue(
    { tenant, name: 'apply', clientId: 'c', objectId: 'o', credentials: new Map() },
    '6dae42f8-4368-4678-94ff-3960e28e3630',
    3600,
  );
  const call = async (where: string, authorization = `Bearer ${token}`) => {
    const { status, body } = await kubernetes.handler(
      makeRequest('GET', `https://${host}${where}`, { headers: { authorization } }),
    );
    return { status, body: JSON.parse(String(body)) };
  };
  return { kubernetes, resources, call, clock, closing, goInside: () => (isInside = true) };
}

describe('API servers', () => {
  test('are there for clusters that exist and run; private ones inside of their network only', async () => {
    const { kubernetes, goInside } = await start(
      cluster('aks'),
      cluster('inner', { fqdn: undefined, privateFQDN: privateHost }),
      cluster('idle', { fqdn: 'idle.hcp.westeurope.azmk8s.io', powerState: { code: 'Stopped' } }),
    );
    const all = [host, privateHost, 'idle.hcp.westeurope.azmk8s.io', 'none.hcp.westeurope.azmk8s.io'];
    expect(all.map(kubernetes.exists)).toEqual([true, false, false, false]);
    goInside();
    expect(all.map(kubernetes.exists)).toEqual([true, true, false, false]);
  });

  test('let nobody in without a token, and know the rest by their roles', async () => {
    const { call, kubernetes } = await start(cluster('aks'), pool(1));
    expect(await call('/api/v1/nodes', '')).toMatchObject({
      status: 401,
      body: { reason: 'Unauthorized', message: 'Unauthorized' },
    });
    const { status, body } = await call('/api/v1/nodes');
    expect([status, body.items.length]).toEqual([200, 1]);
    const headers = { authorization: 'Bearer x' };
    expect(await kubernetes.userOf(makeRequest('GET', `https://${host}/`, { headers }))).toBeUndefined();
  });

  test('follow their pools', async () => {
    const resources = [cluster('aks'), pool(1)];
    const { call, kubernetes, resources: live } = await start(...resources);
    await call('/version');
    live[1] = pool(3);
    expect((await call('/api/v1/nodes')).body.items).toHaveLength(3);
    live[1] = pool(0);
    expect(kubernetes.backDoor.of(clusterId).nodes()).toHaveLength(0);
  });

  test('forget everything with their cluster, also when it is made again', async () => {
    const { kubernetes, resources, call } = await start(cluster('aks'));
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } };
    kubernetes.backDoor.of(clusterId).put(map);
    expect((await call('/api/v1/namespaces/default/configmaps/a')).status).toBe(200);
    resources[0] = cluster('aks');
    expect((await call('/api/v1/namespaces/default/configmaps/a')).status).toBe(404);
    resources.length = 0;
    expect(() => kubernetes.backDoor.of(clusterId)).toThrow(`The sandbox's Azure holds no cluster ${clusterId}.`);
  });

  test('can be real ones: the caller is known, the answer comes from there', async () => {
    const { kubernetes, call } = await start(cluster('aks'));
    const detach = kubernetes.backDoor.attach(clusterId, async (request, user) =>
      json(200, { path: request.path, user }),
    );
    expect(await call('/api')).toEqual({
      status: 200,
      body: { path: '/api', user: { name: 'o', groups: ['azure:cluster-admin', 'system:authenticated'] } },
    });
    expect((await call('/api', '')).status).toBe(401);
    expect(() => kubernetes.backDoor.of(clusterId)).toThrow('Another API server answers');
    detach();
    expect((await call('/api')).body).toMatchObject({ kind: 'APIVersions' });
  });
});

describe('the back door', () => {
  const view = async () => (await start(cluster('aks'), pool(1))).kubernetes.backDoor.of(clusterId);
  const place = { resource: 'deployments', namespace: 'default', name: 'web' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
    },
  };

  test('makes, replaces, changes and deletes objects, status included', async () => {
    const { put, get, patch, delete: remove, list, everything } = await view();
    put(deployment);
    put({ ...deployment, spec: { ...deployment.spec, replicas: 0 }, status: { replicas: 7 } });
    expect(get(place)).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 0 }, status: { replicas: 7 } });
    patch(place, { metadata: { labels: { x: 'y' } }, status: { replicas: 8 } });
    expect(get({ ...place, resource: 'deployments.apps' })).toMatchObject({
      metadata: { labels: { x: 'y' } },
      status: { replicas: 8 },
    });
    expect(list('deployments', 'default')).toHaveLength(1);
    expect(everything().some(({ kind }) => kind === 'Deployment')).toBe(true);
    expect([remove(place), remove(place)]).toEqual([true, false]);
  });

  test.each<[string, (one: Awaited<ReturnType<typeof view>>) => unknown, string]>([
    ['a resource', one => one.list('widgets'), 'serves no resource widgets'],
    [
      'a kind',
      one => one.put({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' } }),
      'serves no Widget of example.com/v1',
    ],
    ['an object', one => one.patch(place, {}), 'holds no deployments default/web'],
  ])('names %s that is not there', async (_what, ask, words) => {
    const one = await view();
    expect(() => ask(one)).toThrow(words);
  });

  test('gives copies: nobody changes the cluster by accident', async () => {
    const one = await view();
    one.put(deployment);
    const found = one.get(place);
    if (found !== undefined) found.metadata.labels = { broken: 'yes' };
    expect(one.get(place)?.metadata.labels).toBeUndefined();
  });
});

describe('in a world', () => {
  let directory: string;
  let world: World;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'kubernetes-'));
    world = await startWorld({ directory, subscriptions: [subscription], kubernetesDurations: { podStartMs: 1 } });
  });
  afterAll(async () => {
    await world.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('a cluster that Azure makes has an API server with its nodes', async () => {
    const id = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks`;
    world.azure.putResource(id, {
      location: 'westeurope',
      properties: { agentPoolProfiles: [{ name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D2s_v3' }] },
    });
    const view = world.kubernetes.of(id);
    expect(view.nodes().map(node => at(node.metadata, 'labels')['agentpool'])).toEqual(['system', 'system']);
    world.azure.mutate(`${id}/agentPools/system`, body => {
      body['properties'] = { ...at(body, 'properties'), count: 3 };
    });
    expect(world.kubernetes.of(id).nodes()).toHaveLength(3);
  });
});
