import type { JsonObject } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { namesOfCluster } from './compare.ts';
import { expectations } from './expectations.ts';
import { environmentInspections, type Inspection, namesOfInspection, sharedInspections } from './resources/index.ts';

/**
 * Names of all that `verify` checks of a scope, as differences have them, each once. Asks nobody: what is known only from what
 * runs (ids and principals) does not change what a check is called.
 */
export function knownChecks(view: ScopeView): readonly string[] {
  if (view.kind === 'shared') return namesOf(sharedInspections(view), () => anyBody);
  const inspections = environmentInspections(view, anyCluster);
  return [...namesOfCluster(expectations(view)), ...namesOf(inspections, () => anyBody)];
}

/** Names of what is looked at, and of what is then looked at because of a body; nothing follows where there is none. */
export function namesOf(
  inspections: readonly Inspection[],
  bodyOf: (inspection: Inspection) => JsonObject | undefined,
): string[] {
  return inspections.flatMap(inspection => {
    const body = bodyOf(inspection);
    const next = body === undefined ? [] : (inspection.next?.(body) ?? []);
    return [...namesOfInspection(inspection), ...namesOf(next, bodyOf)];
  });
}

const anyText = 'any';
const reference = { id: anyText };

/** Everything that leads from one resource to others. */
export const anyBody: JsonObject = {
  identity: { principalId: anyText },
  properties: {
    principalId: anyText,
    fqdn: anyText,
    networkSecurityGroup: reference,
    natGateway: reference,
    routeTable: reference,
    dataCollectionRuleId: anyText,
    aksAssignedIdentity: { principalId: anyText },
    privateDnsZoneConfigs: [{ properties: { privateDnsZoneId: anyText } }],
  },
};

/** What inspections need to know of the cluster. */
export const anyCluster = {
  kubelet: anyText,
  features: {
    secretsProvider: { rotation: true, rotationInterval: anyText, principal: anyText },
    oidcIssuer: { url: anyText },
  },
};
