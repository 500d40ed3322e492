import type { ScopeView } from '@suite/platform-file';
import type { Azure } from '../ports.ts';
import { workspaceApi, workspaceId } from '../resource-ids.ts';
import { compareCluster, type Difference } from './compare.ts';
import { expectations } from './expectations.ts';

/** Every difference between the platform file and what runs in Azure: the cluster, or the shared workspace. */
export async function verifyScope(view: ScopeView, azure: Azure): Promise<Difference[]> {
  if (view.kind === 'environment') {
    const live = await azure.readCluster(view.resourceGroup, view.cluster.name);
    return compareCluster(expectations(view), live);
  }
  const id = view.logs.existing ? view.logs.id : workspaceId(view.resourceGroup, view.logs.name, view.subscription);
  if ((await azure.findResource(id, workspaceApi)) !== undefined) return [];
  return [{ what: 'Log workspace', path: '', expected: id, actual: undefined }];
}
