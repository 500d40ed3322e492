output "id" {
  description = "ARM id of the registry."
  value       = azurerm_container_registry.this.id
}

output "login_server" {
  description = "Host of the registry."
  value       = azurerm_container_registry.this.login_server
}
