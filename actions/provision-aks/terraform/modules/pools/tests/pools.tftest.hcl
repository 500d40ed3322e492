mock_provider "azurerm" {}

variables {
  cluster_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/aks-test"
  subnet_id  = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/virtualNetworks/vnet-test/subnets/snet-compute"
  pools = {
    user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35" }
    gpu  = { kind = "gpu", size = "Standard_NC4as_T4_v3", min = 0, max = 2, version = "1.35", gpu_driver = "Install", surge = "1" }
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = jsonencode(azurerm_kubernetes_cluster_node_pool.this["user"].node_labels) == jsonencode({ "node-type" = "user" }) && azurerm_kubernetes_cluster_node_pool.this["user"].node_taints == null
    error_message = "Applications run on the user pool."
  }

  assert {
    condition     = jsonencode(azurerm_kubernetes_cluster_node_pool.this["gpu"].node_labels) == jsonencode({ "accelerator" = "nvidia-gpu", "node-type" = "ai" }) && azurerm_kubernetes_cluster_node_pool.this["gpu"].node_taints == tolist(["nvidia.com/gpu=true:NoSchedule"])
    error_message = "GPUs are for who asks for them."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["gpu"].min_count == 0 && azurerm_kubernetes_cluster_node_pool.this["gpu"].max_count == 2 && azurerm_kubernetes_cluster_node_pool.this["gpu"].auto_scaling_enabled
    error_message = "GPUs come when they are needed."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["gpu"].gpu_driver == "Install" && azurerm_kubernetes_cluster_node_pool.this["user"].gpu_driver == null
    error_message = "AKS brings the driver."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["user"].upgrade_settings[0].max_surge == "33%" && azurerm_kubernetes_cluster_node_pool.this["user"].upgrade_settings[0].drain_timeout_in_minutes == 30 && azurerm_kubernetes_cluster_node_pool.this["user"].upgrade_settings[0].node_soak_duration_in_minutes == 0 && azurerm_kubernetes_cluster_node_pool.this["gpu"].upgrade_settings[0].max_surge == "1"
    error_message = "Upgrades take a third more nodes, of GPUs one."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["user"].temporary_name_for_rotation == "usertmp"
    error_message = "A changed size goes by a temporary pool."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["user"].priority == "Regular" && azurerm_kubernetes_cluster_node_pool.this["user"].zones == null
    error_message = "Pools are regional and stay."
  }
}

run "spot" {
  command = plan

  variables {
    pools = {
      gpu = { kind = "gpu", size = "Standard_NC4as_T4_v3", min = 0, max = 2, version = "1.35", spot = true, gpu_driver = "Install", surge = "1" }
    }
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["gpu"].priority == "Spot" && azurerm_kubernetes_cluster_node_pool.this["gpu"].eviction_policy == "Delete" && azurerm_kubernetes_cluster_node_pool.this["gpu"].spot_max_price == -1
    error_message = "Spare capacity at no more than the usual price."
  }

  assert {
    condition     = contains(azurerm_kubernetes_cluster_node_pool.this["gpu"].node_taints, "kubernetes.azure.com/scalesetpriority=spot:NoSchedule") && azurerm_kubernetes_cluster_node_pool.this["gpu"].node_labels["kubernetes.azure.com/scalesetpriority"] == "spot"
    error_message = "The label and the taint of Azure are no change."
  }

  assert {
    condition     = length(azurerm_kubernetes_cluster_node_pool.this["gpu"].upgrade_settings) == 0
    error_message = "Spot pools take no surge."
  }
}

run "own_labels_and_taints" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", labels = { team = "data" }, taints = ["team=data:PreferNoSchedule"] }
      gpu  = { kind = "gpu", size = "Standard_NC4as_T4_v3", min = 0, max = 2, version = "1.35", gpu_driver = "Install", surge = "1", labels = { team = "ml" }, taints = ["team=ml:NoExecute"] }
    }
  }

  assert {
    condition     = jsonencode(azurerm_kubernetes_cluster_node_pool.this["user"].node_labels) == jsonencode({ "node-type" = "user", "team" = "data" }) && azurerm_kubernetes_cluster_node_pool.this["user"].node_taints == tolist(["team=data:PreferNoSchedule"])
    error_message = "A team's own stand beside the platform's."
  }

  assert {
    condition     = jsonencode(azurerm_kubernetes_cluster_node_pool.this["gpu"].node_labels) == jsonencode({ "accelerator" = "nvidia-gpu", "node-type" = "ai", "team" = "ml" }) && azurerm_kubernetes_cluster_node_pool.this["gpu"].node_taints == tolist(["nvidia.com/gpu=true:NoSchedule", "team=ml:NoExecute"])
    error_message = "GPU pools keep what keeps others off."
  }
}

run "no_taint" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", taints = ["team:NoSchedule"] }
    }
  }

  expect_failures = [var.pools]
}

run "per_zone" {
  command = plan

  variables {
    pools = {
      user1      = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", zones = ["1"] }
      usergreen1 = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", zones = ["1"], host_encryption = true, os_disk_type = "Ephemeral", os_disk_gb = 128, max_pods = 60, drain_minutes = 60, soak_minutes = 5 }
      usergreen2 = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", zones = ["2"] }
    }
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["user1"].zones == toset(["1"])
    error_message = "A pool is in its zone."
  }

  assert {
    condition     = alltrue([for pool in azurerm_kubernetes_cluster_node_pool.this : length(pool.temporary_name_for_rotation) <= 12]) && length(distinct([for pool in azurerm_kubernetes_cluster_node_pool.this : pool.temporary_name_for_rotation])) == 3
    error_message = "Temporary pools do not meet."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["usergreen1"].host_encryption_enabled && azurerm_kubernetes_cluster_node_pool.this["usergreen1"].os_disk_type == "Ephemeral" && azurerm_kubernetes_cluster_node_pool.this["usergreen1"].os_disk_size_gb == 128 && azurerm_kubernetes_cluster_node_pool.this["usergreen1"].max_pods == 60 && azurerm_kubernetes_cluster_node_pool.this["usergreen1"].upgrade_settings[0].drain_timeout_in_minutes == 60 && azurerm_kubernetes_cluster_node_pool.this["usergreen1"].upgrade_settings[0].node_soak_duration_in_minutes == 5
    error_message = "Each option can be chosen."
  }
}

run "made_by_another_tool" {
  command = plan

  variables {
    pools = {
      user = { name = "apps", kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35" }
      gpu  = { kind = "gpu", size = "Standard_NC4as_T4_v3", min = 0, max = 2, version = "1.35", gpu_driver = "Install" }
    }
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this["user"].name == "apps" && azurerm_kubernetes_cluster_node_pool.this["gpu"].name == "gpu"
    error_message = "A pool keeps the name that it has in Azure."
  }
}

run "refused_name" {
  command = plan

  variables {
    pools = {
      user_pool = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_kind" {
  command = plan

  variables {
    pools = {
      user = { kind = "system", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_less_than_nothing" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = -1, max = 10, version = "1.35" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_more_at_least_than_at_most" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 11, max = 10, version = "1.35" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_retired_gpu" {
  command = plan

  variables {
    pools = {
      gpu = { kind = "gpu", size = "Standard_NC6s_v3", min = 0, max = 2, version = "1.35", gpu_driver = "Install", surge = "1" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_gpu_without_a_driver" {
  command = plan

  variables {
    pools = {
      gpu = { kind = "gpu", size = "Standard_NC4as_T4_v3", min = 0, max = 2, version = "1.35", surge = "1" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_driver_without_a_gpu" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", gpu_driver = "Install" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_disk_type" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", os_disk_type = "ephemeral" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_pods" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", max_pods = 251 }
    }
  }

  expect_failures = [var.pools]
}

run "refused_surge" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", surge = "0%" }
    }
  }

  expect_failures = [var.pools]
}

run "refused_drain" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", drain_minutes = 0 }
    }
  }

  expect_failures = [var.pools]
}

run "refused_zone" {
  command = plan

  variables {
    pools = {
      user = { kind = "user", size = "Standard_D4ds_v5", min = 1, max = 10, version = "1.35", zones = ["4"] }
    }
  }

  expect_failures = [var.pools]
}
