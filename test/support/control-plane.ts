import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPeer } from '../../scripts/peer-list.ts';
import { type ApiClient, createApiClient, patienceSeconds } from './control-plane/api-client.ts';
import { type AuditedRequest, auditPolicy, readAuditLog } from './control-plane/audit.ts';
import { type Credential, createAuthority, createSigningKey } from './control-plane/certificates.ts';
import { type ClusterNetwork, startClusterNetwork } from './control-plane/cluster-network.ts';
import { type Component, removeAtEnd, startComponent } from './control-plane/component.ts';
import { freePort } from './control-plane/free-port.ts';
import { type ControlPlaneNode, nodeManifest, smallPlatform } from './control-plane/nodes.ts';
import { type Operator, operate } from './control-plane/operator.ts';
import { kwokConfiguration, storageClasses } from './control-plane/stages.ts';
import { type AdmissionWebhook, reviewListener } from './control-plane/webhook.ts';
import { needs, type Peer, peer } from './peers.ts';

export type { ApiClient } from './control-plane/api-client.ts';
export type { AuditedRequest } from './control-plane/audit.ts';
export { drain, uncordon } from './control-plane/drain.ts';
export { type ControlPlaneNode, type NodePool, poolNodes, smallPlatform } from './control-plane/nodes.ts';
export { conditionsOf, type Operator, passed } from './control-plane/operator.ts';
export { changesBetween, differingPaths, type Snapshot, snapshotOf } from './control-plane/snapshot.ts';
export { type Outcome, outcomeAnnotation } from './control-plane/stages.ts';

const componentNames = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
export type ComponentName = (typeof componentNames)[number];

const peers: Readonly<Record<ComponentName, Peer>> = {
  etcd: peer('etcd'),
  'kube-apiserver': peer('kube-apiserver'),
  'kube-controller-manager': peer('kube-controller-manager'),
  'kube-scheduler': peer('kube-scheduler'),
  kwok: peer('kwok'),
};

/** Whether all of it was built. */
export const hasControlPlane = Object.values(peers).every(({ path }) => path !== undefined);

/** What a test that needs it is called, so that a skipped one tells what to do. */
export const controlPlaneNeeds = hasControlPlane
  ? needs(peers['kube-apiserver'])
  : `the control plane (not built: npx pnpm@12 build-peers ${componentNames.join(' ')})`;

export const kubernetesVersion = findPeer('kube-apiserver').version;

export interface ControlPlaneOptions {
  /** `smallPlatform` when left out. */
  readonly nodes?: readonly ControlPlaneNode[] | undefined;
}

export interface RunningControlPlane {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Everything it writes. Every one of its processes names it. */
  readonly directory: string;
  /** PEM of the authority that the API server's certificate is of. */
  readonly caCertificate: string;
  /** May do everything (`system:masters`). */
  readonly admin: { readonly token: string /** YAML of a kubeconfig. */; readonly kubeconfig: string };
  /** Who has this may speak as anybody: X-Remote-User, X-Remote-Group. */
  readonly frontProxy: Credential;
  /** Calls it as administrator. */
  readonly api: ApiClient;
  /** Answers for a Service, in its pods' place: webhooks, and what is asked for through the API server's proxy. */
  readonly serve: ClusterNetwork['serve'];
  /** Answers for a Service as an admission webhook. Its configuration may name a CA bundle, or none. */
  serveWebhook(webhook: AdmissionWebhook): () => void;
  /** What containers print. */
  readonly serveLogs: ClusterNetwork['serveLogs'];
  /** Does what an operator would do whose pods are only played: writes the status of its custom resources, makes objects. */
  operate(operator: Operator): void;
  /** What everybody has asked of the API server who is no administrator, by its own audit log, oldest first. */
  audited(): Promise<readonly AuditedRequest[]>;
  /** What a component has printed, for a test that fails. */
  logsOf(component: ComponentName): Promise<string>;
  /** Ends every component, and removes what they have written. Throws an Error when an operator was failing. */
  stop(): Promise<void>;
}

/**
 * A real control plane of Kubernetes on loopback, with nodes that kwok plays. It is ready when this returns: nodes may be scheduled on,
 * and the default ServiceAccount is there. It cannot outlive this process.
 */
export async function startControlPlane({
  nodes = smallPlatform,
}: ControlPlaneOptions = {}): Promise<RunningControlPlane> {
  const directory = await mkdtemp(join(tmpdir(), 'control-plane-'));
  const janitor = removeAtEnd(directory);
  const file = (name: string) => join(directory, name);
  const write = async (name: string, text: string) => {
    await writeFile(file(name), text, { mode: 0o600 });
    return file(name);
  };
  const components = new Map<ComponentName, Component>();
  const start = (name: ComponentName, flags: Readonly<Record<string, string>>, env = {}) => {
    const { path, build } = peers[name];
    if (path === undefined) throw new Error(`${name} is missing. Build it: ${build}`);
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    components.set(name, startComponent({ name, path, args, env, log: file(`${name}.log`) }));
  };
  const logsOf = async (name: ComponentName) => (await components.get(name)?.logs()) ?? '';
  let network: ClusterNetwork | undefined;
  let api: ApiClient | undefined;
  const operators: (() => void)[] = [];
  const stopAll = async () => {
    api?.close();
    await Promise.all([...components.values()].map(component => component.stop()));
    await network?.close();
    await rm(directory, { recursive: true, force: true });
    janitor.stdin?.end();
  };
  const stop = async () => {
    try {
      for (const stopOperator of operators) stopOperator();
    } finally {
      await stopAll();
    }
  };
  /** Asks until the answer is there, or a component has ended. */
  const until = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
    const deadline = Date.now() + patienceSeconds * 1000;
    for (;;) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) return answer;
      const reasons = [...components.values()].flatMap(component => component.ended() ?? []);
      if (reasons.length > 0 || Date.now() > deadline) {
        const logs = await Promise.all(
          [...components.values()].map(async one => `${one.name}:\n${tail(await one.logs())}`),
        );
        throw new Error(`${what} within ${patienceSeconds} s: no. ${reasons.join(' ')}\n${logs.join('\n')}`);
      }
      await new Promise(resolve => setTimeout(resolve, 25));
    }
  };

  try {
    const etcd = `unix://${file('etcd.sock')}`;
    start('etcd', {
      'data-dir': file('etcd'),
      'listen-client-urls': etcd,
      'advertise-client-urls': etcd,
      'listen-peer-urls': `unix://${file('etcd-peer.sock')}`,
      // Nothing has to survive the machine.
      'unsafe-no-fsync': 'true',
      'log-level': 'warn',
    });

    const [authority, frontProxyAuthority, accounts, port] = await Promise.all([
      createAuthority('kubernetes'),
      createAuthority('front-proxy'),
      createSigningKey(),
      freePort(),
    ]);
    const [server, frontProxy] = await Promise.all([
      authority.issue({
        name: 'kube-apiserver',
        use: 'server',
        dns: ['localhost', 'kubernetes', 'kubernetes.default.svc'],
        ips: ['127.0.0.1', '10.0.0.1'],
      }),
      frontProxyAuthority.issue({ name: 'front-proxy', use: 'client' }),
    ]);
    const url = `https://127.0.0.1:${port}`;
    const users = ['admin', 'system:kube-controller-manager', 'system:kube-scheduler', 'kwok'].map(name => ({
      name,
      token: crypto.randomUUID(),
    }));
    const tokenOf = (name: string) => users.find(user => user.name === name)?.token ?? '';
    const kubeconfigOf = (name: string) => kubeconfig(url, authority.certificate, tokenOf(name));
    api = createApiClient({ url, ca: authority.certificate, token: tokenOf('admin') });
    const { list } = api;
    network = await startClusterNetwork({ socket: file('network.sock'), authority, list });

    const ca = await write('ca.crt', authority.certificate);
    const accountKey = await write('accounts.key', accounts.privateKey);
    start(
      'kube-apiserver',
      {
        'bind-address': '127.0.0.1',
        'secure-port': String(port),
        'advertise-address': '10.224.255.254',
        'etcd-servers': etcd,
        'cert-dir': directory,
        'tls-cert-file': await write('apiserver.crt', server.certificate),
        'tls-private-key-file': await write('apiserver.key', server.key),
        'client-ca-file': ca,
        'token-auth-file': await write(
          'tokens.csv',
          users.map(({ name, token }) => `${token},${name},${name},system:masters\n`).join(''),
        ),
        'requestheader-client-ca-file': await write('front-proxy-ca.crt', frontProxyAuthority.certificate),
        'requestheader-allowed-names': 'front-proxy',
        'requestheader-username-headers': 'X-Remote-User',
        'requestheader-group-headers': 'X-Remote-Group',
        'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
        'authorization-mode': 'Node,RBAC',
        'service-account-issuer': 'https://kubernetes.default.svc',
        'service-account-key-file': await write('accounts.pub', accounts.publicKey),
        'service-account-signing-key-file': accountKey,
        'service-cluster-ip-range': '10.0.0.0/16',
        'allow-privileged': 'true',
        'kubelet-preferred-address-types': 'InternalIP',
        'audit-policy-file': await write('audit-policy.yaml', auditPolicy),
        'audit-log-path': file('audit.log'),
        'egress-selector-config-file': await write('egress.yaml', egressSelector(file('network.sock'))),
        profiling: 'false',
      },
      // A webhook whose configuration has no CA bundle is checked against the system's authorities.
      { SSL_CERT_FILE: ca },
    );
    const client = api;
    await until('The API server is ready', async () =>
      (await client.call('GET', '/readyz')).status === 200 ? true : undefined,
    );

    start('kube-controller-manager', {
      kubeconfig: await write('controllers.yaml', kubeconfigOf('system:kube-controller-manager')),
      'service-account-private-key-file': accountKey,
      'root-ca-file': ca,
      'cluster-signing-cert-file': ca,
      'cluster-signing-key-file': await write('ca.key', authority.key),
      'leader-elect': 'false',
      'secure-port': '0',
      'kube-api-qps': '500',
      'kube-api-burst': '1000',
      // Instead of 15 s: nobody measures anything here, so that all it does is to keep to its bounds.
      'horizontal-pod-autoscaler-sync-period': '1s',
    });
    start('kube-scheduler', {
      kubeconfig: await write('scheduler.yaml', kubeconfigOf('system:kube-scheduler')),
      'leader-elect': 'false',
      'secure-port': '0',
      'kube-api-qps': '500',
      'kube-api-burst': '1000',
    });
    start('kwok', {
      kubeconfig: await write('kwok.yaml', kubeconfigOf('kwok')),
      config: await write('stages.yaml', kwokConfiguration()),
    });
    await Promise.all([
      ...storageClasses.map(one => client.create('/apis/storage.k8s.io/v1/storageclasses', one)),
      ...nodes.map((node, index) => client.create('/api/v1/nodes', nodeManifest(node, index, kubernetesVersion))),
    ]);
    await until('The cluster is ready', async () => {
      const [found, leases, account] = await Promise.all([
        client.list('/api/v1/nodes'),
        client.list('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'),
        client.get('/api/v1/namespaces/default/serviceaccounts/default'),
      ]);
      // kwok renews a lease for each node it plays, and the controllers take from each what keeps pods away.
      const isReady = leases.length === nodes.length && !JSON.stringify(found).includes('node.kubernetes.io/not-ready');
      return isReady ? account : undefined;
    });

    const { serve, serveLogs } = network;
    return {
      url,
      directory,
      caCertificate: authority.certificate,
      admin: { token: tokenOf('admin'), kubeconfig: kubeconfigOf('admin') },
      frontProxy,
      api,
      serve,
      serveWebhook: webhook => serve({ ...webhook, answer: reviewListener(webhook) }),
      serveLogs,
      operate: operator => void operators.push(operate(client, operator)),
      audited: () => readAuditLog(file('audit.log')),
      logsOf,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function kubeconfig(url: string, ca: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'control-plane',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'context', context: { cluster: 'control-plane', user: 'user' } }],
    'current-context': 'context',
  });
}

function egressSelector(socket: string): string {
  return JSON.stringify({
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [
      {
        name: 'cluster',
        connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: socket } } },
      },
    ],
  });
}

function tail(text: string): string {
  return text.split('\n').slice(-15).join('\n');
}
