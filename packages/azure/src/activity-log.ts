import type { TokenCredential } from '@azure/core-auth';
import { asObject, asString } from '@suite/foundation';
import { createResourceManager } from './resource-manager.ts';
import type { ArmOptions } from './resource-reader.ts';

/** One thing that somebody did to a resource, as Azure's activity log has it. */
export interface Activity {
  readonly resourceId: string;
  /** A person's name in Entra, or the object id of whatever else acted. */
  readonly caller: string;
  /** Client id of the application or identity that it was done with; empty where it is not told. */
  readonly clientId: string;
  /** `Microsoft.ContainerService/managedClusters/write` */
  readonly operation: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * What was done in a resource group between two times (milliseconds since 1970), in no order. The log goes back 90 days and may be
 * minutes late. `Microsoft.Insights/eventtypes/values/read` is part of Reader.
 */
export async function readActivity(
  credential: TokenCredential,
  options: ArmOptions,
  place: { readonly subscription: string; readonly resourceGroup: string },
  from: number,
  to: number,
): Promise<readonly Activity[]> {
  const manager = createResourceManager(credential, options);
  const time = (at: number) => `'${new Date(at).toISOString()}'`;
  const events = await manager.list(
    `/subscriptions/${place.subscription}/providers/Microsoft.Insights/eventtypes/management/values`,
    '2015-04-01',
    {
      $filter: `eventTimestamp ge ${time(from)} and eventTimestamp le ${time(to)} and resourceGroupName eq '${place.resourceGroup}'`,
      $select: 'caller,claims,eventTimestamp,operationName,resourceId,status',
    },
  );
  return events.map(asObject).flatMap((event): Activity[] => {
    const text = (value: unknown) => asString(value) ?? '';
    const status = text(asObject(event['status'])['value']);
    const [resourceId, caller] = [text(event['resourceId']), text(event['caller'])];
    // What was only begun, or refused, has changed nothing.
    if ((status !== 'Succeeded' && status !== 'Accepted') || resourceId === '' || caller === '') return [];
    return [
      {
        resourceId,
        caller,
        clientId: text(asObject(event['claims'])['appid']),
        operation: text(asObject(event['operationName'])['value']),
        at: text(event['eventTimestamp']),
      },
    ];
  });
}
