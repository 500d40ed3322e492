import { merge } from '../body.ts';
import type { TypeBehaviour } from '../type.ts';

export const vaults: TypeBehaviour = {
  type: 'Microsoft.KeyVault/vaults',
  createdStatus: 200,
  isTracked: true,
  fill: ({ sent, name }) =>
    merge(
      {
        properties: {
          accessPolicies: [],
          enabledForDeployment: false,
          enableSoftDelete: true,
          softDeleteRetentionInDays: 90,
          publicNetworkAccess: 'Enabled',
        },
      },
      sent,
      { properties: { vaultUri: `https://${name}.vault.azure.net/` } },
    ),
};
