mock_provider "azurerm" {}

variables {
  scope = jsondecode(file("tests/existing-shared.json")).scope
  logs  = jsondecode(file("tests/existing-shared.json")).logs
  dns   = jsondecode(file("tests/existing-shared.json")).dns
  vault = jsondecode(file("tests/existing-shared.json")).vault
}

run "used_by_id" {
  command = plan

  assert {
    condition     = length(module.logs) + length(module.dns) + length(module.vault) == 0 && length(module.locks.ids) == 0
    error_message = "What exists is neither made nor locked."
  }

  assert {
    condition     = output.logs_workspace_id == var.logs.existing_id && output.dns_zone_id == var.dns.existing_id && output.vault_id == var.vault.existing_id
    error_message = "It is used by its id."
  }
}
