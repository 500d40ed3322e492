import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from '@jest/globals';
import { at, type Fields, list } from '../objects.ts';
import { node, startTestCluster } from '../testing/cluster.ts';
import { users } from '../testing/recorded.ts';
import { readRequest } from './request-info.ts';

/** What the real API server says is recorded: recorded-answers.test.ts. Here is what only this one says, and what streams. */
const cluster = startTestCluster();
afterAll(() => cluster.close());

const map = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { app: name } },
  data: {},
  ...more,
});
const maps = '/api/v1/namespaces/default/configmaps';
const names = (body: Readonly<Fields>) => list(body['items']).map(item => at(item, 'metadata')['name']);

describe('paths', () => {
  test.each<[string, string, object]>([
    ['GET', '/api/v1/pods', { verb: 'list', resource: 'pods' }],
    ['GET', '/api/v1/pods?watch=1', { verb: 'watch', resource: 'pods' }],
    ['GET', '/api/v1/namespaces/a', { verb: 'get', resource: 'namespaces', namespace: 'a', name: 'a' }],
    [
      'PUT',
      '/api/v1/namespaces/a/finalize',
      { verb: 'update', resource: 'namespaces', name: 'a', subresource: 'finalize' },
    ],
    [
      'PATCH',
      '/apis/apps/v1/namespaces/a/deployments/b/status',
      { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'a', name: 'b', subresource: 'status' },
    ],
    ['DELETE', '/api/v1/namespaces/a/pods', { verb: 'deletecollection', resource: 'pods', namespace: 'a' }],
    ['GET', '/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Db', { verb: 'list', resource: 'pods', name: 'b' }],
    [
      'GET',
      '/api/v1/namespaces/a/services/http:b:80/proxy/x/y',
      { verb: 'get', resource: 'services', name: 'http:b:80', subresource: 'proxy' },
    ],
    ['GET', '/version', { verb: 'get', path: '/version' }],
    ['GET', '/apis/apps/v1', { verb: 'get', path: '/apis/apps/v1' }],
  ])('%s %s', (method, path, attributes) => {
    const url = new URL(`https://cluster.example${path}`);
    expect(readRequest(method, url.pathname, url.searchParams).attributes).toMatchObject(attributes);
  });
});

describe('what is not played is refused by name', () => {
  test.each([
    [
      'GET',
      '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      'certificatesigningrequests of certificates.k8s.io/v1',
    ],
    ['GET', '/api/v1/componentstatuses', 'componentstatuses of v1'],
    ['POST', '/api/v1/namespaces/default/pods/a/exec', 'exec of pods'],
    ['POST', '/api/v1/namespaces/default/pods/a/eviction', 'eviction of pods'],
    ['POST', '/api/v1/namespaces/default/serviceaccounts/a/token', 'token of serviceaccounts'],
    ['GET', '/openapi/v2', '/openapi/v2; /openapi/v3 is there'],
  ])('%s %s', async (method, path, what) => {
    const { status, body } = await cluster.call(method, path);
    expect({ status, body }).toEqual({
      status: 501,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'NotImplemented',
        message: `The sandbox's small Kubernetes does not play ${what}.`,
        code: 501,
      },
    });
  });
});

describe('discovery', () => {
  test.each(['/healthz', '/readyz', '/livez'])('%s', async path => {
    expect(await cluster.call('GET', path)).toMatchObject({ status: 200, message: 'ok' });
  });

  test('the version is that of the control plane', async () => {
    expect((await cluster.call('GET', '/version')).body).toMatchObject({
      major: '1',
      minor: '34',
      gitVersion: 'v1.34.4',
    });
  });

  test('groups and resources, as plain lists and aggregated', async () => {
    const groups = (await cluster.call('GET', '/apis')).body;
    expect(list(groups['groups']).map(group => at(group)['name'])).toContain('apps');
    const apps = (await cluster.call('GET', '/apis/apps/v1')).body;
    expect(list(apps['resources'])).toContainEqual(
      expect.objectContaining({ name: 'deployments', kind: 'Deployment', namespaced: true, shortNames: ['deploy'] }),
    );
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const answer = await cluster.send('GET', '/apis', undefined, { headers: { accept } });
    expect(answer.headers?.['Content-Type']).toBe(accept);
    const aggregated = JSON.parse(String(answer.body));
    expect(aggregated.items.map((item: Fields) => at(item, 'metadata')['name'])).toEqual(
      list(groups['groups']).map(group => at(group)['name']),
    );
  });

  test('what clients read of /openapi/v3 before they leave validation to the server', async () => {
    const { body } = await cluster.call('GET', '/openapi/v3');
    const url = String(at(body, 'paths', 'apis/apps/v1')['serverRelativeURL']);
    const document = (await cluster.call('GET', url)).body;
    const { patch } = at(document, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}');
    expect(patch).toMatchObject({
      'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
      parameters: expect.arrayContaining([expect.objectContaining({ name: 'fieldValidation', in: 'query' })]),
    });
  });
});

describe('lists', () => {
  test('come in pages that go on where the last one ended', async () => {
    for (const name of ['p1', 'p2', 'p3']) await cluster.call('POST', maps, map(name));
    const found: unknown[] = [];
    let token = '';
    do {
      const { body } = await cluster.call('GET', `${maps}?limit=2&continue=${token}`);
      found.push(...names(body));
      token = String(at(body, 'metadata')['continue'] ?? '');
    } while (token !== '');
    expect(found).toEqual(names((await cluster.call('GET', maps)).body));
    expect(await cluster.call('GET', `${maps}?limit=2&continue=x`)).toMatchObject({ status: 400 });
  });

  test('of many are deleted by what selects them', async () => {
    expect(names((await cluster.call('DELETE', `${maps}?labelSelector=app%20in%20(p1,p2)`)).body)).toEqual([
      'p1',
      'p2',
    ]);
    expect(names((await cluster.call('GET', `${maps}?labelSelector=app`)).body)).toEqual(['p3']);
  });

  test('of a form that nobody has are refused', async () => {
    const headers = { accept: 'application/cbor' };
    expect(await cluster.call('GET', maps, undefined, { headers })).toMatchObject({ status: 406 });
  });
});

describe('watches', () => {
  /** What arrives until nothing more does. */
  const open = async (query: string) => {
    const { body } = await cluster.send('GET', `${maps}?watch=true&${query}`);
    const events: Fields[] = [];
    let ended = false;
    if (!(body instanceof Readable)) throw new Error(`no stream: ${String(body)}`);
    body.on('data', chunk => {
      for (const line of String(chunk).trim().split('\n')) events.push(JSON.parse(line) as Fields);
    });
    body.on('end', () => {
      ended = true;
    });
    const settle = () => new Promise(resolve => setImmediate(resolve));
    await settle();
    return {
      close: () => body.destroy(),
      hasEnded: () => ended,
      take: async () => {
        await settle();
        return events.splice(0).map(({ type, object }) => [type, at(object, 'metadata')['name']]);
      },
    };
  };
  const version = async () => String(at((await cluster.call('GET', maps)).body, 'metadata')['resourceVersion']);

  test('begin with what is there, and say when that was all', async () => {
    const all = await open('sendInitialEvents=true&resourceVersionMatch=NotOlderThan&labelSelector=app');
    expect(await all.take()).toEqual([
      ['ADDED', 'p3'],
      ['BOOKMARK', undefined],
    ]);
    const plain = await open('labelSelector=app');
    expect(await plain.take()).toEqual([['ADDED', 'p3']]);
    all.close();
    plain.close();
  });

  test('go on from a version, with what was missed and what comes', async () => {
    const from = await version();
    await cluster.call('POST', maps, map('w1'));
    const stream = await open(`resourceVersion=${from}`);
    await cluster.call('PATCH', `${maps}/w1`, { data: { a: '1' } });
    await cluster.call('DELETE', `${maps}/w1`);
    expect(await stream.take()).toEqual([
      ['ADDED', 'w1'],
      ['MODIFIED', 'w1'],
      ['DELETED', 'w1'],
    ]);
    stream.close();
    await cluster.call('POST', maps, map('w2'));
    expect(await stream.take()).toEqual([]);
  });

  test('see objects come and go with what they select', async () => {
    const stream = await open(`resourceVersion=${await version()}&labelSelector=app=w2`);
    await cluster.call('PATCH', `${maps}/w2`, { metadata: { labels: { app: 'other' } } });
    await cluster.call('PATCH', `${maps}/w2`, { data: { a: '1' } });
    await cluster.call('PATCH', `${maps}/w2`, { metadata: { labels: { app: 'w2' } } });
    expect(await stream.take()).toEqual([
      ['DELETED', 'w2'],
      ['ADDED', 'w2'],
    ]);
    stream.close();
  });

  test('end when their time is over', async () => {
    const stream = await open(`resourceVersion=${await version()}&timeoutSeconds=5`);
    await cluster.pass(4000);
    expect(stream.hasEnded()).toBe(false);
    await cluster.pass(1000);
    expect(stream.hasEnded()).toBe(true);
  });

  test('from a version that nobody remembers say so', async () => {
    const { body } = await cluster.send('GET', `${maps}?watch=true&resourceVersion=5`);
    expect(JSON.parse(String(body))).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });
});

describe('pods and what is behind services', () => {
  const pod = (name: string, image: string, more: object = {}) => ({
    metadata: { name, labels: { app: name } },
    spec: { containers: [{ name: 'main', image, ports: [{ name: 'web', containerPort: 80 }], ...more }] },
  });
  const pods = '/api/v1/namespaces/default/pods';
  const services = '/api/v1/namespaces/default/services';

  test('logs', async () => {
    await cluster.call('POST', pods, pod('shop', 'shop:1'));
    expect(await cluster.call('GET', `${pods}/shop/log`)).toMatchObject({ status: 400 });
    await cluster.pass();
    expect((await cluster.call('GET', `${pods}/shop/log`)).message).toBe('main started from shop:1\n');
    cluster.view.setLog({ namespace: 'default', pod: 'shop', container: 'main' }, 'one\ntwo\nthree');
    expect((await cluster.call('GET', `${pods}/shop/log?container=main&tailLines=2`)).message).toBe('two\nthree\n');
    expect((await cluster.call('GET', `${pods}/shop/log?container=none`)).message).toBe(
      'container none is not valid for pod shop',
    );
  });

  test('the logs of one that fails tell of it', async () => {
    const mend = cluster.view.crashing('bad:*');
    await cluster.call('POST', pods, pod('bad', 'bad:1'));
    await cluster.pass();
    expect((await cluster.call('GET', `${pods}/bad/log`)).message).toContain('fatal: main cannot go on');
    mend();
  });

  test.each([
    ['grafana/grafana:12', '/api/health', { database: 'ok' }],
    ['quay.io/prometheus/prometheus:v3', '/-/ready', undefined],
    ['quay.io/argoproj/argocd:v3', '/healthz', undefined],
  ])('%s answers %s through the proxy while it is ready', async (image, path, body) => {
    const name = `proxied-${image.length}`;
    await cluster.call('POST', services, {
      metadata: { name },
      spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
    });
    const url = `${services}/http:${name}:http/proxy${path}`;
    expect(await cluster.call('GET', url)).toMatchObject({
      status: 503,
      message: `no endpoints available for service "${name}"`,
    });
    await cluster.call('POST', pods, pod(name, image));
    await cluster.pass();
    expect(await cluster.call('GET', url)).toMatchObject({ status: 200, ...(body === undefined ? {} : { body }) });
    expect(await cluster.call('GET', `${pods}/${name}/proxy${path}`)).toMatchObject({ status: 200 });
    expect(await cluster.call('GET', `${services}/${name}/proxy/none`)).toMatchObject({ status: 404 });
    expect(await cluster.call('GET', `${services}/${name}:9/proxy/`)).toMatchObject({ status: 503 });
    expect(await cluster.call('GET', `${services}/none/proxy/`)).toMatchObject({ status: 404 });
  });

  test('a table of pods tells how they are', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { body } = await cluster.call('GET', `${pods}/shop`, undefined, { headers: { accept } });
    expect(list(body['columnDefinitions']).map(column => at(column)['name'])).toEqual([
      'Name',
      'Ready',
      'Status',
      'Restarts',
      'Age',
    ]);
    expect(at(list(body['rows'])[0])['cells']).toEqual([
      'shop',
      '1/1',
      'Running',
      '0',
      expect.stringMatching(/^\d+s$/),
    ]);
  });
});

describe('webhooks', () => {
  test('let everything pass once somebody stands behind their service, and fail when they are broken', async () => {
    await cluster.call('POST', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', {
      metadata: { name: 'guard' },
      webhooks: [
        {
          name: 'guard.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'Some',
          clientConfig: { service: { namespace: 'default', name: 'guard' } },
          rules: [{ apiGroups: [''], apiVersions: ['*'], operations: ['*'], resources: ['configmaps'] }],
          objectSelector: { matchLabels: { app: 'guarded' } },
        },
      ],
    });
    const make = (query = '') => cluster.call('POST', `${maps}${query}`, map('guarded'));
    const words =
      'failed calling webhook "guard.example.com": failed to call webhook: Post "https://guard.default.svc:443/mutate?timeout=10s"';
    expect((await make()).message).toBe(`Internal error occurred: ${words}: service "guard" not found`);
    await cluster.call('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'guard' },
      spec: { selector: { app: 'guard' }, ports: [{ port: 443 }] },
    });
    expect((await make()).message).toBe(
      `Internal error occurred: ${words}: no endpoints available for service "guard"`,
    );
    await cluster.call('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'guard', labels: { app: 'guard' } },
      spec: { containers: [{ name: 'g', image: 'g:1' }] },
    });
    await cluster.pass();
    expect((await make('?dryRun=All')).message).toBe('admission webhook "guard.example.com" does not support dry run');
    const mend = cluster.view.failWebhook('guard');
    expect((await make()).message).toBe(`Internal error occurred: ${words}: context deadline exceeded`);
    mend();
    expect(await make()).toMatchObject({ status: 201 });
    expect(await cluster.call('POST', maps, map('unguarded'))).toMatchObject({ status: 201 });
  });
});

describe('deletion', () => {
  test('waits for finalizers', async () => {
    await cluster.call('POST', maps, map('held', { metadata: { name: 'held', finalizers: ['example.com/hold'] } }));
    const going = await cluster.call('DELETE', `${maps}/held`);
    expect(going.body).toMatchObject({ metadata: { name: 'held', deletionTimestamp: expect.any(String) } });
    expect(await cluster.call('PATCH', `${maps}/held`, { metadata: { finalizers: null } })).toMatchObject({
      status: 200,
    });
    expect(await cluster.call('GET', `${maps}/held`)).toMatchObject({ status: 404 });
  });

  test('that is only tried deletes nothing', async () => {
    await cluster.call('POST', maps, map('kept'));
    expect(await cluster.call('DELETE', `${maps}/kept`, { dryRun: ['All'] })).toMatchObject({ status: 200 });
    expect(await cluster.call('GET', `${maps}/kept`)).toMatchObject({ status: 200 });
  });

  test('of a namespace takes what is in it along, and nothing new comes', async () => {
    await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'short' } });
    await cluster.call('POST', '/api/v1/namespaces/short/configmaps', {
      metadata: { name: 'a', finalizers: ['example.com/hold'] },
    });
    await cluster.call('DELETE', '/api/v1/namespaces/short');
    await cluster.pass();
    const late = await cluster.call('POST', '/api/v1/namespaces/short/configmaps', { metadata: { name: 'b' } });
    expect(late).toMatchObject({ status: 403, body: { details: { causes: [{ reason: 'NamespaceTerminating' }] } } });
    expect((await cluster.call('GET', '/api/v1/namespaces/short')).body).toMatchObject({
      status: { phase: 'Terminating' },
    });
    await cluster.call('PATCH', '/api/v1/namespaces/short/configmaps/a', { metadata: { finalizers: null } });
    await cluster.pass();
    expect(await cluster.call('GET', '/api/v1/namespaces/short')).toMatchObject({ status: 404 });
  });
});

describe("questions about rights with Azure's roles", () => {
  const azure = startTestCluster({ azure: (_objectId, action) => action.endsWith('/pods/read'), nodes: [node('a')] });
  afterAll(() => azure.close());

  test('answers say what really holds', async () => {
    const review = (resource: string) =>
      azure.call(
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        { spec: { resourceAttributes: { verb: 'list', resource } } },
        { as: users.reader },
      );
    expect((await review('pods')).body['status']).toEqual({ allowed: true, reason: 'Access allowed by Azure RBAC' });
    expect((await review('secrets')).body['status']).toEqual({
      allowed: false,
      reason: 'User does not have access to the resource in Azure. Update role assignment to allow access.',
    });
    expect(await azure.call('GET', '/api/v1/pods', undefined, { as: users.reader })).toMatchObject({ status: 200 });
    expect((await azure.call('GET', '/api/v1/secrets', undefined, { as: users.reader })).message).toMatch(
      /at the cluster scope: User does not have access to the resource in Azure/,
    );
  });

  test('a list of rules says that it is not all', async () => {
    const { body } = await azure.call(
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      { spec: { namespace: 'default' } },
      { as: users.reader },
    );
    expect(body['status']).toMatchObject({
      incomplete: true,
      evaluationError: 'webhook authorizer does not support user rule resolution',
    });
    const { body: own } = await cluster.call(
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      { spec: { namespace: 'default' } },
      { as: users.reader },
    );
    expect(own['status']).toMatchObject({
      incomplete: false,
      nonResourceRules: expect.arrayContaining([
        { verbs: ['get'], nonResourceURLs: expect.arrayContaining(['/version']) },
      ]),
    });
  });

  test('others and oneself', async () => {
    const other = {
      spec: {
        user: 'reader',
        groups: ['system:authenticated'],
        resourceAttributes: { verb: 'list', resource: 'pods' },
      },
    };
    expect(
      (await azure.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', other)).body['status'],
    ).toMatchObject({ allowed: true });
    const self = await azure.call(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      {},
      { as: users.reader },
    );
    expect(self.body['status']).toEqual({ userInfo: { username: 'reader', groups: ['system:authenticated'] } });
  });
});
