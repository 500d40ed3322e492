/** Regions that the sandbox's subscriptions see. */
export const locations = [
  'westeurope',
  'northeurope',
  'germanywestcentral',
  'swedencentral',
  'uksouth',
  'eastus',
  'westus2',
];
