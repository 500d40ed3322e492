output "id" {
  description = "ARM id of the account."
  value       = azurerm_storage_account.this.id
}

output "name" {
  description = "Name of the account."
  value       = azurerm_storage_account.this.name
}

output "blob_endpoint" {
  description = "Address of its blobs."
  value       = azurerm_storage_account.this.primary_blob_endpoint
}

output "container_ids" {
  description = "ARM ids of the containers by what they are for."
  value       = { for purpose, container in azurerm_storage_container.this : purpose => container.id }
}
