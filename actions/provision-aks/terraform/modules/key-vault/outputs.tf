output "id" {
  description = "ARM id of the vault."
  value       = azurerm_key_vault.this.id
}

output "uri" {
  description = "Address of the vault."
  value       = azurerm_key_vault.this.vault_uri
}
