# Prometheus metrics kept by Azure. Costs by the sample; the cluster's own agent sends them.
resource "azurerm_monitor_workspace" "this" {
  count = var.prometheus ? 1 : 0

  name                = "amw-${var.cluster_name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_monitor_data_collection_endpoint" "prometheus" {
  count = var.prometheus ? 1 : 0

  # 44 characters at most.
  name                = local.prometheus_name
  location            = var.location
  resource_group_name = var.resource_group_name
  kind                = "Linux"
  tags                = var.tags
}

resource "azurerm_monitor_data_collection_rule" "prometheus" {
  count = var.prometheus ? 1 : 0

  name                        = local.prometheus_name
  location                    = var.location
  resource_group_name         = var.resource_group_name
  kind                        = "Linux"
  data_collection_endpoint_id = azurerm_monitor_data_collection_endpoint.prometheus[0].id

  destinations {
    monitor_account {
      name               = "workspace"
      monitor_account_id = azurerm_monitor_workspace.this[0].id
    }
  }

  data_sources {
    prometheus_forwarder {
      name    = "PrometheusDataSource"
      streams = ["Microsoft-PrometheusMetrics"]
    }
  }

  data_flow {
    streams      = ["Microsoft-PrometheusMetrics"]
    destinations = ["workspace"]
  }

  tags = var.tags
}

resource "azurerm_monitor_data_collection_rule_association" "prometheus" {
  count = var.prometheus ? 1 : 0

  name                    = "ContainerInsightsMetricsExtension"
  target_resource_id      = var.cluster_id
  data_collection_rule_id = azurerm_monitor_data_collection_rule.prometheus[0].id
}

locals {
  # Azure's own naming, as for Container Insights.
  prometheus_name = trimsuffix(substr("MSProm-${var.location}-${var.cluster_name}", 0, 44), "-")
}
