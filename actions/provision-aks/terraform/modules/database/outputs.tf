output "id" {
  description = "ARM id of the server."
  value       = azurerm_postgresql_flexible_server.this.id
}

output "fqdn" {
  description = "Host name of the server."
  value       = azurerm_postgresql_flexible_server.this.fqdn
}

output "port" {
  description = "Port to connect to: of the connection pool where the size has one."
  value       = startswith(var.size, "B_") ? 5432 : 6432
}
