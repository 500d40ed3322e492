# Taken from the resource, so that everything inside the group waits for it.
output "name" {
  value = azurerm_resource_group.this.name
}
