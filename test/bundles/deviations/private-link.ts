import { type Batch, type Deviation, deviation, gone, placeOf, properties, set } from './deviation.ts';
import { another, ids, network, subnet, suffix } from './platform.ts';

const services = [
  { name: 'registry', target: ids.registry, zone: 'privatelink.azurecr.io' },
  { name: 'vault', target: ids.vault, zone: 'privatelink.vaultcore.azure.net' },
  { name: 'storage', target: ids.storage, zone: 'privatelink.blob.core.windows.net' },
  { name: 'database', target: ids.database, zone: 'privatelink.postgres.database.azure.com' },
  { name: 'cache', target: ids.cache, zone: 'privatelink.redis.azure.net' },
].map(service => {
  const endpoint = `${network}/privateEndpoints/pe-${service.name}-${suffix}`;
  return {
    ...service,
    endpoint,
    names: `${endpoint}/privateDnsZoneGroups/default`,
    link: `${network}/privateDnsZones/${service.zone}/virtualNetworkLinks/network`,
  };
});

/** Where an endpoint leads is in a list of one connection. */
function ofConnection({ name, endpoint, target }: (typeof services)[number]): Deviation[] {
  const place = `${placeOf(endpoint)}.privateLinkServiceConnections`;
  const first = 'privateLinkServiceConnections.0.properties';
  return [
    deviation(
      `Private endpoint of the ${name}: connection`,
      `${place}.status`,
      set(endpoint, `${first}.privateLinkServiceConnectionState.status`, 'Rejected'),
      'Approved',
      'Rejected',
    ),
    deviation(
      `Private endpoint of the ${name}: service`,
      `${place}.privateLinkServiceId`,
      set(endpoint, `${first}.privateLinkServiceId`, another(target)),
      target,
      another(target),
    ),
  ];
}

export const privateLinkBatches: readonly Batch[] = [
  {
    scope: 'prod',
    name: 'connections of private endpoints',
    deviations: services.flatMap(ofConnection),
  },
  {
    scope: 'prod',
    name: 'private endpoints and the links of their zones',
    deviations: services.flatMap(({ name, endpoint, link }) => [
      ...properties(`Private endpoint of the ${name}`, endpoint, [
        ['subnet', 'subnet.id', subnet('another'), subnet('snet-data')],
      ]),
      ...properties(`Link of the private zone of the ${name}`, link, [
        ['network', 'virtualNetwork.id', another(ids.network), ids.network],
        ['state', 'virtualNetworkLinkState', 'InProgress', 'Completed'],
      ]),
    ]),
  },
  {
    scope: 'prod',
    name: 'private names without a zone',
    deviations: services.flatMap(({ name, names }) =>
      properties(`Private name of the ${name}`, names, [['zone', 'privateDnsZoneConfigs', [], true, false]]),
    ),
  },
  {
    scope: 'prod',
    name: 'links of private zones are gone',
    deviations: services.map(({ name, link }) => gone(`Link of the private zone of the ${name}`, link)),
  },
  {
    scope: 'prod',
    name: 'private names are gone',
    deviations: services.map(({ name, names }) => gone(`Private name of the ${name}`, names)),
  },
  {
    scope: 'prod',
    name: 'private endpoints are gone',
    deviations: services.map(({ name, endpoint }) => gone(`Private endpoint of the ${name}`, endpoint)),
  },
];
