mock_provider "azurerm" {}

variables {
  cluster_id         = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/aks-test"
  cluster_name       = "aks-test"
  environment        = "staging"
  workspace_id       = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.OperationalInsights/workspaces/log-test"
  workspace_location = "northeurope"

  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = azurerm_monitor_data_collection_rule.containers[0].location == "northeurope" && azurerm_monitor_data_collection_rule.containers[0].name == "MSCI-northeurope-aks-test"
    error_message = "The rule is where its workspace is."
  }

  assert {
    condition     = jsondecode(azurerm_monitor_data_collection_rule.containers[0].data_sources[0].extension[0].extension_json).dataCollectionSettings.enableContainerLogV2
    error_message = "Logs have the current table."
  }

  assert {
    condition     = azurerm_monitor_data_collection_rule_association.containers[0].target_resource_id == var.cluster_id
    error_message = "The cluster follows the rule."
  }

  assert {
    condition     = length(azurerm_monitor_workspace.this) + length(azurerm_monitor_action_group.this) + length(azurerm_monitor_metric_alert.this) == 0
    error_message = "Options are off."
  }
}

run "prometheus" {
  command = plan

  variables {
    prometheus         = true
    container_insights = false
  }

  assert {
    condition     = length(azurerm_monitor_data_collection_rule.containers) == 0
    error_message = "Container Insights can be off."
  }

  assert {
    condition     = azurerm_monitor_data_collection_rule.prometheus[0].data_flow[0].streams == tolist(["Microsoft-PrometheusMetrics"]) && azurerm_monitor_data_collection_rule.prometheus[0].name == "MSProm-westeurope-aks-test"
    error_message = "Metrics go to the workspace."
  }

  assert {
    condition     = azurerm_monitor_data_collection_rule_association.prometheus[0].name == "ContainerInsightsMetricsExtension"
    error_message = "The cluster's agent finds the rule by this name."
  }
}

run "alerts" {
  command = plan

  variables {
    receivers = { emails = ["platform@contoso.com"], webhooks = ["https://alerts.contoso.com/azure"] }
    database  = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-test" }
  }

  assert {
    condition     = toset(keys(azurerm_monitor_metric_alert.this)) == toset(["database-disk", "node-cpu", "node-disk", "node-memory", "node-not-ready", "pods-failed", "pods-pending"])
    error_message = "Each thing that runs out has an alert."
  }

  assert {
    condition     = alltrue([for name in ["node-cpu", "node-memory", "node-disk", "database-disk"] : azurerm_monitor_metric_alert.this[name].criteria[0].threshold == 90])
    error_message = "They tell at 90 %."
  }

  assert {
    condition     = alltrue([for name in ["node-cpu", "node-memory", "node-disk"] : contains([for dimension in azurerm_monitor_metric_alert.this[name].criteria[0].dimension : dimension.name], "node")])
    error_message = "Each node is judged by itself."
  }

  assert {
    condition     = azurerm_monitor_action_group.this[0].email_receiver[0].email_address == "platform@contoso.com" && azurerm_monitor_action_group.this[0].webhook_receiver[0].service_uri == "https://alerts.contoso.com/azure"
    error_message = "They reach people and machines."
  }

  assert {
    condition     = length(azurerm_monitor_action_group.this[0].short_name) <= 12
    error_message = "Azure takes 12 characters."
  }
}

run "without_a_database" {
  command = plan

  variables {
    receivers = { emails = ["platform@contoso.com"] }
  }

  assert {
    condition     = !contains(keys(azurerm_monitor_metric_alert.this), "database-disk")
    error_message = "What is not there is not watched."
  }
}

run "refused_nobody" {
  command = plan

  variables {
    receivers = {}
  }

  expect_failures = [var.receivers]
}

run "refused_webhook_in_the_clear" {
  command = plan

  variables {
    receivers = { webhooks = ["http://alerts.contoso.com"] }
  }

  expect_failures = [var.receivers]
}
