import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from '@suite/kubernetes';
import type { Checkout } from '../model.ts';

export const gitops = 'https://github.com/contoso/gitops';

export interface TestRepository extends Checkout {
  remove(): Promise<void>;
}

/** A checkout with these files. A value of `{ link }` is a symbolic link. */
export async function writeRepository(
  files: Readonly<Record<string, string | { readonly link: string }>>,
  commit = 'a'.repeat(40),
): Promise<TestRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'gitops-'));
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder, path);
    await mkdir(dirname(full), { recursive: true });
    if (typeof content === 'string') await writeFile(full, content);
    else await symlink(content.link, full);
  }
  return {
    folder,
    repository: gitops,
    commit,
    names: ['main'],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Writes repositories, and removes all of them in the end. */
export function createRepositories() {
  const written: TestRepository[] = [];
  return {
    write: async (...args: Parameters<typeof writeRepository>): Promise<TestRepository> => {
      const repository = await writeRepository(...args);
      written.push(repository);
      return repository;
    },
    removeAll: async (): Promise<void> => {
      for (const repository of written) await repository.remove();
    },
  };
}

/** An Application of the GitOps repository. `source` without `repoURL` is one of it. */
export function application(
  name: string,
  source: Readonly<Record<string, unknown>>,
  spec: Readonly<Record<string, unknown>> = {},
): KubernetesObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'contoso',
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      source: { repoURL: gitops, targetRevision: 'main', ...source },
      ...spec,
    },
  };
}

export const deployment = (name: string, image = 'nginx:1.27', more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: ${name}
          image: ${image}
${more}`;

export const configMap = (name: string, value = '1'): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { value: "${value}" }
`;
