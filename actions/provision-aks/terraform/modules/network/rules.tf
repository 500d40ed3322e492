# What may enter each zone. Everything else is denied, even from the same network, which Azure would let in by default.
# Nothing is said about what leaves, except for Bastion: nodes fetch images and reach their API server, and pods are the
# business of network policies.
locals {
  any = "*"

  # Azure's documented rules: Bastion refuses to work with fewer.
  bastion = {
    inbound = [
      { name = "allow-https", source = "Internet", target = local.any, protocol = "Tcp", ports = ["443"], description = "Clients of Bastion; Entra decides who they are." },
      { name = "allow-gateway-manager", source = "GatewayManager", target = local.any, protocol = "Tcp", ports = ["443"], description = "Azure's control plane." },
      { name = "allow-bastion-hosts", source = "VirtualNetwork", target = "VirtualNetwork", protocol = local.any, ports = ["5701", "8080"], description = "Bastion's own machines." },
      { name = "allow-probes", source = "AzureLoadBalancer", target = local.any, protocol = "Tcp", ports = ["443"], description = "Health probes." },
    ]
    outbound = [
      { name = "allow-machines", source = local.any, target = "VirtualNetwork", protocol = local.any, ports = ["22", "3389"], description = "Sessions." },
      { name = "allow-azure", source = local.any, target = "AzureCloud", protocol = "Tcp", ports = ["443"], description = "Diagnostics and metering." },
      { name = "allow-bastion-hosts-out", source = "VirtualNetwork", target = "VirtualNetwork", protocol = local.any, ports = ["5701", "8080"], description = "Bastion's own machines." },
      { name = "allow-certificates", source = local.any, target = "Internet", protocol = local.any, ports = ["80"], description = "Sessions and revocation of certificates." },
    ]
  }

  # What each zone takes from others.
  allowed = {
    dmz = [
      { name = "allow-web", source = "Internet", protocol = "Tcp", ports = ["80", "443"], description = "Clients reach the gateway." },
    ]
    compute = concat(
      [
        { name = "allow-dmz", source = var.subnets.dmz.cidr, protocol = local.any, ports = [local.any], description = "The gateway sends straight to pods, on any port." },
        # With an overlay, packets between pods of different nodes carry pod addresses.
        { name = "allow-pods", source = var.pod_cidr, protocol = local.any, ports = [local.any], description = "Pods on other nodes." },
        { name = "allow-management", source = var.subnets.management.cidr, protocol = "Tcp", ports = ["443"], description = "The private API server." },
      ],
      [
        for subnet in [var.subnets.api_server] :
        { name = "allow-api-server", source = subnet.cidr, protocol = "Tcp", ports = [local.any], description = "The API server reaches kubelets and webhooks." } if subnet != null
      ],
    )
    data = [
      # Pods leave the overlay with the address of their node.
      { name = "allow-compute", source = var.subnets.compute.cidr, protocol = "Tcp", ports = var.data_ports, description = "Nodes and pods reach private endpoints." },
      { name = "allow-management", source = var.subnets.management.cidr, protocol = "Tcp", ports = var.data_ports, description = "Runners and jump hosts reach private endpoints." },
    ]
    management = [
      for subnet in [var.subnets.bastion] :
      { name = "allow-bastion", source = subnet.cidr, protocol = "Tcp", ports = ["22", "3389"], description = "Sessions of Bastion." } if subnet != null
    ]
    api_server = [
      { name = "allow-compute", source = var.subnets.compute.cidr, protocol = "Tcp", ports = ["443", "4443"], description = "Nodes and pods." },
      { name = "allow-management", source = var.subnets.management.cidr, protocol = "Tcp", ports = ["443"], description = "Runners and jump hosts." },
    ]
  }

  # The last word in every zone.
  deny_others = { name = "deny-others", source = local.any, protocol = local.any, ports = [local.any], description = "Nothing else enters.", priority = 4096, access = "Deny", target = local.any, direction = "Inbound" }

  # Rules of every zone but Bastion's, around its own.
  rules = {
    for zone, subnet in local.subnets : zone => zone == "bastion" ? concat(
      [for index, rule in local.bastion.inbound : merge(rule, { priority = 100 + 10 * index, access = "Allow", direction = "Inbound" })],
      [local.deny_others],
      [for index, rule in local.bastion.outbound : merge(rule, { priority = 100 + 10 * index, access = "Allow", direction = "Outbound" })],
      [merge(local.deny_others, { name = "deny-others-out", description = "Nothing else leaves.", direction = "Outbound" })],
      ) : concat(
      [for index, rule in local.allowed[zone] : merge(rule, { priority = 100 + 10 * index, access = "Allow", target = local.any, direction = "Inbound" })],
      [
        { name = "allow-zone", source = subnet.cidr, protocol = local.any, ports = [local.any], description = "Inside the zone.", priority = 3000, access = "Allow", target = local.any, direction = "Inbound" },
        { name = "allow-probes", source = "AzureLoadBalancer", protocol = local.any, ports = [local.any], description = "Health probes.", priority = 3010, access = "Allow", target = local.any, direction = "Inbound" },
        local.deny_others,
      ],
    )
  }

  # The provider takes rules as whole objects; a single port and a list of ports are different fields.
  security_rules = {
    for zone, rules in local.rules : zone => [
      for rule in rules : {
        name                                       = rule.name
        description                                = rule.description
        priority                                   = rule.priority
        direction                                  = rule.direction
        access                                     = rule.access
        protocol                                   = rule.protocol
        source_port_range                          = local.any
        source_port_ranges                         = []
        destination_port_range                     = length(rule.ports) == 1 ? rule.ports[0] : ""
        destination_port_ranges                    = length(rule.ports) == 1 ? [] : rule.ports
        source_address_prefix                      = rule.source
        source_address_prefixes                    = []
        source_application_security_group_ids      = []
        destination_address_prefix                 = rule.target
        destination_address_prefixes               = []
        destination_application_security_group_ids = []
      }
    ]
  }
}
