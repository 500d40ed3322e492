output "id" {
  description = "ARM id of the workspace."
  value       = azurerm_log_analytics_workspace.this.id
}
