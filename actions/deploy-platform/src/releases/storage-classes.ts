import { join } from 'node:path';
import { recordNamespace } from '../record.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { withUserValues } from './values.ts';

/** Classes of Azure disks of the platform's own, beside those that AKS makes and may change. */
export function storageClasses({ view, chartsFolder }: ReleaseInput): Release | undefined {
  const settings = view.releases.storageClasses;
  if (settings === undefined) return undefined;
  const zones = view.cluster.pools.user?.zones ?? view.cluster.pools.system.zones;
  const values = { reclaimPolicy: settings.retain ? 'Retain' : 'Delete', zoneRedundant: zones.length > 1 };
  return {
    name: 'storage-classes',
    namespace: recordNamespace,
    podSecurity: 'restricted',
    chart: { kind: 'folder', path: join(chartsFolder, 'storage-classes') },
    needs: [],
    ...withUserValues({ values, unknown: [] }, settings.values),
    readiness: [],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'What a class says can hardly be changed, by whomever.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}
