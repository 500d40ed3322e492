mock_provider "azurerm" {}

variables {
  suffix     = "test"
  network_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/virtualNetworks/vnet-test"
  subnet_id  = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/virtualNetworks/vnet-test/subnets/snet-data"
  services = {
    registry = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerRegistry/registries/crtest"
    vault    = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.KeyVault/vaults/kv-test"
    storage  = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Storage/storageAccounts/sttest"
    database = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-test"
    cache    = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Cache/redisEnterprise/redis-test"
  }
  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = { for service, zone in azurerm_private_dns_zone.this : service => zone.name } == { registry = "privatelink.azurecr.io", vault = "privatelink.vaultcore.azure.net", storage = "privatelink.blob.core.windows.net", database = "privatelink.postgres.database.azure.com", cache = "privatelink.redis.azure.net" }
    error_message = "Each zone has the name that Azure fixed."
  }

  assert {
    condition     = { for service, endpoint in azurerm_private_endpoint.this : service => one(endpoint.private_service_connection[0].subresource_names) } == { registry = "registry", vault = "vault", storage = "blob", database = "postgresqlServer", cache = "redisEnterprise" }
    error_message = "Each endpoint leads to its part of the service."
  }

  assert {
    condition     = alltrue([for link in azurerm_private_dns_zone_virtual_network_link.this : !link.registration_enabled])
    error_message = "Machines do not enter their names."
  }

  assert {
    condition     = alltrue([for endpoint in azurerm_private_endpoint.this : !endpoint.private_service_connection[0].is_manual_connection && length(endpoint.private_dns_zone_group) == 1])
    error_message = "Names lead to endpoints by themselves."
  }
}

run "zones_of_a_hub" {
  command = plan

  variables {
    zone_ids = { vault = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-hub/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net" }
  }

  assert {
    condition     = !contains(keys(azurerm_private_dns_zone.this), "vault") && !contains(keys(azurerm_private_dns_zone_virtual_network_link.this), "vault")
    error_message = "A zone that is given is neither made nor linked."
  }

  assert {
    condition     = azurerm_private_endpoint.this["vault"].private_dns_zone_group[0].private_dns_zone_ids == tolist([var.zone_ids.vault])
    error_message = "Its names are entered there."
  }
}

run "government" {
  command = plan

  variables {
    location = "usgovvirginia"
    services = { registry = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerRegistry/registries/crtest" }
  }

  assert {
    condition     = azurerm_private_dns_zone.this["registry"].name == "privatelink.azurecr.us"
    error_message = "Other clouds have other names."
  }
}

run "nothing" {
  command = plan

  variables {
    services = {}
  }

  assert {
    condition     = length(azurerm_private_endpoint.this) + length(azurerm_private_dns_zone.this) == 0
    error_message = "Without services there is nothing."
  }
}

run "refused_service" {
  command = plan

  variables {
    services = { cosmos = "/subscriptions/s" }
  }

  expect_failures = [var.services]
}

run "refused_cache_in_another_cloud" {
  command = plan

  variables {
    location = "chinanorth3"
  }

  expect_failures = [var.services]
}
