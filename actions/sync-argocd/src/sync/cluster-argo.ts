import {
  type Application,
  applicationKind,
  applicationSetKind,
  clearPatch,
  projectKind,
  readApplication,
  readApplicationSet,
  readProject,
  refreshApplicationSet,
  refreshPatch,
  syncPatch,
  terminatePatch,
} from '@suite/argocd';
import { type Cluster, KubernetesFailure } from '@suite/kubernetes';
import { createKeeper } from './kept.ts';
import { type ApplicationRef, type ArgoCd, keyOf } from './ports.ts';

/** Argo CD through its objects: needs rights of Kubernetes alone, and no server of Argo CD. */
export function createClusterArgo(
  cluster: Pick<Cluster, 'host' | 'get' | 'listAs' | 'patch' | 'followAs'>,
  argoNamespace: string,
): ArgoCd {
  const refOf = ({ namespace, name }: ApplicationRef) => ({ ...applicationKind, namespace, name });
  const keep = createKeeper();
  const guarded = async (application: Application, patch: unknown): Promise<'done' | 'changed'> => {
    try {
      await cluster.patch(refOf(application), patch);
      return 'done';
    } catch (error) {
      if (error instanceof KubernetesFailure && error.kind === 'conflict') return 'changed';
      throw error;
    }
  };
  return {
    where: `in ${cluster.host}`,
    get: async ref => {
      const found = await cluster.get(refOf(ref));
      return found === undefined ? undefined : readApplication(found);
    },
    list: (namespace, what = 'all') =>
      cluster.listAs({ ...applicationKind, namespace }, what === 'kept' ? keep : readApplication),
    project: async name => {
      const found = await cluster.get({ ...projectKind, namespace: argoNamespace, name });
      return found === undefined ? undefined : readProject(found);
    },
    set: async name => {
      const found = await cluster.get({ ...applicationSetKind, namespace: argoNamespace, name });
      return found === undefined ? undefined : readApplicationSet(found);
    },
    sync: async (application, request) =>
      (await guarded(application, syncPatch(application, request))) === 'done' ? 'begun' : 'changed',
    refresh: async (ref, stamp) => {
      await cluster.patch(refOf(ref), refreshPatch(stamp));
    },
    refreshSet: async name => {
      await cluster.patch({ ...applicationSetKind, namespace: argoNamespace, name }, refreshApplicationSet);
    },
    clear: (application, withState) => guarded(application, clearPatch(application, withState)),
    terminate: application => guarded(application, terminatePatch(application)),
    follow: async ({ namespaces, only }, onChange, signal) => {
      const [namespace, ...others] = namespaces;
      // An Application is read once for each of its versions.
      await cluster.followAs(
        {
          ...applicationKind,
          namespace: others.length === 0 ? namespace : undefined,
          ...(only === undefined ? {} : { fields: `metadata.name=${only}` }),
        },
        keep,
        (applications, changed) => {
          onChange(ref => applications.get(keyOf(ref)), changed);
          return false;
        },
        signal,
      );
    },
  };
}
