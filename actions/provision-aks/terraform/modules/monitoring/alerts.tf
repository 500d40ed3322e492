# Whom alerts reach. Alerts that reach nobody are not made.
resource "azurerm_monitor_action_group" "this" {
  count = var.receivers == null ? 0 : 1

  name                = "ag-${var.cluster_name}"
  resource_group_name = var.resource_group_name
  # Shown as the sender of text messages; 12 characters at most.
  short_name = substr("aks-${var.environment}", 0, 12)

  dynamic "email_receiver" {
    for_each = try(var.receivers.emails, [])
    content {
      name                    = "email-${email_receiver.key + 1}"
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }

  dynamic "webhook_receiver" {
    for_each = try(var.receivers.webhooks, [])
    content {
      name                    = "webhook-${webhook_receiver.key + 1}"
      service_uri             = webhook_receiver.value
      use_common_alert_schema = true
    }
  }

  tags = var.tags
}

# Each rule costs by the month and by the time series it watches.
resource "azurerm_monitor_metric_alert" "this" {
  for_each = var.receivers == null ? {} : local.alerts

  name                = "${each.key}-${var.cluster_name}"
  description         = each.value.description
  resource_group_name = var.resource_group_name
  scopes              = [each.value.scope]
  severity            = each.value.severity

  # Looked at every five minutes, over a quarter of an hour: a short peak wakes nobody.
  frequency   = "PT5M"
  window_size = "PT15M"

  criteria {
    metric_namespace = each.value.namespace
    metric_name      = each.value.metric
    aggregation      = "Average"
    operator         = "GreaterThan"
    threshold        = each.value.threshold

    dynamic "dimension" {
      for_each = each.value.dimensions
      content {
        name     = dimension.key
        operator = "Include"
        values   = dimension.value
      }
    }
  }

  action {
    action_group_id = azurerm_monitor_action_group.this[0].id
  }

  tags = var.tags
}

locals {
  aks      = "Microsoft.ContainerService/managedClusters"
  postgres = "Microsoft.DBforPostgreSQL/flexibleServers"

  # Each node, and each pod, is judged by itself: an average of the cluster hides the one that suffers.
  every_node = { node = ["*"] }
  every_pod  = { namespace = ["*"], pod = ["*"] }

  cluster_alerts = {
    node-cpu    = { description = "A node has had no CPU left for a quarter of an hour.", metric = "node_cpu_usage_percentage", threshold = 90, severity = 2, dimensions = local.every_node }
    node-memory = { description = "A node has had no memory left for a quarter of an hour: it will evict pods.", metric = "node_memory_working_set_percentage", threshold = 90, severity = 2, dimensions = local.every_node }
    node-disk   = { description = "The disk of a node is nearly full: it will evict pods.", metric = "node_disk_usage_percentage", threshold = 90, severity = 2, dimensions = local.every_node }
    # Over a window, an average of more than 0.9 is a pod that has been so nearly all the time.
    node-not-ready = { description = "A node has not been ready for a quarter of an hour.", metric = "kube_node_status_condition", threshold = 0.9, severity = 1, dimensions = merge(local.every_node, { condition = ["Ready"], status2 = ["NotReady"] }) }
    pods-pending   = { description = "A pod has found no place to run for a quarter of an hour.", metric = "kube_pod_status_phase", threshold = 0.9, severity = 2, dimensions = merge(local.every_pod, { phase = ["Pending"] }) }
    pods-failed    = { description = "A pod has failed, or nobody knows how it is.", metric = "kube_pod_status_phase", threshold = 0.9, severity = 3, dimensions = merge(local.every_pod, { phase = ["Failed", "Unknown"] }) }
  }

  # The database's disk does not grow by itself.
  database_alerts = var.database == null ? {} : {
    database-disk = { description = "The disk of the database is nearly full: at 95 % it stops to write.", metric = "storage_percent", threshold = 90, severity = 1, dimensions = {} }
  }

  alerts = merge(
    { for name, alert in local.cluster_alerts : name => merge(alert, { scope = var.cluster_id, namespace = local.aks }) },
    { for name, alert in local.database_alerts : name => merge(alert, { scope = var.database.id, namespace = local.postgres }) },
  )
}
