import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope, PrivateService } from '@suite/platform-file';
import { apiVersionOf } from '../../resource-ids.ts';
import { ignoringCase } from '../match.ts';
import { derived, type Inspection, inspect, property } from './inspection.ts';
import { networkId, own, privateEndpoint, registryId, subnetId, vaultId } from './names.ts';

/** Private endpoints of what is made here and of the shared vault, and that names lead to them. */
export function privateLinkInspections(view: EnvironmentScope): Inspection[] {
  const { privateLink } = view;
  if (privateLink === undefined) return [];
  const subnet = subnetId(view, 'data');
  return reachedPrivately(view).map(([service, target]) => {
    const endpoint = privateEndpoint(view, service);
    const group = { id: `${endpoint.id}/privateDnsZoneGroups/default`, apiVersion: endpoint.apiVersion };
    const given = privateLink.zones[service];
    return inspect(
      `Private endpoint of the ${service}`,
      endpoint,
      [
        derived('connection', 'privateLinkServiceConnections.status', 'Approved', connectionState, ignoringCase),
        derived('service', 'privateLinkServiceConnections.privateLinkServiceId', target, connectedTo, ignoringCase),
        ...(subnet === undefined ? [] : [property('subnet', 'subnet.id', subnet, ignoringCase)]),
      ],
      () => [
        inspect(
          `Private name of the ${service}`,
          group,
          given === undefined
            ? [derived('zone', 'privateDnsZoneConfigs', true, properties => zoneOf(properties) !== undefined)]
            : [derived('zone', 'privateDnsZoneConfigs.privateDnsZoneId', given, zoneOf, ignoringCase)],
          // A hub's zones are linked by whoever owns them.
          body => (given === undefined ? linkOf(view, service, zoneOf(asObject(body['properties']))) : []),
        ),
      ],
    );
  });
}

function reachedPrivately(view: EnvironmentScope): [PrivateService, string][] {
  const { registry, vault, storage, database, cache } = view;
  return [
    ...(registry.existing ? [] : [entry('registry', registryId(view))]),
    ...(vault.existing && !vault.shared ? [] : [entry('vault', vaultId(view))]),
    ...(storage === undefined ? [] : [entry('storage', own(view, 'azurerm_storage_account', storage.name).id)]),
    ...(database === undefined
      ? []
      : [entry('database', own(view, 'azurerm_postgresql_flexible_server', database.name).id)]),
    ...(cache === undefined ? [] : [entry('cache', own(view, 'azurerm_managed_redis', cache.name).id)]),
  ];
}

const entry = (service: PrivateService, id: string): [PrivateService, string] => [service, id];

function connection(endpoint: JsonObject): JsonObject {
  const [first] = asArray(endpoint['privateLinkServiceConnections']);
  return asObject(asObject(first)['properties']);
}

const connectionState = (endpoint: JsonObject) =>
  asString(asObject(connection(endpoint)['privateLinkServiceConnectionState'])['status']);

const connectedTo = (endpoint: JsonObject) => asString(connection(endpoint)['privateLinkServiceId']);

function zoneOf(group: JsonObject): string | undefined {
  const [first] = asArray(group['privateDnsZoneConfigs']);
  return asString(asObject(asObject(first)['properties'])['privateDnsZoneId']);
}

function linkOf(view: EnvironmentScope, service: PrivateService, zone: string | undefined): Inspection[] {
  if (zone === undefined) return [];
  const link = {
    id: `${zone}/virtualNetworkLinks/network`,
    apiVersion: apiVersionOf('azurerm_private_dns_zone_virtual_network_link'),
  };
  return [
    inspect(`Link of the private zone of the ${service}`, link, [
      property('network', 'virtualNetwork.id', networkId(view), ignoringCase),
      property('state', 'virtualNetworkLinkState', 'Completed', ignoringCase),
    ]),
  ];
}
