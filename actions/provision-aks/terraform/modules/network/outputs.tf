output "id" {
  value = azurerm_virtual_network.this.id
}

# Nothing is placed in a subnet before its security group guards it; a later association would also change a subnet
# that the cluster is being placed in.
output "subnet_ids" {
  value      = { for zone, subnet in azurerm_subnet.this : zone => subnet.id }
  depends_on = [azurerm_subnet_network_security_group_association.this]
}
