locals {
  vault     = azurerm_data_protection_backup_vault.this.identity[0].principal_id
  extension = azurerm_kubernetes_cluster_extension.this.aks_assigned_identity[0].principal_id

  # Azure Backup's own list ("Prerequisites for AKS backup").
  grants = {
    vault_reads_cluster      = { scope = var.cluster_id, role = "Reader", principal = local.vault }
    vault_reads_snapshots    = { scope = var.resource_group_id, role = "Reader", principal = local.vault }
    vault_makes_snapshots    = { scope = var.resource_group_id, role = "Disk Snapshot Contributor", principal = local.vault }
    vault_reads_disks        = { scope = var.resource_group_id, role = "Data Operator for Managed Disks", principal = local.vault }
    vault_reads_blobs        = { scope = var.storage.id, role = "Storage Blob Data Contributor", principal = local.vault }
    cluster_makes_snapshots  = { scope = var.resource_group_id, role = "Contributor", principal = var.cluster_principal_id }
    extension_writes_backups = { scope = var.storage.id, role = "Storage Blob Data Contributor", principal = local.extension }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each = local.grants

  name                 = uuidv5("url", lower("${var.assignment_seed}/backup_${each.key}"))
  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = each.value.principal
  principal_type       = "ServicePrincipal"
}
