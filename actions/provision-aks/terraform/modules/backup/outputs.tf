output "vault_id" {
  description = "ARM id of the backup vault."
  value       = azurerm_data_protection_backup_vault.this.id
}
