mock_provider "azurerm" {}

variables {
  name                = "kv-test"
  tenant_id           = "11111111-1111-1111-1111-111111111111"
  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = azurerm_key_vault.this.rbac_authorization_enabled
    error_message = "Azure roles alone give rights."
  }

  assert {
    condition     = azurerm_key_vault.this.purge_protection_enabled && azurerm_key_vault.this.soft_delete_retention_days == 90
    error_message = "Nothing can be taken away for good."
  }

  assert {
    condition     = !azurerm_key_vault.this.public_network_access_enabled
    error_message = "A vault is closed."
  }

  assert {
    condition     = azurerm_key_vault.this.network_acls[0].default_action == "Deny" && azurerm_key_vault.this.network_acls[0].bypass == "AzureServices"
    error_message = "Only Azure's own services pass the firewall."
  }
}

run "public" {
  command = plan

  variables {
    public_access = true
  }

  assert {
    condition     = azurerm_key_vault.this.public_network_access_enabled && azurerm_key_vault.this.network_acls[0].default_action == "Allow"
    error_message = "A vault can be open."
  }
}

run "refused_name_too_long" {
  command = plan

  variables {
    name = "kv-0123456789-0123456789-"
  }

  expect_failures = [var.name]
}

run "refused_name_with_two_hyphens" {
  command = plan

  variables {
    name = "kv--test"
  }

  expect_failures = [var.name]
}
