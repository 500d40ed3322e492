# Who talked to whom. Azure makes this watcher, with this name and in this group, for each location that has a network.
# Costs by the GB, once for collecting and once for storing.
resource "azurerm_network_watcher_flow_log" "this" {
  count = var.flow_logs == null ? 0 : 1

  name                 = "fl-${local.suffix}"
  location             = var.location
  network_watcher_name = "NetworkWatcher_${var.location}"
  resource_group_name  = "NetworkWatcherRG"
  target_resource_id   = azurerm_virtual_network.this.id
  storage_account_id   = var.flow_logs.storage_account_id
  enabled              = true
  version              = 2

  retention_policy {
    enabled = true
    days    = var.flow_logs.retention_days
  }

  tags = var.tags
}
