import type { EnvironmentScope, SharedScope } from '@suite/platform-file';
import { backupInspections } from './backup.ts';
import { clusterPartInspections } from './cluster-parts.ts';
import {
  cacheInspections,
  databaseInspections,
  registryInspections,
  storageInspections,
  vaultInspections,
} from './data.ts';
import { sharedZoneInspections, zoneInspections } from './dns.ts';
import { gatewayInspections } from './gateway.ts';
import { budgetInspections, lockInspections, policyInspections, sharedLockInspections } from './governance.ts';
import { identityInspections, type SignedIn } from './identities.ts';
import type { Inspection } from './inspection.ts';

import {
  alertInspections,
  defenderInspections,
  diagnosticInspections,
  logInspections,
  metricInspections,
  sharedDiagnosticInspections,
} from './monitoring.ts';
import { networkInspections } from './network.ts';
import { privateLinkInspections } from './private-link.ts';

/** Everything of an environment besides its cluster. What belongs to the cluster is looked at where there is one. */
export function environmentInspections(view: EnvironmentScope, cluster: SignedIn | undefined): Inspection[] {
  return [
    ...networkInspections(view),
    ...gatewayInspections(view),
    ...registryInspections(view),
    ...vaultInspections(view),
    ...storageInspections(view),
    ...databaseInspections(view),
    ...cacheInspections(view),
    ...privateLinkInspections(view),
    ...zoneInspections(view),
    ...metricInspections(view),
    ...alertInspections(view),
    ...defenderInspections(view),
    ...policyInspections(view),
    ...budgetInspections(view),
    ...lockInspections(view),
    ...(cluster === undefined
      ? []
      : [
          ...clusterPartInspections(view),
          ...identityInspections(view, cluster),
          ...diagnosticInspections(view),
          ...backupInspections(view),
        ]),
  ];
}

export function sharedInspections(view: SharedScope): Inspection[] {
  return [
    ...logInspections(view),
    ...sharedZoneInspections(view),
    ...vaultInspections(view),
    ...sharedDiagnosticInspections(view),
    ...sharedLockInspections(view),
  ];
}

export { type Inspected, type Inspection, inspectAll, namesOfInspection } from './inspection.ts';
