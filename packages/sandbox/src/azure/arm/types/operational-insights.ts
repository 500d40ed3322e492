import { createHash, randomUUID } from 'node:crypto';
import { json } from '../../../network/http.ts';
import { merge, properties } from '../body.ts';
import type { TypeBehaviour } from '../type.ts';

export const workspaces: TypeBehaviour = {
  type: 'Microsoft.OperationalInsights/workspaces',
  longRunning: ['put'],
  isTracked: true,
  fill: ({ sent, existing, context }) => {
    const now = new Date(context.clock.now()).toISOString();
    const before = properties(existing?.body);
    return merge(
      {
        properties: {
          sku: { name: 'PerGB2018' },
          retentionInDays: 30,
          publicNetworkAccessForIngestion: 'Enabled',
          publicNetworkAccessForQuery: 'Enabled',
          features: { legacy: 0, searchVersion: 1, enableLogAccessUsingOnlyResourcePermissions: true },
          workspaceCapping: { dailyQuotaGb: -1, dataIngestionStatus: 'RespectQuota' },
        },
      },
      // The service keeps what an update leaves out.
      existing?.body,
      sent,
      {
        properties: {
          customerId: before['customerId'] ?? randomUUID(),
          createdDate: before['createdDate'] ?? now,
          modifiedDate: now,
        },
      },
    );
  },
  actions: {
    // Made up anew for each name, the same each time: a plan must not see them change.
    sharedkeys: ({ resource }) =>
      json(200, { primarySharedKey: key(resource.id, 1), secondarySharedKey: key(resource.id, 2) }),
  },
};

function key(id: string, number: number): string {
  return createHash('sha512').update(`${id.toLowerCase()} ${number}`).digest('base64');
}
