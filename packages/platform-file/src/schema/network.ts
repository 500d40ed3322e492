import { defaults } from '../defaults.ts';
import { address, armId, block, cidr, duration, off, subnetId, switchable, words } from './vocabulary.ts';

const zone = (description: string) => cidr.describe(description).optional();

export const network = block({
  'address-space': cidr
    .describe(
      'Range of the VNet. Said for an environment with `regions`, it is shared out: each region gets a quarter, in their order. Default: a /16 in 10.0.0.0/8.',
    )
    .optional(),
  zones: block({
    dmz: zone('Application Gateway for Containers; exactly a /24.'),
    compute: zone('Nodes.'),
    data: zone('Private endpoints.'),
    management: zone('Runners and jump hosts.'),
    bastion: zone('Azure Bastion; a /26 or larger.'),
    'api-server': zone('API server, with `cluster.vnet-integration`; a /28 or larger.'),
  })
    .describe('Ranges of the security zones. Default: cut from the address space.')
    .optional(),
  policy: words('cilium', 'azure')
    .meta({
      description: 'Who enforces network policies. Azure supports `azure` until 2028-09-30.',
      default: defaults.network.policy,
    })
    .optional(),
  pods: cidr.meta({ description: 'Overlay range of pods, a /24 per node.', default: defaults.network.pods }).optional(),
  services: cidr
    .meta({ description: 'Range of services, seen inside of the cluster only.', default: defaults.network.services })
    .optional(),
  egress: words('nat-gateway', 'load-balancer', 'user-defined')
    .meta({
      description:
        "How nodes reach the Internet: a NAT gateway with one fixed address, the cluster's own load balancer, or a route to a firewall of yours. Default: a NAT gateway; the load balancer in a network that exists already.",
    })
    .optional(),
  'next-hop': address
    .describe(
      'Private address of the firewall, with `egress: user-defined`. In an existing network its route table says it.',
    )
    .optional(),
  bastion: off('Azure Bastion, to reach machines in the management zone without public addresses. Costs by the hour.'),
  'flow-logs': switchable(
    block({
      retention: duration('d', '30d')
        .meta({ description: 'How long flow logs are kept, 1d to 365d.', default: defaults.network.flowLogs })
        .optional(),
    }),
  )
    .describe('Who talked to whom in the network, into the storage account. Costs by the GB. Default: off.')
    .optional(),
});

export const existing = block({
  registry: armId('Microsoft.ContainerRegistry/registries').describe('Id of a registry.').optional(),
  'key-vault': armId('Microsoft.KeyVault/vaults').describe('Id of a vault.').optional(),
  network: block({
    id: armId('Microsoft.Network/virtualNetworks').describe('Id of a VNet.'),
    subnets: block({
      compute: subnetId.describe('Id of the subnet for nodes.'),
      dmz: subnetId
        .describe(
          'Id of the subnet for Application Gateway for Containers, delegated to it. Without it there is no gateway.',
        )
        .optional(),
      data: subnetId.describe('Id of the subnet for private endpoints. Without it there are none.').optional(),
      management: subnetId.describe('Id of the subnet for runners and jump hosts.').optional(),
      'api-server': subnetId
        .describe('Id of the subnet for the API server, delegated to AKS, with `cluster.vnet-integration`.')
        .optional(),
    }).describe('Its subnets.'),
  })
    .describe('A VNet with its subnets.')
    .optional(),
  'private-dns-zones': block({
    registry: armId('Microsoft.Network/privateDnsZones').describe('Id of privatelink.azurecr.io.').optional(),
    'key-vault': armId('Microsoft.Network/privateDnsZones')
      .describe('Id of privatelink.vaultcore.azure.net.')
      .optional(),
    storage: armId('Microsoft.Network/privateDnsZones').describe('Id of privatelink.blob.core.windows.net.').optional(),
    database: armId('Microsoft.Network/privateDnsZones')
      .describe('Id of privatelink.postgres.database.azure.com.')
      .optional(),
    cache: armId('Microsoft.Network/privateDnsZones').describe('Id of privatelink.redis.azure.net.').optional(),
  })
    .describe(
      'Private DNS zones of a hub, which are linked to the network already; in another cloud than the public one, the zones that it has instead.',
    )
    .optional(),
}).describe('Used by id instead of made; never changed.');
