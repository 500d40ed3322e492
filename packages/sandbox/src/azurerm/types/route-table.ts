import { blocks, computed, flag, references, text } from './fields.ts';
import { tableResource } from './table-resource.ts';
import { networkVersion } from './virtual-network.ts';

export const routeTable = tableResource({
  type: 'azurerm_route_table',
  kind: {
    label: 'Route Table',
    namespace: 'Microsoft.Network',
    segments: [['routeTables', 'Route Table Name']],
  },
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  lock: id => id,
  fields: {
    bgp_route_propagation_enabled: flag('properties.disableBgpRoutePropagation', { inverted: true, absent: true }),
    route: blocks(
      'properties.routes',
      {
        name: text('name'),
        address_prefix: text('properties.addressPrefix'),
        next_hop_type: text('properties.nextHopType'),
        next_hop_in_ip_address: text('properties.nextHopIpAddress'),
      },
      { sendEmpty: true },
    ),
    subnets: computed(references('properties.subnets')),
  },
});
