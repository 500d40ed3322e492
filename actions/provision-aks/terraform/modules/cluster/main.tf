resource "azurerm_kubernetes_cluster" "this" {
  name                = var.cluster.name
  location            = var.location
  resource_group_name = var.resource_group_name
  node_resource_group = var.cluster.node_resource_group
  dns_prefix          = var.cluster.dns_prefix
  sku_tier            = var.cluster.tier
  tags                = var.tags

  kubernetes_version        = var.cluster.version
  automatic_upgrade_channel = var.cluster.upgrades.cluster == "none" ? null : var.cluster.upgrades.cluster
  node_os_upgrade_channel   = var.cluster.upgrades.nodes

  # Who may do what: Entra groups, authorised by Azure. No certificate opens the cluster, so none is in the state.
  local_account_disabled            = true
  role_based_access_control_enabled = true

  azure_active_directory_role_based_access_control {
    tenant_id              = var.tenant_id
    azure_rbac_enabled     = true
    admin_group_object_ids = var.cluster.admin_groups
  }

  # The issuer stays on even without workload identity: switching it off would replace the cluster.
  oidc_issuer_enabled       = true
  workload_identity_enabled = var.cluster.features.workload_identity

  private_cluster_enabled = var.cluster.private
  # Without a private zone the name is a public one, with a private address.
  private_cluster_public_fqdn_enabled = var.cluster.private && var.cluster.private_dns == "None"
  private_dns_zone_id                 = var.cluster.private ? var.cluster.private_dns : null
  run_command_enabled                 = var.cluster.run_command

  disk_encryption_set_id = var.disk_encryption_set_id

  azure_policy_enabled         = var.cluster.features.policy
  cost_analysis_enabled        = var.cluster.features.cost_analysis
  image_cleaner_enabled        = var.cluster.features.image_cleaner != null
  image_cleaner_interval_hours = try(var.cluster.features.image_cleaner.interval_hours, null)

  identity {
    type         = "UserAssigned"
    identity_ids = [var.identity_id]
  }

  default_node_pool {
    name                 = var.system_pool.name
    vm_size              = var.system_pool.size
    orchestrator_version = var.system_pool.version
    vnet_subnet_id       = var.subnet_id
    os_sku               = var.os_sku
    os_disk_size_gb      = var.system_pool.os_disk_gb
    os_disk_type         = var.system_pool.os_disk_type
    max_pods             = var.system_pool.max_pods
    zones                = length(var.system_pool.zones) == 0 ? null : var.system_pool.zones
    tags                 = var.tags

    # Encrypts temporary disks and caches too, which encryption of disks leaves out.
    host_encryption_enabled = var.system_pool.host_encryption

    # The number of nodes between these is the autoscaler's: `node_count` is left to Azure.
    auto_scaling_enabled = true
    min_count            = var.system_pool.min
    max_count            = var.system_pool.max

    # They change in place, on the nodes that run.
    node_labels = merge(var.system_pool.labels, { "node-type" = "system" })
    # Taints the pool with CriticalAddonsOnly=true:NoSchedule, which `node_taints` no longer can.
    only_critical_addons_enabled = var.system_pool.dedicated

    # Without it a changed size plans well and fails in the apply.
    temporary_name_for_rotation = "systemtmp"

    # All written out: what Azure fills in here, the provider would take for a reason to replace the cluster.
    upgrade_settings {
      max_surge                     = var.system_pool.surge
      drain_timeout_in_minutes      = var.system_pool.drain_minutes
      node_soak_duration_in_minutes = var.system_pool.soak_minutes
    }
  }

  # The key that opens nodes is given when a cluster is made, and here nobody gives one. A cluster that another tool has made
  # may have one, and taking it away would replace the cluster.
  lifecycle {
    ignore_changes = [linux_profile]
  }

  node_provisioning_profile {
    mode = "Manual"
  }

  # One pool for each zone is of use only if they grow together.
  dynamic "auto_scaler_profile" {
    for_each = var.balance_pools ? [true] : []
    content {
      balance_similar_node_groups = auto_scaler_profile.value
    }
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = var.cluster.network_policy
    # Cilium enforces policies in its own data plane only.
    network_data_plane = var.cluster.network_policy == "cilium" ? "cilium" : "azure"
    outbound_type      = local.outbound_types[var.egress]
    pod_cidr           = var.cluster.pod_cidr
    service_cidr       = var.cluster.service_cidr
    dns_service_ip     = var.cluster.dns_service_ip
  }

  storage_profile {
    blob_driver_enabled         = var.cluster.features.csi.blob
    disk_driver_enabled         = var.cluster.features.csi.disk
    file_driver_enabled         = var.cluster.features.csi.file
    snapshot_controller_enabled = var.cluster.features.csi.snapshot
  }

  dynamic "api_server_access_profile" {
    for_each = length(var.cluster.authorized_ranges) > 0 || var.cluster.vnet_integration ? [var.cluster] : []
    content {
      authorized_ip_ranges                = length(var.cluster.authorized_ranges) == 0 ? null : api_server_access_profile.value.authorized_ranges
      virtual_network_integration_enabled = api_server_access_profile.value.vnet_integration
      subnet_id                           = api_server_access_profile.value.vnet_integration ? var.api_server_subnet_id : null
    }
  }

  # Two windows with the same hours: Azure keeps Kubernetes versions and node images apart.
  dynamic "maintenance_window_auto_upgrade" {
    for_each = var.cluster.maintenance == null ? [] : [var.cluster.maintenance]
    content {
      frequency   = "Weekly"
      interval    = 1
      day_of_week = maintenance_window_auto_upgrade.value.day
      start_time  = maintenance_window_auto_upgrade.value.start
      duration    = maintenance_window_auto_upgrade.value.hours
      utc_offset  = maintenance_window_auto_upgrade.value.utc_offset
    }
  }

  dynamic "maintenance_window_node_os" {
    for_each = var.cluster.maintenance == null ? [] : [var.cluster.maintenance]
    content {
      frequency   = "Weekly"
      interval    = 1
      day_of_week = maintenance_window_node_os.value.day
      start_time  = maintenance_window_node_os.value.start
      duration    = maintenance_window_node_os.value.hours
      utc_offset  = maintenance_window_node_os.value.utc_offset
    }
  }

  dynamic "oms_agent" {
    for_each = var.cluster.features.monitoring ? [var.workspace_id] : []
    content {
      log_analytics_workspace_id = oms_agent.value
      # The workspace accepts no keys.
      msi_auth_for_monitoring_enabled = true
    }
  }

  dynamic "monitor_metrics" {
    for_each = var.cluster.features.prometheus ? [true] : []
    content {}
  }

  dynamic "microsoft_defender" {
    for_each = var.cluster.features.defender ? [var.workspace_id] : []
    content {
      log_analytics_workspace_id = microsoft_defender.value
    }
  }

  dynamic "key_vault_secrets_provider" {
    for_each = var.cluster.features.secrets_provider == null ? [] : [var.cluster.features.secrets_provider]
    content {
      secret_rotation_enabled  = true
      secret_rotation_interval = key_vault_secrets_provider.value.rotation_interval
    }
  }
}

locals {
  outbound_types = {
    nat-gateway   = "userAssignedNATGateway"
    load-balancer = "loadBalancer"
    user-defined  = "userDefinedRouting"
  }
}
