import { describe, expect, test } from '@jest/globals';
import { type EnvironmentScope, parsePlatform, resolveUnlocked } from './index.ts';
import { problemsOf } from './testing/index.ts';

/** Line 11 holds the releases, 12 what else the environment says. */
function file(releases: string, more = '', { domain = true, admins = true } = {}): string {
  return `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
${domain ? 'domain: platform.contoso.com' : '# no domain'}
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    subscription: 33333333-3333-3333-3333-333333333333
    location: westeurope
    ${admins ? 'admins: [66666666-6666-6666-6666-666666666666]' : '# no admins'}
    releases: { ${releases} }
    ${more}
  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside }
`;
}

function viewOf(releases: string, more = '', scope = 'dev') {
  const text = file(releases, more).replace(
    '  prod: {',
    `  prod: { ${scope === 'prod' ? `releases: { ${releases} },` : ''}`,
  );
  const found = resolveUnlocked(parsePlatform(text, 'p.yaml')).find(view => view.scope === scope);
  if (found?.kind !== 'environment') throw new Error(`no ${scope}`);
  return found as Omit<EnvironmentScope, 'identities' | 'state'>;
}

const client = '99999999-9999-9999-9999-999999999999';
const login = `login: { client-id: ${client} }`;
const admin = '66666666-6666-6666-6666-666666666666';

describe('what is on', () => {
  test('nothing without asking', () => {
    const { jupyterHub, mlflow, gpu, secrets } = viewOf('').releases;
    expect([jupyterHub, mlflow, gpu, secrets]).toEqual([undefined, undefined, undefined, undefined]);
    expect(Object.keys(viewOf('').workloads).filter(name => name.startsWith('secrets-'))).toEqual([]);
  });

  test.each<[string, string, unknown]>([
    ['a small notebook by itself', `jupyterhub: { ${login} }`, { names: ['Small'], startTimeoutSeconds: 600 }],
    [
      'with GPUs one more, and time for its node',
      `jupyterhub: { ${login} }, gpu: true`,
      { names: ['Small', 'GPU'], startTimeoutSeconds: 1200 },
    ],
    [
      'what somebody offers',
      `jupyterhub: { ${login}, start-timeout: 5m, profiles: [{ name: Big, cpu: 3, memory: 12Gi }] }`,
      { names: ['Big'], startTimeoutSeconds: 300 },
    ],
  ])('%s', (_name, releases, expected) => {
    const hub = viewOf(releases).releases.jupyterHub;
    expect({ names: hub?.profiles.map(({ name }) => name), startTimeoutSeconds: hub?.startTimeoutSeconds }).toEqual(
      expected,
    );
    expect(hub?.login).toEqual({ clientId: client, secret: 'jupyterhub-entra', allowed: [admin], admins: [admin] });
  });

  test.each([
    ['dev', 'true', '', { database: 'cluster', artifacts: 'cluster' }],
    ['prod', 'true', '', { database: 'flexible-server', artifacts: 'blob' }],
    ['prod', '{ database: cluster, artifacts: cluster }', '', { database: 'cluster', artifacts: 'cluster' }],
    ['dev', 'true', 'database: true', { database: 'flexible-server', artifacts: 'cluster' }],
    ['dev', '{ artifacts: blob }', '', { database: 'cluster', artifacts: 'blob' }],
  ])('MLflow of %s keeps its data where it says: %s %s', (scope, said, more, expected) => {
    expect(viewOf(`mlflow: ${said}`, more, scope).releases.mlflow).toMatchObject({ ...expected, storage: '20Gi' });
  });
});

describe('secrets of the vault', () => {
  test('those of logins and others, each namespace with an identity', () => {
    const view = viewOf(
      `jupyterhub: { login: { client-id: ${client}, vault-secret: hub-secret, secret: hub } },
      argo-cd: { login: { client-id: ${client}, vault-secret: argo-secret } },
      secrets: { entries: { grafana-admin: { namespace: monitoring, keys: { password: grafana-password } } } }`.replace(
        /\n\s*/g,
        ' ',
      ),
    );
    expect(view.releases.secrets?.entries).toEqual([
      { name: 'grafana-admin', namespace: 'monitoring', labels: {}, keys: { password: 'grafana-password' } },
      {
        name: 'argo-cd-entra',
        namespace: 'argocd',
        labels: { 'app.kubernetes.io/part-of': 'argocd' },
        keys: { 'client-secret': 'argo-secret' },
      },
      { name: 'hub', namespace: 'ai-tools', labels: {}, keys: { 'client-secret': 'hub-secret' } },
    ]);
    expect(view.workloads).toMatchObject({
      'secrets-ai-tools': { namespace: 'ai-tools', name: 'secrets' },
      'secrets-argocd': { namespace: 'argocd', name: 'secrets' },
      'secrets-monitoring': { namespace: 'monitoring', name: 'secrets' },
    });
  });

  test('of a release that is off nothing is brought', () => {
    const { releases, workloads } = viewOf(`argo-cd: false, mlflow: { ${login} }`);
    expect(releases.secrets).toBeUndefined();
    expect(workloads).not.toHaveProperty('secrets-argocd');
  });
});

describe('what is refused, where and with what advice', () => {
  const problems = (releases: string, more = '', options = {}) =>
    problemsOf(() => parsePlatform(file(releases, more, options), 'p.yaml'));
  const line = (text: string) => expect.stringContaining(text);

  test.each<[string, string, string, object, string]>([
    ['everybody as anybody', 'jupyterhub: true', '', {}, 'lets everybody in, under any name'],
    ...[
      'dummy',
      '"null"',
      'null',
      'none',
      '""',
      'false',
      'jupyterhub.auth.DummyAuthenticator',
      'dummyauthenticator.DummyAuthenticator',
      'jupyterhub.auth.NullAuthenticator',
    ].flatMap((authenticator): [string, string, string, object, string][] =>
      ['', `${login}, `].map(beside => [
        `everybody by ${authenticator}${beside === '' ? '' : ' over a login'}`,
        `jupyterhub: { ${beside}values: { hub: { config: { JupyterHub: { authenticator_class: ${authenticator} } } } } }`,
        '',
        {},
        'JupyterHub asks nobody who they are',
      ]),
    ),
    ['a login of nothing', 'mlflow: { login: {} }', '', {}, 'needs its application in Entra'],
    ['a login without a name to come back to', `mlflow: { ${login} }`, '', { domain: false }, 'there is no domain'],
    ['a login for nobody', `mlflow: { ${login} }`, '', { admins: false }, 'Nobody could sign in to MLflow'],
    [
      'a secret for Grafana',
      `kube-prometheus-stack: { login: { client-id: ${client}, secret: x } }`,
      '',
      {},
      'has no secret',
    ],
    [
      'groups for roles of Grafana',
      `kube-prometheus-stack: { login: { client-id: ${client}, admins: [${admin}] } }`,
      '',
      {},
      'takes roles from the application',
    ],
    [
      'a GPU without a pool',
      `jupyterhub: { ${login}, profiles: [{ name: A, gpus: 1 }] }`,
      'cluster: { pools: { gpu: false } }',
      {},
      'The profile `A` wants GPUs, and there is no GPU pool',
    ],
    [
      'a profile twice',
      `jupyterhub: { ${login}, profiles: [{ name: A b }, { name: a-B }] }`,
      '',
      {},
      'There are two profiles `a-B`',
    ],
    ['no profile', `jupyterhub: { ${login}, profiles: [] }`, '', {}, 'nobody can start a notebook'],
    [
      'a profile without a name',
      `jupyterhub: { ${login}, profiles: [{ cpu: 1 }] }`,
      '',
      {},
      'A profile needs a `name`',
    ],
    ['patience without end', `jupyterhub: { ${login}, start-timeout: 90m }`, '', {}, 'Nobody waits 90 minutes'],
    [
      'notebooks without disks',
      `jupyterhub: { ${login} }`,
      'cluster: { features: { csi: { disk: false } } }',
      {},
      'keep their data on disks',
    ],
    [
      'a server that is not there',
      'mlflow: { database: flexible-server }',
      '',
      {},
      'There is no PostgreSQL server for MLflow',
    ],
    [
      'Blob without an identity',
      'mlflow: { artifacts: blob }',
      'cluster: { features: { workload-identity: false } }',
      {},
      'without workload identity MLflow has none',
    ],
    [
      'Blob without storage',
      'mlflow: { artifacts: blob }',
      'storage: false',
      {},
      'There is no storage account for artifacts',
    ],
    [
      'a server without an identity',
      'mlflow: true',
      'database: true\n    storage: false',
      {},
      'takes identities of Entra alone',
    ],
    ['GPUs without a pool', 'gpu: true', 'cluster: { pools: { gpu: false } }', {}, 'There is no GPU pool'],
    [
      'nobody who installs the driver',
      'gpu: { stack: device-plugin }',
      'cluster: { pools: { gpu: { driver: none } } }',
      {},
      'Nobody installs the driver',
    ],
    [
      "the operator's driver over AKS's",
      'gpu: { values: { driver: { enabled: true } } }',
      '',
      {},
      'AKS installs the driver on these nodes',
    ],
    [
      "AKS's driver where there is none",
      'gpu: { values: { toolkit: { enabled: false } } }',
      'cluster: { pools: { gpu: { driver: none } } }',
      {},
      'Nobody would install the toolkit',
    ],
    [
      'two owners of the driver',
      'gpu: true',
      'cluster: { pools: { gpu: { replacement: { driver: none } } } }',
      {},
      'one release cannot do both',
    ],
    ['an exporter beside the operator', 'gpu: { exporter: {} }', '', {}, 'brings its own exporter'],
    ['secrets of nothing', 'secrets: true', '', {}, '`secrets` brings nothing'],
    [
      'a secret for nobody',
      'argo-cd: false, secrets: { entries: { x: { namespace: argocd, keys: { a: b } } } }',
      '',
      {},
      'No release is in the namespace `argocd`',
    ],
    ['a secret without keys', 'secrets: { entries: { x: { namespace: argocd } } }', '', {}, '`x` has no `keys`'],
    [
      'secrets without the provider',
      'secrets: { entries: { x: { namespace: argocd, keys: { a: b } } } }',
      'cluster: { features: { key-vault-secrets: false } }',
      {},
      'Key Vault Secrets Provider brings it',
    ],
    [
      'a secret that nobody brings',
      `secrets: false, mlflow: { login: { client-id: ${client}, vault-secret: a } }`,
      '',
      {},
      '`secrets` brings it to the cluster, and is off',
    ],
    [
      'a secret in the file',
      `mlflow: { login: { client-id: ${client}, vault-secret: "p@ss word" } }`,
      '',
      {},
      'Expected the name of a secret in the key vault',
    ],
  ])('%s', (_name, releases, more, options, expected) => {
    const found = problems(releases, more, options);
    expect(found).toContainEqual(line(expected));
    // At the line that says it, or where the environment begins when nothing says it.
    for (const one of found) expect(one).toMatch(/^p\.yaml:(?:7|11|12|13):/);
  });

  test.each(['nativeauthenticator.NativeAuthenticator', 'azuread', 'shared-password'])(
    'another way in is taken: %s',
    authenticator => {
      const values = `{ hub: { config: { JupyterHub: { authenticator_class: ${authenticator} } } } }`;
      expect(problems(`jupyterhub: { values: ${values} }`)).toEqual([]);
    },
  );

  test('an open hub is named at its line', () => {
    const said = 'hub: { config: { JupyterHub: { authenticator_class: dummy } } }';
    const found = problems(`jupyterhub: { values: { ${said} } }`);
    expect(found).toEqual([expect.stringMatching(/^p\.yaml:11:\d+: With `dummy` as its authenticator/)]);
  });

  test('everything together is taken', () => {
    expect(
      problems(
        `jupyterhub: { ${login} }, mlflow: { ${login} }, gpu: true, argo-cd: { ${login} }, kube-prometheus-stack: { ${login} }`,
      ),
    ).toEqual([]);
  });
});
