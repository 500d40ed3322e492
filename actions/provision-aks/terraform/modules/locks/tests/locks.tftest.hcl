mock_provider "azurerm" {}

variables {
  scopes = { registry = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerRegistry/registries/crtest", dns = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/dnsZones/dev.contoso.com/SOA/@" }
}

run "locked" {
  command = plan

  assert {
    condition     = alltrue([for lock in azurerm_management_lock.this : lock.lock_level == "CanNotDelete"]) && length(azurerm_management_lock.this) == 2
    error_message = "Each is kept from deletion, and may be changed."
  }
}

run "nothing" {
  command = plan

  variables {
    scopes = {}
  }

  assert {
    condition     = length(azurerm_management_lock.this) == 0
    error_message = "Nothing is locked."
  }
}

run "refused_a_whole_zone" {
  command = plan

  variables {
    scopes = { dns = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/dnsZones/dev.contoso.com" }
  }

  expect_failures = [var.scopes]
}
