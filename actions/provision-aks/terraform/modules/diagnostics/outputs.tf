output "ids" {
  description = "ARM ids of the settings by target."
  value       = { for name, setting in azurerm_monitor_diagnostic_setting.this : name => setting.id }
}
