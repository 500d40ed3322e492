resource "azurerm_log_analytics_workspace" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  sku                 = "PerGB2018"
  retention_in_days   = var.retention_days

  # The provider reads the workspace's keys into the state; without local authentication they open nothing.
  local_authentication_enabled = false

  tags = var.tags
}
