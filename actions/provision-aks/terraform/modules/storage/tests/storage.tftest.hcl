mock_provider "azurerm" {}

variables {
  name                = "sttest"
  containers          = { loki = "loki", mlflow = "mlflow", backup = "backup" }
  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = !azurerm_storage_account.this.shared_access_key_enabled && !azurerm_storage_account.this.local_user_enabled
    error_message = "Entra identities alone have access."
  }

  assert {
    condition     = !azurerm_storage_account.this.allow_nested_items_to_be_public && alltrue([for container in azurerm_storage_container.this : container.container_access_type == "private"])
    error_message = "Nothing is anonymous."
  }

  assert {
    condition     = azurerm_storage_account.this.https_traffic_only_enabled && azurerm_storage_account.this.min_tls_version == "TLS1_2"
    error_message = "TLS 1.2 is the least."
  }

  assert {
    condition     = !azurerm_storage_account.this.public_network_access_enabled && azurerm_storage_account.this.network_rules[0].default_action == "Deny"
    error_message = "An account is closed."
  }

  assert {
    condition     = azurerm_storage_account.this.blob_properties[0].versioning_enabled
    error_message = "Overwritten blobs can be brought back."
  }

  assert {
    condition     = azurerm_storage_account.this.blob_properties[0].delete_retention_policy[0].days == 7 && azurerm_storage_account.this.blob_properties[0].container_delete_retention_policy[0].days == 7
    error_message = "Deleted blobs and containers can be brought back for a week."
  }

  assert {
    condition     = azurerm_storage_management_policy.this.rule[0].actions[0].version[0].delete_after_days_since_creation == 7
    error_message = "Old versions do not grow for ever."
  }

  assert {
    condition     = azurerm_storage_account.this.account_replication_type == "ZRS"
    error_message = "Data survives a zone."
  }

  assert {
    condition     = toset(keys(azurerm_storage_container.this)) == toset(["backup", "loki", "mlflow"])
    error_message = "Each purpose has a container."
  }
}

run "open" {
  command = plan

  variables {
    public_access    = true
    replication      = "LRS"
    soft_delete_days = 30
  }

  assert {
    condition     = azurerm_storage_account.this.public_network_access_enabled && azurerm_storage_account.this.network_rules[0].default_action == "Allow"
    error_message = "An account can be open."
  }

  assert {
    condition     = azurerm_storage_account.this.account_replication_type == "LRS" && azurerm_storage_management_policy.this.rule[0].actions[0].version[0].delete_after_days_since_creation == 30
    error_message = "Replication and retention can be chosen."
  }
}

run "refused_name" {
  command = plan

  variables {
    name = "st-test"
  }

  expect_failures = [var.name]
}

run "refused_replication" {
  command = plan

  variables {
    replication = "RAGRS"
  }

  expect_failures = [var.replication]
}

run "refused_soft_delete" {
  command = plan

  variables {
    soft_delete_days = 0
  }

  expect_failures = [var.soft_delete_days]
}

run "refused_container" {
  command = plan

  variables {
    containers = { loki = "Loki" }
  }

  expect_failures = [var.containers]
}
