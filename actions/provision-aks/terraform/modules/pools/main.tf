resource "azurerm_kubernetes_cluster_node_pool" "this" {
  for_each = var.pools

  name                  = coalesce(each.value.name, each.key)
  kubernetes_cluster_id = var.cluster_id
  mode                  = "User"
  vm_size               = each.value.size
  orchestrator_version  = each.value.version
  vnet_subnet_id        = var.subnet_id
  os_type               = "Linux"
  os_sku                = var.os_sku
  os_disk_size_gb       = each.value.os_disk_gb
  os_disk_type          = each.value.os_disk_type
  max_pods              = each.value.max_pods
  zones                 = length(each.value.zones) == 0 ? null : each.value.zones
  tags                  = var.tags

  # Encrypts temporary disks and caches too, which encryption of disks leaves out.
  host_encryption_enabled = each.value.host_encryption

  # The number of nodes between these is the autoscaler's: `node_count` is left to Azure.
  auto_scaling_enabled = true
  min_count            = each.value.min
  max_count            = each.value.max

  # Both change in place, on the nodes that run.
  node_labels = merge(each.value.labels, local.purposes[each.value.kind].labels, each.value.spot ? { (local.spot) = "spot" } : {})
  node_taints = length(local.taints[each.key]) == 0 ? null : local.taints[each.key]
  gpu_driver  = each.value.gpu_driver

  # Spare capacity, given back when Azure wants it, at no more than the usual price.
  priority        = each.value.spot ? "Spot" : "Regular"
  eviction_policy = each.value.spot ? "Delete" : null
  spot_max_price  = each.value.spot ? -1 : null

  # Without it a changed size plans well and fails in the apply. A name has 12 characters at most.
  temporary_name_for_rotation = length(each.key) <= 9 ? "${each.key}tmp" : "t${substr(sha1(each.key), 0, 8)}tmp"

  # All written out: what Azure fills in here, the provider would take for a reason to replace the pool. Spot pools take
  # none: their nodes come and go anyway.
  dynamic "upgrade_settings" {
    for_each = each.value.spot ? [] : [each.value]
    content {
      max_surge                     = upgrade_settings.value.surge
      drain_timeout_in_minutes      = upgrade_settings.value.drain_minutes
      node_soak_duration_in_minutes = upgrade_settings.value.soak_minutes
    }
  }
}

locals {
  # Azure puts a label and a taint on spot nodes; what is not written here too would be a change in every plan.
  spot = "kubernetes.azure.com/scalesetpriority"

  taints = {
    for key, pool in var.pools : key => concat(
      local.purposes[pool.kind].taints, pool.taints, pool.spot ? ["${local.spot}=spot:NoSchedule"] : []
    )
  }

  purposes = {
    user = {
      labels = { "node-type" = "user" }
      taints = []
    }
    gpu = {
      labels = { "node-type" = "ai", "accelerator" = "nvidia-gpu" }
      taints = ["nvidia.com/gpu=true:NoSchedule"]
    }
  }
}
