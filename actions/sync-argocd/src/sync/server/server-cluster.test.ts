import { afterEach, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject, parseJson } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { noRecord } from '../../record.ts';
import { closeServers, json, serve } from '../testing/server.fixture.ts';
import { createServerClient } from './client.ts';
import { createServerCluster } from './server-cluster.ts';
import { createServerRecords } from './server-records.ts';

afterEach(closeServers);

const ownCluster = 'https://kubernetes.default.svc';
const apiVersion = 'argoproj.io/v1alpha1';
const options = { manager: 'aks-platform' };

/** As the server's list has it: without kind. */
const web = {
  metadata: { name: 'web', namespace: 'argocd', labels: { ours: 'yes' }, finalizers: ['f'] },
  spec: { project: 'contoso', destination: { server: ownCluster, namespace: 'web' }, revisionHistoryLimit: 3 },
  status: { resources: [{ kind: 'Deployment', namespace: 'web', name: 'web' }] },
};
const elsewhere = {
  metadata: { name: 'far', namespace: 'argocd' },
  spec: { destination: { server: 'https://far.example', namespace: 'web' } },
};
const node = (kind: string, name: string, more: object = {}) => ({
  group: kind === 'Pod' ? '' : 'apps',
  version: 'v1',
  kind,
  namespace: 'web',
  name,
  uid: name,
  ...more,
});
const contoso = { metadata: { name: 'contoso', resourceVersion: '5' }, spec: { sourceRepos: ['a'] } };

/** Answers by `METHOD /path`; what is not among them is refused. */
async function through(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const written: JsonObject[] = [];
  const go = await serve(({ method, url, body }, response) => {
    const path = `${method} ${url.pathname.replace('/api/v1', '')}`;
    asked.push(path + url.search);
    if (body !== '') written.push(asObject(parseJson(body)));
    const answer = answers[path];
    const said = typeof answer === 'function' ? answer(url.searchParams) : answer;
    if (said === undefined) json(response, { message: `${path} not found` }, 404);
    else if (said instanceof Error) json(response, { message: said.message }, 400);
    else json(response, said);
  });
  const clock = manualClock();
  const client = createServerClient({ server: 'argocd.example', token: async () => 't', fetch: go, clock });
  const cluster = createServerCluster({
    client,
    clock,
    argoNamespace: 'argocd',
    ownCluster,
    cluster: { name: 'aks-contoso-dev', version: '1.33' },
  });
  return { cluster, clock, asked, written, records: createServerRecords(client, 'contoso') };
}

describe('a cluster through its Argo CD server', () => {
  test('is what Applications hold in it, and what that has made, each read live', async () => {
    const { cluster, asked } = await through({
      'GET /applications': { items: [web, elsewhere] },
      'GET /applications/web/resource-tree': {
        nodes: [
          node('Deployment', 'web'),
          node('Pod', 'web-1'),
          node('Pod', 'web-gone'),
          // Managed, and not there.
          node('Deployment', 'missing', { uid: undefined }),
        ],
      },
      'GET /applications/web/resource': (query: URLSearchParams) =>
        query.get('resourceName') === 'web-gone'
          ? new Error('Pod  web-gone not found as part of application web')
          : { manifest: JSON.stringify({ kind: query.get('kind'), metadata: { name: query.get('resourceName') } }) },
    });
    const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'web' });
    expect(pods.map(({ metadata }) => metadata.name)).toEqual(['web-1']);
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'web' };
    expect(await cluster.get({ ...deployment, name: 'web' })).toMatchObject({ kind: 'Deployment' });
    expect(await cluster.get({ ...deployment, name: 'missing' })).toBeUndefined();
    // One look: list and tree are asked once.
    expect(asked.filter(path => path.includes('resource-tree'))).toEqual([
      'GET /applications/web/resource-tree?appNamespace=argocd&project=contoso',
    ]);
    expect(await cluster.list({ apiVersion, kind: 'Application', namespace: 'argocd' })).toMatchObject([
      { apiVersion, kind: 'Application', metadata: { name: 'web' } },
      { metadata: { name: 'far' } },
    ]);
  });

  test('is looked at again where the pods of a Job are not known yet', async () => {
    let looked = 0;
    const { cluster } = await through({
      'GET /applications': { items: [web] },
      'GET /applications/web': () => {
        looked++;
        return web;
      },
      'GET /applications/web/resource-tree': () => ({ nodes: looked === 0 ? [] : [node('Pod', 'migrate-1')] }),
      'GET /applications/web/resource': {
        manifest: JSON.stringify({ kind: 'Pod', metadata: { name: 'migrate-1', labels: { job: 'migrate' } } }),
      },
    });
    const labels = 'job=migrate';
    expect(await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'web', labels })).toHaveLength(1);
    expect(await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'web', labels: 'job=other' })).toEqual([]);
  });

  test('tells events of what is not well', async () => {
    const { cluster, asked } = await through({
      'GET /applications': { items: [web] },
      'GET /applications/web/resource-tree': {
        nodes: [
          node('Pod', 'web-1', { health: { status: 'Healthy' } }),
          node('Pod', 'web-2', { health: { status: 'Progressing' } }),
        ],
      },
      'GET /applications/web/events': { items: [{ type: 'Warning', reason: 'Failed' }, { type: 'Normal' }] },
    });
    const selection = { apiVersion: 'v1', kind: 'Event', namespace: 'web', fields: 'type=Warning' };
    expect(await cluster.list(selection)).toMatchObject([{ kind: 'Event', reason: 'Failed' }]);
    expect(asked.filter(path => path.includes('/events'))).toHaveLength(1);
  });

  test.each<[string, readonly object[], string]>([
    ['what it says', [{ name: 'in-cluster', server: ownCluster, info: { serverVersion: '1.34' } }], '1.34.0'],
    ['the file, to who may not read clusters', [], '1.33.0'],
  ])('has the version of %s', async (_, items, version) => {
    const { cluster } = await through({ 'GET /clusters': { items } });
    expect(await cluster.version()).toBe(version);
  });

  test('is refused through a hub', async () => {
    const items = [{ name: 'aks-contoso-dev', server: 'https://aks.azmk8s.io' }];
    const { cluster } = await through({ 'GET /clusters': { items } });
    await expect(cluster.version()).rejects.toThrow(
      /runs elsewhere and deploys to aks-contoso-dev from there \(a hub\)/,
    );
  });

  test('holds nothing that is written but Applications and projects', async () => {
    const { cluster, asked } = await through({ 'GET /applications': { items: [web] } });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'aks-platform-cluster' } };
    await expect(cluster.apply(secret, options)).rejects.toThrow('does not write Secret aks-platform-cluster');
    await expect(
      cluster.remove({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'web', name: 'web' }),
    ).rejects.toThrow('does not take Deployment web away');
    expect(asked.filter(path => !path.startsWith('GET'))).toEqual([]);
  });
});

describe('an Application', () => {
  const wanted = {
    apiVersion,
    kind: 'Application',
    metadata: { name: 'web', namespace: 'argocd', labels: { ours: 'yes' }, finalizers: ['f'] },
    spec: { project: 'contoso', destination: web.spec.destination },
  };

  test('that is as it should be is not written', async () => {
    const { cluster, written } = await through({ 'GET /applications': { items: [web] } });
    expect(await cluster.apply(wanted, options)).toMatchObject(web);
    expect(written).toEqual([]);
  });

  test('keeps what others have set beside our fields', async () => {
    const { cluster, written, asked } = await through({
      'GET /applications': { items: [web] },
      'POST /applications': web,
    });
    await cluster.apply({ ...wanted, spec: { ...wanted.spec, project: 'other' } }, options);
    expect(asked).toContain('POST /applications?upsert=true');
    expect(written).toMatchObject([{ spec: { project: 'other', revisionHistoryLimit: 3 } }]);
  });

  test('is tried again while the server does not know its new project', async () => {
    let tries = 0;
    const { cluster, clock } = await through({
      'GET /applications': { items: [] },
      'POST /applications': () =>
        ++tries < 3 ? new Error('application references project contoso which does not exist') : web,
    });
    const applying = cluster.apply(wanted, options);
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    applying.then(over, over);
    while (!isOver) {
      await new Promise(setImmediate);
      await clock.advance(100);
    }
    expect([(await applying).metadata.name, tries]).toEqual(['web', 3]);
  });
});

describe('a project', () => {
  const wanted = {
    apiVersion,
    kind: 'AppProject',
    metadata: { name: 'contoso', namespace: 'argocd', labels: { ours: 'yes' } },
    spec: { sourceRepos: ['b'] },
  };

  test('is made where there is none', async () => {
    const { cluster, written } = await through({
      'GET /projects': { items: [] },
      'POST /projects': { ...contoso, metadata: wanted.metadata },
    });
    await cluster.apply(wanted, options);
    expect(written).toEqual([{ project: { metadata: wanted.metadata, spec: wanted.spec }, upsert: true }]);
  });

  test('gets its rules and its labels, which the server writes apart', async () => {
    const after = { ...contoso, spec: wanted.spec };
    const { cluster, asked } = await through({
      'GET /projects': { items: [contoso] },
      'POST /projects': after,
      'PUT /projects/contoso': { ...after, metadata: { ...contoso.metadata, labels: wanted.metadata.labels } },
    });
    expect((await cluster.apply(wanted, options)).metadata.labels).toEqual({ ours: 'yes' });
    expect(asked).toEqual(['GET /projects', 'POST /projects', 'PUT /projects/contoso']);
  });

  test('bears the record as a note, guarded by its version, which is not seen as part of it', async () => {
    let now: JsonObject = contoso;
    const { cluster, written, records } = await through({
      'GET /projects/contoso': () => now,
      'GET /projects': () => ({ items: [now] }),
      'PUT /projects/contoso': contoso,
    });
    expect(await records.read()).toEqual(noRecord);
    const record = { ...noRecord, clusterFingerprint: 'f' };
    await records.write(record);
    now = asObject(written[0]?.['project']);
    expect(now).toMatchObject({ metadata: { resourceVersion: '5' }, spec: contoso.spec });
    expect(await records.read()).toEqual(record);
    const [seen] = await cluster.list({ apiVersion, kind: 'AppProject', namespace: 'argocd' });
    expect(seen?.metadata.annotations).toEqual({});
  });

  test('that is not there yet has proven nothing', async () => {
    const { records } = await through({});
    expect(await records.read()).toEqual(noRecord);
  });
});
