# Both are taken from the resource, so that everything inside the group waits for it.
output "name" {
  description = "Name of the group."
  value       = azurerm_resource_group.this.name
}

output "id" {
  description = "ARM id of the group."
  value       = azurerm_resource_group.this.id
}
