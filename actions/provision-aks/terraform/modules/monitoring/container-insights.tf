# The agent of Container Insights sends nothing until a rule says what to collect and where to put it.
resource "azurerm_monitor_data_collection_rule" "containers" {
  count = var.container_insights ? 1 : 0

  # Azure's own naming, by which its portal recognises the rule; 64 characters at most.
  name = trimsuffix(substr("MSCI-${var.workspace_location}-${var.cluster_name}", 0, 64), "-")

  # A rule lives where its workspace is, not where the cluster is.
  location            = var.workspace_location
  resource_group_name = var.resource_group_name
  kind                = "Linux"

  destinations {
    log_analytics {
      name                  = "workspace"
      workspace_resource_id = var.workspace_id
    }
  }

  data_sources {
    extension {
      name           = "ContainerInsightsExtension"
      extension_name = "ContainerInsights"
      streams        = local.streams
      extension_json = jsonencode({
        dataCollectionSettings = {
          interval               = "1m"
          namespaceFilteringMode = "Off"
          enableContainerLogV2   = true
        }
      })
    }
  }

  data_flow {
    streams      = local.streams
    destinations = ["workspace"]
  }

  tags = var.tags
}

resource "azurerm_monitor_data_collection_rule_association" "containers" {
  count = var.container_insights ? 1 : 0

  name                    = "ContainerInsightsExtension"
  target_resource_id      = var.cluster_id
  data_collection_rule_id = azurerm_monitor_data_collection_rule.containers[0].id
}

locals {
  streams = ["Microsoft-ContainerInsights-Group-Default"]
}

moved {
  from = azurerm_monitor_data_collection_rule.containers
  to   = azurerm_monitor_data_collection_rule.containers[0]
}

moved {
  from = azurerm_monitor_data_collection_rule_association.containers
  to   = azurerm_monitor_data_collection_rule_association.containers[0]
}
