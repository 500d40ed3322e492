mock_provider "azurerm" {}

variables {
  name                 = "bvault-test"
  cluster_id           = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/aks-test"
  cluster_name         = "aks-test"
  cluster_principal_id = "88888888-8888-8888-8888-888888888888"
  storage              = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Storage/storageAccounts/sttest", name = "sttest", blob_endpoint = "https://sttest.blob.core.windows.net/", container = "backup" }
  resource_group_id    = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test"
  subscription_id      = "33333333-3333-3333-3333-333333333333"
  tenant_id            = "11111111-1111-1111-1111-111111111111"
  assignment_seed      = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/aks-test"

  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = azurerm_data_protection_backup_policy_kubernetes_cluster.this.backup_repeating_time_intervals == tolist(["R/2026-01-01T01:00:00+00:00/P1D"]) && azurerm_data_protection_backup_policy_kubernetes_cluster.this.default_retention_rule[0].life_cycle[0].duration == "P7D"
    error_message = "A backup is made every night and kept for a week."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_extension.this.configuration_settings["configuration.backupStorageLocation.config.useAAD"] == "true"
    error_message = "The extension signs in with Entra."
  }

  assert {
    condition     = azurerm_data_protection_backup_instance_kubernetes_cluster.this.snapshot_resource_group_name == "rg-test" && azurerm_data_protection_backup_instance_kubernetes_cluster.this.backup_datasource_parameters[0].volume_snapshot_enabled
    error_message = "Volumes are part of it."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_trusted_access_role_binding.this.roles == tolist(["Microsoft.DataProtection/backupVaults/backup-operator"])
    error_message = "The vault may talk to the cluster."
  }

  assert {
    condition     = azurerm_data_protection_backup_vault.this.soft_delete == "On"
    error_message = "Deleted backups can be brought back."
  }

  assert {
    condition     = length(azurerm_role_assignment.this) == 7 && length(distinct([for grant in azurerm_role_assignment.this : grant.name])) == 7
    error_message = "Each right has a name of its own."
  }
}

run "often" {
  command = plan

  variables {
    every_hours    = 4
    retention_days = 30
  }

  assert {
    condition     = azurerm_data_protection_backup_policy_kubernetes_cluster.this.backup_repeating_time_intervals == tolist(["R/2026-01-01T01:00:00+00:00/PT4H"]) && azurerm_data_protection_backup_policy_kubernetes_cluster.this.name == "aks-every-4h-for-30d"
    error_message = "Another rhythm is another policy."
  }
}

run "refused_name" {
  command = plan

  variables {
    name = "1vault"
  }

  expect_failures = [var.name]
}

run "refused_retention" {
  command = plan

  variables {
    retention_days = 361
  }

  expect_failures = [var.retention_days]
}

run "refused_rhythm" {
  command = plan

  variables {
    every_hours = 5
  }

  expect_failures = [var.every_hours]
}
