import { asArray, asObject, asString, type JsonObject, type Problem } from '@suite/foundation';
import type { LiveCluster, LivePool } from '../verify/live-cluster.ts';
import { egressOf, isLinux, type Surveyed, systemPoolOf } from './surveyed.ts';

/**
 * What about a cluster the modules have no words for, each with its reason: with any of it their plan would replace the cluster or
 * change what it stands on. Empty where it can be adopted. Pure.
 */
export function hindrances({ id, live, body }: Surveyed): Problem[] {
  const properties = asObject(body['properties']);
  const found = [
    ...state(live),
    ...kind(body, properties),
    ...disks(live),
    ...network(live, properties),
    ...pools(live, properties),
  ];
  return found.map(([message, remedy]) => ({
    message: `${id.name} cannot be adopted: ${message} Nothing was touched.`,
    remedy,
  }));
}

type Hindrance = readonly [message: string, remedy: string];

const elsewhere =
  'Describe it in a root of your own (`terraform: { working-directory: … }`), or make a new cluster beside it and move.';

function state({ provisioningState, powerState }: LiveCluster): Hindrance[] {
  if (provisioningState !== 'Succeeded') {
    return [
      [
        `its provisioning state is \`${provisioningState}\`.`,
        'Wait until Azure is done with it, or repair it, then survey again.',
      ],
    ];
  }
  return powerState === 'Running' ? [] : [['it is stopped.', 'Start it with `az aks start`, then survey again.']];
}

function kind(body: JsonObject, properties: JsonObject): Hindrance[] {
  const isAutomatic =
    asString(asObject(body['sku'])['name']) === 'Automatic' ||
    asString(asObject(properties['nodeProvisioningProfile'])['mode']) === 'Auto';
  const identity = asString(asObject(body['identity'])['type']) ?? 'None';
  return [
    ...(isAutomatic
      ? [
          [
            'Azure makes its nodes by itself (AKS Automatic, node auto-provisioning), and the modules make pools.',
            elsewhere,
          ] as const,
        ]
      : []),
    ...(identity === 'None'
      ? [
          [
            'its control plane signs in as a service principal with a password.',
            'Give it a managed identity first: `az aks update --enable-managed-identity`.',
          ] as const,
        ]
      : []),
  ];
}

function disks({ diskEncryptionSet }: LiveCluster): Hindrance[] {
  if (diskEncryptionSet === undefined) return [];
  const name = diskEncryptionSet.split('/').at(-1);
  return [
    [`its disks are encrypted by ${name}, and the modules know only a set that they make themselves.`, elsewhere],
  ];
}

function network(
  { network: { plugin, pluginMode, policy, outboundType } }: LiveCluster,
  properties: JsonObject,
): Hindrance[] {
  const families = asArray(asObject(properties['networkProfile'])['ipFamilies']);
  const found: Hindrance[] = [];
  if (plugin !== 'azure' || pluginMode !== 'overlay') {
    const is =
      plugin === 'azure' ? 'Azure CNI without overlay, where pods take addresses of the network' : `\`${plugin}\``;
    const how = `\`az aks update --network-plugin azure --network-plugin-mode overlay\``;
    const remedy =
      plugin === 'kubenet' || plugin === 'azure'
        ? `Migrate it to the overlay first, which restarts every node: ${how}. Then survey again.`
        : elsewhere;
    found.push([`its network is ${is}, and the modules know the overlay of Azure CNI alone.`, remedy]);
  }
  if (policy !== undefined && !['azure', 'cilium', 'none'].includes(policy)) {
    found.push([
      `its network policies are enforced by \`${policy}\`; the modules know \`cilium\` and \`azure\`.`,
      'Change that first: `az aks update --network-policy azure`. Then survey again.',
    ]);
  }
  if (families.length > 1) found.push(['it has IPv6 addresses, and the modules know IPv4 alone.', elsewhere]);
  if (egressOf(outboundType) === undefined) {
    found.push([
      `its way out is \`${outboundType}\`; the modules know a load balancer, a NAT gateway of the subnet, and a route.`,
      'Change that first: `az aks update --outbound-type loadBalancer`. Then survey again.',
    ]);
  }
  return found;
}

function pools(live: LiveCluster, properties: JsonObject): Hindrance[] {
  const system = systemPoolOf(live, properties);
  if (system === undefined) {
    const linux = live.pools.some(({ name }) => isLinux(properties, name));
    return [
      [
        `it has no system pool of Linux${linux ? '' : ', nor any Linux pool'}, and the modules need one.`,
        'Add one first: `az aks nodepool add --mode System`.',
      ],
    ];
  }
  return system.subnet === undefined ? [[noSubnet(system), elsewhere]] : [];
}

function noSubnet({ name }: LivePool): string {
  return `its pool ${name} lies in a network that AKS made for itself, and a pool cannot move to a subnet that somebody names.`;
}
