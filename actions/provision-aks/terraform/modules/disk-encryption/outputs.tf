# Whoever makes disks finds the set able to use its key.
output "id" {
  description = "ARM id of the disk encryption set."
  value       = azurerm_disk_encryption_set.this.id
  depends_on  = [azurerm_role_assignment.key]
}
