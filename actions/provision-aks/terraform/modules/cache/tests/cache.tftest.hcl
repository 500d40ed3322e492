mock_provider "azurerm" {}

variables {
  name                = "redis-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = !azurerm_managed_redis.this.default_database[0].access_keys_authentication_enabled
    error_message = "Entra identities alone have access."
  }

  assert {
    condition     = azurerm_managed_redis.this.default_database[0].client_protocol == "Encrypted" && azurerm_managed_redis.this.public_network_access == "Disabled"
    error_message = "It is reached by a private endpoint and TLS alone."
  }

  assert {
    condition     = azurerm_managed_redis.this.sku_name == "Balanced_B0" && azurerm_managed_redis.this.high_availability_enabled
    error_message = "The smallest size, with two copies."
  }
}

run "refused_name" {
  command = plan

  variables {
    name = "redis_test"
  }

  expect_failures = [var.name]
}

run "refused_size" {
  command = plan

  variables {
    size = "C0"
  }

  expect_failures = [var.size]
}
