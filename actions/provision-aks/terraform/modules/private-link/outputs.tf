# Whoever connects finds the name leading to the private address.
output "addresses" {
  description = "Private address of each service."
  value       = { for service, endpoint in azurerm_private_endpoint.this : service => endpoint.private_service_connection[0].private_ip_address }
}

output "zone_ids" {
  description = "ARM ids of the private DNS zones by service, made here or given."
  value       = local.zone_ids
}
