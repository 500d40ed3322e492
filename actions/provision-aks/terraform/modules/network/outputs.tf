output "id" {
  description = "ARM id of the network."
  value       = azurerm_virtual_network.this.id
}

# Nothing is placed in a subnet before its security group guards it and its way out is there: AKS refuses a subnet
# without one, and a later association would change a subnet that the cluster is being placed in.
output "subnet_ids" {
  description = "ARM ids of the subnets by security zone; null where there is none."
  value = {
    for zone in ["dmz", "compute", "data", "management", "bastion", "api_server"] : zone => try(azurerm_subnet.this[zone].id, null)
  }
  depends_on = [
    azurerm_subnet_network_security_group_association.this,
    azurerm_subnet_nat_gateway_association.this,
    azurerm_subnet_route_table_association.this,
  ]
}

output "route_table_id" {
  description = "ARM id of the route table; null without user-defined routing."
  value       = one(azurerm_route_table.this[*].id)
}

output "egress_address" {
  description = "Public address that everything leaves with; null without a NAT gateway."
  value       = one(azurerm_public_ip.nat[*].ip_address)
}
