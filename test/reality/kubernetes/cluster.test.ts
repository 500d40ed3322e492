import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '@suite/foundation';
import { type Cluster, createCluster, KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import {
  controlPlaneNeeds,
  hasControlPlane,
  type RunningControlPlane,
  startControlPlane,
} from '../../support/control-plane.ts';

/** Our client of API servers against a real one. */
const real = hasControlPlane ? describe : describe.skip;

/** Only ends what hangs. */
const patience = 300_000;

const map = (name: string, data: Readonly<Record<string, string>>, labels = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
  data,
});
const mapRef = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: 'default' });
const widgets: KubernetesObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

real(`client of ${controlPlaneNeeds}`, () => {
  let control: RunningControlPlane;
  let cluster: Cluster;
  const as = (token: string, server = control.url) =>
    createCluster({
      server,
      ca: control.caCertificate,
      token: async () => token,
      identity: 'plan identity of dev',
      env: {},
      clock: systemClock,
    });
  const failure = async (work: Promise<unknown>): Promise<KubernetesFailure> => {
    const error = await work.then(
      () => undefined,
      reason => reason,
    );
    if (!(error instanceof KubernetesFailure)) throw new Error(`No failure of the API server, but ${String(error)}`);
    return error;
  };

  beforeAll(async () => {
    control = await startControlPlane();
    cluster = as(control.admin.token);
  });
  afterAll(async () => {
    cluster?.close();
    await control?.stop();
  });

  test('asks for its version and what it serves', async () => {
    expect(await cluster.version()).toMatch(/^1\.34\.\d+$/);
    const discovery = await cluster.discovery();
    expect(discovery.find('apps/v1', 'Deployment')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      resource: 'deployments',
      isNamespaced: true,
    });
    expect(discovery.find('rbac.authorization.k8s.io/v1', 'ClusterRole')?.isNamespaced).toBe(false);
    expect(discovery.apiVersions).toEqual(expect.arrayContaining(['v1', 'v1/Pod', 'apps/v1', 'apps/v1/Deployment']));
  });

  test('applies, tries, reads, lists and removes', async () => {
    expect(await cluster.get(mapRef('one'))).toBeUndefined();
    await cluster.apply(map('one', { a: '1' }, { kind: 'x' }), { manager: 'us', dryRun: true });
    expect(await cluster.get(mapRef('one'))).toBeUndefined();
    await cluster.apply(map('one', { a: '1' }, { kind: 'x' }), { manager: 'us' });
    await cluster.apply(map('two', { b: '2' }), { manager: 'us' });
    expect((await cluster.get(mapRef('one')))?.['data']).toEqual({ a: '1' });
    const listed = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', labels: 'kind=x' });
    expect(listed.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([['ConfigMap', 'one']]);
    expect(await cluster.remove(mapRef('two'))).toBe(true);
    expect(await cluster.remove(mapRef('two'))).toBe(false);
  });

  test('a field of somebody else is a conflict, unless it is taken', async () => {
    await cluster.apply(map('owned', { a: '1' }), { manager: 'one' });
    const refused = await failure(cluster.apply(map('owned', { a: '2' }), { manager: 'other' }));
    expect(refused.kind).toBe('conflict');
    expect(refused.message).toMatch(/conflicts with "one".*\.data\.a/s);
    await cluster.apply(map('owned', { a: '2' }), { manager: 'other', force: true });
    expect((await cluster.get(mapRef('owned')))?.['data']).toEqual({ a: '2' });
  });

  test('a patch that names a version holds for that version only', async () => {
    await cluster.apply(map('patched', { a: '1', b: '1' }), { manager: 'us' });
    const { metadata } = (await cluster.get(mapRef('patched'))) ?? map('none', {});
    const { resourceVersion } = metadata;
    const patch = (a: string) => ({ metadata: { resourceVersion }, data: { a, b: null } });
    const data = async () => (await cluster.get(mapRef('patched')))?.['data'];
    await cluster.patch(mapRef('patched'), patch('2'));
    expect(await data()).toEqual({ a: '2' });
    expect((await failure(cluster.patch(mapRef('patched'), patch('3')))).kind).toBe('conflict');
    const replaced = [{ op: 'replace', path: '/data/a', value: '4' }];
    await cluster.patch(mapRef('patched'), replaced, 'json');
    expect(await data()).toEqual({ a: '4' });
    expect((await failure(cluster.patch(mapRef('nobody'), { data: {} }))).kind).toBe('absent');
  });

  test('follows what changes until it is enough; a kind that comes later is found after a while', async () => {
    const selection = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', labels: 'followed=yes' };
    const seen: string[][] = [];
    const begun = Promise.withResolvers<void>();
    const following = cluster.follow(
      selection,
      objects => {
        seen.push([...objects.values()].map(({ metadata, data }) => `${metadata.name}=${JSON.stringify(data)}`));
        begun.resolve();
        return seen.length === 4;
      },
      AbortSignal.timeout(patience),
    );
    await Promise.race([begun.promise, following]);
    const labels = { followed: 'yes' };
    await cluster.apply(map('f1', { a: '1' }, labels), { manager: 'us' });
    await cluster.apply(map('f1', { a: '2' }, labels), { manager: 'us' });
    await cluster.remove(mapRef('f1'));
    await following;
    expect(seen.at(0)).toEqual([]);
    expect(seen.at(-1)).toEqual([]);
    expect(seen.flat()).toEqual(expect.arrayContaining(['f1={"a":"2"}']));
  });

  test('keeps of many pages what is read of each object, and reads again only what changes', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `page-${String(index).padStart(3, '0')}`);
    await Promise.all(names.map(name => cluster.apply(map(name, { a: '1' }, { paged: 'yes' }), { manager: 'us' })));
    const selection = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', labels: 'paged=yes' };
    const read: string[] = [];
    const nameOf = ({ metadata }: KubernetesObject) => metadata.name;
    expect(await cluster.listAs(selection, nameOf)).toEqual(names);
    let first: ReadonlyMap<string, unknown> | undefined;
    await cluster.followAs(
      selection,
      object => {
        read.push(nameOf(object));
        return object['data'];
      },
      objects => {
        if (first === undefined) {
          first = new Map(objects);
          void cluster.patch(mapRef('page-007'), { data: { a: '2' } });
          return false;
        }
        const changed = names.filter(name => objects.get(`default/${name}`) !== first?.get(`default/${name}`));
        expect(changed).toEqual(['page-007']);
        return true;
      },
      AbortSignal.timeout(patience),
    );
    expect(read).toEqual([...names, 'page-007']);
  });

  test('what the listener throws arrives unchanged, whenever it is thrown', async () => {
    const boom = new Error('boom');
    const signal = AbortSignal.timeout(patience);
    const selection = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', labels: 'boom=yes' };
    let calls = 0;
    const begun = Promise.withResolvers<void>();
    const following = cluster.follow(
      selection,
      () => {
        begun.resolve();
        if (++calls === 2) throw boom;
        return false;
      },
      signal,
    );
    const settled = following.catch(error => error);
    await Promise.race([begun.promise, settled]);
    await cluster.apply(map('b1', {}, { boom: 'yes' }), { manager: 'us' });
    expect(await settled).toBe(boom);
    const stop = new AbortController();
    const stopped = cluster.follow(selection, () => false, stop.signal).catch(error => error);
    stop.abort(new Error('enough'));
    expect(await stopped).toEqual(new Error('enough'));
  });

  test('a kind that is not served reads as absent, and cannot be applied', async () => {
    const widget: KubernetesObject = {
      apiVersion: 'example.org/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'default' },
    };
    const ref = { apiVersion: 'example.org/v1', kind: 'Widget', name: 'w', namespace: 'default' };
    expect(await cluster.get(ref)).toBeUndefined();
    expect(await cluster.list({ apiVersion: 'example.org/v1', kind: 'Widget' })).toEqual([]);
    expect((await failure(cluster.apply(widget, { manager: 'us' }))).message).toContain('serves no Widget');
    await cluster.apply(widgets, { manager: 'us' });
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
    await cluster.follow(
      { ...definition, fields: 'metadata.name=widgets.example.org' },
      objects =>
        JSON.stringify([...objects.values()]).includes('"type":"Established","status":"True"') ||
        JSON.stringify([...objects.values()]).match(/"status":"True"[^}]*"type":"Established"/) !== null,
      AbortSignal.timeout(patience),
    );
    // Established is said a moment before it is among what the API server serves.
    do cluster.forget();
    while ((await cluster.discovery()).find('example.org/v1', 'Widget') === undefined);
    await cluster.apply(widget, { manager: 'us' });
    await cluster.tryCreate({ ...widget, metadata: { name: 'other', namespace: 'default' } });
    expect(await cluster.list({ apiVersion: 'example.org/v1', kind: 'Widget' })).toHaveLength(1);
  });

  test('says what an identity may not do, a token that is not accepted, and a server that is not there', async () => {
    expect(await cluster.may({ verb: 'create', group: 'apps', resource: 'deployments' })).toBe(true);
    const stranger = as('nobody');
    expect((await failure(stranger.get(mapRef('one')))).kind).toBe('unauthorized');
    stranger.close();
    const nowhere = createCluster({
      server: 'https://127.0.0.1:1',
      ca: control.caCertificate,
      token: async () => 't',
      identity: 'plan identity of dev',
      env: {},
      clock: { ...systemClock, sleep: async () => undefined },
    });
    const unreachable = await failure(nowhere.version());
    expect(unreachable.kind).toBe('unreachable');
    expect(unreachable.message).toContain('runner');
    nowhere.close();
    const invalid = await failure(cluster.apply(map('Not A Name', {}), { manager: 'us' }));
    expect(['invalid', 'refused']).toContain(invalid.kind);
  });
});
