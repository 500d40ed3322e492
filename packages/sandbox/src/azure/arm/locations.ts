import type { CloudName } from '../../network/cloud.ts';

/** Regions that the sandbox's subscriptions see, in the cloud that the world plays. */
export const locationsOf: Readonly<Record<CloudName, readonly string[]>> = {
  public: ['westeurope', 'northeurope', 'germanywestcentral', 'swedencentral', 'uksouth', 'eastus', 'westus2'],
  usgovernment: ['usgovvirginia', 'usgovarizona', 'usgovtexas'],
};
