import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { asArray, asObject, parseJson } from '@suite/foundation';
import type { KubernetesView, RunningStep, StepResult, WorldRequest } from '@suite/sandbox';
import { type ApplicationsWorld, openApplicationsWorld } from '../support/applications-world.ts';
import { type BundleWorld, errors, reportOf, succeeded } from '../support/bundle.ts';
import { holdAt, hurried } from '../support/held-step.ts';
import { addHub } from '../support/hub.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';
import { playArgoCdServer } from '../support/played-argocd-server.ts';

let world: ApplicationsWorld;
let sandbox: BundleWorld;
let cluster: KubernetesView;

beforeAll(async () => {
  world = await openApplicationsWorld();
  ({ sandbox, cluster } = world);
});
afterAll(() => sandbox?.close());
afterEach(() => sandbox.world.faults.clear());

const run: ApplicationsWorld['run'] = (...given) => world.run(...given);
const choose: ApplicationsWorld['choose'] = (...given) => world.choose(...given);
const digestOf: ApplicationsWorld['digestOf'] = (...given) => world.digestOf(...given);
const running: ApplicationsWorld['running'] = namespace => world.running(namespace);
const head = () => sandbox.gitops?.repository.resolve('refs/heads/main');
/** What a bundle would hold that is made now. */
const bases = async () => succeeded(await run('base')).outputs['gitops'] ?? '';
const sinceBundle = async (gitops: string) =>
  (await reportOf(succeeded(await run('plan', { gitops })))).checks.find(({ id }) => id === 'gitops/since-bundle');
const textOf = (path: string) => sandbox.gitops?.repository.readFile('refs/heads/main', path);

/** A minute passes in which nobody renews it. */
function breakLease(): void {
  const view = sandbox.views.find(({ scope }) => scope === 'dev');
  if (view === undefined) throw new Error('The example has no dev.');
  const { account, container, key } = view.state;
  if (sandbox.world.azure.readBlob(account, container, `${key}.run`) !== undefined) {
    sandbox.world.azure.breakLease(account, container, `${key}.run`);
  }
}

const onCluster = (method: string, path: RegExp) => (request: WorldRequest) =>
  request.host.endsWith('.azmk8s.io') && request.method === method && path.test(request.path);

describe('sync-argocd', () => {
  test('plans what Argo CD will deploy, delivers exactly that, and proves the digests that run', async () => {
    const before = await head();
    const bundled = await bases();
    expect(JSON.parse(bundled)).toEqual([{ repository: 'contoso/gitops', branch: 'main', commit: before }]);
    const planned = succeeded(await run('plan'));
    const report = await reportOf(planned);
    expect(report.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
    expect(report.changes.map(({ kind, title }) => `${kind} ${title}`)).toEqual(
      expect.arrayContaining([
        'create AppProject argocd/contoso',
        'create Application argocd/web',
        'create Deployment web/web',
        'create Service web/web',
        'create Deployment worker/worker',
      ]),
    );
    expect(await head()).toBe(before);

    const synced = succeeded(await run('sync', { 'expected-digest': planned.outputs['digest'] ?? '' }));
    const after = await head();
    expect(after).not.toBe(before);
    expect(synced.outputs['gitops-commit']).toBe(after);
    expect(running('web')).toEqual([digestOf('web', 'one')]);
    expect(running('worker')).toEqual([digestOf('worker', 'one')]);
    expect(JSON.parse(synced.outputs['running'] ?? '')).toEqual({
      web: { [expectedPlace('web')]: digestOf('web', 'one') },
      worker: { [expectedPlace('worker')]: digestOf('worker', 'one') },
    });
    // Comments of people stay where they were.
    expect(await textOf('environments/dev/web/kustomization.yaml')).toContain(
      '# sync-argocd writes registry and digest here',
    );

    const settled = await reportOf(succeeded(await run('plan', { gitops: bundled })));
    expect(settled.changes.map(({ title }) => title)).toEqual([]);
    // What it has delivered itself is nobody else's.
    expect(settled.checks.find(({ id }) => id === 'gitops/since-bundle')?.status).toBe('passed');
    const again = succeeded(await run('sync'));
    expect(again.outputs['verdict']).toBe('no-changes');
    expect(await head()).toBe(after);
    succeeded(await run('verify'));
    succeeded(await run('wait'));
  });

  test('a new image changes one Deployment; a sync of anything but what was reviewed delivers nothing', async () => {
    await choose('two', 'one');
    await world.push();
    const before = await head();
    const planned = succeeded(await run('plan'));
    const { changes } = await reportOf(planned);
    expect(changes.map(({ kind, title }) => `${kind} ${title}`)).toEqual(['update Deployment web/web']);
    const refused = await run('sync', { 'expected-digest': '0'.repeat(64) });
    expect(errors(refused)[0]).toContain('is not what was reviewed. Nothing was changed.');
    expect(await head()).toBe(before);
    succeeded(await run('sync', { 'expected-digest': planned.outputs['digest'] ?? '' }));
    expect(running('web')).toEqual([digestOf('web', 'two')]);
  });

  test('an image that no registry has is named, and what ran before is brought back', async () => {
    const good = await textOf('environments/dev/web/kustomization.yaml');
    await choose('three', 'one');
    const before = await head();
    const absent = await run('sync');
    expect(errors(absent)).toEqual([
      expect.stringContaining(`has no ${digestOf('web', 'three')}. Nothing was delivered.`),
    ]);
    expect(await head()).toBe(before);

    await world.push();
    const mend = cluster.unpullable(`*${digestOf('web', 'three')}`);
    const failed = await run('sync', { 'on-failure': 'rollback', timeout: '2' });
    expect(failed.conclusion).toBe('failure');
    expect(errors(failed).join('\n')).toMatch(/web: .*(?:ImagePullBackOff|ErrImagePull|pull)/);
    expect(failed.log.join('\n')).toContain('web was brought back to what was proven last');
    expect(await textOf('environments/dev/web/kustomization.yaml')).toBe(good);
    expect(running('web')).toEqual([digestOf('web', 'two')]);
    mend();
  });

  test('the command rollback goes to what was proven before, also when its machine is lost on the way', async () => {
    await choose('four', 'one');
    await world.push();
    succeeded(await run('sync'));
    expect(running('web')).toEqual([digestOf('web', 'four')]);
    // Other environments, and people, write to the same branch.
    await sandbox.gitops?.repository.commit({
      branch: 'main',
      message: 'Somebody else',
      author: 'lisa',
      files: { 'environments/staging/note.md': 'theirs\n' },
    });
    // Git is back, and Argo CD was not asked yet.
    let lost: RunningStep | undefined;
    const fault = sandbox.world.faults.add({
      match: request => onCluster('PATCH', /\/applications\/web$/)(request) && !request.query.has('fieldManager'),
      times: 1,
      answer: { call: () => loseMachine(lost) },
    });
    const onStart = (step: RunningStep) => {
      lost = step;
    };
    expect((await run('rollback', {}, { onStart })).exitCode).not.toBe(0);
    expect(fault.struck()).toBe(1);
    await untilQuiet(sandbox.world);
    breakLease();
    // Where it began is what Git does not say by now: it is not taken for the way back.
    expect(succeeded(await run('rollback')).log.join('\n')).toContain('An earlier rollback has not come to its end');
    expect(running('web')).toEqual([digestOf('web', 'two')]);
    expect(await textOf('environments/staging/note.md')).toBe('theirs\n');
    // What runs now was proven; what came after it is nothing to go back to.
    succeeded(await run('rollback'));
    expect(running('web')).toEqual([digestOf('web', 'one')]);
    expect(errors(await run('rollback'))[0]).toContain('there is nothing to go back to');
  });

  test('an application that is gone from the file stays until the environment allows it to go', async () => {
    await choose('two', 'one', 'apps: [{ name: web, images: [web] }]');
    const blocked = await reportOf(succeeded(await run('plan')));
    expect(blocked.verdict).toBe('blocked');
    expect(blocked.checks).toContainEqual(
      expect.objectContaining({ id: 'application/worker/removal', status: 'blocked' }),
    );
    expect(errors(await run('sync'))[0]).toContain('would be deleted');
    await sandbox.edit('platform.yaml', text => text.replace('  dev:\n', '  dev:\n    allow: [application/worker]\n'));
    succeeded(await run('sync'));
    await cluster.settled();
    expect(cluster.get({ resource: 'applications.argoproj.io', namespace: 'argocd', name: 'worker' })).toBeUndefined();
    expect(cluster.list('deployments', 'worker')).toEqual([]);
    await sandbox.edit('platform.yaml', text => text.replace('    allow: [application/worker]\n', ''));
  });
});

describe('through an Argo CD server', () => {
  const host = 'argocd.contoso.example';
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjaSJ9.c2lnbmF0dXJl';
  const server = { server: `https://${host}`, token };
  const requests = () => sandbox.world.ledger.requests;

  test('plans, delivers, syncs, proves and goes back, and never asks the cluster itself', async () => {
    const [{ tenant } = { tenant: '' }] = sandbox.views;
    const registration = sandbox.world.azure.addApplication({ name: 'argo-cd', tenant }).clientId;
    const audienceOf = (given: string) =>
      asObject(parseJson(Buffer.from(given.split('.')[1] ?? '', 'base64url').toString('utf8')))['aud'];
    sandbox.world.addRoute(
      playArgoCdServer(cluster, { host, takes: given => given === token || audienceOf(given) === registration }),
    );
    // Nobody makes it through a server.
    if (cluster.get({ resource: 'namespaces', name: 'web' }) === undefined) {
      cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } });
    }
    await choose('one', 'one', 'apps: [{ name: web, images: [web] }]');
    succeeded(await sandbox.run({ command: 'push', scope: 'dev' }, { action: 'push-acr' }));
    const before = requests().length;
    succeeded(await run('sync', server));
    await choose('five', 'one', 'apps: [{ name: web, images: [web] }]');
    succeeded(await sandbox.run({ command: 'push', scope: 'dev' }, { action: 'push-acr' }));
    const planned = succeeded(await run('plan', server));
    expect((await reportOf(planned)).changes.map(({ kind, title }) => `${kind} ${title}`)).toEqual([
      'update Deployment web/web',
    ]);
    const synced = succeeded(await run('sync', { ...server, 'expected-digest': planned.outputs['digest'] ?? '' }));
    expect(synced.outputs['gitops-commit']).toBe(await head());
    expect(JSON.parse(synced.outputs['running'] ?? '')).toEqual({
      web: { [expectedPlace('web')]: digestOf('web', 'five') },
    });
    expect(running('web')).toEqual([digestOf('web', 'five')]);
    for (const command of ['verify', 'wait']) succeeded(await run(command, server));
    // Entra gives the identity of the step a token for Argo CD's registration.
    succeeded(await run('verify', { server: server.server, 'server-audience': registration }));
    // Workflows find it in the platform file.
    const said = `argo-cd: { server: "https://${host}", audience: ${registration} }`;
    await choose('five', 'one', `${said}, apps: [{ name: web, images: [web] }]`);
    succeeded(await run('verify'));
    await choose('five', 'one', 'apps: [{ name: web, images: [web] }]');
    expect(succeeded(await run('drift', server)).outputs['verdict']).toBe('clean');
    succeeded(await run('rollback', server));
    expect(running('web')).toEqual([digestOf('web', 'one')]);
    const asked = requests().slice(before);
    expect(asked.filter(one => one.host.endsWith('.azmk8s.io'))).toEqual([]);
    expect(asked.filter(one => one.host === host).length).toBeGreaterThan(20);
    // The log names the token nowhere.
    expect(synced.log.join('\n')).not.toContain(token);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['a token that it does not take', { ...server, token: 'a.b.c' }, 'answered HTTP 401: invalid session'],
    ['an address without https', { ...server, server: `http://${host}` }, 'Write it as https://argocd.contoso.com'],
    [
      'no way to sign in',
      { server: `https://${host}` },
      'needs a way to sign in. Give a `token`, or `server-audience`',
    ],
    ['two ways to sign in', { ...server, 'server-audience': 'x' }, 'both say how to sign in'],
    ['a token and no server', { token }, 'is for an Argo CD server, and none is named.'],
    ['no token at all', { ...server, token: 'admin' }, 'three parts with dots between them'],
    [
      'a connector and no audience',
      { server: `https://${host}`, 'dex-connector': 'x' },
      'is needed with `dex-connector`',
    ],
    [
      'a registration that is not in the tenant',
      { server: `https://${host}`, 'server-audience': 'api://argo' },
      'api://argo',
    ],
    ['a server that is not there', { ...server, server: 'https://nobody.example' }, 'nobody.example cannot be reached'],
  ])('%s', async (_, inputs, message) => {
    const result = await run('verify', inputs);
    expect(result.conclusion).toBe('failure');
    expect(errors(result).join('\n')).toContain(message);
  });
});

describe('through a hub', () => {
  const named = 'contoso-dev-westeurope';
  const apps = 'apps: [{ name: shop, path: environments/dev/worker, images: [worker] }]';

  test("another cluster's Argo CD deploys, and what runs in this one is proven here", async () => {
    const hub = await addHub(sandbox, cluster);
    const chosen = (version: string, more = apps) => choose('one', version, `argo-cd: { cluster: ${hub.id} }, ${more}`);
    await chosen('hub one');
    await world.push();

    const other = 'contoso-prod-westeurope-shop';
    hub.view.put({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: other,
        namespace: 'argocd',
        labels: { 'aks-platform.io/platform': 'contoso-prod-westeurope' },
      },
      spec: {},
    });

    // Nobody has let these identities in yet.
    const refused = await run('sync');
    expect(errors(refused).join('\n')).toContain(
      'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
    );
    hub.admit();

    const planned = succeeded(await run('plan'));
    const titles = (await reportOf(planned)).changes.map(({ kind, title }) => `${kind} ${title}`);
    expect(titles).toEqual(
      expect.arrayContaining([
        'create Namespace shop',
        `create AppProject argocd/${named}`,
        `create Application argocd/${named}-shop`,
        expect.stringMatching(`Secret argocd/${named}-cluster$`),
        'create Deployment shop/worker',
      ]),
    );
    // That of another environment is nobody's business here.
    expect(titles.filter(title => title.startsWith('delete'))).toEqual([]);
    const before = sandbox.world.ledger.requests.length;
    const synced = succeeded(await run('sync', { 'expected-digest': planned.outputs['digest'] ?? '' }));
    expect(JSON.parse(synced.outputs['running'] ?? '')).toEqual({
      [`${named}-shop`]: { [expectedPlace('worker')]: digestOf('worker', 'hub one') },
    });
    expect(running('shop')).toEqual([digestOf('worker', 'hub one')]);
    expect(hub.view.list('pods', 'shop')).toEqual([]);
    const asked = sandbox.world.ledger.requests.slice(before);
    expect(asked.filter(({ host, path }) => host !== hub.host && path.includes('/argoproj.io/v1alpha1/'))).toEqual([]);
    expect(asked.filter(({ host, path }) => host === hub.host && /\/(?:pods|deployments)\b/.test(path))).toEqual([]);
    // The Secret says how to sign in, and holds nothing to sign in with.
    const secret = hub.view.get({ resource: 'secrets', namespace: 'argocd', name: `${named}-cluster` });
    const config = Buffer.from(String(asObject(secret?.['data'])['config']), 'base64').toString('utf8');
    expect(config).toContain('argocd-k8s-auth');
    expect(config).not.toMatch(/token"|password|bearer/i);

    await chosen('hub two');
    await world.push();
    succeeded(await run('sync'));
    expect(running('shop')).toEqual([digestOf('worker', 'hub two')]);
    succeeded(await run('verify'));
    expect(succeeded(await run('drift')).outputs['verdict']).toBe('clean');
    succeeded(await run('rollback'));
    expect(running('shop')).toEqual([digestOf('worker', 'hub one')]);

    // What is taken out of the file goes from both clusters, and nothing of others.
    await chosen('hub one', 'apps: []');
    const kept = await run('sync');
    expect(errors(kept).join('\n')).toContain(`Name \`application/${named}-shop\` under \`allow:\``);
    await sandbox.edit('platform.yaml', text =>
      text.replace('  dev:\n', `  dev:\n    allow: [application/${named}-shop]\n`),
    );
    succeeded(await run('sync'));
    expect(hub.view.list('applications.argoproj.io', 'argocd').map(({ metadata }) => metadata.name)).toEqual([other]);
    expect(cluster.list('deployments.apps', 'shop')).toEqual([]);
    await sandbox.edit('platform.yaml', text => text.replace(`    allow: [application/${named}-shop]\n`, ''));
    await choose('one', 'one');
  });
});

/** Everything that a sync writes anywhere, in its order. */
const effects: readonly (readonly [string, (request: WorldRequest) => boolean])[] = [
  [
    'the lease is taken',
    ({ method, path, query }) => method === 'PUT' && path.endsWith('.run') && query.get('comp') === 'lease',
  ],
  [
    'the commit is made',
    ({ host, method, path }) => host === 'api.github.com' && method === 'POST' && path === '/graphql',
  ],
  ['the namespace is applied', onCluster('PATCH', /\/namespaces\/web$/)],
  ['the project is applied', onCluster('PATCH', /\/appprojects\/contoso$/)],
  ['the Secret of the cluster is applied', onCluster('PATCH', /\/secrets\/aks-platform-cluster$/)],
  [
    'the Application is applied',
    request => onCluster('PATCH', /\/applications\/web$/)(request) && request.query.has('fieldManager'),
  ],
  [
    'the sync is asked for',
    request => onCluster('PATCH', /\/applications\/web$/)(request) && !request.query.has('fieldManager'),
  ],
  ['the proof is recorded', onCluster('PATCH', /\/configmaps\/applications$/)],
  [
    'the lease is given back',
    ({ method, path, query }) => method === 'DELETE' && path.endsWith('.run') && query.get('comp') === null,
  ],
];

describe('the machine is lost when', () => {
  test.each(effects)('%s: the next run comes to the same end', async (what, match) => {
    const version = `lost when ${what}`;
    await choose(version, 'one', 'apps: [{ name: web, images: [web] }]');
    await world.push();
    let running: RunningStep | undefined;
    const fault = sandbox.world.faults.add({
      match,
      times: 1,
      answer: { call: () => loseMachine(running) },
    });
    const lost = await run(
      'sync',
      {},
      {
        onStart: started => {
          running = started;
        },
      },
    );
    expect(lost.exitCode).not.toBe(0);
    expect(fault.struck()).toBe(1);
    await untilQuiet(sandbox.world);
    breakLease();
    const again = succeeded(await run('sync'));
    expect(JSON.parse(again.outputs['running'] ?? '')).toEqual({
      web: { [expectedPlace('web')]: digestOf('web', version) },
    });
    // One commit at most: the third run has nothing left to do.
    const after = await head();
    expect(succeeded(await run('sync')).outputs['verdict']).toBe('no-changes');
    expect(await head()).toBe(after);
  });
});

describe('two at once', () => {
  const web = { applications: 'web' };
  const later = { ...hurried, GITHUB_RUN_ID: '4712', GITHUB_ACTOR: 'hubot' };
  const asksForSync = onCluster('PATCH', /\/applications\/web$/);
  const ancestor = (steps: number) => sandbox.gitops?.repository.resolve(`refs/heads/main~${steps}`);
  /** How many Argo CD has counted; it keeps the last ten. */
  const syncs = () => {
    const application = cluster.get({ resource: 'applications.argoproj.io', namespace: 'argocd', name: 'web' });
    const last = asArray(asObject(application?.['status'])['history']).at(-1);
    return last === undefined ? 0 : Number(asObject(last)['id']) + 1;
  };
  const promised = (digest: string) => ({ web: { [expectedPlace('web')]: digest } });

  /** The first stands still where it asks Argo CD to sync; the second is let wait before the first goes on. */
  async function together(second: Readonly<Record<string, string>>) {
    const first = await holdAt(
      sandbox.world,
      request => asksForSync(request) && !request.query.has('fieldManager'),
      options => run('sync', web, options),
    );
    const waiting = Promise.withResolvers<string>();
    const other = run(
      'sync',
      { ...web, ...second },
      {
        machine: 'second',
        environment: later,
        onLine: line => {
          if (line.includes('waiting for it')) waiting.resolve(line);
        },
      },
    );
    const said = await Promise.race([waiting.promise, other.then(({ log }) => log.join('\n'))]);
    first.goOn();
    return { said, first: await first.result, second: await other };
  }

  test('with the same images: the second says who works and since when, waits, and finds nothing left to do', async () => {
    await choose('same', 'one');
    await world.push();
    const before = { head: await head(), syncs: syncs() };
    const { said, first, second } = await together({});
    expect(said).toMatch(
      /The run \S+\/runs\/4711 of mona \(sync-argocd sync, since \S+ \S+ UTC, .* ago\) works on dev in westeurope: waiting for it/,
    );
    const promise = promised(digestOf('web', 'same'));
    for (const [result, verdict] of [
      [first, 'applied'],
      [second, 'no-changes'],
    ] as const) {
      expect(succeeded(result).outputs['verdict']).toBe(verdict);
      expect(JSON.parse(result.outputs['running'] ?? '')).toEqual(promise);
    }
    expect(await ancestor(1)).toBe(before.head);
    expect(syncs()).toBe(before.syncs + 1);
    // Nothing is claimed of applications that it was not about.
    const { changes } = await reportOf(first);
    expect(changes.filter(({ title }) => title.includes('worker'))).toEqual([]);
  });

  test('with different images: each is delivered, synced and proven, one after the other', async () => {
    // What the second brings is in the registry, and in no file.
    await choose('after', 'one');
    await world.push();
    await choose('before', 'one');
    await world.push();
    const before = { head: await head(), syncs: syncs() };
    const { first, second } = await together({ images: `web=${expectedPlace('web')}@${digestOf('web', 'after')}` });
    for (const [result, version] of [
      [first, 'before'],
      [second, 'after'],
    ] as const) {
      expect(succeeded(result).outputs['verdict']).toBe('applied');
      expect(JSON.parse(result.outputs['running'] ?? '')).toEqual(promised(digestOf('web', version)));
    }
    expect(first.outputs['gitops-commit']).not.toBe(second.outputs['gitops-commit']);
    expect(second.outputs['gitops-commit']).toBe(await head());
    expect(running('web')).toEqual([digestOf('web', 'after')]);
    expect(await ancestor(2)).toBe(before.head);
    expect(syncs()).toBe(before.syncs + 2);
  });

  test('one that is not to wait says so, and has changed nothing', async () => {
    await choose('alone', 'one');
    await world.push();
    const { first, second } = await together({ 'lease-wait': '0' });
    expect(errors(second)).toEqual([
      expect.stringMatching(
        /runs\/4711 of mona \(sync-argocd sync, since .*\) works on dev in westeurope\. Nothing was changed\./,
      ),
    ]);
    expect(JSON.parse(succeeded(first).outputs['running'] ?? '')).toEqual(promised(digestOf('web', 'alone')));
    expect(await head()).toBe(first.outputs['gitops-commit']);
  });
});

describe('versions of charts', () => {
  const repository = 'https://community-charts.github.io/helm-charts';
  const chartFile = 'environments/dev/worker/tracking/Chart.yaml';
  const umbrella = (version: string) => `apiVersion: v2
name: tracking
version: 0.1.0
dependencies:
  - name: mlflow
    version: ${version} # of dev
    repository: ${repository}
`;
  const publish = (version: string) => {
    const { charts } = sandbox.world;
    const files = { 'Chart.yaml': `apiVersion: v2\nname: mlflow\nversion: ${version}\n` };
    return charts.publish(charts.pack('mlflow', files)).digest;
  };
  const promise = async (version: string, digest: string) => {
    const apps = '[{ name: web, images: [web] }, { name: worker, images: [worker], charts: [mlflow] }]';
    await choose('charts', 'charts', `apps: ${apps}`);
    const chart = `{ chart: mlflow, repository: "${repository}", version: ${version}, digest: "${digest}" }`;
    await sandbox.edit('platform.yaml', text => `${text}charts: { mlflow: ${chart} }\n`);
  };
  const of = (command: string) => run(command, { applications: 'worker' });
  const synced = (result: StepResult) => asObject(asObject(parseJson(result.outputs['running'] ?? ''))['worker']);

  test('are delivered with the digests, shown before, proven after, and gone back from', async () => {
    await sandbox.gitops?.repository.commit({
      branch: 'main',
      message: 'A chart',
      author: 'lisa',
      files: { [chartFile]: umbrella('0.9.0') },
    });
    const one = publish('1.0.0');
    await promise('1.0.0', one);
    await world.push();
    const { changes } = await reportOf(succeeded(await of('plan')));
    expect(changes).toContainEqual(
      expect.objectContaining({
        title: 'chart mlflow of worker',
        attributes: [expect.objectContaining({ path: 'version', after: { is: 'shown', text: '1.0.0' } })],
      }),
    );
    expect(synced(succeeded(await of('sync')))).toEqual({
      [expectedPlace('worker')]: digestOf('worker', 'charts'),
      [`${repository}/mlflow`]: '1.0.0',
    });
    expect(await textOf(chartFile)).toBe(umbrella('1.0.0'));

    const two = publish('1.1.0');
    await promise('1.1.0', two);
    succeeded(await of('sync'));
    expect(await textOf(chartFile)).toBe(umbrella('1.1.0'));
    succeeded(await of('verify'));
    const before = await head();

    // A version that was published anew, or never.
    await promise('1.1.0', one);
    expect(errors(await of('verify')).join('\n')).toContain(
      `${repository}/mlflow in the version 1.1.0 has the digest ${two} now, and the platform file says ${one}.`,
    );
    await promise('9.9.9', one);
    expect(errors(await of('sync')).join('\n')).toContain(`There is no ${repository}/mlflow in the version 9.9.9.`);
    expect(await head()).toBe(before);

    await promise('1.1.0', two);
    succeeded(await of('rollback'));
    expect(await textOf(chartFile)).toBe(umbrella('1.0.0'));
  });
});

describe('what bad input gets', () => {
  test.each([
    [
      'an application that there is not',
      { applications: 'wep' },
      'names wep, which the platform file does not have. Did you mean web?',
    ],
    ['half of an app', { 'gitops-app-key': '' }, 'is needed with `gitops-app-id`.'],
    ['no way to the repository', { 'gitops-app-id': '', 'gitops-app-key': '' }, 'is needed to read contoso/gitops.'],
    ['an environment that there is not', { scope: 'shared' }, 'names no environment'],
    [
      'an image without a digest',
      { images: 'web=ghcr.io/contoso/web:latest' },
      'Use one name=registry/repository@sha256:…',
    ],
  ])('%s', async (_, inputs, message) => {
    const result = await run('plan', inputs);
    expect(result.conclusion).toBe('failure');
    expect(errors(result).join('\n')).toContain(message);
  });

  test('a window that is closed: until when, once for all that it holds; a project that forbids: which rule', async () => {
    const both = 'apps: [{ name: web, images: [web] }, { name: worker, images: [worker] }]';
    await choose('calm', 'calm', both);
    await world.push();
    succeeded(await run('sync'));
    await choose('late', 'late', both);
    await world.push();
    const delivered = await head();
    const place = { resource: 'appprojects.argoproj.io', namespace: 'argocd', name: 'contoso' };
    const project = cluster.get(place);
    if (project === undefined) throw new Error('There is no project.');
    const hour = new Date();
    hour.setUTCMinutes(0, 0, 0);
    const schedule = `0 ${hour.getUTCHours()} * * *`;
    const syncWindows = [{ kind: 'deny', schedule, duration: '2h', applications: ['*'] }];
    cluster.put({ ...project, spec: { ...asObject(project['spec']), syncWindows } });
    const shut = await run('sync');
    const until = new Date(hour.getTime() + 2 * 3_600_000).toISOString();
    expect(errors(shut)).toEqual([
      expect.stringContaining(
        `web and worker: the project contoso is closed by a sync window until ${until}: deny at "${schedule}" (UTC) for 2h. Nothing was delivered.`,
      ),
    ]);
    expect(await head()).toBe(delivered);
    cluster.put({ ...(cluster.get(place) ?? project), spec: project['spec'] });

    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'more' },
      spec: { hard: { pods: '9' } },
    };
    const commit = (files: Readonly<Record<string, string | null>>) =>
      sandbox.gitops?.repository.commit({ branch: 'main', message: 'More', author: 'lisa', files });
    const bundled = await bases();
    await commit({ 'environments/dev/worker/quota.yaml': JSON.stringify(quota) });
    expect(await sinceBundle(bundled)).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(
        /^1 commit of others has changed `environments\/dev\/web` and `environments\/dev\/worker` of contoso\/gitops since .*: `[0-9a-f]{7}` More \(lisa\)\.$/,
      ),
    });
    const forbidden = await run('sync');
    expect(errors(forbidden)).toEqual([
      expect.stringContaining(
        'It does not allow ResourceQuota: spec.namespaceResourceBlacklist denies ResourceQuota. Widen the project',
      ),
    ]);
    await commit({ 'environments/dev/worker/quota.yaml': null });
  });
});

function expectedPlace(name: string): string {
  const [registry] = sandbox.world.azure.resources('Microsoft.ContainerRegistry/registries');
  return `${registry?.name.toLowerCase()}.azurecr.io/${name}`;
}
