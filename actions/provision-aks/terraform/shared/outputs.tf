output "resource_group_name" {
  description = "Resource group of the shared scope."
  value       = module.resource_group.name
}

output "logs_workspace_id" {
  description = "ARM id of the log workspace that every environment writes to."
  value       = local.workspace_id
}

output "dns_zone_id" {
  description = "ARM id of the platform's DNS zone; null without a domain."
  value       = local.makes_zone ? module.dns[0].id : try(var.dns.existing_id, null)
}

output "dns_name_servers" {
  description = "Servers that the owner of the domain delegates it to; null where the zone is not made here."
  value       = local.makes_zone ? module.dns[0].name_servers : null
}

output "vault_id" {
  description = "ARM id of the vault of environments that have none of their own; null where all have."
  value       = local.makes_vault ? module.vault[0].id : try(var.vault.existing_id, null)
}

output "vault_uri" {
  description = "Address of that vault; null where it is not made here."
  value       = local.makes_vault ? module.vault[0].uri : null
}
