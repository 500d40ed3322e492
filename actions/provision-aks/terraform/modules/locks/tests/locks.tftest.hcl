mock_provider "azurerm" {}
variables {
  scopes = { registry = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r" }
}
run "r" {
  command = plan
  assert {
    condition = azurerm_management_lock.this["registry"].lock_level == "CanNotDelete"
    error_message = "no"
  }
}
