import type { ScopeView } from '@suite/platform-file';
import type { Azure } from '../ports.ts';
import { compareCluster } from './compare.ts';
import { expectations } from './expectations.ts';
import { environmentInspections, type Inspected, inspectAll, sharedInspections } from './resources/index.ts';

/** Every difference between the platform file and what runs in Azure, and what of it could not be looked at. */
export async function verifyScope(view: ScopeView, azure: Azure): Promise<Inspected> {
  if (view.kind === 'shared') return inspectAll(sharedInspections(view), azure.findResource);
  const cluster = await azure.readCluster(view.resourceGroup, view.cluster.name);
  const { differences, problems } = await inspectAll(environmentInspections(view, cluster), azure.findResource);
  return { differences: [...compareCluster(expectations(view), cluster), ...differences], problems };
}
