output "id" {
  description = "ARM id of the zone."
  value       = var.existing_id == null ? azurerm_dns_zone.this[0].id : var.existing_id
}

output "name_servers" {
  description = "Servers of the zone, to be named by the zone above; null for one that exists."
  value       = var.existing_id == null ? azurerm_dns_zone.this[0].name_servers : null
}
