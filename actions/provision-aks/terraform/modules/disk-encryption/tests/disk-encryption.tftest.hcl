mock_provider "azurerm" {}

variables {
  name            = "des-test"
  key             = "https://kv-keys.vault.azure.net/keys/disks"
  vault_id        = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.KeyVault/vaults/kv-keys"
  assignment_seed = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/aks-test"

  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "rotated" {
  command = plan

  assert {
    condition     = azurerm_disk_encryption_set.this.auto_key_rotation_enabled
    error_message = "A key without a version follows its rotation."
  }

  assert {
    condition     = azurerm_role_assignment.key.role_definition_name == "Key Vault Crypto Service Encryption User"
    error_message = "The set may use its key and nothing else."
  }
}

run "pinned" {
  command = plan

  variables {
    key = "https://kv-keys.vault.azure.net/keys/disks/0123456789abcdef0123456789abcdef"
  }

  assert {
    condition     = !azurerm_disk_encryption_set.this.auto_key_rotation_enabled
    error_message = "A key with a version stays."
  }
}

run "refused_key" {
  command = plan

  variables {
    key = "https://kv-keys.vault.azure.net/secrets/disks"
  }

  expect_failures = [var.key]
}

run "refused_vault" {
  command = plan

  variables {
    vault_id = "kv-keys"
  }

  expect_failures = [var.vault_id]
}

run "refused_name" {
  command = plan

  variables {
    name = "des test"
  }

  expect_failures = [var.name]
}
