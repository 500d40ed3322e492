resource "azurerm_virtual_network" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  address_space       = [var.address_space]
  tags                = var.tags
}

resource "azurerm_subnet" "this" {
  for_each = local.subnets

  name                 = each.value.name
  resource_group_name  = var.resource_group_name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [each.value.cidr]

  # Azure's implicit way out is being retired; what needs one has one of its own.
  default_outbound_access_enabled = false

  # Private endpoints ignore security groups unless their subnet says otherwise.
  private_endpoint_network_policies = each.key == "data" ? "NetworkSecurityGroupEnabled" : "Disabled"

  # A delegated subnet belongs to one service, which puts its own machines there.
  dynamic "delegation" {
    for_each = compact([lookup(local.delegations, each.key, null)])
    content {
      name = "delegation"

      service_delegation {
        name    = delegation.value
        actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
      }
    }
  }
}

resource "azurerm_network_security_group" "this" {
  for_each = local.subnets

  name                = "nsg-${replace(each.key, "_", "-")}"
  location            = var.location
  resource_group_name = var.resource_group_name
  security_rule       = local.security_rules[each.key]
  tags                = var.tags
}

resource "azurerm_subnet_network_security_group_association" "this" {
  for_each = local.subnets

  subnet_id                 = azurerm_subnet.this[each.key].id
  network_security_group_id = azurerm_network_security_group.this[each.key].id
}

locals {
  subnets = { for zone, subnet in var.subnets : zone => subnet if subnet != null }

  delegations = merge(
    var.gateway ? { dmz = "Microsoft.ServiceNetworking/trafficControllers" } : {},
    { api_server = "Microsoft.ContainerService/managedClusters" },
  )

  # What belongs to the network is called after it.
  suffix = trimprefix(var.name, "vnet-")
}
