# How machines of the platform reach the Internet: nodes, and runners and jump hosts. Nothing else needs to.
locals {
  leaving = toset(["compute", "management"])
}

# One fixed address for everything that leaves, spread over the zones, with 64,000 connections at once to each target.
# Costs by the hour and by the GB.
resource "azurerm_public_ip" "nat" {
  count = var.egress.kind == "nat-gateway" ? 1 : 0

  name                = "pip-nat-${local.suffix}"
  location            = var.location
  resource_group_name = var.resource_group_name
  # In all zones of the location by itself: it takes no `zones`. A gateway of this kind takes no address of another.
  sku               = "StandardV2"
  allocation_method = "Static"
  tags              = var.tags
}

resource "azurerm_nat_gateway" "this" {
  count = var.egress.kind == "nat-gateway" ? 1 : 0

  name                = "ng-${local.suffix}"
  location            = var.location
  resource_group_name = var.resource_group_name
  sku_name            = "StandardV2"
  tags                = var.tags
}

resource "azurerm_nat_gateway_public_ip_association" "this" {
  count = var.egress.kind == "nat-gateway" ? 1 : 0

  nat_gateway_id       = azurerm_nat_gateway.this[0].id
  public_ip_address_id = azurerm_public_ip.nat[0].id
}

resource "azurerm_subnet_nat_gateway_association" "this" {
  for_each = var.egress.kind == "nat-gateway" ? local.leaving : []

  subnet_id      = azurerm_subnet.this[each.key].id
  nat_gateway_id = azurerm_nat_gateway.this[0].id

  # Changes of one subnet collide; and a gateway without an address lets nothing out.
  depends_on = [
    azurerm_subnet_network_security_group_association.this,
    azurerm_nat_gateway_public_ip_association.this,
  ]
}

resource "azurerm_route_table" "this" {
  count = var.egress.kind == "user-defined" ? 1 : 0

  name                = "rt-${local.suffix}"
  location            = var.location
  resource_group_name = var.resource_group_name

  # A route learned from a gateway must not lead around the firewall.
  bgp_route_propagation_enabled = false

  route = [{
    name                   = "default"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = var.egress.next_hop
  }]

  tags = var.tags
}

resource "azurerm_subnet_route_table_association" "this" {
  for_each = var.egress.kind == "user-defined" ? local.leaving : []

  subnet_id      = azurerm_subnet.this[each.key].id
  route_table_id = azurerm_route_table.this[0].id

  # Changes of one subnet collide.
  depends_on = [azurerm_subnet_network_security_group_association.this]
}
