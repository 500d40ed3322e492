import { at, list, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { sameId } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { ArmContext } from '../type.ts';

/** Subnets that a resource of each type sits in; paths are those of Azure's bodies. */
const subnetsByType: Readonly<Record<string, (resource: Resource) => readonly unknown[]>> = {
  'Microsoft.ContainerService/managedClusters/agentPools': ({ body }) => {
    const { vnetSubnetID, podSubnetID } = properties(body);
    return [vnetSubnetID, podSubnetID];
  },
  'Microsoft.ContainerService/managedClusters': ({ body }) => [
    at(body, 'properties', 'apiServerAccessProfile')['subnetId'],
  ],
  'Microsoft.DBforPostgreSQL/flexibleServers': ({ body }) => [
    at(body, 'properties', 'network')['delegatedSubnetResourceId'],
  ],
  'Microsoft.Network/bastionHosts': ({ body }) =>
    list(properties(body)['ipConfigurations']).map(one => at(one, 'properties', 'subnet')['id']),
  'Microsoft.Network/privateEndpoints': ({ body }) => [at(body, 'properties', 'subnet')['id']],
  'Microsoft.ServiceNetworking/trafficControllers/associations': ({ body }) => [at(body, 'properties', 'subnet')['id']],
};

function usersOfSubnet(subnetId: string, { store }: Pick<ArmContext, 'store'>): readonly Resource[] {
  return store
    .all()
    .filter(resource => subnetsByType[resource.type]?.(resource).some(id => sameId(text(id) ?? '', subnetId)));
}

export function checkSubnetUnused(subnet: Resource, context: ArmContext): void {
  const [user] = usersOfSubnet(subnet.id, context);
  if (user === undefined) return;
  throw new ArmError(
    400,
    'InUseSubnetCannotBeDeleted',
    `Subnet ${subnet.name} is in use by ${user.id} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
  );
}
