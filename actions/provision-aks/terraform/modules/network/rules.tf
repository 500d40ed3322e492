# What may enter each zone. Everything else is denied, even from the same network, which Azure would let in by default.
# Nothing is said about what leaves: nodes fetch images and reach their API server, and pods are the business of
# network policies.
locals {
  any = "*"

  allowed = {
    dmz = [
      { name = "allow-web", source = "Internet", protocol = "Tcp", ports = ["80", "443"], description = "Clients reach the gateway." },
    ]
    compute = [
      { name = "allow-dmz", source = var.subnets.dmz.cidr, protocol = local.any, ports = [local.any], description = "The gateway sends straight to pods, on any port." },
      # With an overlay, packets between pods of different nodes carry pod addresses.
      { name = "allow-pods", source = var.pod_cidr, protocol = local.any, ports = [local.any], description = "Pods on other nodes." },
      { name = "allow-management", source = var.subnets.management.cidr, protocol = "Tcp", ports = ["443"], description = "The private API server." },
    ]
    data = [
      # Pods leave the overlay with the address of their node.
      { name = "allow-compute", source = var.subnets.compute.cidr, protocol = "Tcp", ports = ["443"], description = "Nodes and pods reach private endpoints." },
      { name = "allow-management", source = var.subnets.management.cidr, protocol = "Tcp", ports = ["443"], description = "Runners and jump hosts reach private endpoints." },
    ]
    management = []
  }

  # Rules of every zone, around its own.
  rules = {
    for zone, subnet in var.subnets : zone => concat(
      [for index, rule in local.allowed[zone] : merge(rule, { priority = 100 + 10 * index, access = "Allow" })],
      [
        { name = "allow-zone", source = subnet.cidr, protocol = local.any, ports = [local.any], description = "Inside the zone.", priority = 3000, access = "Allow" },
        { name = "allow-probes", source = "AzureLoadBalancer", protocol = local.any, ports = [local.any], description = "Health probes.", priority = 3010, access = "Allow" },
        { name = "deny-others", source = local.any, protocol = local.any, ports = [local.any], description = "Nothing else enters.", priority = 4096, access = "Deny" },
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
        direction                                  = "Inbound"
        access                                     = rule.access
        protocol                                   = rule.protocol
        source_port_range                          = local.any
        source_port_ranges                         = []
        destination_port_range                     = length(rule.ports) == 1 ? rule.ports[0] : ""
        destination_port_ranges                    = length(rule.ports) == 1 ? [] : rule.ports
        source_address_prefix                      = rule.source
        source_address_prefixes                    = []
        source_application_security_group_ids      = []
        destination_address_prefix                 = local.any
        destination_address_prefixes               = []
        destination_application_security_group_ids = []
      }
    ]
  }
}
