resource "azurerm_kubernetes_cluster_node_pool" "this" {
  for_each = { for name, pool in var.pools : name => pool if pool != null }

  name                  = each.key
  kubernetes_cluster_id = var.cluster_id
  mode                  = "User"
  vm_size               = each.value.size
  orchestrator_version  = each.value.version
  vnet_subnet_id        = var.subnet_id
  os_type               = "Linux"
  os_sku                = var.os_sku
  os_disk_size_gb       = each.value.os_disk_gb
  zones                 = length(each.value.zones) == 0 ? null : each.value.zones
  tags                  = var.tags

  # The number of nodes between these is the autoscaler's: `node_count` is left to Azure.
  auto_scaling_enabled = true
  min_count            = each.value.min
  max_count            = each.value.max

  node_labels = local.purposes[each.key].labels
  node_taints = local.purposes[each.key].taints
  gpu_driver  = each.value.driver

  # Without it a changed size plans well and fails in the apply.
  temporary_name_for_rotation = "${each.key}tmp"

  # All written out: what Azure fills in here, the provider would take for a reason to replace the pool.
  upgrade_settings {
    max_surge                     = local.purposes[each.key].max_surge
    drain_timeout_in_minutes      = 30
    node_soak_duration_in_minutes = 0
  }
}

locals {
  purposes = {
    user = {
      labels    = { "node-type" = "user" }
      taints    = null
      max_surge = "33%"
    }
    gpu = {
      labels = { "node-type" = "ai", "accelerator" = "nvidia-gpu" }
      taints = ["nvidia.com/gpu=true:NoSchedule"]
      # GPU quota is scarce: an upgrade needs one node more, however large the pool is.
      max_surge = "1"
    }
  }
}
