# Backup of what the cluster holds and of its volumes. Descriptions of objects go to the storage account, snapshots of
# disks to the environment's resource group; both stay in the location. Costs by the protected namespace and by the
# snapshot.
resource "azurerm_data_protection_backup_vault" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name

  # The vault itself holds no copies: they are in the storage account, whose replication decides.
  datastore_type = "VaultStore"
  redundancy     = "LocallyRedundant"

  # Deleted backups can be brought back, free of charge for this long.
  soft_delete                = "On"
  retention_duration_in_days = 14

  identity {
    type = "SystemAssigned"
  }

  tags = var.tags
}

# Changing anything replaces the policy, and with it the instance. It is not made before the old one goes: everything that
# it depends on would have to be as well (Terraform hands that on), and what has a fixed name cannot.
resource "azurerm_data_protection_backup_policy_kubernetes_cluster" "this" {
  name                = "aks-every-${var.every_hours}h-for-${var.retention_days}d"
  resource_group_name = var.resource_group_name
  vault_name          = azurerm_data_protection_backup_vault.this.name

  # From a night on, in UTC.
  backup_repeating_time_intervals = ["R/2026-01-01T01:00:00+00:00/${var.every_hours == 24 ? "P1D" : "PT${var.every_hours}H"}"]
  time_zone                       = "UTC"

  default_retention_rule {
    life_cycle {
      data_store_type = "OperationalStore"
      duration        = "P${var.retention_days}D"
    }
  }
}

# What does the work inside of the cluster.
resource "azurerm_kubernetes_cluster_extension" "this" {
  name              = "azure-aks-backup"
  cluster_id        = var.cluster_id
  extension_type    = "Microsoft.DataProtection.Kubernetes"
  release_train     = "stable"
  release_namespace = "dataprotection-microsoft"

  configuration_settings = {
    "configuration.backupStorageLocation.bucket"                   = var.storage.container
    "configuration.backupStorageLocation.config.storageAccount"    = var.storage.name
    "configuration.backupStorageLocation.config.resourceGroup"     = var.resource_group_name
    "configuration.backupStorageLocation.config.subscriptionId"    = var.subscription_id
    "configuration.backupStorageLocation.config.storageAccountURI" = var.storage.blob_endpoint
    # The account has no keys.
    "configuration.backupStorageLocation.config.useAAD" = "true"
    "credentials.tenantId"                              = var.tenant_id
  }
}

# The vault may talk to the extension through the API server, also of a private cluster.
resource "azurerm_kubernetes_cluster_trusted_access_role_binding" "this" {
  name                  = "backup-vault"
  kubernetes_cluster_id = var.cluster_id
  source_resource_id    = azurerm_data_protection_backup_vault.this.id
  roles                 = ["Microsoft.DataProtection/backupVaults/backup-operator"]
}

# Takes the rights and the extension away last: without them nobody can end the protection.
resource "azurerm_data_protection_backup_instance_kubernetes_cluster" "this" {
  name                         = var.cluster_name
  location                     = var.location
  vault_id                     = azurerm_data_protection_backup_vault.this.id
  kubernetes_cluster_id        = var.cluster_id
  snapshot_resource_group_name = var.resource_group_name
  backup_policy_id             = azurerm_data_protection_backup_policy_kubernetes_cluster.this.id

  backup_datasource_parameters {
    cluster_scoped_resources_enabled = true
    volume_snapshot_enabled          = true
  }

  depends_on = [
    azurerm_kubernetes_cluster_extension.this,
    azurerm_kubernetes_cluster_trusted_access_role_binding.this,
    azurerm_role_assignment.this,
  ]
}
