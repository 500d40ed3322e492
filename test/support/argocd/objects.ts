import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { findPeer } from '../../../scripts/peer-list.ts';

/** Where Argo CD and its objects live. */
export const argoNamespace = 'argocd';

const ours = { 'app.kubernetes.io/part-of': 'argocd' };

function configMap(name: string, data: Readonly<Record<string, string>> = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: ours }, data };
}

/** What Argo CD's own manifests put beside its programs (manifests/base/config), with what its API server would add. */
export function configuration(
  settings: Readonly<Record<string, string>>,
  policy: string,
): Readonly<Record<string, readonly object[]>> {
  return {
    configmaps: [
      configMap('argocd-cm', settings),
      configMap('argocd-cmd-params-cm'),
      configMap('argocd-gpg-keys-cm'),
      configMap('argocd-rbac-cm', { 'policy.csv': policy }),
      configMap('argocd-ssh-known-hosts-cm'),
      configMap('argocd-tls-certs-cm'),
    ],
    secrets: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'argocd-secret', labels: ours },
        stringData: { 'server.secretkey': crypto.randomUUID() },
      },
    ],
  };
}

/** What the API server of Argo CD makes at its first start. */
export const defaultProject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default' },
  spec: {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  },
};

/** Applications, ApplicationSets and AppProjects, as this release of Argo CD defines them. */
export async function definitions(): Promise<readonly unknown[]> {
  const texts = await Promise.all(findPeer('argocd').files.map(({ path }) => readFile(path, 'utf8')));
  return texts.map(text => parse(text));
}
