resource "azurerm_monitor_diagnostic_setting" "this" {
  for_each = var.targets

  name                       = "workspace"
  target_resource_id         = each.value.id
  log_analytics_workspace_id = var.workspace_id

  # Tables of their own are cheaper to query and can be kept or priced apart. Azure does not repeat the choice for
  # types that have no such tables, so it is made only where asked for.
  log_analytics_destination_type = each.value.dedicated ? "Dedicated" : null

  dynamic "enabled_log" {
    for_each = each.value.logs
    content {
      category = enabled_log.value
    }
  }

  dynamic "enabled_metric" {
    for_each = each.value.metrics
    content {
      category = enabled_metric.value
    }
  }
}
