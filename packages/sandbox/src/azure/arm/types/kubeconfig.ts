import { createHash } from 'node:crypto';
import { at, properties, text } from '../body.ts';
import type { Resource } from '../store.ts';

/** The server application of AKS in Entra, the same for every tenant: what tokens for clusters are for. */
export const aksServerApplication = '6dae42f8-4368-4678-94ff-3960e28e3630';

/**
 * The kubeconfig that AKS hands out: for users of a cluster with Entra sign-in it names kubelogin and holds no secret, otherwise
 * it holds a client certificate and a token.
 */
export function kubeconfigOf(
  name: 'clusterUser' | 'clusterAdmin',
  cluster: Resource,
  authorityCertificate: string,
): string {
  const { fqdn, privateFQDN, aadProfile } = properties(cluster.body);
  const group = cluster.id.split('/')[4] ?? '';
  const user = `${name}_${group}_${cluster.name}`;
  const context = name === 'clusterAdmin' ? `${cluster.name}-admin` : cluster.name;
  const server = `https://${text(privateFQDN) ?? text(fqdn) ?? ''}:443`;
  const hasEntra = name === 'clusterUser' && at({ aadProfile }, 'aadProfile')['managed'] === true;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': context,
    clusters: [{ name: cluster.name, cluster: { server, 'certificate-authority-data': base64(authorityCertificate) } }],
    contexts: [{ name: context, context: { cluster: cluster.name, user } }],
    users: [
      { name: user, user: hasEntra ? entraUser(at({ aadProfile }, 'aadProfile')['tenantID']) : localUser(cluster.id) },
    ],
  };
  // JSON is YAML, and every reader of a kubeconfig reads YAML.
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function entraUser(tenant: unknown): object {
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: 'kubelogin',
      args: [
        'get-token',
        '--environment',
        'AzurePublicCloud',
        '--server-id',
        aksServerApplication,
        '--client-id',
        '80faf920-1908-4b52-b5ef-a8e7bedfc67a',
        '--tenant-id',
        String(tenant ?? ''),
        '--login',
        'devicecode',
      ],
      env: null,
      provideClusterInfo: false,
    },
  };
}

function localUser(id: string): object {
  const secret = localToken(id);
  return {
    'client-certificate-data': base64(`certificate ${secret.slice(0, 32)}`),
    'client-key-data': base64(`key ${secret.slice(32, 64)}`),
    token: secret,
  };
}

/** The token of a cluster's local accounts, the same as long as the cluster has its id. */
export function localToken(clusterId: string): string {
  return createHash('sha512').update(clusterId.toLowerCase()).digest('hex');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
