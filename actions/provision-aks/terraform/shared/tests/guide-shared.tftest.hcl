mock_provider "azurerm" {}

variables {
  scope = jsondecode(file("tests/guide-shared.json")).scope
  logs  = jsondecode(file("tests/guide-shared.json")).logs
  dns   = jsondecode(file("tests/guide-shared.json")).dns
  vault = jsondecode(file("tests/guide-shared.json")).vault
}

run "zone" {
  command = plan

  assert {
    condition     = length(module.dns) == 1
    error_message = "The platform's zone is made."
  }

  assert {
    condition     = toset(keys(module.locks.ids)) == toset(["dns", "logs"])
    error_message = "It cannot be deleted, and its records can."
  }
}
