/** Our own charts for machine learning, rendered by the real Helm, and the Python in them run by the real Python. */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { which } from '@suite/action-kit';
import { asArray, asObject, type JsonObject } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { EnvironmentScope } from '@suite/platform-file';
import { parse } from 'yaml';
import { withoutMadeUp } from '../made-up.ts';
import { inputOf, releaseOf, viewOf } from './examples.fixture.ts';
import { resolveReleases } from './index.ts';
import { idleLeavesOf } from './leaves.fixture.ts';
import {
  type ChartRenderer,
  ownCharts as charts,
  helmFile,
  openCharts,
  placeOfOthers,
  whereHelm,
} from './own-charts.fixture.ts';

const path = { PATH: process.env['PATH'] ?? '' };
const python = await which('python3', path);
const withHelm = helmFile === undefined ? describe.skip : describe;
const withPython = python === undefined ? describe.skip : describe;

const client = '99999999-9999-9999-9999-999999999999';
const identity = (name: string) => ({ name: `id-${name}`, client_id: `client-of-${name}`, object_id: 'o' });
const outputs = {
  workload_identities: Object.fromEntries(
    ['mlflow', 'secrets-ai-tools', 'secrets-argocd'].map(name => [name, identity(name)]),
  ),
  database: { fqdn: 'psql.example', port: 5432 },
  storage: { name: 'artifacts' },
};
const login = `login: { client-id: ${client}, vault-secret: tracking }`;
const view = (scope: string) => viewOf('guide', scope, `  releases: { mlflow: { ${login} } }`);

withHelm(`own charts${whereHelm}`, () => {
  let renderer: ChartRenderer;
  const render = (name: string, values: JsonObject) => renderer.render(name, values, { namespace: 'ours' });

  beforeAll(async () => {
    renderer = await openCharts();
  });
  afterAll(() => renderer.close());

  const of = (objects: readonly JsonObject[], kind: string) => asObject(objects.find(one => one['kind'] === kind));
  const kinds = (objects: readonly JsonObject[]) => objects.map(({ kind }) => kind).sort();

  test('secrets: the class names what the Secrets are made of, and a pod holds it', async () => {
    const objects = await render('secrets', releaseOf(view('dev'), 'secrets', { outputs }).values);
    expect(kinds(objects)).toEqual(['Deployment', 'SecretProviderClass', 'ServiceAccount']);
    const { parameters, secretObjects } = asObject(of(objects, 'SecretProviderClass')['spec']);
    expect(secretObjects).toEqual([
      { secretName: 'mlflow-entra', type: 'Opaque', data: [{ objectName: 'tracking', key: 'client-secret' }] },
    ]);
    expect(parameters).toMatchObject({ usePodIdentity: 'false', clientID: 'client-of-secrets-ai-tools' });
    // The driver reads YAML in the YAML.
    const wanted = asArray(asObject(parse(String(asObject(parameters)['objects'])))['array']);
    expect(wanted.map(one => parse(String(one)))).toEqual([{ objectName: 'tracking', objectType: 'secret' }]);
    expect(of(objects, 'ServiceAccount')).toMatchObject({
      metadata: {
        namespace: 'ai-tools',
        annotations: { 'azure.workload.identity/client-id': 'client-of-secrets-ai-tools' },
      },
    });
  });

  test('secrets: two that hold them in production, with a budget', async () => {
    const objects = await render('secrets', releaseOf(view('prod'), 'secrets', { outputs }).values);
    expect(kinds(objects)).toContain('PodDisruptionBudget');
    expect(of(objects, 'Deployment')).toMatchObject({ spec: { replicas: 2 } });
  });

  test('secrets: a key that nobody knows is refused', async () => {
    await expect(render('secrets', { vault: 'kv', tenant: 't', namespaces: {}, vaults: 'kv' })).rejects.toThrow(
      'secrets has no value `vaults`',
    );
  });

  test('mlflow-support: in the cluster only who may reach it', async () => {
    const objects = await render('mlflow-support', releaseOf(view('dev'), 'mlflow-support', { outputs }).values);
    expect(kinds(objects)).toEqual(['NetworkPolicy']);
    const [rule] = asArray(asObject(of(objects, 'NetworkPolicy')['spec'])['ingress']).map(asObject);
    expect(rule).toMatchObject({ ports: [{ port: 5000 }], from: [{ podSelector: {} }, {}, {}, { ipBlock: {} }] });
  });

  test('mlflow-support: with Azure also its sign-in, no password, and a budget for two', async () => {
    const objects = await render('mlflow-support', releaseOf(view('prod'), 'mlflow-support', { outputs }).values);
    expect(kinds(objects)).toEqual(['ConfigMap', 'NetworkPolicy', 'PodDisruptionBudget', 'Secret']);
    expect(of(objects, 'Secret')['stringData']).toEqual({ username: 'id-mlflow', password: '' });
    const data = asObject(of(objects, 'ConfigMap')['data']);
    for (const file of ['identity.py', 'password.py', 'migrate.py']) {
      expect(data[file]).toBe(await readFile(join(charts, 'mlflow-support', 'files', file), 'utf8'));
    }
  });

  const everything = (scope: string) => viewOf('everything', scope);

  test('before its infrastructure is there, every release of an environment can be rendered: its first plan shows what it can', async () => {
    const releases = resolveReleases(inputOf(everything('prod'), { outputs: undefined }));
    expect(releases.length).toBeGreaterThan(15);
    const daemons: string[] = [];
    for (const { name, namespace, chart, values } of releases) {
      const place = chart.kind === 'folder' ? charts : placeOfOthers(name);
      const objects = await renderer.render(name, values, { namespace, place });
      expect([name, objects.length > 0]).toEqual([name, true]);
      // On a full node nothing else makes room for what belongs to every node.
      for (const { kind, metadata, spec } of objects) {
        if (kind !== 'DaemonSet') continue;
        const { priorityClassName } = asObject(asObject(asObject(spec)['template'])['spec']);
        daemons.push(`${asObject(metadata)['name']}: ${priorityClassName}`);
      }
    }
    expect(daemons.toSorted()).toEqual(
      [
        'alloy',
        'gpu-operator-node-feature-discovery-worker',
        'kube-prometheus-stack-prometheus-node-exporter',
        'loki-canary',
      ].map(name => `${name}: system-node-critical`),
    );
  });

  const withGpu = (gpu: string, cluster = '{}') =>
    viewOf('minimal', 'prod', `  releases: { gpu: ${gpu} }\n  cluster: ${cluster}`);
  const ownDriver = '{ pools: { gpu: { driver: none } } }';

  // They decide on what is not rendered here: definitions in a chart's `crds/`, and what only a test runs.
  const outsideOfTemplates = [
    'kube-prometheus-stack crds.enabled',
    'kube-prometheus-stack grafana.testFramework.enabled',
  ];

  test.each<[name: string, where: string, view: EnvironmentScope, place: string]>([
    ['secrets', 'in production', everything('prod'), charts],
    ['mlflow-support', 'in production', everything('prod'), charts],
    ['cert-manager', 'in production', everything('prod'), placeOfOthers('cert-manager')],
    ['kube-prometheus-stack', 'in production', everything('prod'), placeOfOthers('kube-prometheus-stack')],
    ['argo-cd', 'with Redis in several pods', viewOf('private', 'prod'), placeOfOthers('argo-cd')],
    ['mlflow', 'in production', everything('prod'), placeOfOthers('mlflow')],
    ['mlflow', 'in dev', everything('dev'), placeOfOthers('mlflow')],
    ['gpu-operator', 'with the driver of AKS', everything('prod'), placeOfOthers('gpu-operator')],
    ['gpu-operator', 'with a driver of its own', withGpu('true', ownDriver), placeOfOthers('gpu-operator')],
    ['nvidia-device-plugin', 'alone', withGpu('{ stack: device-plugin }'), placeOfOthers('nvidia-device-plugin')],
    ['dcgm-exporter', 'beside it', withGpu('{ stack: device-plugin }'), placeOfOthers('dcgm-exporter')],
  ])('no value that %s gets %s is without effect', async (name, _, view, place) => {
    const idle = await idleIn(name, view, place);
    expect(idle.filter(path => !outsideOfTemplates.includes(`${name} ${path}`))).toEqual([]);
  });

  // Its templates have no use for these: the hub reads them from a Secret that holds a copy of all values (jupyterhub_config.py).
  const readByHub = [
    'cull.',
    'hub.config.',
    'singleuser.cloudMetadata.',
    'singleuser.extraEnv.',
    'singleuser.profileList.',
    'singleuser.startTimeout',
    'singleuser.storage.',
  ];

  test('no value that jupyterhub gets is without effect, but for those that the hub itself reads', async () => {
    const idle = await idleIn('jupyterhub', everything('prod'), placeOfOthers('jupyterhub'));
    expect(idle.filter(path => !readByHub.some(begin => path.startsWith(begin)))).toEqual([]);
  });

  /** Values without effect on anything but what the chart makes up, and on the copy of all of them that the hub gets. */
  async function idleIn(name: string, view: EnvironmentScope, place: string): Promise<string[]> {
    const { values, namespace, madeUp = [] } = releaseOf(view, name, { outputs });
    const copies = [...madeUp, { kind: 'Secret', name: 'hub', path: ['data', 'values.yaml'] }];
    const options = { namespace, place, apiVersions: ['monitoring.coreos.com/v1'], withHooks: true };
    return idleLeavesOf(values, async changed =>
      (await renderer.render(name, changed, options)).map(object => withoutMadeUp(object as KubernetesObject, copies)),
    );
  }
});

withPython(`the sign-in of MLflow${python === undefined ? ' (no python3 on PATH)' : ''}`, () => {
  let folder: string;
  let server: Server;
  let env: NodeJS.ProcessEnv;
  const asked: { readonly path: string; readonly form: Record<string, string> }[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlflow-python-'));
    const files = join(charts, 'mlflow-support', 'files');
    await mkdir(join(folder, 'azure', 'identity'), { recursive: true });
    await mkdir(join(folder, 'azure', 'core'), { recursive: true });
    await cp(join(files, 'identity.py'), join(folder, 'azure', 'identity', '__init__.py'));
    await cp(join(files, 'password.py'), join(folder, 'password.py'));
    // As azure-core has it.
    await writeFile(
      join(folder, 'azure', 'core', 'credentials.py'),
      'from collections import namedtuple\nAccessToken = namedtuple("AccessToken", "token expires_on")\n',
    );
    await writeFile(join(folder, 'assertion'), 'token-of-the-pod\n');
    server = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += String(chunk);
      });
      request.on('end', () => {
        asked.push({ path: request.url ?? '', form: Object.fromEntries(new URLSearchParams(body)) });
        response.end(JSON.stringify({ access_token: `token.${asked.length}`, expires_in: 3599 }));
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    env = {
      ...path,
      PYTHONPATH: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      PGPASSFILE: join(folder, 'passwords'),
      AZURE_AUTHORITY_HOST: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      AZURE_TENANT_ID: 'tenant',
      AZURE_CLIENT_ID: 'client',
      AZURE_FEDERATED_TOKEN_FILE: join(folder, 'assertion'),
    };
  });
  afterAll(async () => {
    await new Promise(resolve => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  const runPython = (...args: readonly string[]) => promisify(execFile)(python ?? '', [...args], { env });
  const isFresh = () =>
    runPython(join(folder, 'password.py'), 'check').then(
      () => true,
      () => false,
    );

  test('gives the token of its service account for one of Entra, and asks once while it lasts', async () => {
    const { stdout } = await runPython(
      '-c',
      'from azure.identity import DefaultAzureCredential as D\nwith D(extra=1) as c:\n  a = c.get_token("scope/.default", claims=None)\n  print(a.token, c.get_token("scope/.default") is a)',
    );
    expect(stdout).toBe('token.1 True\n');
    expect(asked).toEqual([
      {
        path: '/tenant/oauth2/v2.0/token',
        form: {
          grant_type: 'client_credentials',
          client_id: 'client',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: 'token-of-the-pod',
          scope: 'scope/.default',
        },
      },
    ]);
  });

  test('keeps a password file that libpq takes', async () => {
    expect(await isFresh()).toBe(false);
    const running = spawn(python ?? '', [join(folder, 'password.py')], { env });
    await new Promise(resolve => running.stdout.once('data', resolve));
    running.kill();
    expect(await readFile(join(folder, 'passwords'), 'utf8')).toBe('*:*:*:*:token.2\n');
    // libpq reads none that others may read.
    expect((await stat(join(folder, 'passwords'))).mode & 0o777).toBe(0o600);
    expect(asked.at(-1)?.form['scope']).toBe('https://ossrdbms-aad.database.windows.net/.default');
    expect(await isFresh()).toBe(true);
  });
});
