import type { World } from '../../world/index.ts';
import { recordRunning } from '../run-record.ts';

/** The one digest that the pods of an application run in an environment; undefined for none, or several. */
export function runsOf({ azure, kubernetes }: World, environment: string, application: string): string | undefined {
  const found = recordRunning(azure, kubernetes).find(
    one => one.environment === environment && one.application === application,
  );
  return found?.digests.length === 1 ? found.digests[0] : undefined;
}

/** The managed cluster of an environment, by its resource id. */
export function clusterOf({ azure }: World, environment: string): string {
  const found = azure
    .resources('Microsoft.ContainerService/managedClusters')
    .find(({ tags }) => (tags as { environment?: string } | undefined)?.environment === environment);
  if (found === undefined) throw new Error(`${environment} has no cluster.`);
  return found.id;
}
