import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUpstream, type KubernetesUser, type Upstream } from '@suite/sandbox';
import {
  type CertificateAuthority,
  createCertificateAuthority,
} from '../../../packages/sandbox/src/network/certificate-authority.ts';
import { bearer, makeRequest } from '../../../packages/sandbox/src/network/http.ts';
import { startProxy } from '../../../packages/sandbox/src/network/proxy.ts';
import {
  controlPlaneNeeds,
  hasControlPlane,
  type RunningControlPlane,
  startControlPlane,
} from '../../support/control-plane.ts';

/** Real clients on the real API server, under the name and through the network that the sandbox gives an AKS cluster. */
const host = 'aks-shop-1a2b3c4d.hcp.westeurope.azmk8s.io';
const users: Readonly<Record<string, KubernetesUser>> = {
  apply: { name: 'apply', groups: ['system:masters'] },
  plan: { name: '00000000-0000-0000-0000-0000000000a2', groups: ['readers'] },
  stranger: { name: 'stranger', groups: [] },
};

let control: RunningControlPlane;
let upstream: Upstream;
let authority: CertificateAuthority;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let directory: string;

const missing = [
  ['kubectl', 'version', '--client'],
  ['helm', 'version'],
].flatMap(([tool = '', ...args]) => (spawnSync(tool, args).status === 0 ? [] : tool));
if (missing.length > 0 && process.env['REQUIRE_PEERS'] === '1') throw new Error(`Not on PATH: ${missing.join(', ')}.`);

(hasControlPlane ? describe : describe.skip)(`requests forwarded to ${controlPlaneNeeds}`, () => {
  beforeAll(async () => {
    control = await startControlPlane();
    authority = await createCertificateAuthority();
    const { url, caCertificate: ca, frontProxy } = control;
    upstream = createUpstream({ url, ca, ...frontProxy });
    proxy = await startProxy({
      authority,
      plays: name => name === host,
      answer: async request => {
        const user = users[bearer(request) ?? ''];
        return user === undefined ? { status: 401 } : upstream(request, user);
      },
      onRefused: name => {
        throw new Error(`${name} was called.`);
      },
    });
    directory = await mkdtemp(join(tmpdir(), 'forwarding-'));
    for (const name of Object.keys(users)) await write(`${name}.yaml`, kubeconfig(name));
  });
  afterAll(async () => {
    await proxy?.close();
    await control?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const write = async (name: string, content: string | object) => {
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };

  const kubeconfig = (token: string) => ({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'aks',
        cluster: {
          server: `https://${host}:443`,
          'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
        },
      },
    ],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'context', context: { cluster: 'aks', user: 'user' } }],
    'current-context': 'context',
  });

  const run = async (tool: string, who: keyof typeof users, ...args: readonly string[]) => {
    const env = {
      PATH: process.env['PATH'],
      HOME: directory,
      HTTPS_PROXY: proxy.url,
      KUBECONFIG: join(directory, `${who}.yaml`),
    };
    const { stdout } = await promisify(execFile)(tool, args, { env, cwd: directory });
    return stdout.trim();
  };

  const ask = async (path: string, who: KubernetesUser) => {
    const { status, body } = await upstream(makeRequest('GET', `https://${host}${path}`), who);
    if (!(body instanceof Readable)) throw new Error('The answer is not streamed.');
    return { status, body: JSON.parse(await text(body)) };
  };

  test('everybody is who he is said to be, and may do what his groups may', async () => {
    await control.api.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'readers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'readers' }],
    });
    const path = '/api/v1/namespaces/default/pods';
    const refused = await ask(path, { name: 'stranger', groups: [] });
    expect(refused).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('User "stranger" cannot list resource "pods"') },
    });
    // The API server learns of the binding a moment after it was made.
    const reader = { name: 'anybody', groups: ['readers'] };
    while ((await ask(path, reader)).status === 403) await new Promise(resolve => setTimeout(resolve, 25));
    expect((await ask(path, reader)).status).toBe(200);
    expect((await ask('/api/v1/namespaces/default/secrets', reader)).status).toBe(403);
  });

  (missing.length === 0 ? describe : describe.skip)(
    missing.length === 0 ? 'kubectl and Helm' : `kubectl and Helm (not on PATH: ${missing.join(', ')})`,
    () => {
      test('kubectl applies, waits, reads, and is told what it may not', async () => {
        expect(await run('kubectl', 'plan', 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo}')).toContain(
          '"groups":["readers","system:authenticated"]',
        );
        const manifest = await write('web.yaml', {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web', namespace: 'default' },
          spec: {
            replicas: 2,
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] },
            },
          },
        });
        expect(await run('kubectl', 'apply', 'apply', '--server-side', '-f', manifest)).toBe(
          'deployment.apps/web serverside-applied',
        );
        expect(await run('kubectl', 'apply', 'rollout', 'status', 'deployment/web', '--timeout=300s')).toContain(
          'successfully rolled out',
        );
        control.serveLogs(({ pod }) => `${pod.replace(/-.*/, '')} is up\n`);
        expect(await run('kubectl', 'apply', 'logs', 'deployment/web')).toBe('web is up');
        await expect(run('kubectl', 'plan', 'delete', 'deployment', 'web')).rejects.toThrow(
          `User "${users['plan']?.name}" cannot delete resource "deployments"`,
        );
        await expect(run('kubectl', 'apply', 'exec', 'deployment/web', '--', 'ls')).rejects.toThrow(
          'The sandbox forwards no connection that changes to',
        );
      });

      test('Helm installs a chart and waits for it, upgrades it, and takes it away', async () => {
        await write('chart/Chart.yaml', { apiVersion: 'v2', name: 'shop', version: '1.0.0' });
        await write('chart/values.yaml', { replicas: 1 });
        await write(
          'chart/templates/all.yaml',
          `{{- if not (.Capabilities.APIVersions.Has "apps/v1") }}{{ fail "no apps/v1" }}{{ end }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec: { containers: [{ name: shop, image: "registry.example/shop:1" }] }
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: { helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: before-hook-creation }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: migrate, image: "registry.example/migrate:1" }] }
`,
        );
        const upgrade = ['upgrade', '--install', 'shop', './chart', '-n', 'shop', '--wait', '--timeout', '300s'];
        await run('helm', 'apply', ...upgrade, '--create-namespace');
        const deployment = '/apis/apps/v1/namespaces/shop/deployments/shop';
        expect(await control.api.get(deployment)).toMatchObject({ status: { readyReplicas: 1 } });
        await run('helm', 'apply', ...upgrade, '--set', 'replicas=3');
        expect(await control.api.get(deployment)).toMatchObject({ status: { readyReplicas: 3 } });
        expect(JSON.parse(await run('helm', 'apply', 'list', '-n', 'shop', '-o', 'json'))).toMatchObject([
          { name: 'shop', revision: '2', status: 'deployed', chart: 'shop-1.0.0' },
        ]);
        await run('helm', 'apply', 'uninstall', 'shop', '-n', 'shop', '--wait');
        expect((await control.api.call('GET', deployment)).status).toBe(404);
      });
    },
  );
});
