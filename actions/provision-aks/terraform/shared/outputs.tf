output "resource_group_name" {
  description = "Resource group of the shared scope."
  value       = module.resource_group.name
}

output "logs_workspace_id" {
  description = "ARM id of the log workspace that every environment writes to."
  value       = var.logs.created == null ? var.logs.existing_id : module.logs[0].id
}
