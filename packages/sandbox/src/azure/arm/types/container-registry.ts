import { at, merge } from '../body.ts';
import { ArmError } from '../errors.ts';
import { isNameTaken } from '../names.ts';
import type { TypeBehaviour } from '../type.ts';
import { importImage } from './import-image.ts';
import { withConnections } from './private-endpoints.ts';

export const registries: TypeBehaviour = {
  type: 'Microsoft.ContainerRegistry/registries',
  longRunning: ['put', 'delete'],
  isTracked: true,
  view: withConnections,
  actions: { importimage: importImage },
  check: ({ context, id, name }) => {
    if (!isNameTaken(context, registries.type, name, id)) return;
    throw new ArmError(
      409,
      'AlreadyInUse',
      `The registry DNS name ${name.toLowerCase()}.azurecr.io is already in use. You can check if the name is already claimed using following API: https://docs.microsoft.com/rest/api/containerregistry/registries/checknameavailability`,
    );
  },
  fill: ({ sent, existing, name, context }) => {
    const isPremium = at(sent, 'sku')['name'] === 'Premium';
    return merge(
      {
        properties: {
          adminUserEnabled: false,
          anonymousPullEnabled: false,
          dataEndpointEnabled: false,
          dataEndpointHostNames: [],
          encryption: { status: 'disabled' },
          networkRuleBypassOptions: 'AzureServices',
          networkRuleBypassAllowedForTasks: false,
          policies: {
            quarantinePolicy: { status: 'disabled' },
            trustPolicy: { type: 'Notary', status: 'disabled' },
            retentionPolicy: { days: 7, status: 'disabled' },
            exportPolicy: { status: 'enabled' },
            azureADAuthenticationAsArmPolicy: { status: 'enabled' },
          },
          privateEndpointConnections: [],
          publicNetworkAccess: 'Enabled',
          roleAssignmentMode: 'LegacyRegistryPermissions',
          zoneRedundancy: 'Disabled',
          ...(isPremium ? { networkRuleSet: { defaultAction: 'Allow', ipRules: [] } } : {}),
        },
      },
      sent,
      {
        sku: { tier: at(sent, 'sku')['name'] ?? 'Basic' },
        properties: {
          loginServer: `${name.toLowerCase()}.azurecr.io`,
          creationDate: at(existing?.body, 'properties')['creationDate'] ?? new Date(context.clock.now()).toISOString(),
        },
      },
    );
  },
};
