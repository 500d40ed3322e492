mock_provider "azurerm" {}

variables {
  location            = "westeurope"
  resource_group_name = "rg-test"
  tenant_id           = "11111111-1111-1111-1111-111111111111"
  subnet_id           = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/virtualNetworks/vnet-test/subnets/snet-compute"
  identity_id         = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-aks-test"
  workspace_id        = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.OperationalInsights/workspaces/log-test"
  cluster = {
    name                = "aks-test"
    dns_prefix          = "aks-test"
    node_resource_group = "rg-test-nodes"
    version             = "1.35"
    admin_groups        = ["66666666-6666-6666-6666-666666666666"]
  }
  system_pool = { size = "Standard_D4ds_v5", min = 2, max = 10, version = "1.35" }
}

run "add_ons" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster.this.oms_agent[0].log_analytics_workspace_id == var.workspace_id && azurerm_kubernetes_cluster.this.oms_agent[0].msi_auth_for_monitoring_enabled
    error_message = "Container Insights is on, without keys."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.microsoft_defender[0].log_analytics_workspace_id == var.workspace_id
    error_message = "Defender is on."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.azure_policy_enabled
    error_message = "Azure Policy is on."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.key_vault_secrets_provider[0].secret_rotation_enabled && azurerm_kubernetes_cluster.this.key_vault_secrets_provider[0].secret_rotation_interval == "2m"
    error_message = "Secrets of the vault are fetched every two minutes."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.image_cleaner_enabled && azurerm_kubernetes_cluster.this.image_cleaner_interval_hours == 48
    error_message = "Unused images go after 48 hours."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.storage_profile[0].blob_driver_enabled && azurerm_kubernetes_cluster.this.storage_profile[0].disk_driver_enabled && azurerm_kubernetes_cluster.this.storage_profile[0].file_driver_enabled && azurerm_kubernetes_cluster.this.storage_profile[0].snapshot_controller_enabled
    error_message = "Storage drivers are on."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.cost_analysis_enabled && length(azurerm_kubernetes_cluster.this.monitor_metrics) == 0
    error_message = "Costs are shown by namespace, and Prometheus is an option."
  }
}

run "made_by_another_tool" {
  command = plan

  variables {
    system_pool = { name = "nodepool1", dedicated = false, size = "Standard_D4ds_v5", min = 2, max = 10, version = "1.35", labels = { tier = "base" } }
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.default_node_pool[0].name == "nodepool1" && !azurerm_kubernetes_cluster.this.default_node_pool[0].only_critical_addons_enabled
    error_message = "A pool keeps its name, and takes workloads where it did."
  }

  assert {
    condition     = jsonencode(azurerm_kubernetes_cluster.this.default_node_pool[0].node_labels) == jsonencode({ "node-type" = "system", "tier" = "base" })
    error_message = "A pool keeps its labels."
  }
}

run "identity_and_access" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster.this.local_account_disabled
    error_message = "No certificate opens the cluster."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.azure_active_directory_role_based_access_control[0].azure_rbac_enabled && azurerm_kubernetes_cluster.this.azure_active_directory_role_based_access_control[0].admin_group_object_ids == tolist(["66666666-6666-6666-6666-666666666666"])
    error_message = "Entra groups administer it, and Azure authorises."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.oidc_issuer_enabled && azurerm_kubernetes_cluster.this.workload_identity_enabled
    error_message = "Service accounts sign in to Azure."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.private_cluster_enabled && !azurerm_kubernetes_cluster.this.private_cluster_public_fqdn_enabled && azurerm_kubernetes_cluster.this.private_dns_zone_id == "System" && !azurerm_kubernetes_cluster.this.run_command_enabled
    error_message = "The API server is private, and there is no way around its network."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.identity[0].type == "UserAssigned"
    error_message = "The control plane has an identity of its own."
  }
}

run "network" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster.this.network_profile[0].network_plugin == "azure" && azurerm_kubernetes_cluster.this.network_profile[0].network_plugin_mode == "overlay" && azurerm_kubernetes_cluster.this.network_profile[0].network_policy == "cilium" && azurerm_kubernetes_cluster.this.network_profile[0].network_data_plane == "cilium"
    error_message = "Azure CNI overlay with Cilium."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.network_profile[0].outbound_type == "userAssignedNATGateway"
    error_message = "Nodes leave by the NAT gateway."
  }

  assert {
    condition     = length(azurerm_kubernetes_cluster.this.api_server_access_profile) == 0
    error_message = "A private API server takes no ranges."
  }
}

run "system_pool" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster.this.default_node_pool[0].min_count == 2 && azurerm_kubernetes_cluster.this.default_node_pool[0].max_count == 10 && azurerm_kubernetes_cluster.this.default_node_pool[0].auto_scaling_enabled
    error_message = "Two to ten nodes."
  }

  assert {
    condition     = jsonencode(azurerm_kubernetes_cluster.this.default_node_pool[0].node_labels) == jsonencode({ "node-type" = "system" }) && azurerm_kubernetes_cluster.this.default_node_pool[0].only_critical_addons_enabled
    error_message = "Critical add-ons only."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.default_node_pool[0].upgrade_settings[0].max_surge == "33%" && azurerm_kubernetes_cluster.this.default_node_pool[0].upgrade_settings[0].drain_timeout_in_minutes == 30 && azurerm_kubernetes_cluster.this.default_node_pool[0].upgrade_settings[0].node_soak_duration_in_minutes == 0
    error_message = "Upgrades take a third more nodes."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.default_node_pool[0].temporary_name_for_rotation == "systemtmp" && azurerm_kubernetes_cluster.this.default_node_pool[0].os_sku == "Ubuntu"
    error_message = "A changed size goes by a temporary pool."
  }

  assert {
    condition     = length(azurerm_kubernetes_cluster.this.auto_scaler_profile) == 0
    error_message = "The autoscaler has its defaults."
  }
}

run "upgrades" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster.this.automatic_upgrade_channel == "patch" && azurerm_kubernetes_cluster.this.node_os_upgrade_channel == "NodeImage"
    error_message = "Azure installs patches and node images."
  }

  assert {
    condition     = length(azurerm_kubernetes_cluster.this.maintenance_window_auto_upgrade) + length(azurerm_kubernetes_cluster.this.maintenance_window_node_os) == 0
    error_message = "At any time, unless a window is given."
  }
}

run "first_environment" {
  command = plan

  variables {
    cluster     = jsondecode(file("../../environment/tests/minimal-dev.json")).cluster
    system_pool = jsondecode(file("../../environment/tests/minimal-dev.json")).pools.system
  }

  assert {
    condition     = !azurerm_kubernetes_cluster.this.private_cluster_enabled && azurerm_kubernetes_cluster.this.run_command_enabled
    error_message = "The API server of an environment that is not production is public."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.maintenance_window_auto_upgrade[0].day_of_week == "Sunday" && azurerm_kubernetes_cluster.this.maintenance_window_auto_upgrade[0].start_time == "02:00" && azurerm_kubernetes_cluster.this.maintenance_window_auto_upgrade[0].duration == 6 && azurerm_kubernetes_cluster.this.maintenance_window_auto_upgrade[0].utc_offset == "+00:00"
    error_message = "Upgrades come in the night to Sunday."
  }

  assert {
    condition     = jsonencode(azurerm_kubernetes_cluster.this.maintenance_window_auto_upgrade[0]) != "" && azurerm_kubernetes_cluster.this.maintenance_window_node_os[0].day_of_week == "Sunday"
    error_message = "Node images come in the same window."
  }
}

run "production" {
  command = plan

  variables {
    cluster     = jsondecode(file("../../environment/tests/guide-prod.json")).cluster
    system_pool = jsondecode(file("../../environment/tests/guide-prod.json")).pools.system
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.private_cluster_enabled && !azurerm_kubernetes_cluster.this.run_command_enabled
    error_message = "The API server of production is private, without run command."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.default_node_pool[0].zones == toset(["1", "2", "3"]) && azurerm_kubernetes_cluster.this.default_node_pool[0].host_encryption_enabled
    error_message = "Nodes are in three zones, with encrypted hosts."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.sku_tier == "Standard"
    error_message = "There is an uptime agreement."
  }
}

run "private" {
  command = plan

  variables {
    cluster                = jsondecode(file("../../environment/tests/private-prod.json")).cluster
    system_pool            = jsondecode(file("../../environment/tests/private-prod.json")).pools.system
    egress                 = "user-defined"
    api_server_subnet_id   = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/virtualNetworks/vnet-test/subnets/snet-api-server"
    disk_encryption_set_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Compute/diskEncryptionSets/des-test"
    balance_pools          = true
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.api_server_access_profile[0].virtual_network_integration_enabled && azurerm_kubernetes_cluster.this.api_server_access_profile[0].subnet_id == var.api_server_subnet_id
    error_message = "The API server has an address in the network."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.private_dns_zone_id == "None" && azurerm_kubernetes_cluster.this.private_cluster_public_fqdn_enabled
    error_message = "Its name is public, its address private."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.network_profile[0].outbound_type == "userDefinedRouting"
    error_message = "Nodes leave by the firewall."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.disk_encryption_set_id == var.disk_encryption_set_id
    error_message = "Disks are encrypted with a key of the customer's."
  }

  assert {
    condition     = length(azurerm_kubernetes_cluster.this.monitor_metrics) == 1 && azurerm_kubernetes_cluster.this.sku_tier == "Premium"
    error_message = "Prometheus metrics are sent."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.auto_scaler_profile[0].balance_similar_node_groups
    error_message = "Pools of zones grow together."
  }
}

run "public_with_ranges" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      private             = false
      authorized_ranges   = ["192.0.2.0/24"]
      network_policy      = "azure"
      upgrades            = { cluster = "none", nodes = "None" }
    }
    egress = "load-balancer"
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.api_server_access_profile[0].authorized_ip_ranges == toset(["192.0.2.0/24"])
    error_message = "Some reach the API server."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.network_profile[0].network_data_plane == "azure" && azurerm_kubernetes_cluster.this.network_profile[0].outbound_type == "loadBalancer"
    error_message = "Azure's own policies and load balancer are options."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.automatic_upgrade_channel == null && azurerm_kubernetes_cluster.this.node_os_upgrade_channel == "None"
    error_message = "Azure upgrades nothing."
  }
}

run "zone_of_yours" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      private_dns         = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-hub/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io"
    }
  }

  assert {
    condition     = endswith(azurerm_kubernetes_cluster.this.private_dns_zone_id, "/privatelink.westeurope.azmk8s.io") && !azurerm_kubernetes_cluster.this.private_cluster_public_fqdn_enabled
    error_message = "The name is in a zone of yours."
  }
}

run "features_off" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      features            = { monitoring = false, defender = false, policy = false, cost_analysis = false, csi = { blob = false, disk = false, file = false, snapshot = false }, workload_identity = false }
    }
  }

  assert {
    condition     = length(azurerm_kubernetes_cluster.this.oms_agent) + length(azurerm_kubernetes_cluster.this.microsoft_defender) + length(azurerm_kubernetes_cluster.this.key_vault_secrets_provider) == 0 && !azurerm_kubernetes_cluster.this.azure_policy_enabled && !azurerm_kubernetes_cluster.this.image_cleaner_enabled
    error_message = "Each can be off."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.oidc_issuer_enabled && !azurerm_kubernetes_cluster.this.workload_identity_enabled
    error_message = "The issuer stays: switching it off would replace the cluster."
  }

  assert {
    condition     = output.secrets_provider_identity == null
    error_message = "What is off has no identity."
  }
}

run "refused_version" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "latest"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
    }
  }

  expect_failures = [var.cluster]
}

run "refused_tier" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      tier                = "Basic"
    }
  }

  expect_failures = [var.cluster]
}

run "refused_cost_analysis_of_a_free_tier" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      tier                = "Free"
    }
  }

  expect_failures = [var.cluster]
}

run "refused_network_policy" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      network_policy      = "calico"
    }
  }

  expect_failures = [var.cluster]
}

run "refused_cluster_channel" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      upgrades            = { cluster = "daily", nodes = "None" }
    }
  }

  expect_failures = [var.cluster]
}

run "refused_node_channel" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      upgrades            = { cluster = "patch", nodes = "Daily" }
    }
  }

  expect_failures = [var.cluster]
}

run "refused_node_image_without_node_images" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      upgrades            = { cluster = "node-image", nodes = "None" }
    }
  }

  expect_failures = [var.cluster]
}

run "refused_ranges_of_a_private_cluster" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      authorized_ranges   = ["192.0.2.0/24"]
    }
  }

  expect_failures = [var.cluster]
}

run "refused_private_dns" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      private_dns         = "privatelink.westeurope.azmk8s.io"
    }
  }

  expect_failures = [var.cluster]
}

run "refused_pods" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      pod_cidr            = "10.244.0.0"
    }
  }

  expect_failures = [var.cluster]
}

run "refused_dns_outside_of_services" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      dns_service_ip      = "10.1.0.10"
    }
  }

  expect_failures = [var.cluster]
}

run "refused_dns_first_of_services" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      dns_service_ip      = "10.0.0.0"
    }
  }

  expect_failures = [var.cluster]
}

run "refused_image_cleaner" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      features            = { image_cleaner = { interval_hours = 12 } }
    }
  }

  expect_failures = [var.cluster]
}

run "refused_day" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      maintenance         = { day = "sunday", start = "02:00", hours = 6, utc_offset = "+00:00" }
    }
  }

  expect_failures = [var.cluster]
}

run "refused_window_too_short" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      maintenance         = { day = "Sunday", start = "02:00", hours = 3, utc_offset = "+00:00" }
    }
  }

  expect_failures = [var.cluster]
}

run "refused_empty_system_pool" {
  command = plan

  variables {
    system_pool = { size = "Standard_D4ds_v5", min = 0, max = 10, version = "1.35" }
  }

  expect_failures = [var.system_pool]
}

run "refused_more_at_least_than_at_most" {
  command = plan

  variables {
    system_pool = { size = "Standard_D4ds_v5", min = 11, max = 10, version = "1.35" }
  }

  expect_failures = [var.system_pool]
}

run "refused_disk_type" {
  command = plan

  variables {
    system_pool = { size = "Standard_D4ds_v5", min = 2, max = 10, version = "1.35", os_disk_type = "Premium" }
  }

  expect_failures = [var.system_pool]
}

run "refused_too_few_pods" {
  command = plan

  variables {
    system_pool = { size = "Standard_D4ds_v5", min = 2, max = 10, version = "1.35", max_pods = 20 }
  }

  expect_failures = [var.system_pool]
}

run "refused_surge" {
  command = plan

  variables {
    system_pool = { size = "Standard_D4ds_v5", min = 2, max = 10, version = "1.35", surge = "none" }
  }

  expect_failures = [var.system_pool]
}

run "refused_soak" {
  command = plan

  variables {
    system_pool = { size = "Standard_D4ds_v5", min = 2, max = 10, version = "1.35", soak_minutes = 31 }
  }

  expect_failures = [var.system_pool]
}

run "refused_egress" {
  command = plan

  variables {
    egress = "internet"
  }

  expect_failures = [var.egress]
}

run "refused_integration_without_a_subnet" {
  command = plan

  variables {
    cluster = {
      name                = "aks-test"
      dns_prefix          = "aks-test"
      node_resource_group = "rg-test-nodes"
      version             = "1.35"
      admin_groups        = ["66666666-6666-6666-6666-666666666666"]
      vnet_integration    = true
    }
  }

  expect_failures = [var.api_server_subnet_id]
}
