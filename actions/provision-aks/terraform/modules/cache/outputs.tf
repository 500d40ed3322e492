output "id" {
  description = "ARM id of the cache."
  value       = azurerm_managed_redis.this.id
}

output "hostname" {
  description = "Host name of the cache."
  value       = azurerm_managed_redis.this.hostname
}

output "port" {
  description = "Port of the cache."
  value       = azurerm_managed_redis.this.default_database[0].port
}
