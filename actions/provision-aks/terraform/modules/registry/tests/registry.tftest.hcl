mock_provider "azurerm" {}

variables {
  name                = "crtest"
  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = azurerm_container_registry.this.sku == "Premium"
    error_message = "Private endpoints and replicas need Premium."
  }

  assert {
    condition     = !azurerm_container_registry.this.admin_enabled && !azurerm_container_registry.this.anonymous_pull_enabled
    error_message = "Entra identities alone push and pull."
  }

  assert {
    condition     = !azurerm_container_registry.this.public_network_access_enabled
    error_message = "A registry is closed."
  }

  assert {
    condition     = azurerm_container_registry.this.retention_policy_in_days == null
    error_message = "Untagged images stay: signatures have no tags."
  }

  assert {
    condition     = length(azurerm_container_registry.this.georeplications) == 0
    error_message = "There are no replicas."
  }
}

run "replicated" {
  command = plan

  variables {
    replicas       = ["northeurope", "francecentral"]
    zone_redundant = true
    retention_days = 30
    public_access  = true
  }

  assert {
    condition     = azurerm_container_registry.this.georeplications[*].location == tolist(["francecentral", "northeurope"])
    error_message = "Replicas are in the order in which Azure gives them back."
  }

  assert {
    condition     = alltrue(azurerm_container_registry.this.georeplications[*].zone_redundancy_enabled) && alltrue(azurerm_container_registry.this.georeplications[*].global_endpoint_routing_enabled)
    error_message = "Replicas are as redundant as the registry, and reached by its name."
  }

  assert {
    condition     = azurerm_container_registry.this.zone_redundancy_enabled && azurerm_container_registry.this.public_network_access_enabled && azurerm_container_registry.this.retention_policy_in_days == 30
    error_message = "Each option can be chosen."
  }
}

run "refused_name" {
  command = plan

  variables {
    name = "cr-test"
  }

  expect_failures = [var.name]
}

run "refused_replica_at_home" {
  command = plan

  variables {
    replicas = ["westeurope"]
  }

  expect_failures = [var.replicas]
}

run "refused_replica_twice" {
  command = plan

  variables {
    replicas = ["northeurope", "northeurope"]
  }

  expect_failures = [var.replicas]
}

run "refused_retention" {
  command = plan

  variables {
    retention_days = 366
  }

  expect_failures = [var.retention_days]
}
