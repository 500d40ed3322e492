import { createHash } from 'node:crypto';
import type { Fields } from '../../../objects.ts';
import type { GitRemote, Outside } from '../../../outside.ts';
import { startTestCluster } from '../../../testing/cluster.ts';
import type { ArgoDriver } from './cases.ts';

export const repository = 'https://github.com/contoso/gitops';

export interface MemoryRepository extends GitRemote {
  commit(files: Readonly<Record<string, string | null>>): string;
}

/** A repository in memory, with one branch, `main`. */
export function memoryRepository(isPrivate = false): MemoryRepository {
  const commits = new Map<string, ReadonlyMap<string, string>>();
  let head = '';
  return {
    isPrivate,
    commit: files => {
      const next = new Map(commits.get(head));
      for (const [path, content] of Object.entries(files)) {
        if (content === null) next.delete(path);
        else next.set(path, content);
      }
      head = createHash('sha1')
        .update(`${head}${JSON.stringify(files)}`)
        .digest('hex');
      commits.set(head, next);
      return head;
    },
    resolve: revision => (head !== '' && ['main', 'HEAD'].includes(revision) ? head : undefined),
    files: commit => commits.get(commit),
  };
}

/** A small cluster in which Argo CD works. */
export async function startArgoCluster(
  remote: GitRemote = memoryRepository(),
  images: Outside['image'] = () => undefined,
) {
  const cluster = startTestCluster({
    outside: { repository: url => (url === repository ? remote : undefined), frontend: () => undefined, image: images },
  });
  const { view } = cluster;
  const definition = (kind: string, plural: string, subresources: Fields) =>
    view.put({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.argoproj.io` },
      spec: {
        group: 'argoproj.io',
        scope: 'Namespaced',
        names: { plural, kind },
        versions: [
          {
            name: 'v1alpha1',
            served: true,
            storage: true,
            ...subresources,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    });
  definition('Application', 'applications', {});
  definition('AppProject', 'appprojects', {});
  definition('ApplicationSet', 'applicationsets', { subresources: { status: {} } });
  view.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
  await cluster.pass();
  view.put({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'argocd-application-controller', namespace: 'argocd' },
    spec: {
      serviceName: 'argocd-application-controller',
      selector: { matchLabels: { app: 'controller' } },
      template: {
        metadata: { labels: { app: 'controller' } },
        spec: {
          containers: [
            {
              name: 'controller',
              image: 'quay.io/argoproj/argocd:v3.1.16',
              command: ['/usr/local/bin/argocd-application-controller'],
            },
          ],
        },
      },
    },
  });
  view.crashing('registry.example/failing:*');
  view.unpullable('registry.invalid/*');
  await cluster.pass(5000);
  return cluster;
}

export type ArgoCluster = Awaited<ReturnType<typeof startArgoCluster>>;

const steps = 2000;

/** Lets time pass in small steps until something holds. */
export function sandboxDriver(cluster: ArgoCluster, remote: MemoryRepository): ArgoDriver {
  const read = async (path: string) => {
    const { status, body } = await cluster.call('GET', path);
    return status === 200 ? (body as Fields) : undefined;
  };
  const untilObject: ArgoDriver['untilObject'] = async (path, test) => {
    for (let step = 0; step < steps; step += 1) {
      const found = await read(path);
      if (test(found)) return found;
      await cluster.pass(50);
    }
    throw new Error(`${path} did not become so: ${JSON.stringify(await read(path), null, 1)}`);
  };
  const all = '/apis/argoproj.io/v1alpha1/namespaces/argocd';
  const succeed = async (method: string, path: string, body?: unknown) => {
    const { status, message } = await cluster.call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${message}`);
  };
  return {
    repository,
    commit: async files => remote.commit(files),
    create: (kind, name, spec, metadata = {}) =>
      succeed('POST', `${all}/${kind.toLowerCase()}s`, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind,
        metadata: { name, ...metadata },
        spec,
      }),
    patch: (application, patch) => succeed('PATCH', `${all}/applications/${application}`, patch),
    until: async (application, test) =>
      (await untilObject(`${all}/applications/${application}`, object => object !== undefined && test(object))) ?? {},
    untilObject,
    remove: path => succeed('DELETE', path),
  };
}
