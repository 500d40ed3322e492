mock_provider "azurerm" {}

variables {
  name                = "psql-test"
  location            = "westeurope"
  resource_group_name = "rg-test"

  tenant_id      = "11111111-1111-1111-1111-111111111111"
  administrators = { mlflow = { name = "id-mlflow", object_id = "88888888-8888-8888-8888-888888888888" } }
  databases      = ["mlflow"]
}

run "defaults" {
  command = plan

  assert {
    condition     = azurerm_postgresql_flexible_server.this.authentication[0].active_directory_auth_enabled && !azurerm_postgresql_flexible_server.this.authentication[0].password_auth_enabled
    error_message = "Entra identities alone sign in."
  }

  assert {
    condition     = !azurerm_postgresql_flexible_server.this.public_network_access_enabled
    error_message = "The server is reached by a private endpoint alone."
  }

  assert {
    condition     = !azurerm_postgresql_flexible_server.this.auto_grow_enabled
    error_message = "Azure does not grow the disk: Terraform would replace the server to shrink it."
  }

  assert {
    condition     = azurerm_postgresql_flexible_server.this.version == "17" && azurerm_postgresql_flexible_server.this.sku_name == "GP_Standard_D2ds_v5" && azurerm_postgresql_flexible_server.this.storage_mb == 32768 && azurerm_postgresql_flexible_server.this.backup_retention_days == 14
    error_message = "Version, size, disk and backup are the defaults."
  }

  assert {
    condition     = { for name, setting in azurerm_postgresql_flexible_server_configuration.this : name => setting.value } == { require_secure_transport = "on", ssl_min_protocol_version = "TLSv1.2", "pgbouncer.enabled" = "true" }
    error_message = "TLS 1.2 is the least, and connections are pooled."
  }

  assert {
    condition     = azurerm_postgresql_flexible_server_active_directory_administrator.this["mlflow"].principal_type == "ServicePrincipal"
    error_message = "The identity of MLflow administers the server."
  }

  assert {
    condition     = length(azurerm_postgresql_flexible_server.this.high_availability) == 0
    error_message = "There is one server."
  }

  assert {
    condition     = output.port == 6432
    error_message = "Clients talk to the pool."
  }
}

run "highly_available" {
  command = plan

  variables {
    high_availability = true
    geo_backup        = true
  }

  assert {
    condition     = one(azurerm_postgresql_flexible_server.this.high_availability[*].mode) == "ZoneRedundant" && azurerm_postgresql_flexible_server.this.geo_redundant_backup_enabled
    error_message = "A second server is in another zone, and backups in another region."
  }
}

run "burstable" {
  command = plan

  variables {
    size = "B_Standard_B2s"
  }

  assert {
    condition     = !contains(keys(azurerm_postgresql_flexible_server_configuration.this), "pgbouncer.enabled")
    error_message = "A burstable size has no pool."
  }

  assert {
    condition     = output.port == 5432
    error_message = "Clients talk to the server."
  }
}

run "without_an_administrator" {
  command = plan

  variables {
    administrators = {}
  }

  expect_failures = [check.administrator]
}

run "refused_name" {
  command = plan

  variables {
    name = "PSQL"
  }

  expect_failures = [var.name]
}

run "refused_size" {
  command = plan

  variables {
    size = "Standard_D2ds_v5"
  }

  expect_failures = [var.size]
}

run "refused_storage" {
  command = plan

  variables {
    storage_mb = 40000
  }

  expect_failures = [var.storage_mb]
}

run "refused_version" {
  command = plan

  variables {
    postgres_version = "13"
  }

  expect_failures = [var.postgres_version]
}

run "refused_availability_of_a_burstable_size" {
  command = plan

  variables {
    size              = "B_Standard_B2s"
    high_availability = true
  }

  expect_failures = [var.high_availability]
}

run "refused_backup_too_short" {
  command = plan

  variables {
    backup_days = 6
  }

  expect_failures = [var.backup_days]
}

run "refused_backup_too_long" {
  command = plan

  variables {
    backup_days = 36
  }

  expect_failures = [var.backup_days]
}
