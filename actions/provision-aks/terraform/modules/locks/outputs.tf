output "ids" {
  description = "ARM ids of the locks by what they protect."
  value       = { for name, lock in azurerm_management_lock.this : name => lock.id }
}
