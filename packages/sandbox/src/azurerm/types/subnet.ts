import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, formatId, type IdKind, parentOf } from '../arm/ids.ts';
import { isUnknown, type ObjectValue } from '../schema/values.ts';
import { checkId } from './arm-resource.ts';
import { alreadyExists, doing } from './messages.ts';
import type { Azure, ResourceType } from './resource-type.ts';
import { at, blocks, count, enabledOr, objectsAt, reference, references, text, textAt, texts } from './shape.ts';
import {
  delegationToArm,
  endpointToArm,
  networkVersion,
  poolsFromArm,
  poolToArm,
  subnetBasics,
} from './virtual-network.ts';

export const subnetKind: IdKind = {
  label: 'Subnet',
  namespace: 'Microsoft.Network',
  segments: [
    ['virtualNetworks', 'Virtual Network Name'],
    ['subnets', 'Subnet Name'],
  ],
};

export const subnet: ResourceType = {
  async create(azure, planned, config) {
    const id = formatId(subnetKind, {
      subscriptions: azure.subscriptionId,
      resourceGroups: String(planned['resource_group_name']),
      virtualNetworks: String(planned['virtual_network_name']),
      subnets: String(planned['name']),
    });
    const what = describeId(subnetKind, id);
    await azure.exclusively(parentOf(id), async () => {
      const existing = await doing(`checking for presence of existing ${what}`, () =>
        azure.arm.get(id, networkVersion),
      );
      if (existing !== undefined) throw alreadyExists('azurerm_subnet', id);
      const body = {
        name: planned['name'],
        properties: {
          ...subnetToArm(planned),
          networkSecurityGroup: reference(text(config, 'network_security_group_id_wo')) ?? null,
          routeTable: reference(text(config, 'route_table_id_wo')) ?? null,
        },
      };
      await doing(`creating ${what}`, () => putSubnet(azure, id, body));
    });
    return id;
  },

  async read(azure, id, state) {
    const body = await doing(`retrieving ${describeId(subnetKind, id)}`, () => azure.arm.get(id, networkVersion));
    if (body === undefined) return undefined;
    const [, , , resourceGroup, , , , network, , name] = id.split('/').slice(1);
    const properties = asObject(body['properties']);
    return {
      id,
      name,
      virtual_network_name: network,
      resource_group_name: resourceGroup,
      ...subnetBasics(properties),
      ip_address_pool: poolsFromArm(objectsAt(properties, 'ipamPoolPrefixAllocations')),
      sharing_scope: textAt(properties, 'sharingScope'),
      network_security_group_id: textAt(properties, 'networkSecurityGroup', 'id'),
      route_table_id: textAt(properties, 'routeTable', 'id'),
      network_security_group_id_wo_version: count(state, 'network_security_group_id_wo_version') ?? 0,
      route_table_id_wo_version: count(state, 'route_table_id_wo_version') ?? 0,
    };
  },

  async update(azure, id, prior, planned, config) {
    const what = describeId(subnetKind, id);
    const changed = (name: string) => (count(prior, name) ?? 0) !== (count(planned, name) ?? 0);
    await azure.exclusively(parentOf(id), async () => {
      const existing = await existingSubnet(azure, id);
      const properties = {
        ...asObject(existing['properties']),
        ...subnetToArm(planned),
        ...(changed('network_security_group_id_wo_version')
          ? { networkSecurityGroup: reference(text(config, 'network_security_group_id_wo')) ?? null }
          : {}),
        ...(changed('route_table_id_wo_version')
          ? { routeTable: reference(text(config, 'route_table_id_wo')) ?? null }
          : {}),
      };
      await doing(`updating ${what}`, () => putSubnet(azure, id, { ...existing, properties }));
    });
  },

  async delete(azure, id) {
    await azure.exclusively(parentOf(id), () =>
      doing(`deleting ${describeId(subnetKind, id)}`, () =>
        azure.arm.run('Delete', { method: 'DELETE', path: id, apiVersion: networkVersion }),
      ),
    );
  },

  refine: (prior, planned) => ({
    // A pool gives the addresses, and the configuration then names none.
    unchanged: prior !== null && blocks(planned, 'ip_address_pool').length > 0 ? ['address_prefixes'] : [],
    problems:
      text(planned, 'sharing_scope') !== undefined && planned['default_outbound_access_enabled'] === true
        ? ['`sharing_scope` cannot be set if `default_outbound_access_enabled` is set to `true`']
        : [],
  }),
  checkImportId: id => checkId(subnetKind, id),
};

function subnetToArm(planned: ObjectValue): JsonObject {
  const pools = blocks(planned, 'ip_address_pool');
  return {
    ...(isUnknown(planned['address_prefixes']) ? {} : { addressPrefixes: texts(planned, 'address_prefixes') }),
    addressPrefix: null,
    defaultOutboundAccess: planned['default_outbound_access_enabled'] !== false,
    delegations: blocks(planned, 'delegation').map(delegationToArm),
    ...(pools.length === 0 ? {} : { ipamPoolPrefixAllocations: pools.map(poolToArm) }),
    privateEndpointNetworkPolicies: text(planned, 'private_endpoint_network_policies'),
    privateLinkServiceNetworkPolicies: enabledOr(
      'Disabled',
      planned['private_link_service_network_policies_enabled'] !== false,
    ),
    serviceEndpoints: blocks(planned, 'service_endpoint').map(endpointToArm),
    serviceEndpointPolicies: references(texts(planned, 'service_endpoint_policy_ids')),
    sharingScope: text(planned, 'sharing_scope') ?? null,
  };
}

async function putSubnet(azure: Azure, id: string, body: JsonObject): Promise<void> {
  await azure.arm.run('CreateOrUpdate', { method: 'PUT', path: id, apiVersion: networkVersion, body });
}

async function existingSubnet(azure: Azure, id: string): Promise<JsonObject> {
  const what = describeId(subnetKind, id);
  const existing = await doing(`retrieving ${what}`, () => azure.arm.get(id, networkVersion));
  if (existing === undefined) throw new ArmError(`${what} was not found`);
  return existing;
}

/** What is attached to a subnet, as a resource of its own that has the subnet's id. */
interface SubnetLink {
  readonly type: string;
  /** Argument that names what is attached. */
  readonly argument: string;
  /** Property of the subnet. */
  readonly property: string;
  readonly title: string;
}

export function subnetAssociation({ type, argument, property, title }: SubnetLink): ResourceType {
  return {
    async create(azure, planned) {
      const id = String(planned['subnet_id']);
      await azure.exclusively(parentOf(id), async () => {
        const existing = await existingSubnet(azure, id);
        const attached = textAt(existing, 'properties', property, 'id');
        if (attached !== '') {
          throw new ArmError(
            `an association between "${id}" and "${attached}" already exists - to be managed via Terraform this association needs to be ` +
              `imported into the State. Please see the resource documentation for "${type}" for more information`,
          );
        }
        const properties = { ...asObject(existing['properties']), [property]: { id: text(planned, argument) } };
        await doing(`updating ${title} Association for ${describeId(subnetKind, id)}`, () =>
          putSubnet(azure, id, { ...existing, properties }),
        );
      });
      return id;
    },

    async read(azure, id) {
      const body = await doing(`retrieving ${describeId(subnetKind, id)}`, () => azure.arm.get(id, networkVersion));
      const attached = textAt(body, 'properties', property, 'id');
      return body === undefined || attached === '' ? undefined : { id, subnet_id: id, [argument]: attached };
    },

    async update() {
      throw new Error(`${type} has nothing that can be changed in place`);
    },

    async delete(azure, id) {
      await azure.exclusively(parentOf(id), async () => {
        const existing = await azure.arm.get(id, networkVersion);
        if (existing === undefined || at(existing, 'properties', property) === undefined) return;
        const properties = { ...asObject(existing['properties']), [property]: null };
        await doing(`removing ${title} Association from ${describeId(subnetKind, id)}`, () =>
          putSubnet(azure, id, { ...existing, properties }),
        );
      });
    },

    checkImportId: id => checkId(subnetKind, id),
  };
}
