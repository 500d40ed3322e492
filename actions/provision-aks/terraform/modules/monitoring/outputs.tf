output "prometheus_workspace_id" {
  description = "ARM id of the Azure Monitor workspace of Prometheus metrics; null without one."
  value       = one(azurerm_monitor_workspace.this[*].id)
}

output "prometheus_query_endpoint" {
  description = "Where Prometheus metrics are asked for; null without them."
  value       = one(azurerm_monitor_workspace.this[*].query_endpoint)
}

output "action_group_id" {
  description = "ARM id of the action group; null without receivers."
  value       = one(azurerm_monitor_action_group.this[*].id)
}
