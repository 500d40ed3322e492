mock_provider "azurerm" {}

variables {
  workspace_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.OperationalInsights/workspaces/log-test"
  targets = {
    cluster = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/aks-test", logs = ["guard"], dedicated = true }
    vault   = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.KeyVault/vaults/kv-test", logs = ["AuditEvent"], metrics = ["AllMetrics"] }
  }
}

run "watched" {
  command = plan

  assert {
    condition     = azurerm_monitor_diagnostic_setting.this["cluster"].log_analytics_destination_type == "Dedicated"
    error_message = "Logs of AKS have tables of their own."
  }

  assert {
    condition     = [for log in azurerm_monitor_diagnostic_setting.this["vault"].enabled_log : log.category] == ["AuditEvent"] && [for metric in azurerm_monitor_diagnostic_setting.this["vault"].enabled_metric : metric.category] == ["AllMetrics"]
    error_message = "Categories are those that are given."
  }
}

run "refused_nothing_to_watch" {
  command = plan

  variables {
    targets = { vault = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.KeyVault/vaults/kv-test" } }
  }

  expect_failures = [var.targets]
}
